"""Faults of the batch: what becomes of the gradients of its rows."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params, Targets


@fault(breaks="grad-batch", remedy="go over all rows: the return stands inside the loop")
class OnlyTheFirstRowCounts(Reference):
    """The gradient is that of the first row."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        weights = np.zeros(len(t))
        weights[0] = len(t) if net.loss.samples == "mean" else 1
        return super().output_delta(net, run, t) * weights[:, None]


@fault(breaks="grad-batch", remedy="go over all rows: range(n), not range(n - 1)")
class LastRowDropped(Reference):
    """The loop over the rows ends one row too early."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta, left = super().output_delta(net, run, t), max(1, len(t) - 1)
        kept = delta * (np.arange(len(t)) < left)[:, None]
        return kept * (len(t) / left if net.loss.samples == "mean" else 1)


@fault(breaks="grad-batch", remedy="average gradients, not samples")
class RowsAveragedFirst(Reference):
    """Inputs and targets are averaged to one row, whose gradient is taken."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        if t.ndim == 1:
            return super().gradient(net, params, x, t)
        return super().gradient(net, params, x.mean(axis=0, keepdims=True), t.mean(axis=0, keepdims=True))


@fault(breaks="batch-order", remedy="add all gradients up and divide once by n")
class LaterRowsWeighMore(Reference):
    """The mean is kept up by averaging with each new row, so that every row counts twice as much as the one before."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        weights = 0.5 ** np.arange(len(t), 0.0, -1.0)
        weights[0] *= 2
        return super().output_delta(net, run, t) * weights[:, None] * (len(t) if net.loss.samples == "mean" else 1)


@fault(breaks="grad-batch", remedy="compute with the parameters of the batch's beginning until its end")
class ParametersMoveWithinTheBatch(Reference):
    """Each row's gradient is taken where the rows before it have already moved the parameters to."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        moved, n = params, len(x) if net.loss.samples == "mean" else 1
        for i in range(len(x)):
            g = super().gradient(net, moved, x[i : i + 1], t[i : i + 1])
            moved = tuple(Layer(p.W - d.W / n, p.b - d.b / n) for p, d in zip(moved, g, strict=True))
        return tuple(Layer(p.W - q.W, p.b - q.b) for p, q in zip(params, moved, strict=True))


@fault(breaks="batch-repeat", remedy="keep equal samples: they count as often as they occur")
class EqualRowsCountOnce(Reference):
    """Samples are kept in a dictionary by their inputs, so of equal rows only the last is left."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        delta, last = super().output_delta(net, run, t), {row.tobytes(): i for i, row in enumerate(run.a[0])}
        kept = delta * np.isin(np.arange(len(t)), list(last.values()))[:, None]
        return kept * (len(t) / len(last) if net.loss.samples == "mean" else 1)
