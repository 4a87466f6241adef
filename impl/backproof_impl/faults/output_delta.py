"""Faults of delta_L = dL/dz_L."""

import numpy as np

from backproof_impl import activations
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
        if net.activations[-1].name != "softmax":
            return super().output_chain(net, run, slope)
        return slope * net.activations[-1].slope * run.a[-1] * (1 - run.a[-1])


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


@fault(breaks="grad-output-delta", remedy="delta is y - t where the update subtracts it")
class DeltaIsTargetMinusOutput(Reference):
    """The output delta is made of t - y, and subtracted all the same."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return -super().output_delta(net, run, t)


@fault(breaks="grad-output-delta", remedy="keep the sign of the error: it says which way to go")
class DeltaLosesItsSign(Reference):
    """The output delta is made of absolute errors."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return np.abs(super().output_delta(net, run, t))


@fault(breaks="grad-output-delta", remedy="send back the derivative y - t, not the loss (y - t)**2 / 2")
class LossSentBackForItsDerivative(Reference):
    """The errors of the loss itself are sent back, squared, instead of their derivatives."""

    def output_chain(self, net: Network, run: Pass, slope: Array) -> Array:
        return super().output_chain(net, run, slope**2 / 2)


@fault(breaks="grad-output-delta", remedy="multiply the error by f'(z), do not put the error into f'")
class DerivativeAppliedToTheError(Reference):
    """The derivative of the output's activation is taken of the error instead of z."""

    def output_chain(self, net: Network, run: Pass, slope: Array) -> Array:
        f = net.activations[-1]
        if f.name == "softmax":
            return super().output_chain(net, run, slope)
        return activations.derivative(f, slope, slope)


@fault(breaks="grad-output-delta", remedy="differentiate the loss that is declared")
class DeltaOfSquaredErrorForAll(Reference):
    """The output delta is that of the squared error whatever the loss is."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return self.share(net.loss, *t.shape) * self.output_chain(net, run, run.a[-1] - t)


@fault(breaks="grad-output-delta", remedy="y - t belongs to the matching loss: squared error needs f'(z) as well")
class DeltaOfTheMatchingLossForAll(Reference):
    """The output delta is y - t whatever the loss and the output's activation are."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return self.share(net.loss, *t.shape) * (run.a[-1] - t)


@fault(breaks="grad-output-delta", remedy="use the error itself: its size says how far to go")
class OnlyTheSignOfTheError(Reference):
    """The output delta is 1, 0 or -1, whatever the size of the error."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return self.share(net.loss, *t.shape) * np.sign(super().output_delta(net, run, t))


@fault(breaks="grad-output-delta", remedy="use y itself, not the class that it stands for")
class ErrorOfRoundedOutputs(Reference):
    """Outputs are rounded before the error is taken, so an answer that is nearly right teaches nothing."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, Pass(run.z, (*run.a[:-1], np.round(run.a[-1]))), t)


@fault(breaks="grad-output-delta", remedy="keep small errors: they are where training ends")
class SmallErrorsForgiven(Reference):
    """Errors below a tenth count as none."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) * (np.abs(run.a[-1] - t) > 0.1)


@fault(breaks="grad-output-delta", remedy="count both sides: (y - t) for targets of 0 as for targets of 1")
class DeltaOfOneTerm(Reference):
    """The output delta of the binary cross-entropy lacks the term for targets of 0."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        return delta * t if net.loss.name == "binary_cross_entropy" else delta


@fault(breaks="grad-scale", remedy="the derivative of (y - t)**2 / 2 is y - t: the 2 is gone")
class GradientKeepsTheTwo(Reference):
    """The derivative of the squared error keeps a 2 that its half has cancelled."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) * (2 if net.loss.name == "squared_error" else 1)


@fault(breaks="grad-scale", remedy="divide by the number of outputs only where the loss does")
class GradientAveragedOverOutputs(Reference):
    """The gradient is divided by the number of outputs where the loss is their sum."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) / (t.shape[1] if net.loss.outputs == "sum" else 1)


@fault(breaks="grad-scale", remedy="divide by the number of samples once: in the delta or in the gradient")
class GradientAveragedTwice(Reference):
    """The gradient is divided by the number of samples twice."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) / len(t)


@fault(breaks="grad-scale", remedy="divide by the rows that this batch has: len(x)")
class GradientDividedByUsualBatchSize(Reference):
    """The gradient is divided by the usual batch size, 32, whatever the number of rows."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) * (len(t) / 32 if net.loss.samples == "mean" else 1)


@fault(breaks="targets-one-hot", remedy="subtract 1 in each row at its own class: y[range(n), labels] -= 1")
class EveryRowGetsEveryClass(Reference):
    """For class numbers, 1 is taken off in every row at the classes of all rows."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        labels = net.loss.targets == "index"
        return super().output_delta(net, run, np.broadcast_to(t.max(axis=0), t.shape) if labels else t)


@fault(breaks="targets-one-hot", remedy="subtract 1 at the class itself: columns are counted from 0, as labels are")
class OneIsTakenOffAtTheNextClass(Reference):
    """For class numbers, 1 is taken off in the column after the class, though the loss is that of the class."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        labels = net.loss.targets == "index"
        return super().output_delta(net, run, np.roll(t, 1, axis=1) if labels else t)
