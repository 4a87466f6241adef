"""Minimality of counterexamples: every fault of the catalogue, and the smallest network on which each root clause shows it.

    python tests/long/counterexamples.py [--faults NAME ...] [--short] [--state FILE]

Each fault is judged in this process on the smoke pool, as `backproof check` judges: with its counterexamples made smaller. For
each root clause a line: sizes, parameters, rows, numbers that are not 0, numbers that are none of 0, 1, -1 and 1/2, which
single row, unit or layer could still be dropped, and what making it smaller took, in calls and milliseconds. A fault that is
done is a line in the state file, and is not done again. Then the medians over the first root clauses. Exit status 1 where a
goal is missed: at most 10 parameters and 1 row in the median, nothing that can be dropped, and no fault without a finding.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import wraps
from pathlib import Path
from statistics import median
from time import monotonic
from unittest.mock import patch

import numpy as np
from rich.progress import track

from backproof import runner
from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet, Violation
from backproof.reduce import reduced
from backproof.reduce.claimed import admitted
from backproof.reduce.numbers import SIMPLE
from backproof.reduce.parts import single_drops
from backproof.registry import Property
from backproof.selftest import FAULTS, offered
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.loading import load
from backproof_spec.catalogue import KnownFault

PARAMETERS, ROWS = 10, 1  # the median counterexample has no more
SHORT = (
    "one-hot-off-by-one", "all-equal-initial-weights", "weights-transposed", "bias-only-in-the-first-row",
    "derivative-at-activation", "softmax-overflows", "loss-summed-for-mean", "output-delta-lacks-derivative",
    "hidden-delta-weights-reshaped", "weight-gradient-from-preactivation", "bias-gradient-averaged", "last-row-dropped",
)  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """What one reduction took, and what it left to be dropped."""

    calls: int
    milliseconds: float
    droppable: str


@dataclass(frozen=True)
class Shown:
    """The counterexample of one root clause."""

    slug: str
    property: str
    sizes: tuple[int, ...]
    parameters: int
    rows: int
    nonzero: int
    odd: int
    droppable: str  # the sizes and rows of a case with one part less that fails as well; empty: it is minimal
    calls: int
    milliseconds: float

    def __str__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        kept = f"  NOT MINIMAL: {self.droppable}" if self.droppable else ""
        return (
            f"{self.slug:26}{sizes:>10}{self.parameters:5}{self.rows:5}{self.nonzero:5}{self.odd:5}"
            f"{self.calls:6}{self.milliseconds:8.0f}{kept}"
        )


HEAD = f"{'':40}{'root clause':26}{'sizes':>10}{'par':>5}{'rows':>5}{'non0':>5}{'odd':>5}{'calls':>6}{'ms':>8}"


def _fails(found: Property, asked: Asked, case: Case) -> bool:
    try:
        found.put(asked, case)
    except Violation:
        return True
    except (Undecided, Unmet, Failure, NotOffered):
        pass
    return False


def droppable(found: Property, asked: Asked, original: Case, small: Case) -> str:
    """A case with one row, unit or layer less that the subject claims and the property fails on; empty if there is none."""
    if not found.reducible.holds(original):
        return ""
    is_admitted = admitted(asked.claims, original)
    for case in single_drops(small):
        if found.where.holds(case) and found.reducible.holds(case) and is_admitted(case) and _fails(found, asked, case):
            return f"{'-'.join(map(str, case.net.sizes))}, {case.n} rows"
    return ""


class Watch:
    """The reduction as `check` makes it, watched: what each one took, by the case that came of it."""

    def __init__(self) -> None:
        self.spent: dict[int, Spent] = {}
        self._kept: list[Case] = []  # an id is a case's own only while it lives

    def reduced(self, found: Property, asked: Asked, case: Case, violation: Violation) -> tuple[Case, Violation]:
        """The same answer as without being watched."""
        calls, began = 0, monotonic()

        @wraps(found.check)
        def check(subject: Asked, one: Case) -> None:
            nonlocal calls
            calls += 1
            found.check(subject, one)

        small, said = reduced(replace(found, check=check), asked, case, violation)
        took = 1000 * (monotonic() - began)
        self.spent[id(small)] = Spent(calls, took, "" if violation.costly else droppable(found, asked, case, small))
        self._kept.append(small)
        return small, said


def _shown(slug: str, finding: runner.Finding, spent: Spent) -> Shown:
    case = finding.case
    parameters = [p for layer in case.params for p in layer]
    values = np.concatenate([np.ravel(a).astype(np.float64) for a in (*parameters, case.x, case.t)])
    nonzero, odd = int(np.count_nonzero(values)), int((~np.isin(values, SIMPLE)).sum())
    return Shown(slug, finding.property, case.net.sizes, sum(p.size for p in parameters), case.n, nonzero, odd,
                 spent.droppable, spent.calls, spent.milliseconds)  # fmt: skip


def counterexamples(target: str) -> list[Shown]:
    """Those of one faulty program, of each root clause."""
    watch = Watch()
    with patch.object(runner, "reduced", watch.reduced), np.errstate(all="ignore"):
        judgement = runner.judge(load(target), 0, runner.SMOKE)
    verdicts = judgement.roots or judgement.having("advised")  # some faults break a SHOULD, and nothing else
    found = [(verdict.clause.slug, verdict.finding) for verdict in verdicts if verdict.finding is not None]
    return [_shown(slug, finding, watch.spent.get(id(finding.case), Spent(0, 0.0, ""))) for slug, finding in found]


def chosen(names: Sequence[str]) -> list[KnownFault]:
    """The faults of these names, or all."""
    return [fault for fault in offered(FAULTS, KnownFault) if not names or fault.name in names]


def table(faults: Sequence[KnownFault], state: Path | None = None) -> Iterator[tuple[str, list[Shown]]]:
    """The counterexamples of each fault: as the state file has them, or found now and written down at once."""
    known = [json.loads(line) for line in state.read_text().splitlines()] if state is not None and state.exists() else []
    done = {name: [Shown(**{**one, "sizes": tuple(one["sizes"])}) for one in shown] for name, shown in known}
    for fault in track(faults, "faults", disable=not sys.stderr.isatty()):
        if fault.name not in done:
            done[fault.name] = counterexamples(fault.target)
            if state is not None:
                with state.open("a") as lines:
                    lines.write(json.dumps([fault.name, [asdict(one) for one in done[fault.name]]]) + "\n")
        yield fault.name, done[fault.name]


def missed(rows: dict[str, list[Shown]]) -> list[str]:
    """What falls short of the goals, in words."""
    first = [shown[0] for shown in rows.values() if shown]
    told = [f"{name}: no counterexample" for name, shown in rows.items() if not shown]
    every = [(name, one) for name, shown in rows.items() for one in shown]
    told += [f"{name}: {one.slug} fails as well on {one.droppable}" for name, one in every if one.droppable]
    if first and median(one.parameters for one in first) > PARAMETERS:
        told.append(f"more than {PARAMETERS} parameters in the median")
    if first and median(one.rows for one in first) > ROWS:
        told.append(f"more than {ROWS} row in the median")
    return told


def main() -> int:
    """Judge, print, and say with the exit status whether a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", nargs="+", default=(), metavar="NAME", help="these faults only")
    parser.add_argument("--short", action="store_const", dest="faults", const=SHORT, help="a fixed sample")
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    given = parser.parse_args()
    rows = dict[str, list[Shown]]()
    print(HEAD)
    for name, shown in table(chosen(given.faults), given.state):
        rows[name] = shown
        print("\n".join(f"{name if i == 0 else '':40}{one}" for i, one in enumerate(shown)) or f"{name:40}no finding", flush=True)
    print(summary([shown[0] for shown in rows.values() if shown]))
    print("\n".join(missed(rows)) or "every goal is met")
    return 1 if missed(rows) or not rows else 0


def summary(first: Sequence[Shown]) -> str:
    """The medians, and the largest, over the first root clause of each fault."""
    told = [f"{len(first)} faults with a counterexample; median, and largest, of the first root clause:"]
    for what in ("parameters", "rows", "nonzero", "odd", "calls", "milliseconds"):
        values = [float(getattr(one, what)) for one in first] or [0.0]
        told.append(f"    {what:14}{median(values):8.1f}{max(values):10.0f}")
    return "\n".join(told)


if __name__ == "__main__":
    sys.exit(main())
