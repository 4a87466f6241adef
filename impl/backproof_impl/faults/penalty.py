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


@fault(breaks="grad-penalty", remedy="add the penalty's gradient: with a minus, weights grow")
class PenaltyWrongSign(Reference):
    """The gradient of the penalty is subtracted, so that weights grow."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return -super().penalty_gradient(penalty, w, n)


@fault(breaks="grad-penalty", remedy="add the penalty once, whatever the number of rows, unless declared otherwise")
class PenaltyDividedByRows(Reference):
    """The gradient of the penalty is divided by the number of rows, which nobody declared."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return super().penalty_gradient(penalty, w, n) / (1 if penalty.per_sample else n)


@fault(breaks="grad-penalty", remedy="add the penalty after the sum over rows, not within it")
class PenaltyOnceForEachRow(Reference):
    """The gradient of the penalty is added once for each row."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return n * super().penalty_gradient(penalty, w, n)


@fault(breaks="grad-penalty", remedy="the derivative of l1 * |w| is l1 * sign(w)")
class LassoLacksSign(Reference):
    """The gradient of an l1 penalty is l1 for every weight, positive or negative."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return super().penalty_gradient(penalty, np.abs(w), n) if penalty.l1 else super().penalty_gradient(penalty, w, n)


@fault(breaks="grad-penalty", remedy="the derivative of l2 / 2 * w**2 is l2 * w")
class PenaltyValueForItsDerivative(Reference):
    """The value of the penalty is added to the gradient instead of its derivative."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        value: Array = penalty.l1 * np.abs(w) + penalty.l2 / 2 * w**2
        return value / (n if penalty.per_sample else 1)


@fault(breaks="grad-penalty", remedy="the penalty is on the squares: l2 * W, without dividing by the norm")
class PenaltyOfTheNorm(Reference):
    """The penalty's gradient is that of the norm of W, not of its square."""

    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        return super().penalty_gradient(penalty, w / (float(np.linalg.norm(w)) or 1.0), n)


@fault(breaks="grad-penalty", remedy="penalise the weights of every layer")
class PenaltyOfTheOutputLayerOnly(Reference):
    """Only the weights of the output layer are penalised."""

    def penalised(self, net: Network, l: int, layer: Layer, gradient: Layer, n: int) -> Layer:
        return super().penalised(net, l, layer, gradient, n) if l == net.depth else gradient


@fault(breaks="grad-penalty", remedy="penalise biases too where that is declared")
class BiasesNotPenalised(Reference):
    """Biases are never penalised, although it was declared."""

    def penalises_bias(self, net: Network, l: int) -> bool:
        return False
