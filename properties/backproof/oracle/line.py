"""The derivative of a loss along a line, with a bound that is measured on the spot; no step and no tolerance to choose.

phi(s) is the loss at params + s v. Seventeen values on [-h, h] are written in the polynomials that are orthonormal over
these nodes. What lies in degrees 0 to 8 is taken for the loss, what lies in degrees 9 to 16 for its noise: the tail. A
loss that is smooth at the scale h leaves nothing but rounding in the tail, a kink leaves its mark there wherever it is,
and so does a step that is too long. With c the weights that differentiate the fit at 0,

    phi'(0) = c . phi / h,   off by at most  tau = K |c| sigma / h,

sigma being the root mean square of the tail, or the rounding of one value if that is more. K = 14.1 covers two things:
the largest error that one kink can cause, over all its positions, in units of |c| sigma (14.01), and Student's t with
the tail's 8 degrees of freedom at 1e-6 (13.26). The step shrinks until the tail is noise; the spec's chapter on
measurement derives each number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from backproof.must import Undecided

Values = NDArray[np.float64]
Phi = Callable[[Values], Values]  # offsets (k,) to losses (k,)

_HALF = np.array([12.0, 23, 34, 43, 51, 57, 61, 64]) / 64  # near Chebyshev's points, in few bits: params + s v stays exact
NODES = np.concatenate([-_HALF[::-1], [0.0], _HALF])
DEGREE = 8
TAIL = len(NODES) - 1 - DEGREE
K = 14.1
FIRST, FIRST_SINGLE = 2.0**-5, 2.0**-3  # about the longest steps at which the tail of a smooth network is its rounding
CLEAN = 16.0  # a tail of so many roundings of one value is noise: a loss is a sum of many rounded terms
DISTINCT = 6  # values, of seventeen: fewer say nothing of digits, for -1, 0 and 1 are what tanh far out is, too
LOUD = 1e4  # roundings, above which what looks like noise may be waves shorter than the step: it is looked at from nearer
CLOSER = 2.0**-16
STEEPER = 4.0  # times: a wave that seventeen points do not resolve is eight times steeper from near, at least
NEAR = 1e6  # a tail below so many roundings falls to them within a quarter of the step, as it falls with h**9


_TWO_SCALES = "noise: the loss is rough at one scale and smooth at another, as stairs are, and waves shorter than the step"


def _basis() -> tuple[Values, Values]:
    """The polynomials orthonormal over the nodes (17, 17), and their derivatives at 0 (17,)."""
    values, mixing = np.linalg.qr(chebyshev.chebvander(NODES, len(NODES) - 1))
    slopes = [float(chebyshev.chebval(0.0, chebyshev.chebder(row))) for row in np.eye(len(NODES))]
    return values, np.linalg.solve(mixing.T, np.array(slopes))


_POLYNOMIALS, _SLOPES = _basis()
WEIGHTS: Values = _POLYNOMIALS[:, : DEGREE + 1] @ _SLOPES[: DEGREE + 1]
NORM, SUM = float(np.linalg.norm(WEIGHTS)), float(np.abs(WEIGHTS).sum())
_ROUGH = _POLYNOMIALS[:, DEGREE + 1 :]

_FEW = np.array([0, 4, 6, 7])  # of _HALF: eight losses are enough where the tail is known to be noise
FEW_NODES = np.concatenate([-_HALF[_FEW][::-1], _HALF[_FEW]])
_ODD = np.linalg.solve(_HALF[_FEW] ** np.array([[1], [3], [5], [7]]), np.array([1.0, 0, 0, 0])) / 2
FEW_WEIGHTS: Values = np.concatenate([-_ODD[::-1], _ODD])
FEW_NORM = float(np.linalg.norm(FEW_WEIGHTS))


@dataclass(frozen=True)
class Rung:
    """Seventeen losses at one step."""

    step: float
    value: float  # of the derivative
    bound: float
    sigma: float  # noise, or what is not smooth at this step
    floor: float  # the rounding of one loss
    spread: float  # of the losses along the step, from the largest to the smallest
    centre: float  # the loss at the point itself

    @property
    def clean(self) -> bool:
        """Whether the tail is not much more than rounding."""
        return self.sigma <= CLEAN * self.floor


@dataclass(frozen=True)
class Slope:
    """phi'(0) as measured, how far it may be from the truth, and all that was tried."""

    value: float
    bound: float
    step: float
    noise: float  # the standard deviation of one loss
    smooth: bool  # whether the tail is noise: it did not shrink with the step, or is hardly more than rounding
    reach: float  # the change of the loss along the step, divided by it: what a derivative could have been
    rungs: tuple[Rung, ...]


def rounding(values: Values, u: float) -> float:
    """The rounding of one value, as a standard deviation: of its format, or of the digits that it was cut to."""
    size = float(np.abs(values).max())
    with np.errstate(over="ignore"):
        single = u < 2.0**-24 and bool((values == values.astype(np.float32)).all())
    if single and roughness(values - values[len(values) // 2]) > 2.0**-40 * size:  # rounded to it, not merely of few bits
        u = 2.0**-24
    return max(u * size / sqrt(3), quantum(values) / sqrt(12))


def quantum(values: Values) -> float:
    """The unit of the last decimal that the values were cut to; 0 for values that were not cut."""
    size = float(np.abs(values).max())
    if size == 0 or len(np.unique(values)) < DISTINCT:
        return 0.0
    last = 12 - int(np.floor(np.log10(size)))  # of 13 significant digits; float64 has 16
    for decimals in range(max(-300, last - 12), min(300, last) + 1):
        if (np.round(values, decimals) == values).all():
            return 10.0**-decimals
    return 0.0


def roughness(values: Values) -> float:
    """The root mean square of what no polynomial of degree 8 explains in values at the nodes (17,)."""
    return float(np.linalg.norm(values @ _ROUGH)) / sqrt(TAIL)


def rung(phi: Phi, h: float, u: float) -> Rung:
    """The derivative at one step, and how far it may be off; Undecided where a loss is not finite."""
    values = np.asarray(phi(h * NODES), dtype=np.float64)
    if not np.isfinite(values).all():
        raise Undecided("not finite: the loss is not a finite number along the line")
    changes = values - values[len(values) // 2]  # differences are exact, and so is what is made of them, nearly
    floor = rounding(values, u)
    sigma = max(floor, roughness(changes))
    spread = float(np.ptp(values))
    bound = (K * NORM * sigma + 2.0**-52 * SUM * spread) / h
    return Rung(h, float(WEIGHTS @ changes) / h, bound, sigma, floor, spread, float(values[len(values) // 2]))


def _noise(phi: Phi, u: float, last: list[Rung]) -> bool:
    """Whether three tails in a row are alike: noise does not shrink with the step, all else does, fourfold at least."""
    tails = [one.sigma for one in last]
    if len(tails) < 3 or max(tails) >= 4 * min(tails):
        return False
    if last[-1].sigma < LOUD * last[-1].floor or rung(phi, last[-1].step * CLOSER, u).sigma > min(tails) / 4:
        return True
    raise Undecided(_TWO_SCALES)


def _kinked(last: list[Rung]) -> bool:
    """Whether the tail fell with the step and no faster, down to the noise: as that of a kink near the point does."""
    return len(last) == 2 and last[1].bound > last[0].bound / 2 and last[1].sigma > 2 * last[1].floor


def _stairs(far: Rung, near: Rung) -> bool:
    """Whether the slope was another one at a longer step, and no smaller: the tread of a stair; a wave is steeper from near."""
    return abs(far.value - near.value) > far.bound + near.bound and near.spread / near.step < STEEPER * far.spread / far.step


def _at_the_point(bounds: list[float]) -> bool:
    """Whether four bounds in a row are one: a kink at the point itself looks alike at every step."""
    return len(bounds) == 4 and max(bounds) < 1.1 * min(bounds)


def slope(phi: Phi, u: float = 2.0**-53, first: float | None = None) -> Slope:
    """phi'(0), the step found by itself; u is the unit roundoff of the loss. Raises Undecided (flat, not finite)."""
    h = first or (FIRST if u < 2.0**-24 else FIRST_SINGLE)
    rungs: list[Rung] = []
    smooth, best, trouble = False, inf, Undecided("not finite")
    while not smooth:
        try:
            rungs.append(rung(phi, h, u))
        except Undecided as not_finite:
            trouble = not_finite
            if h < 2.0**-40:
                break
            h /= 16
            continue
        last = rungs[-1]
        best = min(best, last.bound)
        factor = 4 if last.sigma < NEAR * last.floor else 16
        smooth = (last.clean and not _kinked(rungs[-2:])) or _noise(phi, u, rungs[-3:])
        h = last.step / factor
        if K * NORM * last.floor / h >= best or _at_the_point([one.bound for one in rungs[-4:]]):
            break
    if not rungs:
        raise trouble
    found = min(rungs, key=lambda one: one.bound)
    if found.spread == 0:
        raise Undecided("flat: the loss is one and the same number along the line")
    if any(_stairs(one, found) for one in rungs):
        raise Undecided(_TWO_SCALES)
    return Slope(found.value, found.bound, found.step, found.sigma, smooth, found.spread / found.step, tuple(rungs))
