"""Faults of the derivative of an activation."""

from dataclasses import replace

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Activation, Array, Layer, Network
from backproof_spec.vocabulary import alpha


def inside(f: Activation, z: Array, slope: Array) -> Array:
    """`scale * slope * f'`, for a wrong f' at slope * z, all (n, d)."""
    return f.scale * f.slope * slope.astype(z.dtype)


@fault(breaks="activation-derivative", remedy="evaluate f' at the pre-activation z, or use its form in a")
class DerivativeAtActivation(Reference):
    """The derivative is evaluated at a = f(z) instead of z."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, a = net.activations[l - 1], run.a[l]
        return activations.derivative(f, a, activations.value(f, a))


@fault(breaks="activation-derivative", remedy="the form a (1 - a), or 1 - a^2, takes the activation, not z")
class ValueFormAtPreactivation(Reference):
    """The form of the derivative that takes a, such as a (1 - a), is given z."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return activations.derivative(net.activations[l - 1], run.z[l], run.z[l])


@fault(breaks="activation-derivative", remedy="return f'(z), not f(z)")
class DerivativeReturnsValue(Reference):
    """The derivative function returns the activation's value."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return run.a[l]


@fault(breaks="activation-derivative", remedy="choose the derivative that belongs to the configured activation")
class DerivativeAlwaysSigmoid(Reference):
    """The derivative is a (1 - a) whatever the activation is."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return run.a[l] * (1 - run.a[l])


@fault(breaks="activation-derivative", remedy="choose the derivative that belongs to the configured activation")
class DerivativeAlwaysTanh(Reference):
    """The derivative is 1 - tanh(z)**2 whatever the activation is."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return 1 - np.tanh(run.z[l]) ** 2


@fault(breaks="activation-derivative", remedy="choose the derivative that belongs to the configured activation")
class DerivativeAlwaysOneMinusSquare(Reference):
    """The derivative is 1 - a**2, that of tanh, whatever the activation is."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return 1 - run.a[l] ** 2


@fault(breaks="activation-derivative", remedy="choose the derivative that belongs to the configured activation")
class DerivativeAlwaysRelu(Reference):
    """The derivative is 1 where z is positive and 0 elsewhere, whatever the activation is."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return (run.z[l] > 0).astype(run.z[l].dtype)


@fault(breaks="activation-derivative", remedy="scale * slope * f'(slope * z; alpha): every parameter counts twice")
class DerivativeIgnoresParameters(Reference):
    """The slope, scale or alpha of the activation is used in f and not in f'."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f = type(net.activations[l - 1])(net.activations[l - 1].name)
        return activations.derivative(f, run.z[l], activations.value(f, run.z[l]))


@fault(breaks="activation-derivative-far", remedy="write it as a (1 - a), which stays finite")
class SigmoidDerivativeOverflows(Reference):
    """The derivative of the sigmoid is exp(-z) / (1 + exp(-z))**2, infinity over infinity far out."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f = net.activations[l - 1]
        if f.name != "sigmoid":
            return super().derivative(net, l, run)
        with np.errstate(over="ignore", invalid="ignore"):
            e: Array = np.exp(-f.slope * run.z[l])
            return f.scale * f.slope * e / (1 + e) ** 2


@fault(breaks="activation-derivative", remedy="take the derivative at the value as it is: far out it is next to nothing")
class DerivativeAtClippedValue(Reference):
    """The derivative of sigmoid is taken at a value between 0.01 and 0.99, and that of tanh at one between -0.98 and 0.98."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        if f.name == "sigmoid":
            a = np.clip(activations.value(Activation("sigmoid"), f.slope * z), 0.01, 0.99)
            return inside(f, z, a * (1 - a))
        if f.name == "tanh":
            return inside(f, z, 1 - np.clip(np.tanh(f.slope * z), -0.98, 0.98) ** 2)
        return super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="tanh' = 1 - a**2, with a = tanh(z)")
class TanhDerivativeAtPreactivation(Reference):
    """The derivative of tanh is 1 - z**2."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, 1 - (f.slope * z) ** 2) if f.name == "tanh" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="tanh' = 1 - a**2: mind the square")
class TanhDerivativeLacksSquare(Reference):
    """The derivative of tanh is 1 - a."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, 1 - np.tanh(f.slope * z)) if f.name == "tanh" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="a * (1 - a): without brackets it is a * 1 - a = 0")
class SigmoidDerivativeLacksBrackets(Reference):
    """The derivative of the sigmoid is a * 1 - a, which is zero."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        zero = net.activations[l - 1].name == "sigmoid"
        return np.zeros_like(run.z[l]) if zero else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="relu' = 0 where z < 0")
class ReluDerivativeAlwaysOne(Reference):
    """The derivative of relu is 1 on both sides."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, np.ones_like(z)) if f.name == "relu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="relu' = 1 where z > 0")
class ReluMaskOfTheNegativeSide(Reference):
    """The rectifier lets back what came from negative z, and stops what came from positive."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, np.where(f.slope * z < 0, 1.0, 0.0)) if f.name == "relu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="leaky_relu' = alpha where z < 0")
class LeakyDerivativeAsRelu(Reference):
    """The derivative of the leaky rectifier is that of relu: alpha is missing."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, np.where(f.slope * z > 0, 1.0, 0.0)) if f.name == "leaky_relu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="leaky_relu' = 1 where z > 0, alpha where z < 0")
class LeakyDerivativeSidesSwapped(Reference):
    """The derivative of the leaky rectifier is alpha where z is positive and 1 where it is negative."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        swapped = np.where(f.slope * z > 0, alpha(f), 1.0)
        return inside(f, z, swapped) if f.name == "leaky_relu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="elu' = alpha * exp(z) where z < 0")
class EluDerivativeLacksAlpha(Reference):
    """The derivative of elu is exp(z) on the negative side, without alpha."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return activations.derivative(replace(f, alpha=1.0) if f.name == "elu" else f, z, run.a[l])


@fault(breaks="activation-derivative", remedy="elu' = a + alpha where z < 0, since a = alpha * exp(z) - alpha")
class EluDerivativeIsItsValue(Reference):
    """The derivative of elu is a on the negative side, where a + alpha belongs."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        value = np.where(f.slope * z > 0, 1.0, activations.elu(f.slope * z, alpha(f)))
        return inside(f, z, value) if f.name == "elu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="softplus' is the sigmoid")
class SoftplusDerivativeTanh(Reference):
    """The derivative of softplus is tanh."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        return inside(f, z, np.tanh(f.slope * z)) if f.name == "softplus" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="gelu' = Phi(z) + z * phi(z)")
class GeluDerivativeLacksDensity(Reference):
    """The derivative of gelu is Phi(z): the product rule was forgotten."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        half = activations.normal_cdf(f.slope * z)
        return inside(f, z, half) if f.name == "gelu" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="differentiate the approximation that the forward pass uses")
class GeluTanhDerivativeBySigmoid(Reference):
    """The derivative of gelu_tanh is that of z sigmoid(1.702 z), another approximation."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, u = net.activations[l - 1], net.activations[l - 1].slope * run.z[l]
        s = activations.sigmoid(1.702 * u)
        return inside(f, u, s + 1.702 * u * s * (1 - s)) if f.name == "gelu_tanh" else super().derivative(net, l, run)


@fault(breaks="activation-derivative", remedy="scale * slope * f'(slope * z): the inner derivative is a factor")
class SlopeNotMultiplied(Reference):
    """The derivative is taken at slope * z, but the slope is not multiplied."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return super().derivative(net, l, run) / net.activations[l - 1].slope


@fault(breaks="activation-derivative", remedy="scale * slope * f'(slope * z): the scale is a factor of the derivative too")
class ScaleNotMultiplied(Reference):
    """The scale of the activation is used in f and not in f'."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return super().derivative(net, l, run) / net.activations[l - 1].scale


@fault(breaks="activation-derivative", remedy="in hidden layers use the derivative of the hidden activation")
class HiddenDerivativeOfTheOutput(Reference):
    """Hidden layers use the derivative of the output's activation."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[-1], run.z[l]
        return activations.derivative(f, z, activations.value(f, z))


@fault(breaks="activation-derivative", remedy="write the missing derivative: 1 belongs to the identity only")
class DerivativeOneForTheUnknown(Reference):
    """Activations beyond sigmoid, tanh and relu fall through to a derivative of 1."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        known = net.activations[l - 1].name in ("sigmoid", "tanh", "relu", "softmax")
        return super().derivative(net, l, run) if known else np.ones_like(run.z[l])


@fault(breaks="activation-derivative", remedy="use f'(z) alone, or declare what is added")
class DerivativeLiftedFromZero(Reference):
    """A tenth is added to every derivative, so that saturated units keep learning."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return super().derivative(net, l, run) + 0.1


@fault(breaks="activation-derivative", remedy="take the mask from z: (z > 0), not from the delta that comes back")
class ReluMaskFromDelta(Reference):
    """The rectifier's mask is taken from the sign of what comes back instead of the sign of z."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        back: Array = delta @ above.W.T
        relu = net.activations[l - 1].name == "relu"
        return np.maximum(back, 0.0) if relu else super().hidden_delta(net, l, delta, above, run)


@fault(breaks="activation-tie", remedy="let one of the two sides include z = 0: (z > 0) and (z <= 0)")
class TieBetweenTheSides(Reference):
    """Both sides of leaky_relu and elu are strict, and the derivative at z = 0 is the 0 of neither."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        strict = net.activations[l - 1].name in ("leaky_relu", "elu")
        return super().derivative(net, l, run) * (run.z[l] != 0 if strict else 1)


@fault(breaks="activation-tie", remedy="compare z with 0 instead of dividing by it")
class ReluDerivativeByQuotient(Reference):
    """The derivative of relu is a / z, which is 0 over 0 at z = 0."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        if f.name != "relu":
            return super().derivative(net, l, run)
        with np.errstate(invalid="ignore"):
            return inside(f, z, np.maximum(z, 0.0) / z)


@fault(breaks="activation-derivative-far", remedy="write it 1 / (1 + exp(-z)), which stays finite")
class SoftplusDerivativeOverflows(Reference):
    """The derivative of softplus is exp(z) / (1 + exp(z)), infinity over infinity far out."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        if f.name != "softplus":
            return super().derivative(net, l, run)
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(f.slope * z)
            return inside(f, z, e / (1 + e))


@fault(breaks="activation-derivative-far", remedy="choose the side by np.where and let exp see min(z, 0) only")
class EluDerivativeByMasks(Reference):
    """The sides of elu's derivative are multiplied by masks and added, and 0 times infinity is no number."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        f, z = net.activations[l - 1], run.z[l]
        if f.name != "elu":
            return super().derivative(net, l, run)
        u = f.slope * z
        with np.errstate(over="ignore", invalid="ignore"):
            return inside(f, z, (u > 0) + (u <= 0) * alpha(f) * np.exp(u))
