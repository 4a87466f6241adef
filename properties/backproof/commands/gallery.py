"""backproof gallery: five home-made programs, each as posted, as answered and mended; where accuracy and correctness part."""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import entry_points

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backproof.commands.opening import opened
from backproof.commands.progress import shown
from backproof.runner import Outcome, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints
from backproof_spec.exhibit import Exhibit

GROUP, EXAMPLES, LIMIT = "backproof.gallery", 20, 20.0
COLOUR = {"conforms": "green", "violates": "red", "not judged": "yellow"}


@dataclass(frozen=True)
class Row:
    """What became of one exhibit."""

    outcome: Outcome
    roots: tuple[str, ...]
    says: str  # the first root, in a line
    violated: tuple[str, ...]
    achieves: str


def exhibits() -> tuple[Exhibit, ...]:
    """All exhibits on offer, in their order. Raises Unusable where the gallery is not installed."""
    found = [exhibit for point in entry_points(group=GROUP) for exhibit in point.load()]
    if not found:
        raise Unusable("no gallery is installed: install backproof again, its entry points are missing")
    return tuple(found)


def as_expected(exhibit: Exhibit, row: Row) -> bool:
    """Whether the verdict is the right one, and names at least what it should."""
    right = row.outcome == ("violates" if exhibit.expected else "conforms")
    return right and set(exhibit.expected) <= set(row.violated)


def judged(number: int, examples: int, in_process: bool) -> Row:
    """One exhibit, judged and trained on its author's own task."""
    exhibit = exhibits()[number]
    with opened(exhibit.target, Hints(), in_process, LIMIT) as subject:
        judgement = judge(subject, 0, examples)
    violated = tuple(v.clause.slug for v in judgement.having("violated"))
    roots = judgement.roots
    says = roots[0].reason if roots else ""
    return Row(judgement.outcome, tuple(v.clause.slug for v in roots), says, violated, exhibit.achieves())


def run(given: argparse.Namespace) -> int:
    """Judge them all, on all cores, and print one table; 0 when every verdict is the expected one."""
    every, rows = exhibits(), dict[int, Row]()
    examples = EXAMPLES if given.examples is None else given.examples
    workers = min(len(every), os.cpu_count() or 1)
    with (
        shown("gallery") as told,
        ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=one_thread) as pool,
    ):
        waiting = {pool.submit(judged, i, examples, given.in_process): i for i in range(len(every))}
        for done in as_completed(waiting):
            number = waiting[done]
            rows[number] = done.result()
            told(len(rows), len(every), f"{every[number].program} {every[number].version}")
    console = Console(highlight=False)
    _print(console, every, rows)
    wrong = [exhibit for i, exhibit in enumerate(every) if not as_expected(exhibit, rows[i])]
    for exhibit in wrong:
        console.print(f"[bold red]unexpected[/]: {exhibit.program} {exhibit.version}, expected {exhibit.expected or 'conforms'}")
    return 1 if wrong else 0


def one_thread() -> None:
    """One thread a worker for the matrix library, which is not loaded yet: two libraries at once only get in each other's way."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def _print(console: Console, every: tuple[Exhibit, ...], rows: dict[int, Row]) -> None:
    """A table on a terminal wide enough; a few lines each in a pipe or a narrow one."""
    if not console.is_terminal or console.width < 110:
        _lines(console, every, rows)
        return
    table = Table(pad_edge=False, show_lines=False)
    for name in ("program", "version", "verdict", "root clauses", "what the first root says", "on its own task"):
        table.add_column(name, overflow="fold")
    for i, exhibit in enumerate(every):
        row = rows[i]
        if i and every[i - 1].program != exhibit.program:
            table.add_section()
        title = f"{exhibit.program} {exhibit.title}" if exhibit.version == "as posted" else ""
        verdict = f"[{COLOUR[row.outcome]}]{row.outcome}[/]"
        cells = (escape(title), exhibit.version, verdict, "\n".join(row.roots), escape(row.says), escape(row.achieves))
        table.add_row(*cells)
    console.print(table)


def _lines(console: Console, every: tuple[Exhibit, ...], rows: dict[int, Row]) -> None:
    for i, exhibit in enumerate(every):
        row = rows[i]
        if exhibit.version == "as posted":
            console.print(f"[bold]{exhibit.program} {escape(exhibit.title)}[/]", soft_wrap=True)
        verdict = f"[{COLOUR[row.outcome]}]{row.outcome:11}[/]"
        console.print(f"  {exhibit.version:12} {verdict} {escape(row.achieves)}", soft_wrap=True)
        if row.roots:
            console.print(f"  {'':12} {', '.join(row.roots)}", soft_wrap=True)
            console.print(f"  {'':12} {escape(row.says)}", soft_wrap=True)
