"""Faults of the value of an activation."""

import math
from dataclasses import replace

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Activation, Array, Network
from backproof_spec.vocabulary import alpha


def stretched(f: Activation, value: Array) -> Array:
    """`offset + scale * value`, of any shape."""
    return np.asarray(f.offset + f.scale * value)


@fault(breaks="activation-value", remedy="scale * f(slope * z; alpha) + offset, in the value as in the derivative")
class ValueIgnoresParameters(Reference):
    """The slope, scale, offset or alpha of the activation is used in f' and not in f."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return activations.value(Activation(net.activations[l - 1].name), z)


@fault(breaks="activation-value", remedy="multiply z by the slope before f sees it")
class SlopeOutsideTheFunction(Reference):
    """The slope multiplies f(z), where it should multiply z."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name == "softmax":
            return super().activate(net, l, z)
        return activations.value(replace(f, slope=1.0, scale=f.slope * f.scale), z)


@fault(breaks="activation-value", remedy="add the offset after scaling")
class OffsetLeftOut(Reference):
    """The offset of the activation is left out."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, z) - net.activations[l - 1].offset


@fault(breaks="activation-value", remedy="1 / (1 + exp(-z)): mind the minus")
class SigmoidLacksMinus(Reference):
    """The sigmoid is 1 / (1 + exp(z)), which falls where it should rise."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, -z if net.activations[l - 1].name == "sigmoid" else z)


@fault(breaks="activation-value", remedy="tanh(z) = 2 * sigmoid(2 * z) - 1: the 2 stands inside too")
class TanhFromSigmoidOfZ(Reference):
    """The hyperbolic tangent is taken as 2 sigmoid(z) - 1, which is tanh(z / 2)."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, z / 2 if net.activations[l - 1].name == "tanh" else z)


@fault(breaks="activation-value", remedy="declare the piecewise linear function, or compute 1 / (1 + exp(-z))")
class SigmoidPiecewiseLinear(Reference):
    """The sigmoid is replaced by 0.2 z + 0.5 between 0 and 1."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        return stretched(f, np.clip(0.2 * f.slope * z + 0.5, 0, 1)) if f.name == "sigmoid" else super().activate(net, l, z)


@fault(breaks="activation-value", remedy="max(z, 0): relu has no upper end")
class ReluCutAtOne(Reference):
    """The rectifier ends at 1."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return np.minimum(a, 1.0) if net.activations[l - 1].name == "relu" else a


@fault(breaks="activation-value", remedy="where(z > 0, z, alpha * z): alpha belongs to the negative side")
class LeakySidesSwapped(Reference):
    """The leaky rectifier is flat on the positive side and steep on the negative one."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return -super().activate(net, l, -z) if net.activations[l - 1].name == "leaky_relu" else super().activate(net, l, z)


@fault(breaks="activation-value", remedy="use the alpha that is declared")
class AlphaHardCoded(Reference):
    """The default alpha is used whatever was declared."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return activations.value(replace(net.activations[l - 1], alpha=None), z)


@fault(breaks="activation-value", remedy="alpha * (exp(z) - 1): without the 1 it jumps at 0")
class EluLacksMinusOne(Reference):
    """The negative side of elu is alpha exp(z), without the minus 1."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f, a = net.activations[l - 1], super().activate(net, l, z)
        return a + f.scale * alpha(f) * (f.slope * z <= 0) if f.name == "elu" else a


@fault(breaks="activation-value", remedy="declare gelu_tanh, or use the error function")
class GeluByTanh(Reference):
    """The approximation of gelu by tanh stands where the error function was declared."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        return activations.value(replace(f, name="gelu_tanh") if f.name == "gelu" else f, z)


@fault(breaks="activation-value", remedy="give the output layer the activation that was declared for it")
class OutputActivatedAsHidden(Reference):
    """The output layer uses the activation of the hidden layers, unless it is a softmax."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l if net.activations[l - 1].name == "softmax" else 1, z)


@fault(breaks="activation-value", remedy="apply f_L to the last weighted sums")
class OutputActivationLeftOut(Reference):
    """The output layer hands on its weighted sums without an activation."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return z if l == net.depth else super().activate(net, l, z)


@fault(breaks="activation-value", remedy="apply f_L once: a loss that applies it wants weighted sums")
class OutputActivatedTwice(Reference):
    """The output layer applies its elementwise activation to what went through it already."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a, name = super().activate(net, l, z), net.activations[l - 1].name
        return super().activate(net, l, a) if l == net.depth and name != "softmax" else a


@fault(breaks="activation-far", remedy="use np.tanh, which is 1 far out and not infinity over infinity")
class TanhByQuotient(Reference):
    """The hyperbolic tangent is a quotient of sums of exponentials, which overflow."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "tanh":
            return super().activate(net, l, z)
        with np.errstate(over="ignore", invalid="ignore"):
            up, down = np.exp(f.slope * z), np.exp(-f.slope * z)
            return stretched(f, (up - down) / (up + down))


@fault(breaks="activation-far", remedy="1 / (1 + exp(-z)) overflows harmlessly; exp(z) / (1 + exp(z)) does not")
class SigmoidByQuotient(Reference):
    """The sigmoid is exp(z) / (1 + exp(z)), infinity over infinity far out."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "sigmoid":
            return super().activate(net, l, z)
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(f.slope * z)
            return stretched(f, e / (1 + e))


@fault(breaks="activation-far", remedy="choose the side: 1 / (1 + exp(-z)) where z > 0, else e / (1 + e) with e = exp(z)")
class SigmoidRaises(Reference):
    """The sigmoid calls math.exp(-z), which far below 0 raises OverflowError, where numpy's exp only warns."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "sigmoid":
            return super().activate(net, l, z)
        e = np.vectorize(math.exp, otypes=[z.dtype])(-f.slope * z)
        return stretched(f, 1 / (1 + e))


@fault(breaks="activation-far", remedy="max(z, 0) + log(1 + exp(-|z|)), which never overflows")
class SoftplusOverflows(Reference):
    """Softplus is log(1 + exp(z)) as it stands, infinite where it should be z."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "softplus":
            return super().activate(net, l, z)
        with np.errstate(over="ignore"):
            return stretched(f, np.log(1 + np.exp(f.slope * z)))


@fault(breaks="activation-far", remedy="choose the side by np.where and let exp see min(z, 0) only")
class EluByMasks(Reference):
    """The sides of elu are multiplied by masks and added, and 0 times infinity is no number."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "elu":
            return super().activate(net, l, z)
        u = f.slope * z
        with np.errstate(over="ignore", invalid="ignore"):
            return stretched(f, (u > 0) * u + (u <= 0) * alpha(f) * np.expm1(u))


@fault(breaks="activation-far", remedy="clip further out, or write it so that nothing overflows")
class SigmoidArgumentClipped(Reference):
    """Arguments of the sigmoid are clipped at 10 against overflow, which leaves 4.5e-5 where nothing should be left."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        return super().activate(net, l, np.clip(z, -10 / f.slope, 10 / f.slope) if f.name == "sigmoid" else z)


@fault(breaks="activation-far", remedy="clip nothing: where a sum is large, a linear or a rectified unit is large")
class ArgumentsClipped(Reference):
    """The arguments of every activation are clipped at 150."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        most = 150 / net.activations[l - 1].slope
        return super().activate(net, l, np.clip(z, -most, most))
