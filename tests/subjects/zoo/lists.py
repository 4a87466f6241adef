"""Lists of weights and biases, sizes in a list, squared error."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Net:
    def __init__(self, sizes):
        self.weights = [np.random.randn(a, b) / np.sqrt(a) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x):
        self.activations = [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            self.activations.append(sigmoid(self.activations[-1] @ W + b))
        return self.activations[-1]

    def loss(self, x, t):
        return 0.5 * np.mean(np.sum((self.forward(x) - t) ** 2, axis=1))

    def slope(self, a):
        return a * (1 - a)

    def gradients(self, x, t):
        y = self.forward(x)
        delta = (y - t) * y * (1 - y) / len(x)
        dW, db = [], []
        for i in reversed(range(len(self.weights))):
            dW.insert(0, self.activations[i].T @ delta)
            db.insert(0, delta.sum(axis=0))
            if i > 0:
                delta = (delta @ self.weights[i].T) * self.slope(self.activations[i])
        return dW, db

    def step(self, x, t, lr):
        dW, db = self.gradients(x, t)
        for i in range(len(dW)):
            self.weights[i] -= lr * dW[i]
            self.biases[i] -= lr * db[i]


class Faulty(Net):
    """The error goes back through the weights, but not through the activation."""

    def slope(self, a):
        return 1.0
