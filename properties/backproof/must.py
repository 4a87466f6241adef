"""What a property says when it fails: where, got, should be, off by, bound; and what it says when it cannot tell."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backproof.oracle.bounded import Bounded, wide
from backproof_spec import Array, Network, Params, Targets


@dataclass(frozen=True)
class Place:
    """Where in the network a number stands."""

    quantity: str  # "dW", "db", "y", "loss", ...
    layer: int | None = None  # counted from 1
    index: tuple[int, ...] = ()

    def __str__(self) -> str:
        spot = f"[{', '.join(map(str, self.index))}]" if self.index else ""
        return f"{self.quantity}{self.layer or ''}{spot}"


class Violation(AssertionError):
    """The statement does not hold: the finding, with its numbers where it has any."""

    def __init__(
        self,
        message: str,
        place: Place | None = None,
        got: float | None = None,
        want: float | None = None,
        bound: float | None = None,
        costly: bool = False,
        needs: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.place, self.got, self.want, self.bound = message, place, got, want, bound
        self.costly = costly  # a hang or a crash: each further try may cost a time limit, so it is not made smaller
        self.needs = needs  # a clause that, where it is violated itself, tells the same: a call gave no answer

    @property
    def is_advice(self) -> bool:
        """Whether there was no answer, and that was said: no number is wrong then, and nobody is accused."""
        return bool(self.needs) and not self.costly


class Undecided(Exception):
    """The oracle cannot tell here: kink, noise, flat, not finite, not repeatable."""


class Outside(Undecided):
    """What the subject claims, or does not let us see, puts the case outside the clause's domain."""


class Call(NamedTuple):
    """What the subject was given."""

    net: Network
    params: Params
    x: Array
    t: Targets | None = None  # None: no targets, or the case's own


class Unmet(Exception):
    """A clause that this one requires does not hold on this very case."""

    def __init__(self, slug: str, reason: str, costly: bool = False, call: Call | None = None) -> None:
        super().__init__(reason)
        self.slug, self.reason, self.costly = slug, reason, costly
        self.call = call  # that gave no answer at all: it raised, hung or crashed


def must(true: object, message: str, place: Place | None = None) -> None:
    """Raise a Violation with the message unless the statement is true."""
    if not true:
        raise Violation(message, place)


def _figure(value: float) -> str:
    return f"{value:.10g}"


def must_equal(got: Array | float, want: Bounded, place: Place, slack: Array | float = 0.0, why: str = "") -> None:
    """Every entry of got is within its bound of want; the worst entry is named.

    slack: what measuring `got` itself may have added to its error, elementwise or one for all.
    """
    seen = wide(got)
    off = np.abs(seen - want.value)
    bound = want.error + wide(slack)
    bad = ~(off <= bound)  # a NaN is bad
    if not bad.any():
        return
    excess = np.where(bad, np.where(np.isfinite(off), off / np.maximum(bound, np.finfo(np.float64).tiny), np.inf), -1.0)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), seen.shape)) if seen.ndim else ()
    here = Place(place.quantity, place.layer, worst or place.index)
    g, w, e = float(seen[worst]), float(want.value[worst]), float(np.broadcast_to(bound, seen.shape)[worst])
    by = abs(g - w)
    tail = f" {why}" if why else ""
    raise Violation(f"{here} is {_figure(g)}, should be {_figure(w)} (off by {by:.2g}, bound {e:.2g}){tail}", here, g, w, e)


def must_be_zero(got: Array | float, bound: Array | float, place: Place, why: str = "") -> None:
    """Every entry of got is at most the bound in magnitude."""
    size = wide(got)
    must_equal(got, Bounded(np.zeros_like(size), np.broadcast_to(wide(bound), size.shape)), place, why=why)


def agree(got: NDArray[np.floating], want: Bounded, slack: Array | float = 0.0) -> bool:
    """Whether every entry of got is within its bound of want."""
    return bool((np.abs(wide(got) - want.value) <= want.error + wide(slack)).all())
