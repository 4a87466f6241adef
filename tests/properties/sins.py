"""Faulty programs, one sin each, where the catalogue of faults has none that a property could be shown to reject."""

from dataclasses import replace

import numpy as np

from backproof_impl.reference import Pass, Reference
from backproof_spec import Array, Fitted, Labels, Layer, Network, Params, Rule, Targets


class OutputsFlattened(Reference):
    """forward returns (n d_L,) where (n, d_L) belongs."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return super().forward(net, params, x).ravel()


class OutputsNotANumber(Reference):
    """forward returns NaN."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.nan * super().forward(net, params, x)


class ForwardRaises(Reference):
    """forward raises on every batch of more than one row."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        if len(x) > 1:
            raise RuntimeError("one row at a time")
        return super().forward(net, params, x)


class LossOfEachSample(Reference):
    """loss returns one number for each sample."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return np.full(len(x) + 1, super().loss(net, params, x, t))  # type: ignore[return-value]  # the sin itself


class LossNotANumber(Reference):
    """loss is NaN."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float("nan")


class WeightGradientTransposed(Reference):
    """dW is returned as (d_out, d_in)."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return super().weight_gradient(net, l, run, delta).T


class WeightGradientInfinite(Reference):
    """dW is infinite."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return np.inf * np.ones_like(super().weight_gradient(net, l, run, delta))


class GradientIsNone(Reference):
    """gradient returns nothing, as a method that works in place does."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return None  # type: ignore[return-value]  # the sin itself


class BiasShapedByTheBatch(Reference):
    """db is delta itself, (n, d)."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return delta


class InitialWeightsTransposed(Reference):
    """initial draws W as (d_out, d_in)."""

    def initial(self, net: Network, seed: int, /) -> Params:
        return tuple(Layer(layer.W.T, layer.b) for layer in super().initial(net, seed))


class InitialBiasesAreColumns(Reference):
    """initial returns b as (1, d_out), not zero."""

    def initial(self, net: Network, seed: int, /) -> Params:
        return tuple(Layer(layer.W, layer.b[None] + 1) for layer in super().initial(net, seed))


class InitialRaises(Reference):
    """initial raises."""

    def initial(self, net: Network, seed: int, /) -> Params:
        raise RuntimeError("no generator")


class OutputActivationLeftOut(Reference):
    """The output layer hands on its weighted sums without an activation."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return z if l == net.depth else super().activate(net, l, z)


class TanhByQuotient(Reference):
    """tanh is a quotient of sums of exponentials, NaN at 710."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        if f.name != "tanh":
            return super().activate(net, l, z)
        up, down = np.exp(f.slope * z), np.exp(-f.slope * z)
        return np.asarray(f.offset + f.scale * (up - down) / (up + down))


class TwiceTheSlopeAtATie(Reference):
    """At z = 0 the derivative is 2: a tie is counted from both sides."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return np.where(run.z[l] == 0, 2.0, super().derivative(net, l, run))


class SoftmaxNotShifted(Reference):
    """Softplus divided by its sum, which is a distribution but no softmax."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if net.activations[l - 1].name != "softmax":
            return super().activate(net, l, z)
        e = np.logaddexp(0.0, z)
        return np.asarray(e / e.sum(axis=1, keepdims=True))


class SigmoidStretched(Reference):
    """The sigmoid is stretched a little beyond 0 and 1."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return 8 * (a - 0.5) + 0.5 if net.activations[l - 1].name == "sigmoid" else a


class OneHotAsWideAsTheLabels(Reference):
    """One-hot rows are as wide as the largest label that occurs."""

    def targets(self, net: Network, labels: Labels, /) -> Array:
        return np.eye(int(labels.max()) + 1)[labels]


class TargetsRaise(Reference):
    """targets raises where a class is missing from the labels."""

    def targets(self, net: Network, labels: Labels, /) -> Array:
        if len(set(labels.tolist())) < net.sizes[-1]:
            raise ValueError("a class is missing")
        return super().targets(net, labels)


class GradientPointsUphill(Reference):
    """The gradient has the opposite sign."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(-g.W, -g.b) for g in super().gradient(net, params, x, t))


class GradientNotANumber(Reference):
    """The gradient of the biases is NaN."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return np.nan * super().bias_gradient(net, l, delta)


class TwoDeltas(Reference):
    """The hidden layers and the biases get twice the output delta that the weights get."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return super().weight_gradient(net, l, run, delta / 2)

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return 2 * super().output_delta(net, run, t)


class WeightGradientOfTheWrongSize(Reference):
    """On one row dW is made from 1.5 times the delta that db is made from."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return 1.5 * super().weight_gradient(net, l, run, delta)


class FirstRowOnly(Reference):
    """The gradient is that of the first row."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return super().gradient(net, params, x[:1], t[:1])


class RateClamped(Reference):
    """Rates above 1 are taken for 1."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return super().step(net, params, x, t, replace(rule, rate=min(rule.rate, 1.0)))


class InputsScaledInPlace(Reference):
    """forward standardises the caller's own inputs."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y = super().forward(net, params, x)
        x *= 0.5
        return y


class TargetsShiftedInPlace(Reference):
    """gradient writes the error over the caller's own targets."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        t += 1
        return g


class NoiseLeftOn(Reference):
    """Noise is added to the outputs whenever they are predicted."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y = super().forward(net, params, x)
        return y + np.random.normal(0, 1e-3, y.shape)  # noqa: NPY002 - as people do


class BuffersNeverCleared(Reference):
    """Gradients are added to those of the calls before."""

    def __init__(self) -> None:
        self.buffers: dict[tuple[int, ...], Params] = {}

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g, before = super().gradient(net, params, x, t), self.buffers.get(net.sizes)
        if before is not None:
            g = tuple(Layer(p.W + q.W, p.b + q.b) for p, q in zip(g, before, strict=True))
        self.buffers[net.sizes] = g
        return g


class OutputsRemembered(Reference):
    """forward answers from a memory that goes by the shape of its inputs."""

    def __init__(self) -> None:
        self.memory: dict[tuple[int, ...], Array] = {}

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return self.memory.setdefault((*x.shape, *net.sizes), super().forward(net, params, x))


class BreaksWhenUsedTwice(Reference):
    """An object answers once; the second call raises."""

    def __init__(self) -> None:
        self.used = 0

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        self.used += 1
        if self.used > 1:
            raise RuntimeError("already trained")
        return super().forward(net, params, x)


class EveryStartItsOwn(Reference):
    """initial draws from the clock, or as good as."""

    draws = 0

    def initial(self, net: Network, seed: int, /) -> Params:
        EveryStartItsOwn.draws += 1
        return super().initial(net, seed + EveryStartItsOwn.draws)


class OnlyLastBiasesLearn(Reference):
    """Many steps move nothing but the biases of the output layer."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        end = super().descend(net, params, x, t, rule, steps)
        return (*params[:-1], Layer(params[-1].W * 0, end[-1].b))


class StandsStill(Reference):
    """Many steps hand the parameters back as they were."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        return params


class LayersMissing(Reference):
    """The gradient of the first layer is left out of the answer."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return super().gradient(net, params, x, t)[1:]


class TrainingTransposesWeights(Reference):
    """fit leaves (out, in) where (in, out) was."""

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        done = super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)
        return replace(done, params=tuple(Layer(p.W.T.copy(), p.b) for p in done.params or ()))


class TrainingShapesBiasesByTheBatch(Reference):
    """fit leaves a bias for each sample."""

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        done = super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)
        return replace(done, params=tuple(Layer(p.W, np.tile(p.b, (len(x), 1))) for p in done.params or ()))


class LossWeighsLaterRows(Reference):
    """The loss is a mean in which later rows weigh more."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        weights = np.arange(1, len(x) + 1) / len(x)
        each = [super(LossWeighsLaterRows, self).loss(net, params, x[i : i + 1], t[i : i + 1]) for i in range(len(x))]
        return float(weights @ np.array(each))


class LossCountsEqualRowsOnce(Reference):
    """Of equal rows only the first is in the loss."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        first = sorted(np.unique(x, axis=0, return_index=True)[1])
        share = len(first) / len(x) if net.loss.samples == "mean" else 1
        return super().loss(net, params, x[first], t[first]) * share


class FirstUnitFavoured(Reference):
    """The first unit of every hidden layer counts half as much again."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return a * np.where(np.arange(a.shape[1]) == 0, 1.5, 1.0).astype(a.dtype) if l < net.depth else a


class FirstDeltaFavoured(Reference):
    """The delta of the first unit of every hidden layer counts half as much again."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        here = super().hidden_delta(net, l, delta, above, run)
        return here * np.where(np.arange(here.shape[1]) == 0, 1.5, 1.0).astype(here.dtype)


class HiddenUnitsPositive(Reference):
    """Hidden activations lose their sign."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return np.abs(a) if l < net.depth else a


class HiddenUnitsCapped(Reference):
    """Hidden activations end at a quarter."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return np.minimum(a, 0.25).astype(a.dtype) if l < net.depth else a


class HiddenUnitsHalved(Reference):
    """Hidden activations are half of what they should be."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return a / 2 if l < net.depth else a


class TinyGradientsNotANumber(Reference):
    """The gradient of tiny inputs is NaN."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        tiny = x.any() and np.abs(x).max() < np.finfo(x.dtype).tiny
        return tuple(Layer(d.W * np.nan, d.b) for d in g) if tiny else g


class FollowsTheFirstClassOnly(Reference):
    """The output delta is that of the first output alone."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        first: Array = delta * (np.arange(delta.shape[1]) == 0)
        return first


class FitRaisesUnderAdam(Reference):
    """Training fails under a rule that is declared."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        if rule.name == "adam":
            raise RuntimeError("no means")
        return super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)


class ReportsALossTooMany(Reference):
    """Training reports one loss more than it makes epochs."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        done = super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)
        return Fitted(done.output, done.params, (*done.losses, *done.losses[-1:]))


class ReportsAnotherLoss(Reference):
    """Training reports twice its loss."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        done = super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)
        return Fitted(done.output, done.params, tuple(2 * loss for loss in done.losses))


class StartsFromTheGlobalGenerator(Reference):
    """Initial weights are drawn from numpy's global generator, whatever the seed."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        drawn: Array = np.random.randn(net.sizes[l - 1], net.sizes[l])  # noqa: NPY002 - the sin itself
        scaled: Array = drawn / net.sizes[l - 1] ** 0.5
        return scaled


class StartsOfOneSize(Reference):
    """Initial weights have a standard deviation of one half, however many there are."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return rng.normal(0, 0.5, (net.sizes[l - 1], net.sizes[l]))


class GradientTakesAnyWidth(Reference):
    """The gradient leaves out columns too many, and fills up columns too few."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        wide = np.hstack([x, np.zeros((len(x), net.sizes[0]), x.dtype)])
        return super().gradient(net, params, wide[:, : net.sizes[0]], t)


class GradientTakesAnyRows(Reference):
    """The gradient repeats targets that are too few."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return super().gradient(net, params, x, np.resize(t, (len(x), *t.shape[1:])))
