"""Faults of an object: it changes what it was lent, remembers what it should not, or answers by chance."""

from dataclasses import replace

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets


@fault(breaks="arguments-untouched", remedy="scale a copy: x = x / s, not x /= s")
class InputsScaledInPlace(Reference):
    """The caller's inputs are left standardised after a prediction."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y = super().forward(net, params, x)
        x -= x.mean(axis=0)
        return y


@fault(breaks="arguments-untouched", remedy="shuffle an index, not the caller's arrays")
class RowsShuffledInPlace(Reference):
    """The caller's inputs and targets are put in another order."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        x[:], t[:] = np.roll(x, 1, axis=0), np.roll(t, 1, axis=0)
        return super().gradient(net, params, x, t)


@fault(breaks="arguments-untouched", remedy="put the error in an array of its own")
class ErrorWrittenOverTargets(Reference):
    """The error is written over the caller's targets."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        t -= run.a[-1]
        return delta


@fault(breaks="arguments-untouched", remedy="compute the gradient; the update belongs to the step")
class GradientMovesParameters(Reference):
    """Asked for the gradient, it also moves the caller's parameters along it."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        for layer, d in zip(params, g, strict=True):
            layer.W[:] -= 0.1 * d.W
            layer.b[:] -= 0.1 * d.b
        return g


@fault(breaks="repeatable", remedy="drop units in training only, and say so")
class DropoutLeftOn(Reference):
    """Hidden units are dropped by chance whenever the network is asked."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return a * (np.random.default_rng().random(a.shape) < 0.5) / 0.5 if l < net.depth else a


@fault(breaks="repeatable", remedy="add noise in training only, and say so")
class NoiseLeftOn(Reference):
    """Noise is added to the inputs whenever the network is asked."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        return rows + np.random.default_rng().normal(0.0, 0.01, rows.shape)


@fault(breaks="repeatable", remedy="use the rows that are given")
class RowDrawnByChance(Reference):
    """The gradient is that of one row, drawn by chance."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        weights = np.zeros(len(t))
        weights[np.random.default_rng().integers(len(t))] = len(t) if net.loss.samples == "mean" else 1
        return super().output_delta(net, run, t) * weights[:, None]


@fault(breaks="kept-as-fresh", remedy="set the gradients to zero before each backward pass")
class GradientsNeverCleared(Reference):
    """Gradients are added to those of the calls before."""

    def __init__(self) -> None:
        self.before: dict[Network, Params] = {}

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        before = self.before.get(net, tuple(Layer(0 * d.W, 0 * d.b) for d in g))
        self.before[net] = tuple(Layer(d.W + p.W, d.b + p.b) for d, p in zip(g, before, strict=True))
        return tuple(Layer(d.W.copy(), d.b.copy()) for d in self.before[net])


@fault(breaks="kept-as-fresh", remedy="compute the outputs of the inputs that are given, every time")
class OutputsOfAnEarlierCall(Reference):
    """Outputs are kept by the shape of the inputs and handed out again for others of that shape."""

    def __init__(self) -> None:
        self.before: dict[tuple[Network, int], Array] = {}

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return self.before.setdefault((net, len(x)), super().forward(net, params, x))


@fault(breaks="kept-as-fresh", remedy="transpose the weights anew in every backward pass")
class WeightsTransposedOnce(Reference):
    """The transposed weights are kept from the first backward pass and never renewed."""

    def __init__(self) -> None:
        self.first: dict[tuple[Network, int], Layer] = {}

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, self.first.setdefault((net, l), Layer(above.W.copy(), above.b)), run)


@fault(breaks="kept-as-fresh", remedy="divide by the rows of this batch")
class FirstBatchSizeKept(Reference):
    """The size of the first batch is the divisor for all that follow."""

    def __init__(self) -> None:
        self.rows_first = 0

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        self.rows_first = self.rows_first or len(t)
        return super().output_delta(net, run, t) * (len(t) / self.rows_first if net.loss.samples == "mean" else 1)


@fault(breaks="kept-as-fresh", remedy="declare the momentum, or forget the velocity between trainings")
class VelocityOfAnEarlierCall(Reference):
    """Every step adds nine tenths of the move of the step before, whatever network that was asked at."""

    def __init__(self) -> None:
        self.before: dict[Network, Params] = {}

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        moved = super().step(net, params, x, t, rule)
        if net in self.before:
            moved = tuple(Layer(q.W + 0.9 * v.W, q.b + 0.9 * v.b) for q, v in zip(moved, self.before[net], strict=True))
        self.before[net] = tuple(Layer(q.W - p.W, q.b - p.b) for q, p in zip(moved, params, strict=True))
        return moved


@fault(breaks="kept-as-fresh", remedy="count the steps of one training, from 0, and declare the decay")
class RateDecaysFromCallToCall(Reference):
    """Every step is made at a smaller rate than the one before, as long as the object lives."""

    def __init__(self) -> None:
        self.steps = 0

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        self.steps += 1
        return super().step(net, params, x, t, replace(rule, rate=rule.rate / self.steps))
