"""Faults of the optimisers: what they remember, and what they make of it."""

from dataclasses import replace
from math import sqrt

import numpy as np

from backproof_impl import optimisers
from backproof_impl.faults.registry import fault
from backproof_impl.optimisers import Equation, Memories, Memory, Moved
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets


class OtherEquation(Reference):
    """One rule follows another equation; all else as it should be."""

    rule = "sgd"

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        if rule.name != self.rule:
            return super().update(rule, params, gradient, memories)
        return updated(self.move, rule, params, gradient, memories)

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        """The move of one tensor for its gradient g, and what to remember."""
        raise NotImplementedError


def updated(equation: Equation, rule: Rule, params: Params, gradient: Params, memories: Memories) -> Memories:
    """Move the parameters in place by the equation."""
    remembered = []
    for layer, slopes, two in zip(params, gradient, memories, strict=True):
        both = [equation(rule, g, memory) for g, memory in zip(slopes, two, strict=True)]
        for w, (move, _) in zip(layer, both, strict=True):
            w += move
        remembered.append((both[0][1], both[1][1]))
    return tuple(remembered)


@fault(breaks="rule-momentum", remedy="multiply the gradient by the rate before it joins the velocity")
class MomentumIgnoresRate(OtherEquation):
    """From the second update on the gradient joins the velocity without the rate."""

    rule = "momentum"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta1 * memory.m - (rule.rate if memory.k == 0 else 1.0) * g
        return v, Memory(memory.k + 1, v)


@fault(breaks="rule-momentum", remedy="keep the whole velocity, not the last gradient")
class MomentumOfOneStep(OtherEquation):
    """The momentum is that of the gradient before this one, not of all."""

    rule = "momentum"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        return rule.beta1 * memory.m - rule.rate * g, Memory(memory.k + 1, -rule.rate * g)


@fault(breaks="rule-momentum", remedy="add the velocity: it points where the last moves went")
class MomentumSubtracted(OtherEquation):
    """The velocity of the moves before is subtracted."""

    rule = "momentum"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = -rule.beta1 * memory.m - rule.rate * g
        return v, Memory(memory.k + 1, v)


@fault(breaks="rule-momentum", remedy="keep the velocity on the optimiser, not in the step")
class VelocityForgotten(OtherEquation):
    """The velocity begins at zero in every step, so there is no momentum."""

    rule = "momentum"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        return -rule.rate * g, Memory()


@fault(breaks="rule-momentum", remedy="give each tensor a velocity of its own")
class BiasesHaveNoMomentum(OtherEquation):
    """Only weights have a velocity."""

    rule = "momentum"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = (rule.beta1 if g.ndim == 2 else 0.0) * memory.m - rule.rate * g
        return v, Memory(memory.k + 1, v)


@fault(breaks="rule-nesterov", remedy="move by beta_1 v - rate g with the new velocity v")
class NesterovWithTheOldVelocity(OtherEquation):
    """It moves by the velocity from before this gradient, and so does not look ahead."""

    rule = "nesterov"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta1 * memory.m - rule.rate * g
        return v, Memory(memory.k + 1, v)


@fault(breaks="rule-nesterov", remedy="add the gradient's own part to beta_1 v")
class NesterovLacksGradient(OtherEquation):
    """It moves by beta_1 times the velocity alone."""

    rule = "nesterov"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta1 * memory.m - rule.rate * g
        return rule.beta1 * v, Memory(memory.k + 1, v)


@fault(breaks="rule-rmsprop", remedy="take the root of the mean square")
class RmspropLacksRoot(OtherEquation):
    """The gradient is divided by its mean square, not by the root of it."""

    rule = "rmsprop"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
        return -rule.rate * g / (v + rule.epsilon), Memory(memory.k + 1, 0.0, v)


@fault(breaks="rule-rmsprop", remedy="weigh the new square by 1 - beta_2")
class RmspropAddsUp(OtherEquation):
    """Squares are added up without the factor 1 - beta_2."""

    rule = "rmsprop"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta2 * memory.v + g**2
        return -rule.rate * g / (np.sqrt(v) + rule.epsilon), Memory(memory.k + 1, 0.0, v)


@fault(breaks="rule-rmsprop", remedy="keep the mean square from update to update")
class RmspropForgets(OtherEquation):
    """The mean square begins at zero in every update."""

    rule = "rmsprop"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = (1 - rule.beta2) * g**2
        return -rule.rate * g / (np.sqrt(v) + rule.epsilon), Memory()


@fault(breaks="rule-rmsprop", remedy="divide entry by entry: each weight has a mean square of its own")
class RmspropOfTheWholeTensor(OtherEquation):
    """One mean square is kept for the whole tensor."""

    rule = "rmsprop"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        v = rule.beta2 * memory.v + (1 - rule.beta2) * np.full_like(g, (g**2).mean())
        return -rule.rate * g / (np.sqrt(v) + rule.epsilon), Memory(memory.k + 1, 0.0, v)


class Adam(OtherEquation):
    """Adam, with what it makes of the number of the update, and of its means, in methods of their own."""

    rule = "adam"

    def move(self, rule: Rule, g: Array, memory: Memory) -> Moved:
        k = memory.k + 1
        m = rule.beta1 * memory.m + (1 - rule.beta1) * g
        v = rule.beta2 * memory.v + (1 - rule.beta2) * self.square(g)
        first, second = self.corrections(rule, k)
        return -rule.rate * (m / first) / (self.root(v) / second + rule.epsilon), Memory(k, m, v)

    def corrections(self, rule: Rule, k: int) -> tuple[float, float]:
        """What the mean, and the root of the mean square, are divided by."""
        return 1 - rule.beta1**k, sqrt(1 - rule.beta2**k)

    def square(self, g: Array) -> Array:
        """What the second mean is taken of."""
        return g**2

    def root(self, v: Array) -> Array:
        """What is made of the second mean."""
        return np.sqrt(v)


@fault(breaks="rule-adam", remedy="divide the means by 1 - beta**k")
class AdamLacksCorrection(Adam):
    """The means are not corrected for having begun at zero."""

    def corrections(self, rule: Rule, k: int) -> tuple[float, float]:
        return 1.0, 1.0


@fault(breaks="rule-adam", remedy="count the updates, and correct by that number")
class AdamCorrectsByTheFirst(Adam):
    """The number of the update is never counted up, so every update is corrected like the first."""

    def corrections(self, rule: Rule, k: int) -> tuple[float, float]:
        return super().corrections(rule, 1)


@fault(breaks="rule-adam", remedy="count each update once, whatever the number of layers")
class AdamCountsEveryLayer(Adam):
    """The number of the update is counted up for each tensor, so that it runs ahead."""

    def corrections(self, rule: Rule, k: int) -> tuple[float, float]:
        return super().corrections(rule, 2 * k - 1)


@fault(breaks="rule-adam", remedy="correct the second mean by beta_2, the first by beta_1")
class AdamBetasSwapped(Adam):
    """The corrections use each other's beta."""

    def corrections(self, rule: Rule, k: int) -> tuple[float, float]:
        return super().corrections(replace(rule, beta1=rule.beta2, beta2=rule.beta1), k)


@fault(breaks="rule-adam", remedy="divide by the root of the second mean")
class AdamLacksRoot(Adam):
    """The first mean is divided by the second, without its root."""

    def root(self, v: Array) -> Array:
        return v


@fault(breaks="rule-adam", remedy="take the mean of the squares, not of the magnitudes")
class AdamOfMagnitudes(Adam):
    """The second mean is one of magnitudes, and its root is taken."""

    def square(self, g: Array) -> Array:
        return np.abs(g)


@fault(breaks="rule-rest", remedy="guard the quotient, or add an epsilon, where every gradient so far was 0")
class ZeroDividedByZero(Reference):
    """An entry whose gradients were all zero is divided by its root of zero."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        if rule.name not in ("rmsprop", "adam"):
            return super().update(rule, params, gradient, memories)
        still = [Layer(g.W == 0, g.b == 0) for g in gradient]
        after = super().update(rule, params, gradient, memories)
        for layer, zero in zip(params, still, strict=True):
            layer.W[zero.W] = np.nan
            layer.b[zero.b] = np.nan
        return after


@fault(breaks="rule-rest", remedy="multiply by the rate that is given, also where it is 0")
class RateZeroIsNoRateForMomentum(Reference):
    """With a memory, a rate of 0 is taken for no rate and replaced by a default."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        given = rule if rule.name == "sgd" else replace(rule, rate=rule.rate or 0.01)
        return super().update(given, params, gradient, memories)


@fault(breaks="rule-reset", remedy="make a new optimiser, or clear its memory, when training begins")
class MemoryOfAnEarlierTraining(Reference):
    """What the optimiser remembers is kept on the object from one training to the next."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, tuple[int, ...]], Memories] = {}

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        key = (rule.name, tuple(p.W.size for p in params))
        if rule.name != "sgd":
            memories = self.kept.get(key, memories)
            self.kept[key] = super().update(rule, params, gradient, memories)
            return self.kept[key]
        return super().update(rule, params, gradient, memories)


@fault(breaks="train-trajectory", remedy="take the gradient anew in every step, at the parameters of that step")
class GradientOfTheFirstStepKept(Reference):
    """All steps of a training use the gradient of its first."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        moved, memories, g = optimisers.copied(params), optimisers.fresh(params), self.gradient(net, params, x, t)
        for _ in range(steps):
            memories = self.update(rule, moved, optimisers.copied(g), memories)
        return moved


@fault(breaks="train-trajectory", remedy="set the gradients to zero before each step")
class GradientsAddUpFromStepToStep(Reference):
    """Each step of a training follows the sum of all gradients since it began."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        moved, memories = optimisers.copied(params), optimisers.fresh(params)
        total = tuple(Layer(0 * p.W, 0 * p.b) for p in params)
        for _ in range(steps):
            g = self.gradient(net, moved, x, t)
            total = tuple(Layer(s.W + d.W, s.b + d.b) for s, d in zip(total, g, strict=True))
            memories = self.update(rule, moved, optimisers.copied(total), memories)
        return moved


@fault(breaks="train-trajectory", remedy="let the rate fall only where that is asked for")
class RateFallsUnasked(Reference):
    """The rate is halved after every step of a training."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        moved = params
        for k in range(steps):
            moved = super().descend(net, moved, x, t, replace(rule, rate=rule.rate / 2**k), 1)
        return moved


@fault(breaks="train-trajectory", remedy="make as many steps as were asked for: range(steps)")
class LastStepLeftOut(Reference):
    """A training of several steps ends one step too early."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        return super().descend(net, params, x, t, rule, max(1, steps - 1))
