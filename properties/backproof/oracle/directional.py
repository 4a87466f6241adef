"""A gradient held against the loss that it is said to be the gradient of, along random directions.

The claim is <g, v> = phi'(0), phi(s) = loss(x + s v), for a direction v with no tiny coordinate. One direction over all
tensors is enough to say yes. To say no takes fresh directions that say so too, a loss that repeats itself, and a tail that
is noise. Everything else is undecided, with its reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof.oracle.line import FEW_NODES, FEW_NORM, FEW_WEIGHTS, K, Phi, Slope, Values, slope
from backproof.oracle.tensors import PAIRWISE, Tensors, direction, inner, magnitude, only

FRESH = (1, 3)  # directions that are asked once one disagrees, and those asked after it if it does not
AGREEING = 2  # directions, out of those asked, that must disagree with the gradient: noise alone makes one in a million do so
SHARP = 1e-2  # a bound above this part of what the derivative could have been would pass an error of a hundredth: not held


@dataclass(frozen=True)
class Claim:
    """A gradient, and the loss that it is said to belong to."""

    gradient: Tensors
    line: Callable[[Tensors], Phi]  # the losses along a direction
    sizes: Sequence[float]  # of the directions, tensor by tensor: about those of the numbers in x
    u: float  # the unit roundoff of the loss
    rounding: Callable[[Tensors], float] = field(default=lambda _: 0.0)  # how far the gradient's own may carry <g, v>
    wobble: Callable[[Tensors], float] = field(default=lambda _: 0.0)  # the same, measured where that is not derived
    alive: Callable[[Tensors], Tensors] = field(default=lambda v: v)  # the directions in which x can be moved
    offset: Callable[[Tensors], float] = field(default=lambda _: 0.0)  # a part of the slope that no factor scales


@dataclass(frozen=True)
class Measured:
    """One direction: what the gradient says, what the losses say, and how far they may be apart."""

    along: Tensors
    claimed: float
    true: float
    bound: float
    offset: float = 0.0

    @property
    def residual(self) -> float:
        """Claimed less true."""
        return self.claimed - self.true

    def off(self, c: float = 1.0) -> float:
        """By how much claimed = c * true fails, the offset apart, in units of the bound."""
        return abs(self.claimed - self.offset - c * (self.true - self.offset)) / (max(1.0, abs(c)) * self.bound)


@dataclass(frozen=True)
class Answer:
    """What the directions say: held; or by which one factor the gradient is off; or that no factor will do."""

    held: bool
    first: Slope
    seen: tuple[Measured, ...]
    factor: float | None = None  # claimed = factor * true, in every direction


@dataclass
class Directional:
    """The oracle at work on one claim; it counts the losses that it asks for."""

    claim: Claim
    rng: np.random.Generator
    losses: int = 0

    def ask(self) -> Answer:
        """Held, off by a factor, or wrong; Undecided with its reason where the losses cannot tell."""
        first, found = self.measured(self.draw())
        if not found.smooth:
            raise Undecided("kink: no step at which the loss is smooth along the line, down to the point itself")
        first = self._pardoned(first, found)
        if first.off() <= 1:
            self._sharp_enough(first, found)
            return Answer(True, found, (first,))
        self._repeats(first)
        seen = [first]
        for more in FRESH:  # at half the step, so that what the step itself did is seen too
            seen += [self._pardoned(*self.measured(self.draw(), found.step / 2)) for _ in range(more)]
            if sum(one.off() > 1 for one in seen) >= min(len(seen), AGREEING + (len(seen) > AGREEING)):
                return self._wrong(found, tuple(seen))
        raise Undecided("noise: one direction disagrees, fresh ones do not")

    def draw(self) -> Tensors:
        """A fresh direction over all tensors."""
        return self.claim.alive(direction(self.claim.gradient, self.claim.sizes, self.rng))

    def measured(self, v: Tensors, first: float | None = None) -> tuple[Measured, Slope]:
        """What the gradient and seventeen losses or more say along v."""
        found = slope(self._counted(v), self.claim.u, first)
        return self._compared(v, found.value, found.bound), found

    def again(self, v: Tensors, known: Slope) -> Measured:
        """The same from eight losses, where the noise and a step at which the loss is smooth are known already."""
        values = self._counted(v)(known.step * FEW_NODES)
        return self._compared(v, float(FEW_WEIGHTS @ values) / known.step, K * FEW_NORM * known.noise / known.step)

    def within(self, which: int, known: Slope, mask: NDArray[np.bool_] | None = None) -> Measured:
        """Along a fresh direction in one tensor only, or in some entries of it."""
        return self.again(only(self.draw(), which, mask), known)

    def _compared(self, v: Tensors, true: float, bound: float) -> Measured:
        g = self.claim.gradient
        room = bound + PAIRWISE * magnitude(g, v) + self.claim.rounding(v)
        return Measured(v, inner(g, v), true, room, self.claim.offset(v))

    def _counted(self, v: Tensors) -> Phi:
        phi = self.claim.line(v)

        def counting(offsets: Values) -> Values:
            self.losses += len(offsets)
            return phi(offsets)

        return counting

    def _sharp_enough(self, first: Measured, found: Slope) -> None:
        """A bound is narrow against the derivative, or against what the loss does nearby where the derivative is zero."""
        if first.bound > SHARP * max(magnitude(self.claim.gradient, first.along), found.reach):
            raise Undecided(f"noise: for rounding in the loss the bound ({first.bound:.2g}) is about as large as the derivative")

    def _pardoned(self, first: Measured, found: Slope) -> Measured:
        """With room for the gradient's own noise, where it can have that much: a small difference of large numbers has."""
        if first.off() <= 1:
            return first
        possible = sqrt(self.claim.u) * max(magnitude(self.claim.gradient, first.along), found.reach)
        return replace(first, bound=first.bound + self.claim.wobble(first.along)) if abs(first.residual) < possible else first

    def _repeats(self, first: Measured) -> None:
        once, again = (float(self._counted(first.along)(np.zeros(1))[0]) for _ in range(2))
        if once != again:
            raise Undecided(f"not repeatable: the loss at one and the same point was {once:.17g} and then {again:.17g}")

    def _wrong(self, found: Slope, seen: tuple[Measured, ...]) -> Answer:
        """Off by one factor, if one and the same factor explains every direction, fresh ones included."""
        best = max(seen, key=lambda one: abs(one.true - one.offset) / one.bound)
        below = best.true - best.offset
        c = (best.claimed - best.offset) / below if below else 0.0
        if c > 0 and all(one.off(c) <= 2 for one in seen):
            seen += tuple(self.measured(self.draw(), found.step)[0] for _ in range(2))
        return Answer(False, found, seen, c if c > 0 and all(one.off(c) <= 2 for one in seen) else None)
