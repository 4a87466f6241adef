"""Functions over a dict of parameters, and no class at all."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Params = dict[str, Array]


def init_params(sizes: list[int], seed: int = 0) -> Params:
    """W1, b1, W2, b2, ...."""
    rng, params = np.random.default_rng(seed), Params()
    for l, (a, b) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{l}"] = rng.normal(0, a**-0.5, (a, b))
        params[f"b{l}"] = np.zeros(b)
    return params


def forward(params: Params, x: Array) -> tuple[Array, list[Array]]:
    """Outputs, and the activations of every layer."""
    L, cache = len(params) // 2, [x]
    for l in range(1, L + 1):
        z = cache[-1] @ params[f"W{l}"] + params[f"b{l}"]
        cache.append(np.tanh(z) if l < L else 1 / (1 + np.exp(-z)))
    return cache[-1], cache


def loss(params: Params, x: Array, t: Array) -> float:
    """Binary cross-entropy, averaged over samples."""
    y, _ = forward(params, x)
    return float(-np.sum(t * np.log(y) + (1 - t) * np.log(1 - y)) / len(x))


def gradients(params: Params, x: Array, t: Array) -> Params:
    """A dict of gradients under the names of the parameters."""
    y, cache = forward(params, x)
    grads, delta = Params(), (y - t) / len(x)
    for l in range(len(params) // 2, 0, -1):
        grads[f"W{l}"], grads[f"b{l}"] = cache[l - 1].T @ delta, delta.sum(axis=0)
        delta = delta @ params[f"W{l}"].T * (1 - cache[l - 1] ** 2)
    return grads


def update(params: Params, grads: Params, lr: float) -> Params:
    """Other parameters, one step further down."""
    return {name: params[name] - lr * grads[name] for name in params}
