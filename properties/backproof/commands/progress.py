"""Progress on a terminal; nothing but the report in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backproof.runner import Progress as Told


@contextmanager
def shown(title: str) -> Iterator[Told]:
    """A callback that moves a bar on standard error, if that is a terminal."""
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
            bar.update(task, completed=done, total=total, at=name.replace("_", " ")[:60])

        yield told
