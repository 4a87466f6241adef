"""Habits of handing out and of holding: the last layer first, one output without an axis, one number as bias, units left out."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pairs = list[tuple[Array, Array]]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z))."""
    a: Array = 1 / (1 + np.exp(-z))
    return a


class LastLayerFirst:
    """Gradients come in the order in which they are found, the last layer's first."""

    def __init__(self, sizes: list[int]) -> None:
        self.W = [np.random.randn(a, b) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]
        self.b = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            self.a.append(np.tanh(self.a[-1] @ W + b))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def backward(self, x: Array, t: Array) -> Pairs:
        y = self.forward(x)
        delta, grads = (y - t) * (1 - y**2), Pairs()
        for W, a in zip(self.W[::-1], self.a[-2::-1], strict=True):
            grads.append((a.T @ delta, delta.sum(axis=0)))
            delta = delta @ W.T * (1 - a**2)
        return grads


class OneOutput:
    """It has one output by construction, and answers with as many numbers as there are samples."""

    def __init__(self, n_in: int, n_hidden: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, 1) / n_hidden**0.5, np.zeros(1)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        return sigmoid(self.h @ self.W2 + self.b2).ravel()

    def loss(self, x: Array, y: Array) -> float:
        p = self.forward(x)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def gradients(self, x: Array, y: Array) -> tuple[Array, ...]:
        d2 = (self.forward(x) - y)[:, None] / len(y)
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)


class Logistic:
    """Logistic regression: a vector of weights, a number as bias, and no hidden layer."""

    def __init__(self, n_features: int) -> None:
        self.w, self.b = np.zeros(n_features), 0.0

    def predict_proba(self, X: Array) -> Array:
        return sigmoid(X @ self.w + self.b)

    def loss(self, X: Array, y: Array) -> float:
        p = self.predict_proba(X)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def gradient(self, X: Array, y: Array) -> tuple[Array, float]:
        error = self.predict_proba(X) - y
        return X.T @ error / len(X), float(error.mean())


class OneBias:
    """Each layer has one bias, a number, that all of its units share."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, 0.0
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, 0.0

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        y: Array = self.h @ self.W2 + self.b2
        return y

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradients(self, x: Array, t: Array) -> tuple[Array, float, Array, float]:
        d2 = self.forward(x) - t
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return x.T @ d1, float(d1.sum()), self.h.T @ d2, float(d2.sum())


class Dropout:
    """Every fifth hidden unit is left out of a training step, the others are the louder; predictions have them all."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        y: Array = np.tanh(x @ self.W1 + self.b1) @ self.W2 + self.b2
        return y

    def gradients(self, x: Array, t: Array, keep: float = 1.0) -> tuple[Array, ...]:
        a = np.tanh(x @ self.W1 + self.b1)
        mask = (np.random.rand(*a.shape) < keep) / keep
        d2 = (a * mask @ self.W2 + self.b2 - t) / len(x)
        d1 = d2 @ self.W2.T * mask * (1 - a**2)
        return x.T @ d1, d1.sum(0), (a * mask).T @ d2, d2.sum(0)

    def step(self, x: Array, t: Array, lr: float = 0.1) -> None:
        for p, g in zip((self.W1, self.b1, self.W2, self.b2), self.gradients(x, t, keep=0.8), strict=True):
            p -= lr * g
