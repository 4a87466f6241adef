"""One sample at a time, in loops, in recursion, and in lists of numbers without numpy."""

import random
from math import exp, tanh

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class PerSample:
    """It sees one sample, a vector, and learns from it at once; units and inputs are counted in loops."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.w1, self.b1 = np.random.uniform(-1, 1, (n_hidden, n_in)), np.zeros(n_hidden)
        self.w2, self.b2 = np.random.uniform(-1, 1, (n_out, n_hidden)), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h, self.y = np.zeros(len(self.b1)), np.zeros(len(self.b2))
        for j in range(len(self.h)):
            self.h[j] = 1 / (1 + np.exp(-(self.b1[j] + sum(self.w1[j, i] * x[i] for i in range(len(x))))))
        for k in range(len(self.y)):
            self.y[k] = 1 / (1 + np.exp(-(self.b2[k] + sum(self.w2[k, j] * self.h[j] for j in range(len(self.h))))))
        return self.y.copy()

    def error(self, x: Array, t: Array) -> float:
        return float(sum((t - self.forward(x)) ** 2) / 2)

    def train(self, x: Array, t: Array, lr: float = 0.5) -> None:
        y = self.forward(x)
        d2 = (y - t) * y * (1 - y)
        d1 = np.array([sum(self.w2[k, j] * d2[k] for k in range(len(d2))) for j in range(len(self.h))])
        d1 *= self.h * (1 - self.h)
        for k in range(len(d2)):
            for j in range(len(self.h)):
                self.w2[k, j] -= lr * d2[k] * self.h[j]
            self.b2[k] -= lr * d2[k]
        for j in range(len(d1)):
            for i in range(len(x)):
                self.w1[j, i] -= lr * d1[j] * x[i]
            self.b1[j] -= lr * d1[j]


class PureLists:
    """Plain Python: weights are lists of lists, a sample is a list, and numpy is nowhere."""

    def __init__(self, sizes: list[int]) -> None:
        pairs = list(zip(sizes, sizes[1:], strict=False))
        self.weights = [[[random.gauss(0, 1) for _ in range(a)] for _ in range(b)] for a, b in pairs]
        self.biases = [[0.0] * b for b in sizes[1:]]

    def forward(self, x: list[float]) -> list[float]:
        self.outs = [list(x)]
        for W, b in zip(self.weights, self.biases, strict=True):
            z = [sum(w * a for w, a in zip(row, self.outs[-1], strict=True)) + c for row, c in zip(W, b, strict=True)]
            self.outs.append([tanh(v) for v in z])
        return self.outs[-1]

    def loss(self, x: list[float], t: list[float]) -> float:
        return sum((y - u) ** 2 for y, u in zip(self.forward(x), t, strict=True)) / 2

    def gradient(self, x: list[float], t: list[float]) -> tuple[list[list[list[float]]], list[list[float]]]:
        delta = [(y - u) * (1 - y * y) for y, u in zip(self.forward(x), t, strict=True)]
        dW, db = list[list[list[float]]](), list[list[float]]()
        for W, outs in zip(reversed(self.weights), reversed(self.outs[:-1]), strict=True):
            dW.insert(0, [[d * a for a in outs] for d in delta])
            db.insert(0, delta)
            back = [sum(row[i] * d for row, d in zip(W, delta, strict=True)) for i in range(len(outs))]
            delta = [v * (1 - a * a) for v, a in zip(back, outs, strict=True)]
        return dW, db


class NumbersOnly:
    """A linear output, hidden logistic units, lists in and out, and the sigmoid in two branches."""

    def __init__(self, n_inputs: int, n_hidden: int, n_outputs: int) -> None:
        self.w_hidden = [[random.random() - 0.5 for _ in range(n_hidden)] for _ in range(n_inputs)]
        self.b_hidden = [0.0] * n_hidden
        self.w_out = [[random.random() - 0.5 for _ in range(n_outputs)] for _ in range(n_hidden)]
        self.b_out = [0.0] * n_outputs

    def predict(self, x: list[float]) -> list[float]:
        z = [b + sum(v * row[j] for v, row in zip(x, self.w_hidden, strict=True)) for j, b in enumerate(self.b_hidden)]
        self.h = [1 / (1 + exp(-v)) if v >= 0 else exp(v) / (1 + exp(v)) for v in z]
        return [b + sum(v * row[k] for v, row in zip(self.h, self.w_out, strict=True)) for k, b in enumerate(self.b_out)]

    def train(self, x: list[float], t: list[float], rate: float) -> None:
        error = [y - u for y, u in zip(self.predict(x), t, strict=True)]
        back = [sum(w * e for w, e in zip(row, error, strict=True)) for row in self.w_out]
        back = [v * h * (1 - h) for v, h in zip(back, self.h, strict=True)]
        for row, h in zip(self.w_out, self.h, strict=True):
            for k, e in enumerate(error):
                row[k] -= rate * e * h
        for row, v in zip(self.w_hidden, x, strict=True):
            for j, d in enumerate(back):
                row[j] -= rate * d * v
        self.b_out = [b - rate * e for b, e in zip(self.b_out, error, strict=True)]
        self.b_hidden = [b - rate * d for b, d in zip(self.b_hidden, back, strict=True)]


class Recursive:
    """There is no loop: each layer calls the next one, which answers with what it would have its inputs changed by."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array, l: int = 0) -> Array:
        z = x @ self.weights[l] + self.biases[l]
        return z if l == len(self.weights) - 1 else self.forward(np.tanh(z), l + 1)

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradient(self, x: Array, t: Array) -> list[tuple[Array, Array]]:
        return self._from(0, x, t)[1]

    def _from(self, l: int, a: Array, t: Array) -> tuple[Array, list[tuple[Array, Array]]]:
        """What reaches a, and the gradients of layer l and of all above it."""
        z = a @ self.weights[l] + self.biases[l]
        if l == len(self.weights) - 1:
            delta, above = z - t, list[tuple[Array, Array]]()
        else:
            h = np.tanh(z)
            reaching, above = self._from(l + 1, h, t)
            delta = reaching * (1 - h**2)
        return delta @ self.weights[l].T, [(a.T @ delta, delta.sum(axis=0)), *above]
