"""The suite without one of its properties: which known fault would then be caught by nobody, or not by the clause it breaks?

    python -m tests.long.weakened [--state FILE] [--processes 1] [--examples 100]

Every fault of the catalogue is put to all properties once, and every property that fails is written down; what a suite without
one of them says is read from that. (A property that another one waits for is not run again: what the other would say without
it is what it said beside it.) Prints, for each property, the faults that only it catches, and the faults whose own clause is
violated by it alone; then the properties that nobody would miss. Exit status 1 if a fault is caught by nobody as it is.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from rich.progress import track

from backproof.asked import Asked
from backproof.pool import pool
from backproof.registry import properties
from backproof.runner import EXAMPLES, put
from backproof.selftest import FAULTS, offered, one_thread
from backproof.subjects.loading import load
from backproof_spec.catalogue import KnownFault


@dataclass(frozen=True)
class Seen:
    """A fault, and every property that fails on it."""

    fault: str
    breaks: str
    failing: tuple[str, ...]


@dataclass(frozen=True)
class Missed:
    """What would be lost with a property."""

    name: str
    slug: str
    fails: int  # on so many faults
    caught_by_nobody: tuple[str, ...]  # faults that only it catches
    caught_elsewhere: tuple[str, ...]  # faults that others catch too, but none of the clause that they break

    @property
    def nobody_misses_it(self) -> bool:
        """Whether the verdict on every fault stays as good as it is."""
        return not self.caught_by_nobody and not self.caught_elsewhere


def seen(fault: KnownFault, examples: int = EXAMPLES) -> Seen:
    """The fault, judged in this process by every property."""
    subject, failing = load(fault.target), list[str]()
    asked, shared = Asked(subject), tuple(pool(subject.claims, 0, examples))
    for one in properties():
        if not one.lacking(subject):
            cases = shared if one.cases is None else tuple(one.cases(subject.claims))
            if put(one, asked, cases, shrink=False).finding is not None:
                failing.append(one.name)
    return Seen(fault.name, fault.breaks, tuple(failing))


def rows(faults: Iterable[KnownFault], examples: int, processes: int, state: Path | None) -> Iterator[Seen]:
    """Each fault: those in the state file, then the others as they are done, each written down at once."""
    lines = state.read_text(encoding="utf-8").splitlines() if state is not None and state.exists() else []
    told = {one["fault"]: Seen(one["fault"], one["breaks"], tuple(one["failing"])) for one in map(json.loads, lines)}
    every = list(faults)
    yield from (told[fault.name] for fault in every if fault.name in told)
    todo = [fault for fault in every if fault.name not in told]
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=one_thread) as workers:
        done = workers.map(partial(seen, examples=examples), todo)
        for one in track(done, "faults", len(todo), disable=not sys.stderr.isatty()):
            if state is not None:
                with state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(one)) + "\n")
            yield one


def missed(found: Iterable[Seen]) -> Iterator[Missed]:
    """What each property is for, in the order of the specification."""
    every, levels = list(found), {one.name: one.clause.level for one in properties()}
    slugs = {one.name: one.slug for one in properties()}
    for one in properties():
        alone, elsewhere = list[str](), list[str]()
        for row in every:
            musts = {name for name in row.failing if levels.get(name) == "MUST"}
            own = {name for name in row.failing if slugs.get(name) == row.breaks}
            if musts == {one.name}:
                alone.append(row.fault)
            elif own == {one.name}:
                elsewhere.append(row.fault)
        fails = sum(one.name in row.failing for row in every)
        yield Missed(one.name, one.slug, fails, tuple(alone), tuple(elsewhere))


def uncaught(found: Iterable[Seen]) -> list[str]:
    """Faults that no MUST clause catches, nor the clause they break, with all properties at work."""
    slugs, musts = {one.name: one.slug for one in properties()}, {one.name for one in properties() if one.clause.level == "MUST"}
    return [row.fault for row in found if not any(name in musts or slugs.get(name) == row.breaks for name in row.failing)]


def told(found: list[Seen]) -> Iterator[str]:
    """The report, line by line."""
    every = list(missed(found))
    for one in every:
        if not one.nobody_misses_it:
            yield f"without {one.name} ({one.slug}, fails on {one.fails})"
            if one.caught_by_nobody:
                yield f"    caught by nobody: {', '.join(one.caught_by_nobody)}"
            if one.caught_elsewhere:
                yield f"    caught, but not by the clause they break: {', '.join(one.caught_elsewhere)}"
    idle = [one for one in every if one.nobody_misses_it]
    yield f"{len(idle)} of {len(every)} properties that no fault would miss:"
    yield from (f"    {one.name} ({one.slug}, fails on {one.fails})" for one in idle)


def main() -> int:
    """Run, print, and say with the exit status whether a fault is caught by nobody."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="cases of the pool")
    given = parser.parse_args()
    found = list(rows(offered(FAULTS, KnownFault), given.examples, given.processes, given.state))
    print("\n".join(told(found)))
    lost = uncaught(found)
    print(f"{len(found)} faults, {len(lost)} caught by nobody: {', '.join(lost)}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
