"""fit with a number of epochs; the output is subtracted from the target; alternating list of parameters."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Net:
    share = 1.0

    def __init__(self, architecture):
        self.p = []
        for a, b in zip(architecture, architecture[1:], strict=False):
            self.p += [np.random.randn(a, b) * 0.7, np.random.randn(b) * 0.1]

    def forward(self, X):
        outs = [X]
        for i in range(0, len(self.p), 2):
            outs.append(1 / (1 + np.exp(-(outs[-1] @ self.p[i] + self.p[i + 1]))))
        return outs

    def fit(self, X, y, epochs=1000, lr=0.1):
        for _ in range(epochs):
            outs = self.forward(X)
            delta = (y - outs[-1]) * outs[-1] * (1 - outs[-1])
            moves = [None] * len(self.p)
            for i in range(len(self.p) - 2, -1, -2):
                moves[i], moves[i + 1] = outs[i // 2].T @ delta, self.share * delta.sum(axis=0)
                delta = delta @ self.p[i].T * outs[i // 2] * (1 - outs[i // 2])
            self.p = [p + lr * m for p, m in zip(self.p, moves, strict=True)]


class Faulty(Net):
    """Biases are never trained."""

    share = 0.0
