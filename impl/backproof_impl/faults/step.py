"""Faults of the update."""

from dataclasses import replace

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
        return super().update(replace(rule, rate=rule.rate or 0.01), params, gradient, memories)


@fault(breaks="arguments-untouched", remedy="copy the parameters before updating them in place")
class ParametersChangedInPlace(Reference):
    """The update is written into the caller's own arrays."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        self.update(rule, params, self.gradient(net, params, x, t), optimisers.fresh(params))
        return params
