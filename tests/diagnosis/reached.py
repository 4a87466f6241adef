"""The rows of the measurement: what each needs, its goal, and what of it was reached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from tests.diagnosis.measuring import CONVENTION, FIRST, NAMED, NOT_SHOWN, SAME, WITHIN, WRONG, Done
from tests.diagnosis.ordinary import FORMS

SECONDS = 2.0


@dataclass
class Goal:
    """A number that should be reached."""

    words: str
    got: str
    enough: bool


@dataclass
class Reached:
    """What became of a row."""

    goals: list[Goal]
    failed: list[str] = field(default_factory=list)
    also: list[str] = field(default_factory=list)  # what is told beside

    @property
    def enough(self) -> bool:
        """Whether every goal is reached."""
        return all(goal.enough for goal in self.goals)

    def lines(self, row: str) -> list[str]:
        """As printed."""
        told = [f"{row:14} {goal.words:52} {goal.got}{'' if goal.enough else '  FALLS SHORT'}" for goal in self.goals]
        return [*told, *(f"    failed: {one}" for one in self.failed), *(f"    {one}" for one in self.also)]


class Row(NamedTuple):
    """One line of the table."""

    needs: tuple[str, ...]  # kinds of tasks
    reached: Callable[[Sequence[Done]], Reached]


def share(hit: int, of: int, least: float, words: str) -> Goal:
    """So many of so many; nothing of nothing is enough."""
    percent = f", {100 * hit / of:.1f} %" if of else ""
    return Goal(words, f"{hit} of {of}{percent}", hit >= least * of)


def _shown(found: Sequence[Done]) -> list[Done]:
    return [one for one in found if one["outcome"] != NOT_SHOWN]


def _failing(found: Sequence[Done], hits: tuple[str, ...]) -> list[str]:
    return [f"{one['name']} [{one['setting']}]: {one['outcome']}: {one['says']}" for one in found if one["outcome"] not in hits]


def _besides(found: Sequence[Done]) -> Iterator[str]:
    """Sets, other conventions, and what cannot be shown, with the reason."""
    yield from (
        f"{one['outcome']}: {one['name']} [{one['setting']}]: {one['says']}" for one in found if one["outcome"] in NAMED[1:]
    )
    reasons = dict[str, list[str]]()
    for one in found:
        if one["outcome"] == NOT_SHOWN:
            reasons.setdefault(one["says"], []).append(one["name"])
    yield from (f"not shown ({reason}): {', '.join(names)}" for reason, names in reasons.items())


def ordinary(found: Sequence[Done]) -> Reached:
    """Named first; the rest within sets."""
    shown = _shown(found)
    first = sum(one["outcome"] in (FIRST, CONVENTION) for one in shown)
    within = sum(one["outcome"] == WITHIN for one in shown)
    goals = [
        share(first, len(shown), 0.98, "named first: 98 %"),
        share(within, len(shown) - first, 1.0, "of the rest, within a set, with the reason: all"),
    ]
    return Reached(goals, _failing(shown, NAMED), list(_besides(found)))


def named(least: float) -> Callable[[Sequence[Done]], Reached]:
    """Named, first or within a set."""

    def reached(found: Sequence[Done]) -> Reached:
        shown = _shown(found)
        hit = sum(one["outcome"] in NAMED for one in shown)
        goal = share(hit, len(shown), least, f"named first, or within a set: {100 * least:.0f} %")
        return Reached([goal], _failing(shown, NAMED), list(_besides(found)))

    return reached


def left_out(found: Sequence[Done]) -> Reached:
    """Without the fault in the catalogue: no wrong name, and the right stage and layer."""
    asked = [(one, one["without"]) for one in _shown(found) if one["without"] is not None]
    wrong = [one for one, was in asked if was == WRONG]
    nameless = [(one, was) for one, was in asked if was not in (WRONG, SAME)]
    right = sum(was == "right" for _, was in nameless)
    goals = [
        Goal("a wrong name: 1 % at most", share(len(wrong), len(asked), 0, "").got, len(wrong) <= 0.01 * len(asked)),
        share(right, len(nameless), 0.95, "without a name, the right stage and layer: 95 %"),
    ]
    bad = [(one, was) for one, was in asked if was not in ("right", SAME)]
    failed = [f"{one['name']} [{one['setting']}]: {was}; said {one['without_says']}" for one, was in bad]
    equal = [f"another name of the same program: {one['name']}: {one['without_says']}" for one, was in asked if was == SAME]
    return Reached(goals, failed, equal)


def time(found: Sequence[Done]) -> Reached:
    """What a diagnosis adds to a failing check."""
    goals, failed, also = list[Goal](), list[str](), list[str]()
    for words in ("singles", "pairs"):
        diagnosed = [one for one in found if one["diagnosing"] and (one["row"] == "pairs") == (words == "pairs")]
        if not diagnosed:
            continue
        seconds = [one["diagnosing"] for one in diagnosed]
        above = sum(s > SECONDS for s in seconds)
        got = f"median {median(seconds):.2f} s, largest {max(seconds):.2f} s, {above} of {len(seconds)} above"
        goals.append(Goal(f"{words}: {SECONDS:.0f} s at most", got, max(seconds) <= SECONDS))
        failed += [f"{one['name']}: {one['diagnosing']:.2f} s" for one in diagnosed if one["diagnosing"] > SECONDS]
        also.append(f"{words}, recognition: median {median(one['loading'] for one in diagnosed):.2f} s")
        also.append(f"{words}, judgement: median {median(one['judging'] for one in diagnosed):.2f} s")
        also += [f"first of a process: {one['name']}: {one['diagnosing']:.2f} s" for one in diagnosed if one["cold"]]
    return Reached(goals, failed, also)


def programs(found: Sequence[Done]) -> Reached:
    """Only told."""
    return Reached([Goal("told only", f"{len(found)} programs", True)], [], [f"{one['name']}: {one['says']}" for one in found])


def right(found: Sequence[Done]) -> Reached:
    """Never a diagnosis."""
    clean = sum(one["outcome"] == "no diagnosis" for one in found)
    return Reached([share(clean, len(found), 1.0, "no diagnosis of a right program: all")], _failing(found, ("no diagnosis",)))


ROWS: dict[str, Row] = {
    "ordinary": Row(("ordinary",), ordinary),
    **{form.name: Row((form.name,), named(0.95)) for form in FORMS[1:]},
    "pairs": Row(("pairs",), named(0.85)),
    "leave-one-out": Row(("ordinary",), left_out),
    "time": Row(("ordinary", "pairs"), time),
    "programs": Row(("programs",), programs),
    "right": Row(("right",), right),
}
