"""Where a command prints: colours on a terminal, plain lines in a pipe."""

import sys

from rich.console import Console


class Page(Console):
    """A console that leaves a closed pipe to the command line, which knows the exit status for it."""

    def on_broken_pipe(self) -> None:
        """Go on raising the BrokenPipeError that is being handled."""
        raise sys.exception() or BrokenPipeError


def page(stderr: bool = False) -> Page:
    """Standard output, or standard error."""
    return Page(stderr=stderr, highlight=False, emoji=False, markup=False)
