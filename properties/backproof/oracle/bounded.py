"""A number that knows its own error: a value, and how far a program that rounds as allowed may be from it.

The model of rounding is the standard one (Higham 2002, section 2.2): fl(x op y) = (x op y)(1 + d), |d| <= u. A sum or an
inner product of k terms in any order is off by at most gamma_k = k u / (1 - k u) times the sum of the terms' magnitudes
(Higham 2002, sections 3.1 and 4.2), so that every order of summation, fused or not, is admitted.

That bound is certain, and for wide layers thousands of times wider than what happens, since roundings do not all go one
way. Sums of more than WIDE terms therefore have the smaller of it and a likely one: roundings that are independent and of
mean zero add in squares (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis").
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof_spec import Array, Claims

WIDE = 32  # terms, above which the likely bound is the smaller one
LIKELY = 4.6  # u for each of a sum's own roundings: eight standard deviations of what is spread evenly over -u to u
INHERITED = 2.0  # times the errors that the terms came with: these are bounds already, and seldom reached

Wide: TypeAlias = NDArray[np.floating[Any]]  # longdouble, which numpy's operators do not keep in their types


@dataclass(frozen=True)
class Rounding:
    """What a program's arithmetic may do: unit roundoff, smallest normal number, admitted error of an activation."""

    u: float = 2.0**-53
    tiny: float = float(np.finfo(np.float64).tiny)
    accuracy: float = 0.0


SINGLE = Rounding(2.0**-24, float(np.finfo(np.float32).tiny))
DOUBLE = Rounding()


def rounding(claims: Claims) -> Rounding:
    """The arithmetic that a subject claims."""
    base = SINGLE if claims.dtype == "float32" else DOUBLE
    return Rounding(base.u, base.tiny, max((family.accuracy for family in claims.families), default=0.0))


class Bounded(NamedTuple):
    """value is the truth, to far more digits than the subject has; error bounds |subject - value| elementwise."""

    value: Wide
    error: Wide


def wide(a: object) -> Wide:
    """The array in the widest real format of the platform."""
    return np.asarray(a, dtype=np.longdouble)


def exact(a: object) -> Bounded:
    """A value that the subject was given, free of error."""
    value = wide(a)
    return Bounded(value, np.zeros(value.shape, np.longdouble))


def gamma(k: int, r: Rounding) -> float:
    """The relative error of a sum of k rounded terms, in any order."""
    return k * r.u / (1 - k * r.u)


def product(a: Bounded, b: Bounded, r: Rounding, extra: int = 2, independent: bool = False) -> Bounded:
    """The matrix product a @ b, (n, k) by (k, m), with room for `extra` more roundings of each term.

    independent: the errors of the terms are roundings, which do not conspire; what an epsilon or a table does, may.
    """
    k, value = a.value.shape[-1] + extra, a.value @ b.value
    size, other = np.abs(a.value) + a.error, np.abs(b.value) + b.error
    error = a.error @ other + np.abs(a.value) @ b.error + gamma(k, r) * (size @ other)
    if k > WIDE:
        if independent and not r.accuracy:
            inherited = INHERITED * np.sqrt(a.error**2 @ other**2 + a.value**2 @ b.error**2)
        else:
            inherited = a.error @ other + np.abs(a.value) @ b.error
        error = np.minimum(error, _likely(k, value, a.value**2 @ b.value**2, wide(inherited), r))
    return Bounded(value, error)


def _likely(k: int, value: Wide, squares: Wide, inherited: Wide, r: Rounding) -> Wide:
    """The error of a sum of k terms whose roundings do not conspire: partial sums are about as large as these two."""
    partial = np.maximum(np.abs(value), np.sqrt(squares))
    return wide(inherited + LIKELY * r.u * np.sqrt(k) * partial)


def affine(a: Bounded, W: Array, b: Array, r: Rounding) -> Bounded:
    """a @ W + b for parameters that are exact: what `product` and `plus` make of them, in fewer operations."""
    weights = wide(W)
    k, sums = a.value.shape[-1] + 2, a.value @ weights
    if k > WIDE:
        return plus(product(a, exact(W), r, independent=True), exact(b), r)
    other = np.abs(weights)
    error = a.error @ other + gamma(k, r) * ((np.abs(a.value) + a.error) @ other)
    value = sums + wide(b)
    return Bounded(value, error + r.u * (np.abs(value) + error))


def plus(a: Bounded, b: Bounded, r: Rounding) -> Bounded:
    """a + b, elementwise with broadcasting."""
    value = a.value + b.value
    error = a.error + b.error
    return Bounded(value, error + r.u * (np.abs(value) + error))


def minus(a: Bounded, b: Bounded, r: Rounding) -> Bounded:
    """a - b, elementwise with broadcasting."""
    return plus(a, Bounded(-b.value, b.error), r)


def times(a: Bounded, b: Bounded, r: Rounding, roundings: int = 1) -> Bounded:
    """a * b, elementwise with broadcasting."""
    value = a.value * b.value
    error = a.error * (np.abs(b.value) + b.error) + np.abs(a.value) * b.error
    return Bounded(value, error + roundings * r.u * (np.abs(value) + error))


def scaled(a: Bounded, c: float, r: Rounding) -> Bounded:
    """c * a for a constant c, with room for the roundings of c, of the product and of a sum scaled beforehand."""
    value = wide(c) * a.value
    return Bounded(value, abs(c) * a.error + 4 * r.u * np.abs(value))


def total(a: Bounded, r: Rounding, axis: int | None = None) -> Bounded:
    """The sum over one axis, or over all."""
    terms = a.value.size if axis is None else a.value.shape[axis]
    value, size = wide(np.sum(a.value, axis=axis)), wide(np.sum(np.abs(a.value) + a.error, axis=axis))
    error = wide(np.sum(a.error, axis=axis)) + gamma(terms + 2, r) * size
    if terms > WIDE:
        squares, inherited = wide(np.sum(a.value**2, axis=axis)), wide(np.sum(a.error, axis=axis))
        error = np.minimum(error, _likely(terms + 2, value, squares, inherited, r))
    return Bounded(value, wide(error))


def transposed(a: Bounded) -> Bounded:
    """a.T."""
    return Bounded(a.value.T, a.error.T)
