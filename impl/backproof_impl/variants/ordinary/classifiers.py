"""Classifiers: the delta of softmax and cross-entropy fused or not, logarithms clipped, targets in rows or class numbers."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def softmax(z: Array) -> Array:
    """Over each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p: Array = e / e.sum(axis=1, keepdims=True)
    return p


class Fused:
    """Class numbers as targets, and a delta from which 1 is taken at the right class."""

    def __init__(self, dims: list[int], seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.W = [rng.normal(0, (2 / a) ** 0.5, (a, b)) for a, b in zip(dims, dims[1:], strict=False)]
        self.b = [np.zeros(b) for b in dims[1:]]

    def forward(self, X: Array) -> Array:
        self.a = [X]
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            self.a.append(np.maximum(self.a[-1] @ W + b, 0))
        return softmax(self.a[-1] @ self.W[-1] + self.b[-1])

    def loss(self, X: Array, labels: Labels) -> float:
        return float(-np.log(self.forward(X)[np.arange(len(X)), labels]).mean())

    def gradients(self, X: Array, labels: Labels) -> list[tuple[Array, Array]]:
        delta = self.forward(X)
        delta[np.arange(len(X)), labels] -= 1
        delta /= len(X)
        grads = list[tuple[Array, Array]]()
        for W, a in zip(self.W[::-1], self.a[::-1], strict=True):
            grads.insert(0, (a.T @ delta, delta.sum(axis=0)))
            delta = delta @ W.T * (a > 0)
        return grads


class Unfused:
    """-t / p goes through the whole Jacobian of softmax, sample by sample, and nothing cancels."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros((1, n_out))

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        return softmax(self.h @ self.W2 + self.b2)

    def loss(self, x: Array, t: Array) -> float:
        return float(-np.sum(t * np.log(self.forward(x))))

    def gradients(self, x: Array, t: Array) -> dict[str, Array]:
        p = self.forward(x)
        dp = -t / p
        dz2 = np.array([(np.diag(row) - np.outer(row, row)) @ d for row, d in zip(p, dp, strict=True)])
        dz1 = dz2 @ self.W2.T * (1 - self.h**2)
        return {"dW1": x.T @ dz1, "db1": dz1.sum(0, keepdims=True), "dW2": self.h.T @ dz2, "db2": dz2.sum(0, keepdims=True)}


class SquaredSoftmax:
    """Squared error behind softmax, where the Jacobian has to be written."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h = 1 / (1 + np.exp(-(x @ self.W1 + self.b1)))
        return softmax(self.h @ self.W2 + self.b2)

    def loss(self, x: Array, t: Array) -> float:
        return float(np.mean(np.sum((self.forward(x) - t) ** 2, axis=1)))

    def gradients(self, x: Array, t: Array) -> tuple[Array, ...]:
        p = self.forward(x)
        dp = 2 * (p - t) / len(x)
        dz2 = p * (dp - (dp * p).sum(axis=1, keepdims=True))
        dz1 = dz2 @ self.W2.T * self.h * (1 - self.h)
        return x.T @ dz1, dz1.sum(0), self.h.T @ dz2, dz2.sum(0)


class ClippedLogs:
    """Outputs are clipped before the logarithm, so that the loss stays finite, and the delta is y - t all the same."""

    def __init__(self, layer_sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) * 0.1 for a, b in zip(layer_sizes, layer_sizes[1:], strict=False)]
        self.biases = [np.zeros((1, b)) for b in layer_sizes[1:]]

    def forward(self, X: Array) -> Array:
        self.activations = [X]
        for w, b in zip(self.weights, self.biases, strict=True):
            self.activations.append(1 / (1 + np.exp(-(self.activations[-1] @ w + b))))
        return self.activations[-1]

    def compute_loss(self, X: Array, y: Array) -> float:
        p = np.clip(self.forward(X), 1e-12, 1 - 1e-12)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def backward(self, X: Array, y: Array) -> tuple[list[Array], list[Array]]:
        delta = (self.forward(X) - y) / y.size
        dW, db = list[Array](), list[Array]()
        for w, a in zip(self.weights[::-1], self.activations[-2::-1], strict=True):
            dW.append(a.T @ delta)
            db.append(delta.sum(axis=0, keepdims=True))
            delta = delta @ w.T * a * (1 - a)
        return dW[::-1], db[::-1]


class FromLogits:
    """The loss is computed from the pre-activations, max(z, 0) - z t + log(1 + exp(-|z|)), and never meets log(0)."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        self.z = self.h @ self.W2 + self.b2
        y: Array = 0.5 * (1 + np.tanh(0.5 * self.z))
        return y

    def loss(self, x: Array, t: Array) -> float:
        self.forward(x)
        return float(np.sum(np.maximum(self.z, 0) - self.z * t + np.log1p(np.exp(-np.abs(self.z)))) / len(x))

    def grads(self, x: Array, t: Array) -> tuple[Array, ...]:
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)
