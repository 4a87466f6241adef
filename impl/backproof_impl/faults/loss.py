"""Faults of the loss that is reported."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Loss, Network


@fault(breaks="loss-nonnegative", remedy="square each error before adding them up")
class ErrorsCancel(Reference):
    """The loss adds up signed errors, so that positive and negative ones cancel."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        return self.share(loss, *t.shape) * float(np.sum(run.a[-1] - t))


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
