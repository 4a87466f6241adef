"""The reference in another order: the same sums, taken or written differently."""

from collections.abc import Callable

import numpy as np

from backproof_impl.reference import Pass, Reference
from backproof_impl.variants.registry import variant
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets


def _loop(rows: Callable[[int], Array], n: int) -> Array:
    return np.concatenate([rows(i) for i in range(n)])


@variant
class RowByRow(Reference):
    """Outputs are computed one row at a time, in a loop."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return _loop(lambda i: super(RowByRow, self).forward(net, params, x[i : i + 1]), len(x))


@variant
class SumsRowByRow(Reference):
    """The weight gradient adds up one outer product for each row."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        total: Array = sum((np.outer(a, d) for a, d in zip(run.a[l - 1], delta, strict=True)), np.zeros(1, delta.dtype))
        return total


@variant
class RowsBackwards(Reference):
    """The batch is taken from its last row to its first: a sum has no order."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return super().gradient(net, params, x[::-1], t[::-1])


@variant
class BiasInsideWeights(Reference):
    """The bias is one more row of W, and the input one more column of ones."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        if net.bias(l) == "none":
            return super().affine(net, l, a, layer)
        ones = np.ones((len(a), 1), a.dtype)
        z: Array = np.hstack([a, ones]) @ np.vstack([layer.W, layer.b])
        return z


@variant
class ColumnSamples(Reference):
    """Inside, samples are columns, and weights lie as (out, in)."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        columns = layer.W.T @ a.T
        if net.bias(l) != "none":
            columns = columns + layer.b[:, None]
        z: Array = np.ascontiguousarray(columns.T)
        return z


@variant
class EinsteinSums(Reference):
    """Matrix products are written as Einstein sums."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        g: Array = np.einsum("ni,nj->ij", run.a[l - 1], delta)
        return g


@variant
class AlwaysCopies(Reference):
    """Everything that comes in is copied first, in Fortran's order."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        copied = tuple(Layer(np.array(p.W, order="F"), np.array(p.b)) for p in params)
        return super().gradient(net, copied, np.array(x, order="F"), t.copy())


@variant
class StepsWrittenOut(Reference):
    """A step is written out, layer by layer, instead of asking an optimiser."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        if rule.name != "sgd":
            return super().step(net, params, x, t, rule)
        g = self.gradient(net, params, x, t)
        return tuple(Layer(p.W - rule.rate * d.W, p.b - rule.rate * d.b) for p, d in zip(params, g, strict=True))
