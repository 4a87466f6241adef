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
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof_spec.catalogue import KnownFault, Variant
from backproof_spec.clauses import clauses

FAULTS, VARIANTS = "backproof.faults", "backproof.variants"
T = TypeVar("T")
Told = Callable[[int, int, str], None]


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
    by: tuple[Caught, ...]  # the clauses violated, in the order of the specification
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
    variants: tuple[Row, ...]

    @property
    def survivors(self) -> list[str]:
        """Faults that no clause caught."""
        return [row.name for row in self.rows if row.outcome != "violates"]

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
        """MUST clauses that are the root for no fault: nothing here needs them."""
        roots = {slug for row in self.rows for slug in row.roots}
        return [slug for slug, clause in clauses().items() if clause.level == "MUST" and slug not in roots]

    def alone(self) -> dict[str, list[str]]:
        """By clause, the faults that nothing else catches."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if len(row.by) == 1:
                found.setdefault(row.by[0].slug, []).append(row.name)
        return found

    @property
    def passed(self) -> bool:
        """Whether all faults are caught and no right program is accused."""
        return not self.survivors and not self.accused

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


def row(name: str, target: str, examples: int) -> Row:
    """One program, judged in this process."""
    judgement: Judgement = judge(load(target), 0, examples, shrink=False)
    by = tuple(Caught(v.clause.slug, v.cases, v.seconds) for v in judgement.having("violated"))
    roots, open_ = ([v.clause.slug for v in verdicts] for verdicts in (judgement.roots, judgement.unsettled))
    return Row(name, judgement.outcome, by, tuple(roots), tuple(open_))


def rows(programs: Sequence[tuple[str, str]], examples: int, processes: int, told: Told) -> Iterator[Row]:
    """Every program (name, target) judged on all cores, in the order given."""
    done: dict[int, Row] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(programs)), mp_context=context, initializer=one_thread) as pool:
        waiting = {pool.submit(row, name, target, examples): i for i, (name, target) in enumerate(programs)}
        told(0, len(programs), programs[0][0])
        for finished in as_completed(waiting):
            done[waiting[finished]] = finished.result()
            told(len(done), len(programs), programs[waiting[finished]][0])
    yield from (done[i] for i in range(len(programs)))


def one_thread() -> None:
    """One thread a worker for the matrix library."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def matrix(faults: tuple[KnownFault, ...], variants: tuple[Variant, ...], examples: int, processes: int, told: Told) -> Matrix:
    """The suite put to all of them."""
    programs = [(one.name, one.target) for one in faults] + [(one.name, one.target) for one in variants]
    found = tuple(rows(programs, examples, processes, told))
    return Matrix(faults, found[: len(faults)], found[len(faults) :])
