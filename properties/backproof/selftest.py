"""The suite put to itself: every known fault must be caught, no right program accused; who catches what is the power matrix."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import entry_points
from statistics import median
from typing import TypeVar

from backproof.runner import Judgement, judge
from backproof.sights import SIGHTS
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof_spec.catalogue import KnownFault, Variant
from backproof_spec.clauses import clauses

FAULTS, VARIANTS = "backproof.faults", "backproof.variants"
T = TypeVar("T")
Told = Callable[[int, int, str], None]
# Seen through less: where a fault is caught by nothing but the clause that is needed for it.
GLIMPSES = (("hidden-delta-lacks-derivative", "own loss only"), ("ascent-instead-of-descent", "fit only"))


@dataclass(frozen=True)
class Program:
    """What is judged, and through which sight of it; "" is all that it offers."""

    name: str
    target: str
    sight: str = ""


@dataclass(frozen=True)
class Caught:
    """One clause's verdict on one faulty program."""

    slug: str
    examples: int  # cases until the violation was found
    seconds: float


@dataclass(frozen=True)
class Row:
    """What became of one program."""

    name: str
    outcome: str
    by: tuple[Caught, ...]  # the clauses violated or advised, in the order of the specification
    roots: tuple[str, ...]  # of these, the ones that follow from no other
    open: tuple[str, ...] = ()  # MUST clauses that stayed undecided

    @property
    def first(self) -> Caught | None:
        """The quickest of the root clauses."""
        return min((one for one in self.by if one.slug in self.roots), key=lambda one: one.seconds, default=None)


@dataclass(frozen=True)
class Matrix:
    """Clause by fault; and the right variants."""

    faults: tuple[KnownFault, ...]
    rows: tuple[Row, ...]  # one for each fault
    variants: tuple[Row, ...]  # right programs, the last of them seen through less
    glimpses: tuple[Row, ...] = ()  # faulty programs seen through less

    @property
    def survivors(self) -> list[str]:
        """Faults that no clause caught: a MUST by a violation, a SHOULD by advice."""
        return [row.name for row in self.rows if not row.by]

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """Faults that are caught, but not by the clause they break, which is the second name."""
        pairs = zip(self.faults, self.rows, strict=True)
        return [(f.name, f.breaks) for f, row in pairs if row.by and f.breaks not in [one.slug for one in row.by]]

    @property
    def accused(self) -> list[str]:
        """Right variants that do not conform."""
        return [row.name for row in self.variants if row.outcome != "conforms"]

    @property
    def idle(self) -> list[str]:
        """Clauses that are the root for no fault, and do not say why they are kept: nothing here needs them."""
        roots = {slug for row in (*self.rows, *self.glimpses) for slug in row.roots}
        return [slug for slug, clause in clauses().items() if slug not in roots and not clause.kept]

    def caught(self) -> dict[str, tuple[int, int, int]]:
        """By clause: how many faults it catches, of how many it is a root, of how many the first."""
        found = {slug: [0, 0, 0] for slug in clauses()}
        for row in (*self.rows, *self.glimpses):
            for one in row.by:
                found[one.slug][0] += 1
                found[one.slug][1] += one.slug in row.roots
                found[one.slug][2] += row.first is not None and one.slug == row.first.slug
        return {slug: (all_, root, first) for slug, (all_, root, first) in found.items()}

    def alone(self) -> dict[str, list[str]]:
        """By clause, the faults that nothing else catches."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if len(row.by) == 1:
                found.setdefault(row.by[0].slug, []).append(row.name)
        return found

    @property
    def passed(self) -> bool:
        """Whether all faults are caught, by the clause that they break, no clause is idle, and no right program accused."""
        whole = not (self.idle and self.variants)  # a few faults alone do not need every clause
        return whole and not (self.survivors or self.accused or self.elsewhere)

    def times(self) -> tuple[float, float]:
        """Seconds to the first counterexample: the median, and the longest."""
        seconds = [row.first.seconds for row in self.rows if row.first is not None]
        return (median(seconds), max(seconds)) if seconds else (0.0, 0.0)


def offered(group: str, kind: type[T]) -> tuple[T, ...]:
    """All that is registered under an entry point group. Raises Unusable where there is nothing."""
    found = tuple(one for point in entry_points(group=group) for one in point.load()())
    if not found or not all(isinstance(one, kind) for one in found):
        raise Unusable(f"no programs are registered under {group}: install backproof again, its entry points are missing")
    return found


def row(name: str, target: str, examples: int, sight: str = "") -> Row:
    """One program, judged in this process."""
    subject = load(target)
    judgement: Judgement = judge(SIGHTS[sight](subject) if sight else subject, 0, examples, shrink=False)
    found = [v for v in judgement.verdicts if v.status in ("violated", "advised")]
    by = tuple(Caught(v.clause.slug, v.cases, v.seconds) for v in found)
    roots, open_ = ([v.clause.slug for v in verdicts] for verdicts in (judgement.roots or found, judgement.unsettled))
    return Row(f"{name}, {sight}" if sight else name, judgement.outcome, by, tuple(roots), tuple(open_))


def rows(programs: Sequence[Program], examples: int, processes: int, told: Told) -> Iterator[Row]:
    """Every program judged on all cores, in the order given."""
    done: dict[int, Row] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(programs)), mp_context=context, initializer=one_thread) as pool:
        waiting = {pool.submit(row, one.name, one.target, examples, one.sight): i for i, one in enumerate(programs)}
        told(0, len(programs), programs[0].name)
        for finished in as_completed(waiting):
            done[waiting[finished]] = finished.result()
            told(len(done), len(programs), programs[waiting[finished]].name)
    yield from (done[i] for i in range(len(programs)))


def one_thread() -> None:
    """One thread a worker for the matrix library."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def matrix(faults: tuple[KnownFault, ...], variants: tuple[Variant, ...], examples: int, processes: int, told: Told) -> Matrix:
    """The suite put to all of them; with right programs, some are put to it through less than they offer."""
    by = {one.name: one.target for one in faults}
    bad = [Program(one.name, one.target) for one in faults]
    good = [Program(one.name, one.target) for one in variants]
    good += [Program("reference", "reference", sight) for sight in SIGHTS if variants]
    seen = [Program(name, by[name], sight) for name, sight in GLIMPSES if variants and name in by]
    found = tuple(rows([*bad, *good, *seen], examples, processes, told))
    return Matrix(faults, found[: len(bad)], found[len(bad) : len(bad) + len(good)], found[len(bad) + len(good) :])
