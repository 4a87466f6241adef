"""W1, b1, W2, b2, a seed, softmax with cross-entropy, loss(y, t), gradients in a dict."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Net:
    sign = 1

    def __init__(self, n_in, n_hidden, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_out))
        self.b2 = np.zeros((1, n_out))

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        z2 = self.a1 @ self.W2 + self.b2
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def compute_loss(self, y_pred, y_true):
        return -np.sum(y_true * np.log(y_pred + 1e-12)) / len(y_true)

    def backward(self, X, y):
        n = len(X)
        dz2 = (self.forward(X) - y) / n
        dz1 = dz2 @ self.W2.T * (1 - self.a1**2)
        return {
            "dW1": X.T @ dz1,
            "db1": self.sign * dz1.sum(axis=0, keepdims=True),
            "dW2": self.a1.T @ dz2,
            "db2": self.sign * dz2.sum(axis=0, keepdims=True),
        }

    def train_step(self, X, y, learning_rate):
        grads = self.backward(X, y)
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - learning_rate * grads["d" + name])


class Faulty(Net):
    """Biases climb instead of descending."""

    sign = -1
