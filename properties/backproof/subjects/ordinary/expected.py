"""What a network computes in closed form, in plain numbers: the one place where recognition asks the oracle."""

import numpy as np

from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE, exact
from backproof_spec import Activation, Array, Bias, Layer, Loss, Network, Params, Penalty, Targets

SIMPLE = Loss("squared_error")


def plain(
    sizes: tuple[int, ...], hidden: Activation, output: Activation, loss: Loss = SIMPLE,
    biases: tuple[Bias, Bias] = ("each", "each"),
) -> Network:  # fmt: skip
    """A network with one hidden activation, and one kind of biases in hidden layers."""
    depth = len(sizes) - 1
    return Network(sizes, (*[hidden] * (depth - 1), output), loss, biases=(*biases[:1] * (depth - 1), biases[1]))


def outputs(net: Network, params: Params, x: Array) -> Array:
    """y (n, d_L)."""
    return np.asarray(closed.forward(net, params, x, DOUBLE).a[-1].value, dtype=float)


def activated(activation: Activation, z: Array) -> Array:
    """a (n, d) from z (n, d)."""
    return np.asarray(closed.activate(activation, exact(z), DOUBLE).value, dtype=float)


def loss(loss: Loss, output: Activation, y: Array, t: Targets) -> float:
    """The loss of outputs y (n, d_L), epsilon left out."""
    net = Network((1, y.shape[1]), (output,), loss)
    e = closed.elementwise_loss(loss, output, exact(y), closed.rows(net, t), DOUBLE)
    return float(e.value.sum() * closed.scale(loss, *y.shape))


def gradient(net: Network, params: Params, x: Array, t: Targets) -> Params:
    """dW_l and db_l of the objective."""
    found = closed.gradient(net, params, x, t, DOUBLE)
    return tuple(Layer(np.asarray(g.W.value, dtype=float), np.asarray(g.b.value, dtype=float)) for g in found)


def penalty(rule: Penalty, params: Params, n: int) -> float:
    """What it adds to the loss of n samples."""
    return float(closed.penalty(_penalised(rule, params), params, n, DOUBLE).value)


def penalty_gradient(rule: Penalty, params: Params, n: int) -> Params:
    """What it adds to dW_l and db_l for n samples."""
    return closed.penalty_gradient(_penalised(rule, params), params, n)


def _penalised(rule: Penalty, params: Params) -> Network:
    sizes = (len(params[0].W), *(len(layer.b) for layer in params))
    return Network(sizes, (Activation("identity"),) * len(params), SIMPLE, penalty=rule)
