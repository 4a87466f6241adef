"""The search for a smaller case that fails alike: dimensions first, for each one dropped spares many numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet, Violation
from backproof.reduce.alike import alike
from backproof.reduce.claimed import admitted
from backproof.reduce.numbers import indices, one_by_one, slots, wholly, without_biases
from backproof.reduce.parts import corners, fewer_layers, fewer_rows, fewer_units, single_drops
from backproof.reduce.plainer import plainer
from backproof.registry import Property
from backproof.subjects.errors import Failure, NotOffered

Smaller = Callable[[Case], Iterable[Case]]


@dataclass
class Search:
    """The smallest case so far, what is said on it, and how often the property may still be put."""

    found: Property
    asked: Asked
    best: Case
    said: Violation
    is_admitted: Callable[[Case], bool]
    left: int
    tried: set[object] = field(default_factory=set)

    def any_of(self, candidates: Iterable[Case], reserve: int = 0) -> bool:
        """Whether one of them fails as well; the first that does is the best from now on."""
        return any(self._fails(case) for case in candidates if self.left > reserve)

    def _fails(self, case: Case) -> bool:
        if _key(case) in self.tried:
            return False
        self.tried.add(_key(case))
        within = self.found.where.holds(case) and self.found.reducible.holds(case)
        said = self._put(case) if within and self.is_admitted(case) else None
        if said is None or said.costly or not alike(self.said, said):
            return False
        self.best, self.said = case, said
        return True

    def _put(self, case: Case) -> Violation | None:
        self.left -= 1
        try:
            self.found.put(self.asked, case)
        except Violation as violation:
            self._spent(violation.costly)
            return violation
        except Unmet as unmet:
            self._spent(unmet.costly)
        except Failure as failure:
            self._spent(failure.kind in ("hung", "crashed"))
        except (Undecided, NotOffered):
            pass
        return None

    def _spent(self, costly: bool) -> None:
        """After a hang or a crash no more is asked: each may cost a time limit."""
        self.left = 0 if costly else self.left

    def until_none(self, smaller: Smaller) -> None:
        """Smaller and smaller, until none of the smaller ones fails."""
        while self.any_of(smaller(self.best)):
            pass

    def dimensions(self) -> None:
        """Without every row, layer and unit that is not needed."""
        before = None
        while before is not self.best:
            before = self.best
            for smaller in (fewer_rows, fewer_layers, fewer_units):
                self.until_none(smaller)

    def numbers(self) -> None:
        """Simpler numbers; calls enough are left to see afterwards whether a dimension can be spared now."""
        reserve = sum(1 for _ in single_drops(self.best))
        self.any_of([without_biases(self.best)], reserve)
        for slot in slots(self.best):
            self.any_of(wholly(self.best, slot), reserve)
        for slot in slots(self.best):
            for index in indices(self.best, slot):
                self.any_of(one_by_one(self.best, slot, index), reserve)


def _key(case: Case) -> object:
    return case.net, case.n, case.x.tobytes(), case.t.tobytes(), tuple(p.tobytes() for layer in case.params for p in layer)


def reduced(found: Property, asked: Asked, case: Case, violation: Violation) -> tuple[Case, Violation]:
    """The smallest case found on which the property fails alike, and what it says there. Deterministic."""
    if violation.costly or not found.reducible.holds(case):
        return case, violation
    search = Search(found, asked, case, violation, admitted(asked.claims, case), found.tries)
    search.tried.add(_key(case))
    search.any_of(corners(case))
    before = None
    while before is not search.best:
        before = search.best
        search.dimensions()
        search.until_none(plainer)
        search.numbers()
    return _named(search.best, case), search.said


def _named(small: Case, original: Case) -> Case:
    """With the name of what it was made from: the units or layers that this speaks of may be gone."""
    return small if small is original else replace(small, name=f"made smaller from: {original.name}")
