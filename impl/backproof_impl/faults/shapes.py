"""Faults of shape: arrays that fit one batch size, one width or one layer, and no other."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets


@fault(breaks="shape-forward", remedy="return (n, d_L) whatever n and d_L are")
class OutputsSqueezed(Reference):
    """Axes of length 1 are squeezed out of the outputs, so one row or one output loses an axis."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.squeeze(super().forward(net, params, x))


@fault(breaks="shape-forward", remedy="return one row for each row of x: y.T, or declare columns as samples")
class OutputsTransposed(Reference):
    """Outputs come back with a column for each row of the inputs."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return super().forward(net, params, x).T


@fault(breaks="shape-loss", remedy="add the losses of the rows up to one number")
class LossOfEachSample(Reference):
    """The loss is an array with a number for each sample."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        whole = super().loss
        return np.array([whole(net, params, x[i : i + 1], t[i : i + 1]) for i in range(len(x))])  # type: ignore[return-value]  # the fault itself


@fault(breaks="shape-weights", remedy="return dW as W is: (d_in, d_out)")
class GradientOfWeightsTransposed(Reference):
    """Weight gradients are returned as (d_out, d_in)."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return delta.T @ run.a[l - 1]


@fault(breaks="shape-weights", remedy="reverse the list of gradients before returning it")
class GradientsInBackwardOrder(Reference):
    """The gradients are returned in the order in which they were computed, the output layer's first."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        return super().backward_pass(net, params, run, t)[::-1]


@fault(breaks="shape-weights", remedy="let the backward loop end at the first layer, not before it")
class FirstLayerHasNoGradient(Reference):
    """The backward loop ends one layer too early, and the list of gradients is one too short."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        return super().backward_pass(net, params, run, t)[1:]


@fault(breaks="shape-weights", remedy="give y and t one shape: (n,) - (n, 1) is a matrix of n times n differences")
class DeltaOfAllPairs(Reference):
    """With one output, delta is the matrix of every prediction against every target."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta = super().output_delta(net, run, t)
        return delta + (t - t.T) if t.shape[1] == 1 else delta


@fault(breaks="shape-biases", remedy="sum over the rows: db = delta.sum(axis=0), (d_l,)")
class BiasGradientForEachRow(Reference):
    """The bias gradient is delta itself, a row for each sample."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return delta


@fault(breaks="shape-biases", remedy="sum over the rows, axis=0, and keep the units apart")
class BiasGradientOverUnits(Reference):
    """The bias gradient is summed over the units, axis=1, and has a number for each row of the batch."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        db: Array = delta.sum(axis=1)
        return db


@fault(breaks="shape-biases", remedy="give layer l as many biases as it has units: d_l")
class InitialBiasForEachInput(Reference):
    """Layers start with a bias for each input instead of one for each unit."""

    def initial(self, net: Network, seed: int, /) -> Params:
        return tuple(Layer(layer.W, np.zeros(len(layer.W))) for layer in super().initial(net, seed))


@fault(breaks="shape-biases", remedy="give each unit a bias, (d_l,), whatever the number of rows")
class BiasesForEachRow(Reference):
    """Biases belong to the rows of the batch, (n, 1), and a prediction for another number of rows fails."""

    def initial(self, net: Network, seed: int, /) -> Params:
        return tuple(Layer(layer.W, np.zeros((4, 1))) for layer in super().initial(net, seed))

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        moved = super().step(net, params, x, t, rule)
        return tuple(Layer(layer.W, np.full((len(x), 1), layer.b.mean())) for layer in moved)
