"""Faults of the derivative of an activation."""

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Network


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
