"""What a right program has at every stage of a vector: the closed form, and how far rounding may lead it from there."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Context, Decimal
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE, SINGLE, Bounded, Rounding, exact, minus, scaled
from backproof.vectors.drawn import Vector
from backproof_spec import Array

Quantity: TypeAlias = Literal["t", "z", "a", "loss", "delta", "dW", "db", "W", "b"]  # t: of class numbers; W, b: after the step
Dtype: TypeAlias = Literal["float64", "float32"]
ROUNDINGS: dict[Dtype, Rounding] = {"float64": DOUBLE, "float32": SINGLE}
UNDERFLOW = 2.0**20  # smallest normal numbers: what is flushed to zero, times the sums and weights that it goes through
TWO_DIGITS = Context(prec=2, rounding=ROUND_CEILING)


class Expected(NamedTuple):
    """One tensor: the numbers nearest to the truth, and how far each of a program's may be from its own."""

    quantity: Quantity
    layer: int  # counted from 1; the loss and t stand beside the output layer
    value: NDArray[np.float64]
    bound: NDArray[np.float64]


def expected(vector: Vector, dtype: Dtype) -> tuple[Expected, ...]:
    """Every z, a, loss, delta, dW, db, and the parameters after the step, for a program that computes in that format."""
    r = ROUNDINGS[dtype]
    return tuple(_written(quantity, l, truth, r) for quantity, l, truth in _truths(vector, r))


def _truths(vector: Vector, r: Rounding) -> Iterator[tuple[Quantity, int, Bounded]]:
    net, params, x, t = vector.case.net, vector.case.params, vector.case.x, vector.case.t
    done, c = closed.forward(net, params, x, r), closed.scale(net.loss, len(x), net.sizes[-1])
    if t.ndim == 1:
        yield "t", net.depth, exact(closed.rows(net, t))
    for l in range(1, net.depth + 1):
        yield "z", l, done.z[l - 1]
        yield "a", l, done.a[l]
    yield "loss", net.depth, closed.loss(net, params, x, t, r)
    for l, delta in enumerate(closed.deltas(net, params, done, t, r), start=1):
        yield "delta", l, scaled(delta, c, r)
    for l, (layer, gradient) in enumerate(zip(params, closed.gradient(net, params, x, t, r), strict=True), start=1):
        yield "dW", l, gradient.W
        yield "db", l, gradient.b
        yield "W", l, _stepped(layer.W, gradient.W, vector.rate, r)
        yield "b", l, _stepped(layer.b, gradient.b, vector.rate, r)


def _stepped(w: Array, gradient: Bounded, rate: float, r: Rounding) -> Bounded:
    """w - rate g; with room for the roundings of w in another form of it, w (1 - rate l2) - rate g."""
    moved = minus(exact(w), scaled(gradient, rate, r), r)
    return Bounded(moved.value, moved.error + 3 * r.u * np.abs(w))


def _written(quantity: Quantity, l: int, truth: Bounded, r: Rounding) -> Expected:
    """As it stands in a file: the nearest float64, its own distance from the truth added to the bound."""
    value = np.asarray(truth.value, dtype=np.float64) + 0.0  # no minus before a zero
    room = truth.error + np.abs(truth.value - value) + UNDERFLOW * r.tiny
    return Expected(quantity, l, value, _upwards(np.asarray(room, dtype=np.float64)))


def _upwards(room: NDArray[np.float64]) -> NDArray[np.float64]:
    """The next numbers of two digits above."""
    up = [float(TWO_DIGITS.create_decimal(Decimal(a))) for a in np.nextafter(room, np.inf).flat]
    return np.array(up).reshape(room.shape)
