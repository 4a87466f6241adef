"""Faults of the penalty."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Layer, Network, Penalty


@fault(breaks="grad-penalty", remedy="add l1 * sign(W) + l2 * W to dW")
class PenaltyLeftOutOfGradient(Reference):
    """The penalty counts in the loss and is left out of the gradient."""

    def penalised(self, net: Network, l: int, layer: Layer, gradient: Layer, n: int) -> Layer:
        return gradient


@fault(breaks="grad-penalty", remedy="the derivative of l2 / 2 * w**2 is l2 * w")
class PenaltyDoubled(Reference):
    """The gradient of the penalty is twice what it should be."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return 2 * super().penalty_gradient(penalty, w, n)


@fault(breaks="grad-penalty", remedy="shrink weights only where a penalty is declared")
class WeightsShrinkUndeclared(Reference):
    """Weights decay although no penalty is declared."""

    def penalised(self, net: Network, l: int, layer: Layer, gradient: Layer, n: int) -> Layer:
        given = super().penalised(net, l, layer, gradient, n)
        return Layer(given.W + 0.01 * layer.W, given.b)


@fault(breaks="grad-penalty", remedy="leave biases out of the penalty unless it is declared for them")
class BiasesPenalisedUndeclared(Reference):
    """The penalty on weights shrinks biases too."""

    def penalised(self, net: Network, l: int, layer: Layer, gradient: Layer, n: int) -> Layer:
        given = super().penalised(net, l, layer, gradient, n)
        extra = 0 * layer.b if self.penalises_bias(net, l) else self.penalty_gradient(net.penalty, layer.b, n)
        return Layer(given.W, np.asarray(given.b + extra))
