"""Samples as columns, weights (out, in), biases (d, 1), sizes one by one, private names."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Net:
    sides = 1

    def __init__(self, *sizes):
        self.__weights = [np.random.normal(0, 1 / np.sqrt(a), (b, a)) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.__biases = [np.random.normal(0, 0.1, (b, 1)) for b in sizes[1:]]

    def feedforward(self, a):
        self._as = [a]
        for w, b in zip(self.__weights, self.__biases, strict=True):
            a = 1.0 / (1.0 + np.exp(-(w @ a + b)))
            self._as.append(a)
        return a

    def cost(self, x, y):
        return np.sum((self.feedforward(x) - y) ** 2)

    def backprop(self, x, y):
        a = self.feedforward(x)
        delta = 2 * (a - y) * a * (1 - a)
        nabla_w, nabla_b = [None] * len(self.__weights), [None] * len(self.__weights)
        for l in range(len(self.__weights) - 1, -1, -1):
            nabla_b[l] = delta.sum(axis=1, keepdims=True) * self.sides
            nabla_w[l] = delta @ self._as[l].T
            if l:
                delta = self.__weights[l].T @ delta * self._as[l] * (1 - self._as[l])
        return nabla_b, nabla_w

    def update(self, x, y, eta):
        nabla_b, nabla_w = self.backprop(x, y)
        self.__weights = [w - eta * d for w, d in zip(self.__weights, nabla_w, strict=True)]
        self.__biases = [b - eta * d for b, d in zip(self.__biases, nabla_b, strict=True)]


class Faulty(Net):
    """Biases never move."""

    sides = 0
