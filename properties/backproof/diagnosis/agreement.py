"""Whether two programs computed the same number, to rounding; and if not, how far they are apart.

A fault has no bound of its own: its equations are as long as the right ones, and their roundings are taken to be of that size.
Nobody is accused here; a bound that is too wide lets two faults pass for one, and one that is too narrow names none.
"""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from backproof.diagnosis.questions import LEVELS, Question, Seen
from backproof.must import Undecided
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, Rounding
from backproof.subjects.errors import Failure
from backproof_spec import Array

TIMES = 64.0  # what right rounding may leave, so many times over: faults square, divide and add up what they should not
LEAST = 2.0**-10  # a smaller rate is not taken for one at which nothing but the parameters is rounded
COARSE = 2.0**12  # roundings of the largest number in a tensor, where no closed form says better


@dataclass(frozen=True)
class Apart:
    """How far two answers are apart."""

    agree: bool
    residual: float  # relative to the larger of the two; infinity for another shape


SAME, OTHER = Apart(True, 0.0), Apart(False, inf)


def rooms(question: Question, r: Rounding) -> dict[str, float]:
    """What right rounding may leave in each part of the answer, in absolute numbers; a part that is not there has none."""
    case = question.case
    at = case.net, case.params, case.x
    if not closed.has_closed_form(case.net) or question.operation not in LEVELS:
        return {}
    try:
        if question.operation == "forward":
            return {"y": _largest(closed.forward(*at, r).a[-1])}
        if question.operation == "loss":
            return {"loss": _largest(closed.loss(*at, case.t, r))}
        rate = 1.0 if question.operation == "gradient" else max(question.rule.rate, LEAST)
        return {"": rate * max(_largest(part) for layer in closed.gradient(*at, case.t, r) for part in layer)}
    except (Undecided, Failure, ValueError, FloatingPointError):
        return {}


def _largest(part: Bounded) -> float:
    found = float(np.max(part.error, initial=0.0))
    return found if isfinite(found) else 0.0


def parameters(question: Question) -> float:
    """The largest parameter: a step is a difference of two of that size."""
    if question.operation not in ("step", "descend"):
        return 0.0
    return max(float(np.max(np.abs(p), initial=0.0)) for layer in question.case.params for p in layer)


def apart(got: Seen, want: Seen, room: dict[str, float], least: float, u: float) -> Apart:
    """The two parts compared; of what is no number only the kind. least: what a step leaves anyway."""
    if isinstance(got.value, str) or isinstance(want.value, str):
        return SAME if isinstance(got.value, str) and isinstance(want.value, str) and got.value == want.value else OTHER
    if got.value.shape != want.value.shape:
        return OTHER
    return numbers(got.value, want.value, TIMES * room.get(got.name, room.get("", 0.0)) + least, u)


def numbers(got: Array, want: Array, least: float, u: float) -> Apart:
    """Two arrays of one shape; NaN agrees with NaN, infinity with infinity of its sign."""
    a, b = np.asarray(got, np.float64), np.asarray(want, np.float64)
    if not a.size:
        return SAME
    with np.errstate(invalid="ignore"):
        off, size = float(np.abs(a - b).max()), max(float(np.abs(a).max()), float(np.abs(b).max()))
    if not isfinite(off):
        finite = np.isfinite(a) & np.isfinite(b)
        if (~finite & ~((a == b) | (np.isnan(a) & np.isnan(b)))).any():
            return OTHER
        return numbers(a[finite], b[finite], least, u)
    told = off / size if size > least else 0.0  # what is all noise tells nothing
    return Apart(off <= least + COARSE * u * size, told)
