"""A gradient held against the loss that it is said to be the gradient of, along random directions.

The claim is <g, v> = phi'(0), phi(s) = loss(x + s v), for a direction v with no tiny coordinate. One direction over all
tensors is enough to say yes. To say no takes fresh directions at fresh points that say so too (kinks that meet at the point
itself may cancel in the loss, and not in the gradient), a loss that repeats itself, a tail that is noise, and a difference
that rounding in the gradient does not explain. Everything else is undecided, with its reason.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof.oracle.line import FEW_NODES, FEW_NORM, FEW_WEIGHTS, NODES, K, Phi, Slope, Values, roughness, slope
from backproof.oracle.tensors import PAIRWISE, Tensors, direction, only, summed

CONFIRMING = (1, 3)  # fresh directions once one disagrees, and those after them if they do not, each at a fresh point
SHARP = 1e-2  # a bound above this part of what the derivative could have been would pass an error of a hundredth: not held
KNOWN = 8.0  # bounds, above which a derivative is known well enough to divide by
GROSS = 2.0**-10  # of the derivative's size: an error as large is no rounding, or else the gradient is nothing but rounding
UNITS = 16  # roundings of what the loss is elsewhere: a saturated gradient is a difference of numbers that large
ASIDE = 2.0**-6  # how far away a fresh point lies, in the numbers' own size: off the kinks of the point itself


@dataclass(frozen=True)
class Claim:
    """A gradient, and the loss that it is said to belong to."""

    gradient: Tensors
    line: Callable[[Tensors], Phi]  # the losses along a direction
    sizes: Sequence[float]  # of the directions, tensor by tensor: about those of the numbers in x
    u: float  # the unit roundoff of the loss
    units: float = 0.0  # of rounding in each of its entries, relative to the entry
    rounding: Callable[[Tensors], float] = field(default=lambda _: 0.0)  # how far the gradient's own may carry <g, v>
    slopes: Callable[[Tensors, Values], Values] | None = None  # <gradient, v> at offsets along v, where rounding is not derived
    centre: float | None = None  # the loss at x, from a call of its own
    origin: Callable[[], float] | None = None  # the loss where all of x is zero, and nothing is saturated
    aside: "Callable[[np.random.Generator], Claim] | None" = None  # the claim at a fresh point nearby
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
    parts: tuple[float, ...] = ()  # of each tensor, about how large its part of <g, v> is

    @property
    def size(self) -> float:
        """About how large <g, v> is, signs being random."""
        return float(np.linalg.norm(self.parts))

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
    unseen: tuple[int, ...] = ()  # tensors of which nothing is said: they change the loss too little


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
        if first.off() > 1:
            self._repeats(first, found)
            others = self._confirmed(found)
            room = self._wobble(first, found)
            seen = tuple(replace(one, bound=one.bound + room) for one in (first, *others))
            if seen[0].off() > 1:
                return self._wrong(found, seen)
            if room > self._allowed(first, found):
                raise Undecided("kink: the gradient jumps along the line, more than the loss does")
            raise Undecided("noise: what the gradient is off by may be its own rounding, as it is seen nearby")
        self._sharp_enough(first, found)
        return self._weak_ones(Answer(True, found, (first,)))

    def draw(self) -> Tensors:
        """A fresh direction over all tensors."""
        return self.claim.alive(direction(self.claim.gradient, self.claim.sizes, self.rng))

    def measured(self, v: Tensors, first: float | None = None) -> tuple[Measured, Slope]:
        """What the gradient and seventeen losses or more say along v."""
        found = slope(self._counted(v), self.claim.u, first)
        return self._compared(v, found.value, found.bound), found

    def again(self, v: Tensors, known: Slope) -> Measured:
        """The same from eight losses, where the noise and a step at which the loss is smooth are known already."""
        h = known.step / 2  # there is no tail to show that the loss is smooth along this line too
        values = self._counted(v)(h * FEW_NODES)
        return self._compared(v, float(FEW_WEIGHTS @ values) / h, K * FEW_NORM * known.noise / h)

    def within(self, which: int, known: Slope, mask: NDArray[np.bool_] | None = None) -> Measured:
        """Along a fresh direction in one tensor only, or in some entries of it."""
        return self.again(only(self.draw(), which, mask), known)

    def _compared(self, v: Tensors, true: float, bound: float) -> Measured:
        g = self.claim.gradient
        sums = summed(g, v)
        room = bound + (PAIRWISE + self.claim.units) * sums.magnitude + self.claim.rounding(v) + float(np.finfo(np.float64).tiny)
        return Measured(v, sums.inner, true, room, self.claim.offset(v), sums.parts)

    def _counted(self, v: Tensors) -> Phi:
        phi = self.claim.line(v)

        def counting(offsets: Values) -> Values:
            self.losses += len(offsets)
            return phi(offsets)

        return counting

    def _allowed(self, first: Measured, found: Slope) -> float:
        return SHARP * max(first.size, found.reach)

    def _sharp_enough(self, first: Measured, found: Slope) -> None:
        """A bound is narrow against the derivative, or against what the loss does nearby where the derivative is zero."""
        if first.bound > self._allowed(first, found):
            self._repeats(first, found)
            whose = "of the loss" if found.bound > first.bound / 2 else "that the gradient may have by what is declared"
            raise Undecided(f"noise: for the rounding {whose} the bound ({first.bound:.2g}) is about as large as the derivative")

    def _confirmed(self, found: Slope) -> list[Measured]:
        """What fresh directions at fresh points say, if most of them disagree with the gradient as well; else Undecided."""
        others = list[Measured]()
        for more in CONFIRMING:
            for _ in range(more):
                with suppress(Undecided):
                    others += self._elsewhere(found)
            if others and 2 * sum(one.off() > 1 for one in others) > len(others):
                return others
        if not others:
            raise Undecided("kink: the gradient disagrees with the loss, and no point nearby can be judged to confirm it")
        if self.claim.aside is None:
            raise Undecided("noise: one direction disagrees with the gradient, fresh ones do not")
        raise Undecided(
            "special: the gradient is right at points nearby, and disagrees with the loss at this one: "
            "either kinks meet here, or this very point is treated in a way of its own"
        )

    def _elsewhere(self, found: Slope, tensors: Sequence[int] | None = None) -> list[Measured]:
        """A fresh direction at a fresh point nearby, over all tensors or some, if the loss is smooth there."""
        there = self if self.claim.aside is None else Directional(self.claim.aside(self.rng), self.rng)
        before = there.losses
        try:
            v = there.draw() if tensors is None else tuple(d * (k in tensors) for k, d in enumerate(there.draw()))
            one, slope_there = there.measured(v, found.step * float(self.rng.uniform(0.35, 0.5)))  # off the lattice of the first
        finally:
            self.losses += (there.losses - before) * (there is not self)
        return [one] if slope_there.smooth else []

    def _weak_ones(self, answer: Answer) -> Answer:
        """Held, unless it fails for the tensors that had no weight beside the others: these are asked about alone."""
        first = answer.seen[0]
        weak = [k for k, size in enumerate(first.parts) if size * SHARP < first.bound and first.along[k].any()]
        if not weak or len(weak) == len(first.parts):
            return answer
        v = tuple(d if k in weak else np.zeros_like(d) for k, d in enumerate(self.draw()))
        try:
            one, slope_there = self.measured(v)
        except Undecided as why:
            if str(why).startswith("flat"):  # as a part of a network is that is dead
                return replace(answer, unseen=tuple(weak))
            raise
        if one.off() <= 1 or not slope_there.smooth:
            sharp = one.bound <= self._allowed(one, slope_there)
            return answer if sharp else replace(answer, unseen=tuple(weak))
        room, others = self._wobble(one, slope_there), self._elsewhere(slope_there, weak)
        seen = replace(one, bound=one.bound + room)
        if seen.off() > 1 and others and all(other.off() > 1 for other in others):
            return Answer(False, slope_there, (seen,))
        raise Undecided("noise: parts of the gradient are too small beside the others, and alone they disagree with the loss")

    def _wobble(self, first: Measured, found: Slope) -> float:
        """The room for rounding in the gradient itself: of what it is made of where that is large, and as it is seen nearby."""
        saturated, gross = 0.0, abs(first.residual) > GROSS * first.size
        if self.claim.origin is not None:
            elsewhere = np.array([self.claim.origin(), *self._counted(first.along)(np.ones(1))])
            far = np.abs(elsewhere - found.rungs[-1].centre)
            saturated = UNITS * self.claim.u * float(far[np.isfinite(far)].max(initial=0.0))
        if self.claim.slopes is None:
            return saturated
        values = self.claim.slopes(first.along, np.zeros(1) if gross else found.step * NODES)
        again = float(values[len(values) // 2])
        if again != first.claimed:
            told = f"the gradient along one line, at one point, was {first.claimed:.17g} and then {again:.17g}"
            raise Undecided(f"not repeatable: {told}")
        return saturated + (K * roughness(values) if not gross and np.isfinite(values).all() else 0.0)

    def _repeats(self, first: Measured, found: Slope) -> None:
        once, again = found.rungs[-1].centre, self.claim.centre
        if again is None:
            again = float(self._counted(first.along)(np.zeros(1))[0])
        if once != again:
            raise Undecided(f"not repeatable: the loss at one and the same point was {once:.17g} and then {again:.17g}")

    def _wrong(self, found: Slope, seen: tuple[Measured, ...]) -> Answer:
        """Off by one factor, if one and the same factor explains every direction, fresh ones included."""
        best = max(seen, key=lambda one: abs(one.true - one.offset) / one.bound)
        below = best.true - best.offset
        c = (best.claimed - best.offset) / below if abs(below) > KNOWN * best.bound else 0.0
        if c > 0 and all(one.off(c) <= 2 for one in seen):
            seen += tuple(self.measured(self.draw(), found.step)[0] for _ in range(2))
        return Answer(False, found, seen, c if c > 0 and all(one.off(c) <= 2 for one in seen) else None)
