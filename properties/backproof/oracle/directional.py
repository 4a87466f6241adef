"""The derivative of a loss along a line, with a bound made of measured noise and measured truncation.

phi(s) = loss(params + s v). Noise is measured by differences of phi at tiny steps (More and Wild 2011, "Estimating
computational noise"); the derivative by an eighth-order central difference (Fornberg 1988); truncation by what a
polynomial of degree 6 leaves over at the same nine points, which also sees a kink wherever on the line it lies. The step
shrinks by factors of 4 until truncation no longer exceeds noise. The bound is

    tau = K sigma |c| / h + 8 kappa |residual| / h

K = 18 is the 1 - 1e-6 quantile of the noise over its own estimate, kappa = 3.17 the worst error of the difference over every
position of one kink, in units of the residual; both are measured, and the factor 8 is room above them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof_spec import Array, Layer, Params

Phi = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # offsets (k,) to losses (k,)

OFFSETS = np.array([-4.0, -3, -2, -1, 1, 2, 3, 4])
CENTRAL = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 4 / 5, -1 / 5, 4 / 105, -1 / 280])  # Fornberg 1988, table 1
NORM = float(np.linalg.norm(CENTRAL))
K, KAPPA, ROOM = 18.0, 3.17, 8.0
POINTS = 17  # of the scan for noise
ORDERS = (4, 5, 6)  # differences taken as noise there
STRETCHED = (1.0, 11 / 8, 23 / 16)  # scans: a loss cut to some digits hides from one whose step changes it by whole quanta
RUNGS = 8
_NINE = np.arange(-4.0, 5.0)
_BASIS = np.linalg.qr(np.vander(_NINE, 7))[0]  # polynomials of degree 6 over nine points


@dataclass(frozen=True)
class Slope:
    """phi'(0) as measured, and how far it may be from the truth."""

    value: float
    bound: float
    step: float


def noise(phi: Phi, single: bool) -> float:
    """The standard deviation of rounding in phi near 0. Undecided (flat) where phi does not respond to small steps at all."""
    u = 2.0**-24 if single else 2.0**-53
    step = 2.0**-11 if single else 2.0**-17
    scan = step * np.arange(-(POINTS // 2), POINTS // 2 + 1, dtype=np.float64)
    values = phi(np.concatenate([stretch * scan for stretch in STRETCHED]))
    scans = values.reshape(len(STRETCHED), POINTS)
    if (scans == scans[:, :1]).all(axis=1).any() and np.isfinite(values).all():  # a tread of a staircase
        raise Undecided("flat: the loss is one and the same number at small steps along the line")
    floor = u * float(np.abs(values).max()) / sqrt(3)
    return max(floor, *map(_roughness, scans))


def _roughness(values: NDArray[np.float64]) -> float:
    """The standard deviation of what is not smooth in values (POINTS,) at equal steps."""
    table, estimates = values, list[float]()
    for order in range(1, max(ORDERS) + 1):
        table = np.diff(table)
        if order in ORDERS:
            estimates.append(float(np.mean(table**2)) / comb(2 * order, order))
    return sqrt(float(np.mean(estimates)))


def _rung(phi: Phi, centre: float, h: float) -> tuple[float, float]:
    """The eighth-order difference at step h, and what degree 6 leaves over, 2-norm."""
    values = phi(h * OFFSETS)
    nine = np.insert(values, 4, centre) - centre  # so that the projection rounds differences, not values
    residual = nine - _BASIS @ (_BASIS.T @ nine)
    return float(CENTRAL @ values) / h, float(np.linalg.norm(residual))


def slope(phi: Phi, single: bool = False) -> Slope:
    """phi'(0). Raises Undecided (kink, flat, not finite) where no step can be certified."""
    sigma = noise(phi, single)
    centre = float(phi(np.zeros(1))[0])
    h = 2.0**-3
    best: Slope | None = None
    for _ in range(RUNGS - 4 if single else RUNGS):
        value, residual = _rung(phi, centre, h)
        statistical, truncation = K * sigma * NORM / h, KAPPA * residual / h
        bound = statistical + ROOM * truncation
        if best is None or bound < best.bound:
            best = Slope(value, bound, h)
        if truncation <= statistical:
            return Slope(value, bound, h)
        h /= 4
    if best is None or not np.isfinite(best.bound):
        raise Undecided("not finite: the loss is not a finite number along the line")
    raise Undecided(f"kink: no step at which the loss is smooth along the line (best bound {best.bound:.2g})")


def direction(params: Params, rng: np.random.Generator, only: tuple[int, str] | None = None) -> Params:
    """A direction with no tiny coordinate: +-{1, 1.125, ..., 1.875} * 2**-round(log2 sqrt(fan_in)); or in one tensor only."""
    layers = []
    for l, layer in enumerate(params, start=1):
        parts = []
        for name, p in (("W", layer.W), ("b", layer.b)):
            size = 2.0 ** -np.round(np.log2(np.sqrt(len(layer.W))))
            drawn = rng.choice([-1.0, 1.0], p.shape) * (1 + rng.integers(0, 8, p.shape) / 8) * size
            parts.append(np.asarray(drawn if only in (None, (l, name)) else np.zeros(p.shape), dtype=p.dtype))
        layers.append(Layer(*parts))
    return tuple(layers)


def moved(params: Params, v: Params, s: float) -> Params:
    """params + s v, exact where all are dyadic."""
    return tuple(
        Layer(*(np.asarray(p + s * d, dtype=p.dtype) for p, d in zip(layer, along, strict=True)))
        for layer, along in zip(params, v, strict=True)
    )


def inner(g: Params, v: Params) -> float:
    """<g, v> over all layers, summed in the widest format."""
    total = np.longdouble(0)
    for one, other in zip(g, v, strict=True):
        total += sum((np.sum(a.astype(np.longdouble) * b) for a, b in zip(one, other, strict=True)), np.longdouble(0))
    return float(total)


def magnitude(g: Params, v: Params) -> float:
    """Sum of |g o v|."""
    return inner(tuple(map(_absolute, g)), tuple(map(_absolute, v)))


def _absolute(layer: Layer) -> Layer:
    size: tuple[Array, Array] = (np.abs(layer.W), np.abs(layer.b))
    return Layer(*size)
