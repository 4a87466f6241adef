"""Where a gradient is wrong: which tensor, which entries, or what became of it as a whole.

One wrong entry is spelled, not searched for. Along v the residual r = <g, v> - phi'(0) is e_k v_k; along w v, with weights
w_i = (1 + (some bits of i) / 2**q) / 2, it is w_k times that. The ratio of the two is the bits of k: as many at a time as
the residual has over its bound. Weights are below 1, so that the step is no longer than one that was seen to be smooth.
Several wrong entries are found by halving, the second half by difference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, floor, log2

import numpy as np
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof.oracle import scale
from backproof.oracle.directional import KNOWN, Answer, Directional, Measured
from backproof.oracle.line import Slope
from backproof.oracle.patterns import others, rearranged
from backproof.oracle.tensors import Tensors, inner, magnitude, only

MOST_BITS = 20  # spelled at a time: weights of more bits would not step exactly
SURE = (2, 4)  # bits of the ratio that are not read: noise is well below its bound as a rule; 4 hold for all of the bound
FEW = 8  # wrong entries that are named one by one
WITNESSES = 3  # directions that a pattern must explain
PATIENCE = 160  # derivatives for halving


@dataclass(frozen=True)
class Entry:
    """One number of the gradient, claimed and true."""

    tensor: int
    index: tuple[int, ...]
    claimed: float
    true: float
    bound: float


@dataclass(frozen=True)
class Location:
    """What is wrong, in words; the tensor and the entries, where they are known; whether mending them mends the gradient."""

    words: str
    tensor: int | None = None
    entries: tuple[Entry, ...] = ()
    mended: bool = False


@dataclass(frozen=True)
class Search:
    """The oracle, its answer, and the names of the tensors: "dW1", or a path into what the caller gave."""

    oracle: Directional
    answer: Answer
    names: Sequence[str]

    @property
    def g(self) -> Tensors:
        """The gradient under test."""
        return self.oracle.claim.gradient

    @property
    def known(self) -> Slope:
        """The slope along the first direction: its step and its noise serve again."""
        return self.answer.first

    def located(self) -> Location:
        """The first of these that holds: one entry; each wrong tensor as a whole; a few entries; or the tensors' names."""
        try:
            for sure in SURE:
                entry = self._spelled(sure)
                if entry is None or not self._mended([entry]):
                    continue
                return Location(f"{self.told(entry)}; with this entry mended the gradient is right", entry.tensor, (entry,), True)
            return self._tensors()
        except Undecided:  # a kink on the way
            return Location("where it is wrong cannot be told: some lines through the point have kinks")

    def told(self, entry: Entry) -> str:
        """The entry with its numbers."""
        at = f"[{', '.join(map(str, entry.index))}]" if entry.index else ""
        return f"{self.names[entry.tensor]}{at} is {entry.claimed:.8g}, should be {entry.true:.8g} (bound {entry.bound:.2g})"

    # One entry.

    def _spelled(self, sure: int) -> Entry | None:
        """The one entry whose error explains the residuals, if there is one."""
        base = self.answer.seen[0]  # the others were measured at other points
        sizes = [p.size for p in self.g]
        bits, have = max(1, ceil(log2(max(2, sum(sizes))))), floor(log2(abs(base.residual) / base.bound)) - sure
        if have < 1:
            return None
        index, read = 0, 0
        while read < bits:
            take = min(have, MOST_BITS, bits - read)
            chunk = self._chunk(base, read, take)
            if chunk is None:
                return None
            index, read = index + (chunk << read), read + take
        if index >= sum(sizes):
            return None
        which = int(np.searchsorted(np.cumsum(sizes), index, side="right"))
        return self._entry(which, index - sum(sizes[:which]))

    def _chunk(self, base: Measured, shift: int, take: int) -> int | None:
        """Bits shift .. shift + take of the wrong entry's index; None where the ratio spells no number."""
        start, weighted = 0, []
        for d in base.along:
            number = np.arange(start, start + d.size).reshape(d.shape)
            weighted.append(d * (0.5 + ((number >> shift) % 2**take) / 2 ** (take + 1)))
            start += d.size
        ratio = self.oracle.again(tuple(weighted), self.known).residual / base.residual
        spelt = (2 * ratio - 1) * 2**take
        return round(spelt) if -0.4 < spelt < 2**take - 0.6 and abs(spelt - round(spelt)) < 0.4 else None

    def _entry(self, which: int, position: int) -> Entry | None:
        """The entry as measured along its own axis; None where it is right."""
        mask = np.zeros(self.g[which].size, dtype=np.bool_)
        mask[position] = True
        one = self.oracle.within(which, self.known, mask.reshape(self.g[which].shape))
        along = float(one.along[which].ravel()[position])
        index = tuple(int(i) for i in np.unravel_index(position, self.g[which].shape))
        if along == 0 or one.off() <= 1:
            return None
        return Entry(which, index, float(self.g[which].ravel()[position]), one.true / along, abs(one.bound / along))

    def _mended(self, entries: Sequence[Entry]) -> bool:
        """Whether the gradient with these entries mended passes along a fresh direction."""
        g = tuple(np.array(p, dtype=np.float64) for p in self.g)
        for entry in entries:
            g[entry.tensor][entry.index] = entry.true
        return self._explains(g, self.oracle.draw(), entries)

    def _explains(self, g: Tensors, v: Tensors, entries: Sequence[Entry] = ()) -> bool:
        one = self.oracle.again(v, self.known)
        room = sum(entry.bound * abs(float(v[entry.tensor][entry.index])) for entry in entries)
        return abs(inner(g, v) - one.true) <= one.bound + room

    # Whole tensors.

    def _tensors(self) -> Location:
        wrong = [k for k in range(len(self.g)) if self._is_wrong(k)]
        if not wrong:
            return Location("no tensor shows it alone")
        patterns = [self._pattern(k) for k in wrong]
        if all(patterns) and len(set(patterns)) == 1 and len(wrong) == len(self.g) > 1:
            return Location(f"every part of the gradient {patterns[0]}")
        if all(patterns):
            words = "; ".join(f"{self.names[k]} {words}" for k, words in zip(wrong, patterns, strict=True))
            return Location(words, wrong[0])
        entries = self._entries(wrong)
        if entries and self._mended(entries):
            many = "this entry" if len(entries) == 1 else f"these {len(entries)} entries"
            told = "; ".join(map(self.told, entries[:FEW])) + (f"; {len(entries) - FEW} more" if len(entries) > FEW else "")
            return Location(f"{told}; with {many} mended the gradient is right", entries[0].tensor, tuple(entries), True)
        parts = [
            f"{self.names[k]} {words}" if words else f"{self.names[k]} is wrong{self._lines(k)}"
            for k, words in zip(wrong, patterns, strict=True)
        ]
        return Location("; ".join(parts), wrong[0])

    def _is_wrong(self, which: int) -> bool:
        v = only(self.oracle.draw(), which)
        if not v[which].any():
            return False
        try:
            one, found = self.oracle.measured(v, self.known.step / 2)  # with its tail: a kink on this line accuses no tensor
        except Undecided:  # flat: the loss does not depend on it
            return self.oracle.again(v, self.known).off() > 1
        return found.smooth and one.off() > 1

    def _pattern(self, which: int) -> str:
        """What the tensor is to the right one, or nothing; each of these must explain all witnesses."""
        seen = [self.oracle.within(which, self.known) for _ in range(WITNESSES)]
        g = self.g[which]
        if not g.any():
            return "is zero, and should not be"
        if all(one.off() <= 1 for one in seen):
            return ""
        if all(abs(one.true) <= one.bound for one in seen):
            return "should be zero, and is not"
        best = max(seen, key=lambda one: abs(one.true) / one.bound)
        c = best.claimed / best.true if abs(best.true) > KNOWN * best.bound else 0.0
        if c and all(one.off(c) <= 2 for one in seen):
            return "has the wrong sign" if all(one.off(-1.0) <= 2 for one in seen) else f"is {scale.told(c)} what it should be"
        for words, other in (*rearranged(g), *others(self.g, which, self.names)):
            if all(self._fits(one, which, other) for one in seen):
                return words
        return ""

    def _fits(self, one: Measured, which: int, other: NDArray[np.floating]) -> bool:
        d = one.along[which]
        claimed, more = inner((other,), (d,)), magnitude((other,), (d,)) * 2.0**-48
        return abs(claimed - one.true) <= one.bound + more

    # Some entries.

    def _entries(self, wrong: Sequence[int]) -> list[Entry]:
        """The wrong entries, if there are few."""
        found: list[Entry] = []
        for which in wrong:
            size = self.g[which].size
            positions = self._halved(which, size, partial(self._at, which))
            if positions is None:
                return []
            entries = [self._entry(which, position) for position in positions]
            found += [entry for entry in entries if entry is not None]
        return found

    def _at(self, which: int, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        mask = np.zeros(self.g[which].size, dtype=np.bool_)
        mask[positions] = True
        return mask.reshape(self.g[which].shape)

    def _lines(self, which: int) -> str:
        """Its wrong rows or columns, if there are few."""
        g = self.g[which]
        if g.ndim != 2:
            return ""
        for axis, word in enumerate(("row", "column")):
            def mask(lot: NDArray[np.int64], axis: int = axis) -> NDArray[np.bool_]:
                chosen = np.zeros(g.shape, dtype=np.bool_)
                chosen[(lot, slice(None)) if axis == 0 else (slice(None), lot)] = True
                return chosen

            found = self._halved(which, g.shape[axis], mask)
            if found and len(found) == 2 and self._exchanged(which, axis, found):
                return f": {word}s {found[0]} and {found[1]} are exchanged"
            if found and len(found) < g.shape[axis]:
                return f" in {word}{'s' if len(found) > 1 else ''} {', '.join(map(str, found))}"
        return ""

    def _exchanged(self, which: int, axis: int, pair: list[int]) -> bool:
        order = np.arange(self.g[which].shape[axis])
        order[pair] = order[pair[::-1]]
        return self._fits(self.oracle.within(which, self.known), which, np.take(self.g[which], order, axis))

    def _halved(self, which: int, n: int, mask: Callable[[NDArray[np.int64]], NDArray[np.bool_]]) -> list[int] | None:
        """The wrong ones of n lots; None where there are more than a few. The right half is known by difference."""
        v = only(self.oracle.draw(), which)
        found: list[int] = []
        waiting = [(np.arange(n), self.oracle.again(v, self.known))]
        for _ in range(PATIENCE):
            if not waiting or len(found) + len(waiting) > FEW:
                break
            lot, whole = waiting.pop()
            if len(lot) == 1:
                found.append(int(lot[0]))
                continue
            left, right = lot[: len(lot) // 2], lot[len(lot) // 2 :]
            one = self.oracle.again(only(v, which, mask(left)), self.known)
            rest = replace(whole, true=whole.true - one.true, claimed=whole.claimed - one.claimed, bound=whole.bound + one.bound)
            waiting += [(part, seen) for part, seen in ((right, rest), (left, one)) if seen.off() > 1]
        return sorted(found) if not waiting else None


def located(oracle: Directional, answer: Answer, names: Sequence[str]) -> Location:
    """Where the gradient is wrong, once the oracle has said that it is."""
    return Search(oracle, answer, names).located()

