"""Faults of what comes in: inputs taken for something, and input that cannot be meant, accepted."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Labels, Layer, Network, Params, Targets


@fault(breaks="algebra-inputs", remedy="scale inputs before the network, where everybody can see it")
class InputsTakenForPixels(Reference):
    """Inputs above 16 are taken for the pixels of an image and divided by 255."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        return rows / 255 if np.abs(rows).max() > 16 else rows


@fault(breaks="algebra-inputs", remedy="do not clip the inputs")
class InputsClipped(Reference):
    """Inputs are clipped to the interval from -100 to 100."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return super().inputs(net, params, x).clip(-100, 100)


@fault(breaks="algebra-inputs", remedy="do not round the inputs")
class InputsRounded(Reference):
    """Inputs are rounded to seven digits behind the point."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return super().inputs(net, params, x).round(7)


@fault(breaks="input-width", remedy="compare the number of columns with the number of inputs")
class ExtraColumnsIgnored(Reference):
    """Columns too many are left out, columns too few are filled with zeros."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        wide = np.hstack([x, np.zeros((len(x), net.sizes[0]), x.dtype)])
        return super().inputs(net, params, wide[:, : net.sizes[0]])


@fault(breaks="input-rows", remedy="compare the shape of the targets with that of the outputs")
class TargetsBroadcast(Reference):
    """Targets of another shape are stretched to that of the outputs."""

    def rows(self, net: Network, run: Pass, t: Targets) -> Array:
        n, wide = len(run.a[-1]), t.ndim == 2 and t.shape[1] == 1 < net.sizes[-1]
        stretched = np.repeat(np.asarray(t, dtype=np.float64), net.sizes[-1], axis=1) if wide else t
        return super().rows(net, run, np.concatenate([stretched] * n)[:n])


@fault(breaks="input-empty", remedy="leave out an empty batch: its mean is 0 / 0")
class MeanOfNothing(Reference):
    """A batch without rows has a gradient of 0 / 0."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        if len(x):
            return super().gradient(net, params, x, t)
        return tuple(Layer(np.full_like(p.W, np.nan), np.full_like(p.b, np.nan)) for p in params)


@fault(breaks="input-nan", remedy="let a NaN be seen, or refuse it")
class NansTakenForZero(Reference):
    """NaNs among the inputs are taken for zeros."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return super().inputs(net, params, np.nan_to_num(x))


@fault(breaks="input-labels", remedy="compare class numbers with the number of outputs")
class LabelsWrapAround(Reference):
    """A class number that does not exist is counted from the other end."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return super().one_hot(net, labels % net.sizes[-1])


@fault(breaks="input-labels", remedy="refuse class numbers that do not exist")
class LabelsClipped(Reference):
    """A class number that does not exist is taken for the nearest one that does."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return super().one_hot(net, np.clip(labels, 0, net.sizes[-1] - 1))
