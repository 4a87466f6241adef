"""Faults of db_l, the sum of delta_l over rows."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Network


@fault(breaks="grad-biases", remedy="give every bias its gradient, delta.sum(axis=0)")
class BiasNeverUpdated(Reference):
    """The gradient of every bias is zero."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return np.zeros_like(delta[0])


@fault(breaks="grad-biases", remedy="db is +delta.sum(axis=0): the minus belongs to the update")
class BiasGradientWrongSign(Reference):
    """The gradient of the biases has the opposite sign of that of the weights."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return -super().bias_gradient(net, l, delta)


@fault(breaks="grad-biases", remedy="sum delta over samples; it carries the 1 / n of the loss already")
class BiasGradientAveraged(Reference):
    """The bias gradient is the mean over rows of a delta that was already divided by their number."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return super().bias_gradient(net, l, delta) / len(delta)


@fault(breaks="grad-biases", remedy="sum over the samples only: axis=0")
class BiasGradientOneNumber(Reference):
    """Every bias of a layer gets the sum over the whole of delta."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return np.full_like(delta[0], delta.sum())
