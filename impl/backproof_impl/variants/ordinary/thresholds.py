"""Thresholds: what is subtracted where others add a bias."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Thresholds:
    """A threshold is subtracted where others add a bias, and its gradient has the opposite sign."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]
        self.thresholds = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, threshold in zip(self.weights, self.thresholds, strict=True):
            self.a.append(np.tanh(self.a[-1] @ W - threshold))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / (2 * len(x)))

    def gradient(self, x: Array, t: Array) -> tuple[list[Array], list[Array]]:
        y = self.forward(x)
        delta = (y - t) * (1 - y**2) / len(x)
        dW, dthresholds = list[Array](), list[Array]()
        for W, a in zip(self.weights[::-1], self.a[-2::-1], strict=True):
            dW.insert(0, a.T @ delta)
            dthresholds.insert(0, -delta.sum(axis=0))
            delta = delta @ W.T * (1 - a**2)
        return dW, dthresholds


class Thetas:
    """A unit fires at z = w x - theta, as the older books write it, and theta moves against its weights."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.w1, self.theta1 = np.random.uniform(-1, 1, (n_in, n_hidden)), np.zeros(n_hidden)
        self.w2, self.theta2 = np.random.uniform(-1, 1, (n_hidden, n_out)), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h = 1 / (1 + np.exp(self.theta1 - x @ self.w1))
        y: Array = 1 / (1 + np.exp(self.theta2 - self.h @ self.w2))
        return y

    def error(self, x: Array, t: Array) -> float:
        return float(np.sum((t - self.forward(x)) ** 2) / 2)

    def train(self, x: Array, t: Array, lr: float) -> None:
        y = self.forward(x)
        d2 = (t - y) * y * (1 - y)
        d1 = d2 @ self.w2.T * self.h * (1 - self.h)
        self.w2 += lr * self.h.T @ d2
        self.theta2 -= lr * d2.sum(axis=0)
        self.w1 += lr * x.T @ d1
        self.theta1 -= lr * d1.sum(axis=0)
