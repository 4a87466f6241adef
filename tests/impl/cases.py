"""Small networks, parameters and batches for the tests of the reference."""

from itertools import product

import numpy as np

from backproof_impl.families import claims
from backproof_spec.values import Activation, Array, Family, Layer, Loss, Network, Params, Penalty

TANH, IDENTITY, SIGMOID, SOFTMAX = (Activation(name) for name in ("tanh", "identity", "sigmoid", "softmax"))
SQUARED, FREE = Loss("squared_error"), Penalty()


def network(*sizes: int, hidden: Activation = TANH, output: Activation = IDENTITY, loss: Loss = SQUARED,
            penalty: Penalty = FREE) -> Network:  # fmt: skip
    """A network of these sizes, the same activation in every hidden layer."""
    return Network(sizes, (hidden,) * (len(sizes) - 2) + (output,), loss, penalty=penalty)


def drawn_params(net: Network, seed: int = 0, dtype: type = np.float64) -> Params:
    """Random W (d_in, d_out) and b (d_out,), none of them zero except where there is no bias."""
    rng = np.random.default_rng(seed)
    shapes = enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1)
    return tuple(
        Layer(rng.normal(size=(m, d)).astype(dtype), (rng.normal(size=d) * (net.bias(l) != "none")).astype(dtype))
        for l, (m, d) in shapes
    )


def drawn_batch(net: Network, n: int, seed: int = 1, dtype: type = np.float64) -> tuple[Array, Array]:
    """Inputs (n, d_0), and targets (n, d_L) whose rows are distributions without zeros."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0.1, 0.9, (n, net.sizes[-1]))
    return rng.normal(size=(n, net.sizes[0])).astype(dtype), (t / t.sum(axis=1, keepdims=True)).astype(dtype)


def claimed(*sizes: int) -> list[Network]:
    """Every network of these sizes that the reference claims, with one activation in all hidden layers."""
    return [net for family in claims("any").families for net in members(family, *sizes)]


def members(family: Family, *sizes: int) -> list[Network]:
    """The family's networks of these sizes, with one activation in all hidden layers."""
    depth, (of_hidden, of_output) = len(sizes) - 2, family.biases
    return [
        Network(sizes, (h,) * depth + (o,), loss, family.reported, penalty, (of_hidden,) * depth + (of_output,))
        for h, o, loss, penalty in product(family.hidden, family.output, family.loss, family.penalty)
    ]
