"""Faults of dW_l = a_{l-1}^T delta_l."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Network


@fault(breaks="grad-weights", remedy="use the activation a of the layer below, not its weighted sum z")
class WeightGradientFromPreactivation(Reference):
    """The weight gradient is made from z of the layer below instead of a."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return run.z[l - 1].T @ delta


@fault(breaks="grad-weights", remedy="use the layer's input a_{l-1}, not its output a_l")
class WeightGradientFromOwnOutput(Reference):
    """The weight gradient is made from the layer's own output, wherever the widths let it."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        source = l if net.sizes[l] == net.sizes[l - 1] else l - 1
        return run.a[source].T @ delta


@fault(breaks="grad-weights", remedy="sum the outer products of all samples")
class WeightGradientOfLastSample(Reference):
    """The weight gradient is that of the last sample alone."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return run.a[l - 1][-1:].T @ delta[-1:]


@fault(breaks="grad-weights", remedy="sum the products over samples, do not multiply the sums")
class WeightGradientProductOfSums(Reference):
    """The sums over samples of input and of delta are multiplied, instead of summing their products."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return np.outer(run.a[l - 1].sum(axis=0), delta.sum(axis=0))
