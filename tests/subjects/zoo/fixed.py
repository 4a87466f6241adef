"""No argument: two inputs, three hidden units, one output; forward, then backward, which updates; the rate is kept."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Xor:
    def __init__(self):
        self.lr = 0.5
        self.w_hidden = np.random.uniform(-1, 1, (2, 3))
        self.b_hidden = np.random.uniform(-1, 1, 3)
        self.w_output = np.random.uniform(-1, 1, (3, 1))
        self.b_output = np.random.uniform(-1, 1, 1)

    def predict(self, x):
        self.h = np.tanh(x.dot(self.w_hidden) + self.b_hidden)
        self.o = 1 / (1 + np.exp(-(self.h.dot(self.w_output) + self.b_output)))
        return self.o

    def outwards(self, w):
        return w

    def train(self, x, target):
        o = self.predict(x)
        d_o = (o - target) * o * (1 - o)
        before = self.w_output.copy()
        d_w, d_b = self.h.T.dot(d_o), d_o.sum(axis=0)
        d_h = d_o.dot(self.outwards(before).T) * (1 - self.h**2)
        self.w_output -= self.lr * d_w
        self.b_output -= self.lr * d_b
        self.w_hidden -= self.lr * x.T.dot(d_h)
        self.b_hidden -= self.lr * d_h.sum(axis=0)


class Faulty(Xor):
    """The hidden delta does not use the output weights."""

    def outwards(self, w):
        return np.ones_like(w)
