"""A gradient recovered from steps alone: (params - after) / rate, at two rates, so that a rate taken wrongly is not blamed on it.

Where moves are proportional to the rate, the largest rate up to 1 costs the fewest digits. Where they are not, but nearly so at
small rates, the step follows a gradient that changes while it steps (it uses weights that it has already updated): the gradient
at rate 0 is then extrapolated from two small rates. Otherwise no gradient can be told from the steps.
"""

from collections.abc import Callable

import numpy as np

from backproof.must import Unmet
from backproof.oracle.bounded import wide
from backproof_spec import Array, Layer, Params

SMALL = 2.0**-13  # where a gradient that drifts with the rate has drifted little, and a float64 step still has 12 digits
NEAR = 2.0**-6  # drift between SMALL and half of it, relative to the gradient, below which it is a drift
ROOM = 2.0**-8  # of that drift, what extrapolation may leave: the second-order part of a first-order one

Step = Callable[[float], Params]


def _moved(params: Params, step: Step, rate: float) -> Params:
    after = step(rate)
    return tuple(
        Layer((wide(p.W) - wide(q.W)) / rate, (wide(p.b) - wide(q.b)) / rate) for p, q in zip(params, after, strict=True)
    )


def _rounded(params: Params, g: Params, rate: float, u: float) -> Params:
    """A step rounds rate * g and p - rate * g: u (2 |p| + 3 rate |g|) / rate an entry; nothing excuses one that is no number."""
    return tuple(
        Layer(*(2 * u * np.abs(wide(p)) / rate + 3 * u * _sizes(wide(d)) for p, d in zip(layer, slope, strict=True)))
        for layer, slope in zip(params, g, strict=True)
    )


def _sizes(d: Array) -> Array:
    return np.where(np.isfinite(d), np.abs(d), 0.0)


def _apart(g: Params, h: Params) -> Params:
    return tuple(
        Layer(np.abs(wide(a.W) - wide(b.W)), np.abs(wide(a.b) - wide(b.b))) for a, b in zip(g, h, strict=True)
    )


def _within(off: Params, room: Params, more: Params) -> bool:
    return all(
        bool((o <= r + m).all()) for layers in zip(off, room, more, strict=True) for o, r, m in zip(*layers, strict=True)
    )


def _norm(g: Params) -> float:
    return float(np.sqrt(sum((wide(p) ** 2).sum() for layer in g for p in layer)))


def recovered(params: Params, step: Step, rate: float, least: float, u: float) -> tuple[Params, Params]:
    """The gradient, and what recovering it may have added to its error, entry by entry.

    rate: the largest to use; least: the smallest that the subject claims. Raises Unmet where moves do not follow the rate.
    """
    g = _moved(params, step, rate)
    room = _rounded(params, g, rate, u)
    if rate / 2 < least:
        return g, room
    half = _moved(params, step, rate / 2)
    with np.errstate(invalid="ignore"):  # infinities are not within any room of each other
        if _within(_apart(g, half), room, _rounded(params, half, rate / 2, u)):
            return g, room
    if least > SMALL / 2:
        raise Unmet("step-rate", "the step is not proportional to its rate")
    with np.errstate(invalid="ignore"):  # no number at small rates either: then that is the gradient
        return _extrapolated(params, step, u)


def _extrapolated(params: Params, step: Step, u: float) -> tuple[Params, Params]:
    g, half = _moved(params, step, SMALL), _moved(params, step, SMALL / 2)
    drift = _apart(g, half)
    if _norm(drift) > NEAR * _norm(half):
        raise Unmet("step-rate", "the step is not proportional to its rate, not even at small rates")
    result, room = [], []
    for a, b, d, e in zip(g, half, drift, _rounded(params, half, SMALL / 2, u), strict=True):
        result.append(Layer(2 * wide(b.W) - wide(a.W), 2 * wide(b.b) - wide(a.b)))
        drifted = ROOM * max(d.W.max(initial=0), d.b.max(initial=0))  # the first order may cancel in an entry, and not the second
        room.append(Layer(3 * e.W + drifted, 3 * e.b + drifted))
    return tuple(result), tuple(room)
