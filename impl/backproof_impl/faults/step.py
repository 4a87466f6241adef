"""Faults of the update."""

from dataclasses import replace

import numpy as np

from backproof_impl import optimisers
from backproof_impl.faults.registry import fault
from backproof_impl.optimisers import Memories
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets


@fault(breaks="step-every-layer", remedy="run the update down to the first layer: check the bounds of the loop")
class FirstLayerFrozen(Reference):
    """The first layer is never updated."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return memories[:1] + super().update(rule, params[1:], gradient[1:], memories[1:])


@fault(breaks="step-every-layer", remedy="run the update up to the output layer: check the bounds of the loop")
class LastLayerFrozen(Reference):
    """The output layer is never updated."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(rule, params[:-1], gradient[:-1], memories[:-1]) + memories[-1:]


@fault(breaks="step-direction", remedy="subtract the gradient: it points where the loss grows")
class AscentInsteadOfDescent(Reference):
    """The update adds the gradient."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        uphill = tuple(Layer(-layer.W, -layer.b) for layer in gradient)
        return super().update(rule, params, uphill, memories)


@fault(breaks="step-rate", remedy="apply the rate once, in the update or in the gradient")
class RateAppliedTwice(Reference):
    """The gradient is multiplied by the rate twice."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(replace(rule, rate=rule.rate**2), params, gradient, memories)


@fault(breaks="step-rate", remedy="use the rate that is given")
class RateIgnored(Reference):
    """Every update uses a rate of 0.1."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(replace(rule, rate=0.1), params, gradient, memories)


@fault(breaks="step-rate-zero", remedy="a rate of 0 means 0: test for None, not for falsehood")
class RateZeroReplaced(Reference):
    """A rate of 0 is taken for no rate at all and replaced by a default."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(replace(rule, rate=rule.rate or 0.1), params, gradient, memories)


@fault(breaks="arguments-untouched", remedy="copy the parameters before updating them in place")
class ParametersChangedInPlace(Reference):
    """The update is written into the caller's own arrays."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        self.update(rule, params, self.gradient(net, params, x, t), optimisers.fresh(params))
        return params


@fault(breaks="step-rate", remedy="compute all deltas first, then update; or keep a copy of W to send delta back through")
class DeltaThroughUpdatedWeights(Reference):
    """Each layer is updated before its delta is sent back through it."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return self.descend(net, params, x, t, rule, 1)

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        moved, memories = optimisers.copied(params), list(optimisers.fresh(params))
        for _ in range(steps):
            run = self.forward_pass(net, moved, x)
            delta = self.output_delta(net, run, self.rows(net, run, t))
            for l in range(net.depth, 0, -1):
                g, layer = self.layer_gradient(net, l, moved[l - 1], run, delta), slice(l - 1, l)
                memories[layer] = self.update(rule, moved[layer], (g,), tuple(memories[layer]))
                delta = self.hidden_delta(net, l - 1, delta, moved[l - 1], run) if l > 1 else delta
        return moved


@fault(breaks="step-direction", remedy="subtract from the parameters: -= where = stands")
class StepReplacesParameters(Reference):
    """The parameters become minus the rate times the gradient, instead of being moved by it."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        for layer in params:
            layer.W[:], layer.b[:] = 0.0, 0.0
        return super().update(rule, params, gradient, memories)


@fault(breaks="step-direction", remedy="update b as W: b -= rate * db")
class BiasesNotUpdated(Reference):
    """The update moves the weights and forgets the biases."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(rule, params, tuple(Layer(g.W, 0 * g.b) for g in gradient), memories)


@fault(breaks="step-direction", remedy="subtract for biases as for weights")
class BiasesMoveUphill(Reference):
    """The update subtracts the gradient of the weights and adds that of the biases."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(rule, params, tuple(Layer(g.W, -g.b) for g in gradient), memories)


@fault(breaks="step-direction", remedy="use one rate for all layers, or declare the others")
class HiddenLayersSlower(Reference):
    """Hidden layers move at a tenth of the rate."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        slower = (*(Layer(g.W / 10, g.b / 10) for g in gradient[:-1]), gradient[-1])
        return super().update(rule, params, slower, memories)


@fault(breaks="step-direction", remedy="move by the gradient itself, or declare the rule")
class OnlyTheSignOfTheGradient(Reference):
    """Every parameter moves by the rate, whatever the size of its gradient."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(rule, params, tuple(Layer(np.sign(g.W), np.sign(g.b)) for g in gradient), memories)


@fault(breaks="step-rate", remedy="move by the rate times the gradient, not by its unit vector")
class GradientScaledToUnitLength(Reference):
    """The gradient is divided by its length before the update."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        length = float(np.sqrt(sum((g.W**2).sum() + (g.b**2).sum() for g in gradient))) or 1.0
        return super().update(rule, params, tuple(Layer(g.W / length, g.b / length) for g in gradient), memories)


@fault(breaks="step-rate", remedy="divide by the number of rows once, in the loss")
class RateDividedByRows(Reference):
    """The rate is divided by the number of rows, as the gradient was before."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return super().step(net, params, x, t, replace(rule, rate=rule.rate / len(x)))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        return super().descend(net, params, x, t, replace(rule, rate=rule.rate / len(x)), steps)


@fault(breaks="step-rate", remedy="use the rate that is given, however large")
class RateClamped(Reference):
    """Rates above 0.2 are taken for 0.2."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(replace(rule, rate=min(rule.rate, 0.2)), params, gradient, memories)


@fault(breaks="step-rate", remedy="call the update once: in the backward pass or after it")
class UpdatedTwice(Reference):
    """The backward pass updates the parameters, and its caller does so again."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        memories = super().update(rule, params, optimisers.copied(gradient), memories)
        return super().update(rule, params, gradient, memories)


@fault(breaks="step-rate-zero", remedy="multiply the decay by the rate, and declare it as a penalty")
class WeightsDecayInTheUpdate(Reference):
    """Every update shrinks the weights by a thousandth, whatever the rate."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        for layer in params:
            layer.W[:] *= 0.999
        return super().update(rule, params, gradient, memories)


@fault(breaks="step-rate-zero", remedy="let the weights be as large as they become, or declare the limit")
class WeightsClampedInTheUpdate(Reference):
    """Every update clips the weights to the interval from -1 to 1."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        memories = super().update(rule, params, gradient, memories)
        for layer in params:
            np.clip(layer.W, -1.0, 1.0, out=layer.W)
        return memories


@fault(breaks="step-direction", remedy="use all rows of the batch: the step follows the gradient of the batch")
class StepOfOneRow(Reference):
    """The step uses one row of the batch where its gradient is that of all rows."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        i = len(x) // 2
        return super().step(net, params, x[i : i + 1], t[i : i + 1], rule)

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        i = len(x) // 2
        return super().descend(net, params, x[i : i + 1], t[i : i + 1], rule, steps)


@fault(breaks="step-direction", remedy="subtract in every layer: -= in the output layer too")
class LastLayerClimbs(Reference):
    """The output layer adds its gradient where the others subtract theirs."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        last = gradient[-1]
        return super().update(rule, params, (*gradient[:-1], Layer(-last.W, -last.b)), memories)
