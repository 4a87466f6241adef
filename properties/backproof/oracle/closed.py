"""Forward, loss and gradient of a network in closed form, each with the error that correct rounding may leave in it.

Written from the specification alone, in the widest format: nothing here is shared with any implementation under test.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backproof.kept import once
from backproof.oracle import activations
from backproof.oracle.bounded import (
    DOUBLE,
    Bounded,
    Rounding,
    Wide,
    affine,
    exact,
    minus,
    plus,
    product,
    scaled,
    times,
    total,
    transposed,
    wide,
)
from backproof_spec import Activation, Array, Layer, Loss, Network, Params, Targets
from backproof_spec.vocabulary import LOSSES, MATCHING, known


class Pass(NamedTuple):
    """z_1 ... z_L, and a_0 = x, a_1 ... a_L = y."""

    z: tuple[Bounded, ...]
    a: tuple[Bounded, ...]


class Gradient(NamedTuple):
    """The gradient of one layer."""

    W: Bounded
    b: Bounded


def has_closed_forward(net: Network) -> bool:
    """Whether the specification knows every activation."""
    return all(map(known, net.activations))


def has_closed_form(net: Network) -> bool:
    """Whether the specification knows every activation and the loss that is followed."""
    return has_closed_forward(net) and net.loss.name in LOSSES


def as_squared_error(net: Network) -> Network:
    """The network with squared error for its loss: a stand-in for magnitudes, where the loss has no closed form."""
    return replace(net, loss=Loss("squared_error", samples="sum"))


def activate(activation: Activation, z: Bounded, r: Rounding) -> Bounded:
    """a (n, d) from z (n, d)."""
    if activation.name == "softmax":
        return activations.softmax(activations.argument(activation, z, r), r)
    return activations.activate(activation, z, r)


@once
def forward(net: Network, params: Params, x: Array, r: Rounding) -> Pass:
    """All pre-activations and activations for x (n, d_0)."""
    z, a = list[Bounded](), [exact(x)]
    for layer, activation in zip(params, net.activations, strict=True):
        z.append(affine(a[-1], layer.W, layer.b, r))
        a.append(activate(activation, z[-1], r))
    return Pass(tuple(z), tuple(a))


def rows(net: Network, t: Targets) -> Wide:
    """Target rows (n, d_L): as given, or one-hot from class numbers."""
    if t.ndim == 2:
        return wide(t)
    return wide(np.eye(net.sizes[-1])[t.astype(np.int64)])


def _named(loss: Loss, output: Activation) -> str:
    return MATCHING.get(output.name, "squared_error") if loss.name == "matching" else loss.name


def _log_error(p: Bounded, epsilon: float) -> Wide:
    """How far log p may be: by p's own error, by an epsilon added or clipped, by rounding."""
    near = np.maximum(p.value - p.error, np.finfo(np.float64).tiny)
    return wide(np.log1p(p.error / near) + np.log1p(epsilon / near) - np.log1p(-epsilon))


def _cross(t: Wide, p: Bounded, loss: Loss, r: Rounding) -> Bounded:
    """-t log p."""
    with np.errstate(divide="ignore"):  # of p = 0 it is infinite
        value = -t * np.log(np.where(t == 0, 1, p.value))  # 0 * log 0 is 0
    return Bounded(wide(value), np.abs(t) * _log_error(p, loss.epsilon) + 4 * r.u * np.abs(value) + 4 * r.u * np.abs(t))


def complement(p: Bounded, r: Rounding) -> Bounded:
    """1 - p."""
    return Bounded(1 - p.value, p.error + 2 * r.u)


def elementwise_loss(loss: Loss, output: Activation, y: Bounded, t: Wide, r: Rounding) -> Bounded:
    """e(y, t) (n, d_L), before reduction."""
    name = _named(loss, output)
    if name == "cross_entropy":
        return _cross(t, y, loss, r)
    if name == "binary_cross_entropy":
        return plus(_cross(t, y, loss, r), _cross(1 - t, complement(y, r), loss, r), r)
    e = minus(y, exact(t), r)
    return scaled(times(e, e, r), 0.5, r)


def scale(loss: Loss, n: int, d: int) -> float:
    """What reduction and factor multiply the sum over samples and outputs by."""
    return loss.factor / (n if loss.samples == "mean" else 1) / (d if loss.outputs == "mean" else 1)


def penalty(net: Network, params: Params, n: int, r: Rounding) -> Bounded:
    """l1 sum |w| + l2 / 2 sum w**2."""
    rule = net.penalty
    if not (rule.l1 or rule.l2):
        return exact(0.0)
    parts = [p for layer in params for p in ((layer.W, layer.b) if rule.biases else (layer.W,))]
    value = sum((wide(rule.l1) * np.abs(wide(p)).sum() + wide(rule.l2) / 2 * (wide(p) ** 2).sum() for p in parts), wide(0))
    value = value / n if rule.per_sample else value
    return Bounded(value, (sum(p.size for p in parts) + 8) * r.u * np.abs(value))


@once
def loss(net: Network, params: Params, x: Array, t: Targets, r: Rounding) -> Bounded:
    """What `loss` should return: the reported loss, or else the objective with its penalty."""
    y, loss = forward(net, params, x, r).a[-1], net.reported or net.loss
    e = elementwise_loss(loss, net.activations[-1], y, rows(net, t), r)
    value = scaled(total(e, r), scale(loss, *y.value.shape), r)
    return value if net.reported else plus(value, penalty(net, params, len(x), r), r)


def loss_derivative(loss: Loss, output: Activation, y: Bounded, t: Wide, r: Rounding) -> Bounded:
    """de/dy (n, d_L), before reduction."""
    name = _named(loss, output)
    if name == "squared_error":
        return minus(y, exact(t), r)
    first = _reciprocal(t, y, loss, r)
    if name == "cross_entropy":
        return Bounded(-first.value, first.error)
    second = minus(_reciprocal(1 - t, complement(y, r), loss, r), first, r)
    spread = np.maximum(y.value * (1 - y.value) - y.error, np.finfo(np.float64).tiny)
    joint = np.abs(second.value) * loss.epsilon / spread  # (y - t) / (y (1 - y) + epsilon) is an idiom as well
    return Bounded(second.value, second.error + joint)


def _reciprocal(t: Wide, p: Bounded, loss: Loss, r: Rounding) -> Bounded:
    """t / p, with or without an epsilon below."""
    near = np.maximum(p.value - p.error, np.finfo(np.float64).tiny)
    value = t / np.maximum(p.value, np.finfo(np.float64).tiny)
    clipped = loss.epsilon / (near * (1 - loss.epsilon))
    return Bounded(value, np.abs(value) * (p.error / near + clipped + 4 * r.u))


def output_delta(net: Network, done: Pass, t: Wide, r: Rounding) -> Bounded:
    """delta_L = de/dz_L (n, d_L), of each sample alone, before reduction and factor."""
    output, y = net.activations[-1], done.a[-1]
    if net.loss.name == "matching":
        return minus(y, exact(t), r)
    g = loss_derivative(net.loss, output, y, t, r)
    if output.name != "softmax":
        return times(g, activations.derivative(output, done.z[-1], r), r, 2)
    inner = total(times(y, g, r), r, axis=1)
    centred = minus(g, Bounded(inner.value[:, None], inner.error[:, None]), r)
    return scaled(times(y, centred, r, 4), output.slope, r)


def hidden_delta(net: Network, params: Params, l: int, delta: Bounded, z: Bounded, r: Rounding) -> Bounded:
    """delta_l (n, d_l) from delta_{l+1} (n, d_{l+1}), for the hidden layer l, counted from 1."""
    back = product(delta, exact(params[l].W.T), r)
    return times(back, activations.derivative(net.activations[l - 1], z, r), r, 2)


@once
def deltas(net: Network, params: Params, done: Pass, t: Targets, r: Rounding) -> tuple[Bounded, ...]:
    """delta_1 ... delta_L (n, d_l), before reduction and factor."""
    result = [output_delta(net, done, rows(net, t), r)]
    for l in range(net.depth - 1, 0, -1):
        result.insert(0, hidden_delta(net, params, l, result[0], done.z[l - 1], r))
    return tuple(result)


def penalised(net: Network, p: Array, bias: bool, n: int, r: Rounding) -> Bounded:
    """What the declared penalty adds to the gradient of p, a bias or a weight, for n samples."""
    rule, w = net.penalty, wide(p)
    if (bias and not rule.biases) or not (rule.l1 or rule.l2):
        return exact(np.zeros_like(w))
    share = n if rule.per_sample else 1
    value = (wide(rule.l1) * np.sign(w) + wide(rule.l2) * w) / share
    at_zero = np.where(w == 0, abs(rule.l1) / share, 0)  # any subgradient of |w| at 0
    return Bounded(value, 8 * r.u * (abs(rule.l1) + np.abs(rule.l2 * w)) / share + at_zero)


def penalty_gradient(net: Network, params: Params, n: int) -> Params:
    """The declared penalty's part of the gradient."""
    return tuple(
        Layer(*(penalised(net, p, bias, n, DOUBLE).value for p, bias in zip(layer, (False, True), strict=True)))
        for layer in params
    )


def layer_gradient(net: Network, l: int, a: Bounded, delta: Bounded, c: float, layer: Layer, r: Rounding) -> Gradient:
    """dW_l and db_l of the layer l, counted from 1, from its input a (n, d_{l-1}) and its delta (n, d_l)."""
    n = len(a.value)
    dW = scaled(product(transposed(a), delta, r, extra=6), c, r)
    db = scaled(total(delta, r, axis=0), c, r)
    if net.bias(l) == "none":
        db = exact(np.zeros_like(db.value))
    if net.bias(l) == "shared":
        once = total(db, r)
        db = Bounded(np.full_like(db.value, once.value), np.full_like(db.value, once.error))
    return Gradient(plus(dW, penalised(net, layer.W, False, n, r), r), plus(db, penalised(net, layer.b, True, n, r), r))


@once
def gradient(net: Network, params: Params, x: Array, t: Targets, r: Rounding) -> tuple[Gradient, ...]:
    """dW_l and db_l of the objective, penalty included, for every layer."""
    done = forward(net, params, x, r)
    c = scale(net.loss, len(x), net.sizes[-1])
    return tuple(
        layer_gradient(net, l, done.a[l - 1], delta, c, params[l - 1], r)
        for l, delta in enumerate(deltas(net, params, done, t, r), start=1)
    )
