"""Faults of delta_L = dL/dz_L."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Network


@fault(breaks="grad-output-delta", remedy="multiply dL/dy by f'(z) of the output layer")
class OutputDeltaLacksDerivative(Reference):
    """The error at the output is not multiplied by the derivative of the output's activation."""

    def output_chain(self, net: Network, run: Pass, slope: Array) -> Array:
        return slope


@fault(breaks="grad-output-delta", remedy="y - t is already dL/dz for cross-entropy: leave f' out")
class CrossEntropyDeltaHasExtraDerivative(Reference):
    """The delta y - t, which already went through the activation, is multiplied by f'(z) once more."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        crossed = net.loss.name in {"cross_entropy", "binary_cross_entropy"}
        return delta * self.derivative(net, net.depth, run) if crossed else delta


@fault(breaks="grad-output-delta", remedy="use the whole Jacobian of softmax: s * (g - sum(g * s))")
class SoftmaxJacobianDiagonal(Reference):
    """Only the diagonal of the Jacobian of softmax is used."""

    def output_chain(self, net: Network, run: Pass, slope: Array) -> Array:
        return slope * self.derivative(net, net.depth, run)


@fault(breaks="grad-output-delta", remedy="keep the delta of every output, of the target's class or not")
class OnlyTheTargetsClass(Reference):
    """Only outputs with a target above zero get a delta."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) * (t > 0)


@fault(breaks="grad-scale", remedy="divide the delta by the number of samples where the loss is their mean")
class GradientSummedForMean(Reference):
    """The gradient is that of the sum over samples where the loss is their mean."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) * (len(t) if net.loss.samples == "mean" else 1)


@fault(breaks="grad-batch", remedy="make each sample's outer product from its own delta, then add them up")
class DeltaAveragedOverBatch(Reference):
    """Every sample gets the delta of the average sample."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        return np.broadcast_to(delta.mean(axis=0), delta.shape)
