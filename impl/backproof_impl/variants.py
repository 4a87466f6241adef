"""Right programs that do something in another way than the reference: none of them is a fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from backproof_impl.reference import Pass, Reference
from backproof_spec.catalogue import Variant
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets

C = TypeVar("C", bound=type[Reference])
_registered: list[type[Reference]] = []


def variant(cls: C) -> C:
    """Enter a class; its docstring says what it does in another way."""
    _registered.append(cls)
    return cls


def entries() -> tuple[Variant, ...]:
    """Every variant, in the order in which they are defined."""
    return tuple(Variant(cls().claims.name, f"{cls.__module__}:{cls.__name__}", cls.__doc__ or "") for cls in _registered)


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


@variant
class InSingle(Reference):
    """All of it in float32, and it says so."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, dtype="float32")


@variant
class SingleRows(Reference):
    """It takes one sample at a time, and says so."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, batch=1)


@variant
class SmallRatesOnly(Reference):
    """Rates above 1 are outside what it claims."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, rates=(0.0, 1.0))


@variant
class OtherStarts(Reference):
    """Initial weights are normal numbers, where the reference has uniform ones."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        fan_in, width = net.sizes[l - 1], net.sizes[l]
        return rng.normal(0, fan_in**-0.5, (fan_in, width))
