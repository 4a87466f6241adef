"""Progress on a terminal; in a pipe one plain line on standard error, and nothing but the report on standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backproof.runner import Progress as Told


@contextmanager
def shown(title: str, work: str = "judging") -> Iterator[Told]:
    """A callback that moves a bar on standard error, if that is a terminal; otherwise a line says that work has begun."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[at]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None, at="")

        def told(done: int, total: int, name: str) -> None:
            if done == 0 and not console.is_terminal:
                print(f"backproof: {work} {title}", file=sys.stderr, flush=True)
            bar.update(task, completed=done, total=total, at=name.replace("_", " ")[:60])

        yield told
