"""Parameters that lie otherwise: columns, rows of a larger matrix, views of one vector, no biases at all."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Columns:
    """Samples, activations and biases are columns, and a mini-batch is a matrix of them."""

    def __init__(self, sizes: list[int]) -> None:
        self.biases = [np.random.randn(b, 1) for b in sizes[1:]]
        self.weights = [np.random.randn(b, a) for a, b in zip(sizes, sizes[1:], strict=False)]

    def feedforward(self, a: Array) -> Array:
        for w, b in zip(self.weights, self.biases, strict=True):
            a = 1 / (1 + np.exp(-(np.dot(w, a) + b)))
        return a

    def cost(self, x: Array, y: Array) -> float:
        return float(0.5 * np.linalg.norm(self.feedforward(x) - y) ** 2 / x.shape[1])

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        activations = [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            activations.append(1 / (1 + np.exp(-(np.dot(w, activations[-1]) + b))))
        delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1]) / x.shape[1]
        nabla_b, nabla_w = list[Array](), list[Array]()
        for w, a in zip(self.weights[::-1], activations[-2::-1], strict=True):
            nabla_b.insert(0, delta.sum(axis=1, keepdims=True))
            nabla_w.insert(0, np.dot(delta, a.T))
            delta = np.dot(w.T, delta) * a * (1 - a)
        return nabla_b, nabla_w


def with_ones(x: Array) -> Array:
    """One more column, of ones."""
    return np.hstack([x, np.ones((len(x), 1))])


class BiasRow:
    """The bias is the last row of an augmented matrix, and is kept there."""

    def __init__(self, sizes: list[int]) -> None:
        self.theta = [np.random.randn(a + 1, b) / (a + 1) ** 0.5 for a, b in zip(sizes, sizes[1:], strict=False)]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for theta in self.theta:
            z = with_ones(self.a[-1]) @ theta
            self.a.append(z if theta is self.theta[-1] else np.tanh(z))
        return self.a[-1]

    def cost(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum() / len(x))

    def gradients(self, x: Array, t: Array) -> list[Array]:
        delta, found = 2 * (self.forward(x) - t) / len(x), list[Array]()
        for theta, a in zip(self.theta[::-1], self.a[-2::-1], strict=True):
            found.insert(0, with_ones(a).T @ delta)
            delta = delta @ theta[:-1].T * (1 - a**2)
        return found


class NoBias:
    """It has weights and no biases, and there is nothing wrong with that."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.w1 = np.random.randn(n_in, n_hidden)
        self.w2 = np.random.randn(n_hidden, n_out)

    def forward(self, x: Array) -> Array:
        self.h = np.maximum(x.dot(self.w1), 0)
        y: Array = self.h.dot(self.w2)
        return y

    def loss(self, x: Array, y: Array) -> float:
        return float(np.square(self.forward(x) - y).sum())

    def backward(self, x: Array, y: Array) -> tuple[Array, Array]:
        grad_y_pred = 2.0 * (self.forward(x) - y)
        grad_h = grad_y_pred.dot(self.w2.T)
        grad_h[self.h <= 0] = 0
        return x.T.dot(grad_h), self.h.T.dot(grad_y_pred)


class Views:
    """All parameters are one vector, of which weights and biases are views: a step moves the vector."""

    def __init__(self, sizes: list[int]) -> None:
        pairs = list(zip(sizes, sizes[1:], strict=False))
        self._flat = np.random.randn(sum((a + 1) * b for a, b in pairs)) * 0.5
        self.W, self.b, start = list[Array](), list[Array](), 0
        for a, b in pairs:
            self.W.append(self._flat[start : start + a * b].reshape(a, b))
            self.b.append(self._flat[start + a * b : start + (a + 1) * b])
            start += (a + 1) * b

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            self.a.append(np.tanh(self.a[-1] @ W + b))
        return self.a[-1]

    def gradient(self, x: Array, t: Array) -> Array:
        y = self.forward(x)
        delta, found = (y - t) * (1 - y**2) / len(x), list[Array]()
        for W, a in zip(self.W[::-1], self.a[-2::-1], strict=True):
            found = [(a.T @ delta).ravel(), delta.sum(0), *found]
            delta = delta @ W.T * (1 - a**2)
        return np.concatenate(found)

    def step(self, x: Array, t: Array, lr: float) -> None:
        self._flat -= lr * self.gradient(x, t)
