"""Plain Python lists, one sample at a time."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import math
import random


class NeuralNetwork:
    def __init__(self, n_inputs, n_hidden, n_outputs):
        self.hidden_weights = [[random.uniform(-1, 1) for _ in range(n_inputs)] for _ in range(n_hidden)]
        self.hidden_bias = [random.uniform(-1, 1) for _ in range(n_hidden)]
        self.output_weights = [[random.uniform(-1, 1) for _ in range(n_hidden)] for _ in range(n_outputs)]
        self.output_bias = [random.uniform(-1, 1) for _ in range(n_outputs)]

    def feed_forward(self, inputs):
        if len(inputs) != len(self.hidden_weights[0]):
            raise ValueError("wrong number of inputs")
        self.h = [self.unit(w, b, inputs) for w, b in zip(self.hidden_weights, self.hidden_bias, strict=True)]
        self.o = [self.unit(w, b, self.h) for w, b in zip(self.output_weights, self.output_bias, strict=True)]
        return self.o

    def unit(self, w, b, xs):
        return 1 / (1 + math.exp(-sum(float(wi) * float(xi) for wi, xi in zip(w, xs, strict=True)) - b))

    def outgoing(self, j):
        return [w[j] for w in self.output_weights]

    def train(self, inputs, targets, learning_rate=0.5):
        self.feed_forward(inputs)
        d_o = [(o - t) * o * (1 - o) for o, t in zip(self.o, targets, strict=True)]
        d_h = [
            sum(d * w for d, w in zip(d_o, self.outgoing(j), strict=True)) * h * (1 - h) for j, h in enumerate(self.h)
        ]
        for k, d in enumerate(d_o):
            self.output_bias[k] -= learning_rate * d
            for j, h in enumerate(self.h):
                self.output_weights[k][j] -= learning_rate * d * h
        for j, d in enumerate(d_h):
            self.hidden_bias[j] -= learning_rate * d
            for i, x in enumerate(inputs):
                self.hidden_weights[j][i] -= learning_rate * d * x


class Faulty(NeuralNetwork):
    """The hidden delta uses the first output's weight for every output."""

    def outgoing(self, j):
        return [self.output_weights[0][j] for _ in self.output_weights]
