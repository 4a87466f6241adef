"""The bias is the last row, or in another class the first column, of the weight matrix; no loss, no rate."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


def one(x):
    return np.hstack([x, np.ones((len(x), 1))])


class LastRow:
    def __init__(self, sizes):
        self.theta = [np.random.randn(a + 1, b) * 0.5 for a, b in zip(sizes, sizes[1:], strict=False)]

    def forward(self, x):
        self.a = [x]
        for W in self.theta:
            self.a.append(np.tanh(one(self.a[-1]) @ W))
        return self.a[-1]

    def strip(self, W):
        return W[:-1]

    def gradient(self, x, t):
        y = self.forward(x)
        delta = (y - t) * (1 - y**2)
        grads = []
        for i in reversed(range(len(self.theta))):
            grads.insert(0, one(self.a[i]).T @ delta)
            delta = delta @ self.strip(self.theta[i]).T * (1 - self.a[i] ** 2)
        return grads


class Faulty(LastRow):
    """The bias row is stripped at the wrong end."""

    def strip(self, W):
        return W[1:]


class FirstColumn:
    def __init__(self, sizes):
        self.Theta1 = np.random.randn(sizes[1], sizes[0] + 1)
        self.Theta2 = np.random.randn(sizes[2], sizes[1] + 1)

    def forward(self, X):
        g = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
        self.h = g(np.insert(X, 0, 1, axis=1) @ self.Theta1.T)
        self.y = g(np.insert(self.h, 0, 1, axis=1) @ self.Theta2.T)
        return self.y

    def cost(self, X, t):
        y = self.forward(X)
        return -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y)) / len(X)

    def grad(self, X, t):
        d2 = (self.forward(X) - t) / len(X)
        d1 = (d2 @ self.Theta2)[:, 1:] * self.h * (1 - self.h)
        G1 = d1.T @ np.insert(X, 0, 1, axis=1)
        G2 = d2.T @ np.insert(self.h, 0, 1, axis=1)
        return [G1, self.scale(G2)]

    def scale(self, G):
        return G


class FaultyColumn(FirstColumn):
    """The output layer's gradient is averaged twice over two."""

    def scale(self, G):
        return G / 2
