"""The reference by other formulas: equal on paper, and to rounding wherever the specification asks."""

import numpy as np

from backproof_impl import activations, losses
from backproof_impl.reference import Pass, Reference
from backproof_impl.variants.registry import variant
from backproof_spec.values import Activation, Array, Layer, Network, Params
from backproof_spec.vocabulary import alpha


@variant
class SlopesFromOutputs(Reference):
    """Wherever a = f(z) says enough, f' is taken from a: for relu, elu, softplus, sigmoid and tanh."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f = net.activations[l - 1]
        slope = _slope_of(f, (run.a[l] - f.offset) / f.scale)
        return super().derivative(net, l, run) if slope is None else f.scale * f.slope * slope


def _slope_of(f: Activation, a: Array) -> Array | None:
    """f' where f has the value a; None where a does not say."""
    match f.name:
        case "relu":
            return (a > 0).astype(a.dtype)
        case "leaky_relu":
            return np.where(a > 0, 1.0, alpha(f)).astype(a.dtype)
        case "elu":
            return np.where(a > 0, 1.0, a + alpha(f))
        case "softplus":
            return -np.expm1(-a)
        case "sigmoid":
            return a - a * a
        case "tanh":
            return (1 - a) * (1 + a)
    return None


@variant
class JacobiansWrittenOut(Reference):
    """Each row of a softmax has its Jacobian as a matrix, diag(s) - s s^T, also where fusing would have spared it."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        f, loss = net.activations[-1], net.loss
        if f.name != "softmax" or loss.name == "matching":
            return super().output_delta(net, run, t)
        s = activations.softmax(f.slope * run.z[-1])
        pull = losses.error_slope(loss, f, np.maximum(run.a[-1], np.finfo(s.dtype).tiny), t)
        delta = [(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(s, pull, strict=True)]
        return self.share(loss, *t.shape) * f.scale * f.slope * np.array(delta)


@variant
class OverflowsAndIsRight(Reference):
    """The sigmoid is 1 / (1 + exp(-z)) as it stands: far out exp overflows, with a warning, and 1 / inf is 0."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "sigmoid":
            return super().activate(net, l, z)
        a: Array = f.offset + f.scale / (1 + np.exp(-f.slope * z))
        return a


@variant
class RightSlopesAtKinks(Reference):
    """At a kink the derivative is the one from the right, where the reference takes the one from the left."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        kinked = net.activations[l - 1].name in {"relu", "leaky_relu", "elu"}
        f = net.activations[l - 1]
        right = np.where(run.z[l] == 0, f.scale * f.slope, super().derivative(net, l, run))
        return right if kinked else super().derivative(net, l, run)


@variant
class CallsItself(Reference):
    """Forward and backward are one recursion: a layer asks those above it for the delta, and hands its own down."""

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        x = self.inputs(net, params, x)
        z, a = self.above(net, 1, params, x)
        return Pass((x, *z), (x, *a))

    def above(self, net: Network, l: int, params: Params, a: Array) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        """z and a of layer l and of all above it."""
        if l > net.depth:
            return (), ()
        z = self.affine(net, l, a, params[l - 1])
        value = self.activate(net, l, z)
        zs, values = self.above(net, l + 1, params, value)
        return (z, *zs), (value, *values)

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        return self.below(net, 1, params, run, t)[1]

    def below(self, net: Network, l: int, params: Params, run: Pass, t: Array) -> tuple[Array, tuple[Layer, ...]]:
        """The delta of layer l, and the gradients of it and of all above it."""
        if l == net.depth:
            delta, higher = self.output_delta(net, run, t), tuple[Layer, ...]()
        else:
            delta, higher = self.below(net, l + 1, params, run, t)
            delta = self.hidden_delta(net, l, delta, params[l], run)
        return delta, (self.layer_gradient(net, l, params[l - 1], run, delta), *higher)
