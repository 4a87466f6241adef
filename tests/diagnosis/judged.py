"""Programs to be diagnosed: wrong ones that are in no catalogue, and any of the catalogue, of one family: judged quickly."""

from dataclasses import replace
from functools import cache

import numpy as np

from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof_impl.faults.composed import composed
from backproof_impl.optimisers import Memories
from backproof_impl.reference import Pass, Reference
from backproof_spec import Activation, Array, Claims, Family, Layer, Loss, Network, Params, Rule, Targets
from backproof_spec.composing import Part

TANH, SIGMOID = Activation("tanh"), Activation("sigmoid")
FAMILY = Family((TANH,), (SIGMOID,), (Loss("squared_error"),))


class Narrow(Reference):
    """The reference, of one family."""

    families: tuple[Family, ...] = (FAMILY,)

    @property
    def claims(self) -> Claims:
        """Few networks, plain steps."""
        return replace(super().claims, families=self.families, rules=(Rule(0.0),))


def narrowed(program: type[Reference], *families: Family) -> type[Reference]:
    """The program, of these families, or of the one."""
    return type(program.__name__, (Narrow, program), {"families": families or (FAMILY,), "__init__": program.__init__})


@cache
def judged(program: type[Reference]) -> Judgement:
    """What the judge makes of it."""
    return judge(load(program), 0, 5, shrink=False, thin=True)


@cache
def faulty(*names: str, family: Family = FAMILY) -> Judgement:
    """What the judge makes of a program with these faults of the catalogue."""
    return judge(load(narrowed(composed(tuple(Part(name) for name in names)), family)), 0, 5, shrink=False, thin=True)


class HiddenDeltaThreefold(Narrow):
    """The delta of the first layer is three times what it should be."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, above, run) * (3 if l == 1 else 1)


class WeightGradientUpsideDown(Narrow):
    """The rows of every weight gradient are in reverse order."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return super().weight_gradient(net, l, run, delta)[::-1].copy()


class BiasGradientOfHalf(Narrow):
    """Bias gradients are half of what they should be."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return super().bias_gradient(net, l, delta) / 2


class OutputDeltaCubed(Narrow):
    """The third power of the output delta is sent back."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, t) ** 3


class DerivativeCubed(Narrow):
    """The derivative is the third power of itself."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return super().derivative(net, l, run) ** 3


class WeightsSquared(Narrow):
    """The weights are squared on the way forward."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, Layer(layer.W**2, layer.b))


class OtherActivation(Narrow):
    """Every activation is the sine."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return np.sin(z)


class LossCubed(Narrow):
    """The third power of the loss is reported."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return super().loss(net, params, x, t) ** 3


class RateAndAHalf(Narrow):
    """Steps are half as long again."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        return super().update(replace(rule, rate=1.5 * rule.rate), params, gradient, memories)


class RowsWeighedByNumber(Narrow):
    """Row i counts i + 1 times."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        parts = [super(RowsWeighedByNumber, self).gradient(net, params, x[i : i + 1], t[i : i + 1]) for i in range(len(x))]
        return tuple(
            Layer(*(sum((i + 1) * part for i, part in enumerate(tensors)) / len(x) for tensors in zip(*layers, strict=True)))
            for layers in zip(*parts, strict=True)
        )


class NoTargets(Narrow):
    """The output delta is made of the outputs alone."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return super().output_delta(net, run, 0 * t)


class OnesForWeightsAbove(Narrow):
    """The delta above comes back through a matrix of halves."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, Layer(0 * above.W + 0.5, above.b), run)


class GradientNotFinite(Narrow):
    """The weight gradient of the output layer is NaN."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        dW = super().weight_gradient(net, l, run, delta)
        return dW * np.nan if l == net.depth else dW


class HiddenDeltaZero(Narrow):
    """Hidden deltas are zero where they should not be, but for the first unit."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return 0 * super().hidden_delta(net, l, delta, above, run)
