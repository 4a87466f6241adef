"""Functions over a dict of parameters."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


def init_params(sizes, seed=0):
    rng = np.random.default_rng(seed)
    params = {}
    for l in range(1, len(sizes)):
        params[f"W{l}"] = rng.normal(0, sizes[l - 1] ** -0.5, (sizes[l - 1], sizes[l]))
        params[f"b{l}"] = np.zeros(sizes[l])
    return params


def forward(params, x):
    L, cache = len(params) // 2, [x]
    for l in range(1, L + 1):
        z = cache[-1] @ params[f"W{l}"] + params[f"b{l}"]
        cache.append(np.tanh(z) if l < L else z)
    return cache[-1], cache


def loss(params, x, t):
    y, _ = forward(params, x)
    return np.sum((y - t) ** 2) / (2 * len(x))


def backward(params, x, t):
    y, cache = forward(params, x)
    grads, delta = {}, (y - t) / len(x)
    for l in range(len(params) // 2, 0, -1):
        grads[f"W{l}"], grads[f"b{l}"] = cache[l - 1].T @ delta, delta.sum(axis=0)
        delta = (delta @ params[f"W{l}"].T) * (1 - cache[l - 1] ** 2)
    return grads


def update(params, grads, lr):
    return {k: params[k] - lr * grads[k] for k in params}
