"""Faults of the loss that is reported."""

from dataclasses import replace

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Activation, Array, Claims, Family, Loss, Network, Params


@fault(breaks="loss-nonnegative", remedy="square each error before adding them up")
class ErrorsCancel(Reference):
    """The loss adds up signed errors, so that positive and negative ones cancel."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return self.share(loss, *t.shape) * float(np.sum(run.a[-1] - t))


@fault(breaks="loss-nonnegative", remedy="square each error before adding them up")
class ErrorsOfTargetsCancel(Reference):
    """The loss adds up t - y with their signs, so that positive and negative errors cancel."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return self.share(loss, *t.shape) * float(np.sum(t - run.a[-1]))


@fault(breaks="loss-value", remedy="declare the factor, or make loss and gradient agree")
class LossTwiceTheDeclared(Reference):
    """The loss reported is twice the one that is differentiated."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return 2 * super().batch_loss(net, loss, run, t)


@fault(breaks="loss-batch", remedy="divide by the number of samples, and only where a mean is declared")
class LossSummedForMean(Reference):
    """The loss reported is the sum over samples where the mean is declared; the gradient is that of the mean."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return super().batch_loss(net, loss, run, t) * (len(t) if loss.samples == "mean" else 1)


@fault(breaks="loss-value", remedy="divide by the samples only, unless the mean over outputs is declared")
class LossAveragedOverOutputs(Reference):
    """The loss is the mean over samples and outputs where the sum over outputs is declared."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return super().batch_loss(net, loss, run, t) / (t.shape[1] if loss.outputs == "sum" else 1)


@fault(breaks="loss-value", remedy="square the errors: (y - t)**2 / 2")
class LossOfAbsoluteErrors(Reference):
    """The loss adds up absolute errors where squared ones are declared."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        if loss.name != "squared_error":
            return super().batch_loss(net, loss, run, t)
        return self.share(loss, *t.shape) * float(np.abs(run.a[-1] - t).sum())


@fault(breaks="loss-value", remedy="report the mean of the squares itself, not its root")
class RootOfTheLoss(Reference):
    """The root of the mean squared error is reported."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        value = super().batch_loss(net, loss, run, t)
        return float(np.sqrt(value)) if loss.name == "squared_error" else value


@fault(breaks="loss-value", remedy="square each error, then take the mean: np.mean(e**2), not np.mean(e)**2")
class MeanErrorSquared(Reference):
    """The mean error is squared, where the mean of squared errors belongs."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        if loss.name != "squared_error":
            return super().batch_loss(net, loss, run, t)
        return self.share(loss, *t.shape) * 0.5 * t.size * float(np.mean(run.a[-1] - t)) ** 2


@fault(breaks="loss-value", remedy="let y and t have one shape: (n,) - (n, 1) is a matrix of n times n differences")
class LossOverAllPairs(Reference):
    """With one output, the errors are those of every prediction against every target."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        if loss.name != "squared_error" or t.shape[1] > 1:
            return super().batch_loss(net, loss, run, t)
        return self.share(loss, *t.shape) * float(((run.a[-1] - t.T) ** 2).sum()) / (2 * len(t))


@fault(breaks="loss-value", remedy="use the natural logarithm")
class CrossEntropyInBits(Reference):
    """Cross-entropies are reported to base 2."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        crossed = loss.name in ("cross_entropy", "binary_cross_entropy")
        return super().batch_loss(net, loss, run, t) / (np.log(2.0) if crossed else 1.0)


@fault(breaks="loss-value", remedy="-t log y - (1 - t) log(1 - y): the second term counts where t is 0")
class BinaryCrossEntropyOfOneTerm(Reference):
    """The binary cross-entropy lacks its second term, for targets of 0."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        if loss.name != "binary_cross_entropy":
            return super().batch_loss(net, loss, run, t)
        return -self.share(loss, *t.shape) * float((t * np.log(run.a[-1] + loss.epsilon)).sum())


@fault(breaks="loss-nonnegative", remedy="the cross-entropy is minus the sum of t log y")
class CrossEntropyLacksMinus(Reference):
    """Cross-entropies are reported without their minus."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        value = super().batch_loss(net, loss, run, t)
        return -value if loss.name in ("cross_entropy", "binary_cross_entropy") else value


@fault(breaks="loss-value", remedy="clip at 1e-12 or so, and declare it")
class LogarithmClippedFarFromZero(Reference):
    """Outputs are clipped to the interval from 0.1 to 0.9 before the logarithm."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        if loss.name not in ("cross_entropy", "binary_cross_entropy"):
            return super().batch_loss(net, loss, run, t)
        y = np.clip(run.a[-1], 0.1, 0.9)
        other = (1 - t) * np.log(1 - y) if loss.name == "binary_cross_entropy" else 0.0
        return -self.share(loss, *t.shape) * float((t * np.log(y) + other).sum())


@fault(breaks="loss-batch", remedy="add up the losses of all rows: total += loss, not total = loss")
class LossOfTheLastRow(Reference):
    """The loss reported is that of the last row alone."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        last = Pass(tuple(z[-1:] for z in run.z), tuple(a[-1:] for a in run.a))
        return super().batch_loss(net, loss, last, t[-1:])


@fault(breaks="loss-penalty", remedy="add the penalty to the loss that is reported")
class PenaltyLeftOutOfLoss(Reference):
    """The penalty counts in the gradient and is left out of the loss."""

    def penalty(self, net: Network, params: Params, n: int) -> float:
        return 0.0


@fault(breaks="loss-penalty", remedy="l2 / 2 * sum of w**2: its derivative is l2 * w")
class PenaltyLacksHalfInLoss(Reference):
    """The penalty in the loss is twice the one in the gradient: its half is missing."""

    def penalty(self, net: Network, params: Params, n: int) -> float:
        return super().penalty(replace(net, penalty=replace(net.penalty, l2=2 * net.penalty.l2)), params, n)


@fault(breaks="loss-matching", remedy="report the loss whose derivative is followed, or follow the one that is reported")
class FollowsOneLossReportsAnother(Reference):
    """It follows y - t under a sigmoid, and reports the squared error."""

    @property
    def claims(self) -> Claims:
        family = Family((Activation("tanh"),), (Activation("sigmoid"),), (Loss("matching"),), Loss("squared_error"))
        return replace(super().claims, families=(family,))
