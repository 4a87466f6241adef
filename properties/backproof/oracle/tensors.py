"""Arrays of parameters taken together as one vector: directions in it, steps along them, inner products."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof_spec import Array, Layer, Params

Tensors: TypeAlias = tuple[Array, ...]
_SIZES = np.array([sign * (1 + k / 8) for sign in (-1.0, 1.0) for k in range(8)])  # no coordinate is tiny, each has 4 bits
PAIRWISE = 32 * 2.0**-53  # rounding of a sum of up to 10**7 products in pairs (Higham 2002, section 4.2), relative to sum |g v|


def flat(params: Params) -> Tensors:
    """W1, b1, W2, b2, ..."""
    return tuple(p for layer in params for p in layer)


def layered(tensors: Sequence[Array]) -> Params:
    """The layers (W, b) that `flat` took apart."""
    return tuple(Layer(W, b) for W, b in zip(tensors[::2], tensors[1::2], strict=True))


def direction(x: Tensors, sizes: Sequence[float], rng: np.random.Generator) -> Tensors:
    """Coordinates +-{1, 1.125, ..., 1.875} times the tensor's size: none is tiny, and they seldom cancel."""
    return tuple(
        (_SIZES * size)[rng.integers(0, len(_SIZES), p.shape, dtype=np.int8)] for p, size in zip(x, sizes, strict=True)
    )


def moved(x: Tensors, v: Tensors, s: float) -> Tensors:
    """x + s v in the types of x; exact where the numbers have few enough bits."""
    result = []
    for p, d in zip(x, v, strict=True):
        there = np.multiply(d, s)
        there += p  # in place: large arrays cost more to make than to fill
        result.append(there if p.dtype == there.dtype else np.asarray(there, dtype=p.dtype))
    return tuple(result)


def inner(g: Tensors, v: Tensors) -> float:
    """<g, v>, in float64; to the bit that of `summed`, however the arrays lie in memory."""
    return float(sum(float(np.asarray(a * d, dtype=np.float64).ravel().sum()) for a, d in zip(g, v, strict=True)))


def magnitude(g: Tensors, v: Tensors) -> float:
    """Sum of |g v|."""
    return float(sum(float(np.sum(np.abs(a * d))) for a, d in zip(g, v, strict=True)))


class Sums(NamedTuple):
    """What is summed over the entries of g v."""

    inner: float
    magnitude: float
    parts: tuple[float, ...]  # of each tensor the root of the sum of (g v)**2: about how large its part is, signs being random


def summed(g: Tensors, v: Tensors) -> Sums:
    """<g, v>, the sum of |g v|, and the size of each tensor's part, in one pass over large arrays."""
    inner_, magnitude_, parts = 0.0, 0.0, []
    for a, d in zip(g, v, strict=True):
        products = np.asarray(a * d, dtype=np.float64).ravel()
        inner_ += float(products.sum())
        parts.append(float(np.sqrt(products @ products)))
        magnitude_ += float(np.abs(products, out=products).sum())
    return Sums(inner_, magnitude_, tuple(parts))


def only(v: Tensors, which: int, mask: NDArray[np.bool_] | None = None) -> Tensors:
    """The direction within one tensor, or within some of its entries."""
    return tuple(
        (d if mask is None else np.where(mask, d, 0.0)) if k == which else np.zeros_like(d) for k, d in enumerate(v)
    )
