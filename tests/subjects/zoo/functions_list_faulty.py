"""Functions over a list of pairs, parameters last, updated in place; steps climb in the output layer."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


def make_network(n_in, n_hidden, n_out):
    return [[np.random.randn(n_in, n_hidden), np.zeros(n_hidden)], [np.random.randn(n_hidden, n_out), np.zeros(n_out)]]


def predict(x, params):
    (W1, b1), (W2, b2) = params
    return 1 / (1 + np.exp(-(np.tanh(x @ W1 + b1) @ W2 + b2)))


def cost(x, t, params):
    y = predict(x, params)
    return np.mean(-t * np.log(y) - (1 - t) * np.log(1 - y))


def train_step(x, t, params, lr):
    (W1, b1), (W2, b2) = params
    h, y = np.tanh(x @ W1 + b1), predict(x, params)
    d2 = (y - t) / y.size
    d1 = d2 @ W2.T * (1 - h**2)
    W1 -= lr * x.T @ d1
    b1 -= lr * d1.sum(0)
    W2 += lr * h.T @ d2
    b2 -= lr * d2.sum(0)
