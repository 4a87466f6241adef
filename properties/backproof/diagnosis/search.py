"""The fewest faults that together answer everything as the subject does: alone, in one layer, in twos and threes.

Answers are compared in the order in which they are worked out: outputs, loss, gradients from the output layer down, steps.
What is wrong first is explained first, so that independent faults are found one after the other, each among those that
change what is wrong there and nothing before it.
"""

from itertools import combinations, takewhile

from backproof.diagnosis.programs import Parts, has_a_past
from backproof.diagnosis.questions import DESCENT, KEPT, Level
from backproof.diagnosis.table import BEYOND, Table
from backproof_spec.composing import Part

MOST = 4  # faults at once
WIDTH = 24  # explanations of what is wrong so far that are followed up
EVALUATIONS = 6_500  # answers of suspects, at which it is given up
ENOUGH = 5_000  # after which faults in one layer are only tried alone: to sort them takes as many again
LATE: Level = (DESCENT,)
FEW = 4  # cases on which it is looked at what a fault changes


def alone(table: Table) -> list[Parts]:
    """Every single fault that answers everything as the subject does."""
    return [(part,) for part in table.programs.comparable() if table.agrees((part,))]


def together(table: Table) -> list[Parts]:
    """The smallest sets of faults that do, faults in one layer included where none does elsewise; nothing if none is found."""
    suspects = Suspects(table)
    if found := _fewest(table, suspects) or [(part,) for part in table.programs.confined() if table.agrees((part,))]:
        return found
    if suspects.evaluations > ENOUGH:
        return []
    suspects.confine()
    return _fewest(table, suspects)


def _fewest(table: Table, suspects: "Suspects") -> list[Parts]:
    """Set by set, one fault more at a time; two more where one gets no further."""
    frontier = [(table.first_apart(()), Parts())]
    for _ in range(MOST):
        reached = list[tuple[Level, Parts]]()
        for extended in (_by_one, _by_two):
            stuck = list[tuple[Level, Parts]]()
            for level, parts in frontier:
                better = extended(table, suspects, level, parts)
                reached += better
                stuck += [] if better else [(level, parts)]
            if found := sorted({frozenset(parts): parts for level, parts in reached if level == BEYOND}.values(), key=_simple):
                return found
            if suspects.given_up:
                return []
            frontier = stuck
        frontier = _best(reached)
    return []


class Suspects:
    """Faults, anywhere and in one layer, by the level at which they begin to differ from the right program; of the same, one.

    Each part of the computation is looked at when it is asked for: gradients and steps take most of the time.
    """

    def __init__(self, table: Table) -> None:
        self._table, self._right = table, table.of_the_right_program(FEW)
        self._found: dict[object, tuple[Level, Part]] = {}
        self._programs = table.programs
        self._rest = table.programs.comparable()  # begin elsewhere than where was looked
        self._looked_at = list[int]()
        self._confining = False
        self._end = self.evaluations + EVALUATIONS

    @property
    def given_up(self) -> bool:
        """Whether as many answers have been asked for as may be."""
        return self.evaluations > self._end

    @property
    def evaluations(self) -> int:
        """How many answers have been asked for."""
        return self._table.evaluations + self._right.evaluations

    def confine(self) -> None:
        """Think of faults in one layer too; as many answers more may be asked for."""
        self._end = self.evaluations + EVALUATIONS
        self._confining = True
        self._rest += self._confined({part.fault for _, part in self._found.values()}, self._looked_at)

    def at(self, level: Level) -> list[Part]:
        """Those that begin at this level."""
        if level[0] == KEPT:  # what has no past answers by turns as it does afresh
            return [part for part in self._programs.comparable() if has_a_past((part,))]
        for stage in dict.fromkeys((*range(min(level[0], DESCENT)), level[0])):  # several steps and kept objects only if asked
            if stage in self._looked_at:
                continue
            self._looked_at.append(stage)
            before = len(self._found)
            self._rest = self._sorted_in(self._rest, stage)
            if self._confining:
                new = {part.fault for _, part in list(self._found.values())[before:]}
                self._rest += self._confined(new, self._looked_at)
        return [part for begins, part in self._found.values() if begins == level]

    def one_more(self, level: Level) -> list[Part]:
        """Those that may explain what is wrong there: all, or, of so many more in one layer, those that begin there or before."""
        if not self._confining:
            return self._programs.comparable()
        return [*self.at(level), *(part for begins, part in self._found.values() if begins[0] == level[0] and begins < level)]

    def distinct(self, found: list[tuple[Level, Parts]]) -> list[tuple[Level, Parts]]:
        """Of those whose last fault alone makes the same program of the right one, the first."""
        if len(found) < 2:
            return found
        first = dict[object, tuple[Level, Parts]]()
        for level, parts in found:
            begins = self._right.first_apart(parts[-1:])
            first.setdefault((begins, self._told(parts[-1], begins)), (level, parts))
        return list(first.values())

    def _confined(self, faults: set[str], stages: list[int]) -> list[Part]:
        """Enter these faults, each in every layer where it can be alone; those that begin later come back."""
        parts = [part for part in self._programs.confined() if part.fault in faults]
        for stage in stages:
            parts = self._sorted_in(parts, stage)
        return parts

    def _sorted_in(self, parts: list[Part], stage: int) -> list[Part]:
        """Enter those that begin at this stage; the others come back."""
        start, before, rest = (stage,), (stage + 1,), list[Part]()
        for part in parts:
            if self.given_up:
                break
            begins = self._right.first_apart((part,), before=before, start=start)
            if begins >= before:
                rest.append(part)
                continue
            self._found.setdefault((begins, self._told(part, begins)), (begins, part))
        return rest

    def _told(self, part: Part, begins: Level) -> object:
        """What it answers; of a late one, as far as it is late; of one that is never apart here, which it is."""
        if begins == BEYOND:
            return part
        return self._right.print((part,), *((begins[:1], (begins[0] + 1,)) if begins >= LATE else ((), LATE)))


def _by_one(table: Table, suspects: Suspects, level: Level, parts: Parts) -> list[tuple[Level, Parts]]:
    """These faults and one more that get further. All are tried: most part from the subject at the first question."""
    sets = [(*parts, part) for part in suspects.one_more(level) if part not in parts]
    return suspects.distinct(_further(table, suspects, level, table.apart_at(parts, level), sets))


def _by_two(table: Table, suspects: Suspects, level: Level, parts: Parts) -> list[tuple[Level, Parts]]:
    """And two more, of those that begin there."""
    fitting = [part for part in suspects.at(level) if part not in parts]
    return _further(table, suspects, level, table.apart_at(parts, level), [(*parts, *two) for two in combinations(fitting, 2)])


def _further(table: Table, suspects: Suspects, level: Level, where: list[int], sets: list[Parts]) -> list[tuple[Level, Parts]]:
    """Those sets that are not apart from the subject at this level; where: questions on which less of it was."""
    tried = takewhile(lambda _: not suspects.given_up, sets)
    better = (parts for parts in tried if all(table.begins(parts, number) > level for number in where))
    return [(reached, parts) for parts in better if (reached := table.first_apart(parts, least=level)) > level]


def _best(reached: list[tuple[Level, Parts]]) -> list[tuple[Level, Parts]]:
    """Those that explain most, each set once; of as much, the smallest and simplest."""
    distinct = {frozenset(parts): (level, parts) for level, parts in reached}
    simplest = sorted(distinct.values(), key=lambda step: _simple(step[1]))
    return sorted(simplest, key=lambda step: step[0], reverse=True)[:WIDTH]


def _simple(parts: Parts) -> tuple[int, int]:
    return len(parts), sum(part.layer is not None for part in parts)
