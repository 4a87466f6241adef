"""A golden vector is one network at one point, with a batch and a rate; its numbers are dyadic, the same in every format."""

import random
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from backproof.case import Case
from backproof_spec import Array, Layer, Loss, Network, Params, Targets
from backproof_spec.vocabulary import target_kind

GRID, MOST = 16, 20  # numbers are k/16, k from 1 to 20, either sign: the same in float32, and never 0
PARTS = 8  # targets between 0 and 1 are eighths, of which a distribution has all


@dataclass(frozen=True)
class Vector:
    """What is asked: forward, loss, gradient, and one step of gradient descent at this rate."""

    name: str
    about: str  # what it is there for, one sentence
    case: Case
    rate: float = 0.5

    def changed(self, **parts: object) -> "Vector":
        """The same with other inputs `x`, targets `t` or parameters `params`."""
        return replace(self, case=replace(self.case, **parts))  # type: ignore[arg-type]  # each part has its own type

    def of(self, dtype: str) -> "Vector":
        """In that format; whole numbers stay whole."""
        case, kind = self.case, np.dtype(dtype)
        params: Params = tuple(Layer(W.astype(kind), b.astype(kind)) for W, b in case.params)
        return self.changed(params=params, x=_as(case.x, kind), t=_as(case.t, kind))


def _as(a: Targets, kind: "np.dtype[np.floating]") -> Targets:
    return a if np.issubdtype(a.dtype, np.integer) else a.astype(kind)


def numbers(shape: tuple[int, ...], seed: int) -> Array:
    """Dyadic numbers of either sign; Python keeps what `random` gives the same for ever, numpy does not."""
    draw = random.Random(seed).random
    drawn = [(1 + int(MOST * draw())) / GRID * (1 if draw() < 0.5 else -1) for _ in range(prod(shape))]
    return np.array(drawn).reshape(shape)


def parameters(sizes: tuple[int, ...], seed: int) -> Params:
    """Weights and biases, none of them 0."""
    pairs = list(zip(sizes, sizes[1:], strict=False))
    return tuple(Layer(numbers(pair, seed + 2 * l), numbers(pair[1:], seed + 2 * l + 1)) for l, pair in enumerate(pairs))


def targets(loss: Loss, n: int, d: int, seed: int) -> Targets:
    """Rows that the loss allows, neither 0 nor 1 where it allows others; or every other class number, the last left out."""
    kind, draw = target_kind(loss), random.Random(seed).random
    if kind == "index":
        return 2 * (np.arange(n) % (d // 2))
    if kind == "distribution":
        return np.array([np.bincount([int(d * draw()) for _ in range(PARTS)], minlength=d) for _ in range(n)]) / PARTS
    if kind == "unit":
        return np.array([(1 + int((PARTS - 1) * draw())) / PARTS for _ in range(n * d)]).reshape(n, d)
    return numbers((n, d), seed)


def drawn(name: str, about: str, net: Network, n: int, seed: int, rate: float = 0.5) -> Vector:
    """A vector of n rows."""
    x, t = numbers((n, net.sizes[0]), seed + 50), targets(net.loss, n, net.sizes[-1], seed + 51)
    return Vector(name, about, Case(net, parameters(net.sizes, seed), x, t, name), rate)
