"""Steps that remember earlier ones, gradients that are collected, and a network of objects."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Momentum:
    """Steps keep nine tenths of the step before, as the books advise."""

    def __init__(self, sizes: list[int], momentum: float = 0.9) -> None:
        self.weights = [np.random.randn(a, b) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]
        self.velocities = [np.zeros_like(p) for p in self.weights + self.biases]
        self.momentum = momentum

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            self.a.append(1 / (1 + np.exp(-(self.a[-1] @ W + b))))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.mean((self.forward(x) - t) ** 2))

    def gradients(self, x: Array, t: Array) -> tuple[list[Array], list[Array]]:
        y = self.forward(x)
        delta = 2 * (y - t) * y * (1 - y) / y.size
        dW, db = list[Array](), list[Array]()
        for W, a in zip(self.weights[::-1], self.a[-2::-1], strict=True):
            dW.insert(0, a.T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W.T * a * (1 - a)
        return dW, db

    def step(self, x: Array, t: Array, lr: float = 0.1) -> None:
        dW, db = self.gradients(x, t)
        for v, p, g in zip(self.velocities, self.weights + self.biases, dW + db, strict=True):
            v *= self.momentum
            v -= lr * g
            p += v


class Adam:
    """Adam inside, with its two means and their corrections, and no plain step at all."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.params = {
            "W1": np.random.randn(n_in, n_hidden) / n_in**0.5, "b1": np.zeros(n_hidden),
            "W2": np.random.randn(n_hidden, n_out) / n_hidden**0.5, "b2": np.zeros(n_out),
        }  # fmt: skip
        self.m = {k: np.zeros_like(p) for k, p in self.params.items()}
        self.v = {k: np.zeros_like(p) for k, p in self.params.items()}
        self.k = 0

    def forward(self, x: Array) -> Array:
        p = self.params
        self.h = np.tanh(x @ p["W1"] + p["b1"])
        y: Array = self.h @ p["W2"] + p["b2"]
        return y

    def loss(self, x: Array, t: Array) -> float:
        return float(np.mean(np.sum((self.forward(x) - t) ** 2, axis=1)) / 2)

    def gradients(self, x: Array, t: Array) -> dict[str, Array]:
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.params["W2"].T * (1 - self.h**2)
        return {"W1": x.T @ d1, "b1": d1.sum(0), "W2": self.h.T @ d2, "b2": d2.sum(0)}

    def step(self, x: Array, t: Array, lr: float = 0.001) -> None:
        self.k += 1
        for name, g in self.gradients(x, t).items():
            self.m[name] = 0.9 * self.m[name] + 0.1 * g
            self.v[name] = 0.999 * self.v[name] + 0.001 * g**2
            m, v = self.m[name] / (1 - 0.9**self.k), self.v[name] / (1 - 0.999**self.k)
            self.params[name] -= lr * m / (np.sqrt(v) + 1e-8)


class Accumulators:
    """Gradients are added up in arrays that belong to the object, one sample after the other, and cleared each time."""

    def __init__(self, sizes: list[int]) -> None:
        self.W = [np.random.uniform(-0.5, 0.5, (a, b)) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.b = [np.zeros(b) for b in sizes[1:]]
        self.grad_W, self.grad_b = [np.zeros_like(W) for W in self.W], [np.zeros_like(b) for b in self.b]

    def forward(self, x: Array) -> Array:
        for W, b in zip(self.W, self.b, strict=True):
            x = np.tanh(x @ W + b)
        return x

    def loss(self, x: Array, t: Array) -> float:
        return float(0.5 * np.sum((self.forward(x) - t) ** 2))

    def backward(self, x: Array, t: Array) -> None:
        for g in self.grad_W + self.grad_b:
            g[...] = 0
        for row, target in zip(x, t, strict=True):
            self._add(row, target)

    def _add(self, row: Array, target: Array) -> None:
        a = [row]
        for W, b in zip(self.W, self.b, strict=True):
            a.append(np.tanh(a[-1] @ W + b))
        delta = (a[-1] - target) * (1 - a[-1] ** 2)
        for l in reversed(range(len(self.W))):
            self.grad_W[l] += np.outer(a[l], delta)
            self.grad_b[l] += delta
            delta = self.W[l] @ delta * (1 - a[l] ** 2)

    def update(self, lr: float) -> None:
        for p, g in zip(self.W + self.b, self.grad_W + self.grad_b, strict=True):
            p -= lr * g
