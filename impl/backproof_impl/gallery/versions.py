"""A program is shown three times: as posted, as its answer left it, and mended by the smallest right change."""

from collections.abc import Callable
from typing import TypeAlias

from backproof_spec.exhibit import Exhibit

Achievement: TypeAlias = Callable[[], str]


def exhibits(
    *,
    program: str,
    title: str,
    module: str,
    task: str,
    posted: tuple[str, ...],
    answered: tuple[str, ...],
    achieves: tuple[Achievement, Achievement, Achievement],
) -> tuple[Exhibit, ...]:
    """The makers Posted, Answered and Mended of the module, each with what is wrong in it and what it achieves."""
    return (
        Exhibit(program, title, "as posted", f"{module}:Posted", posted, task, achieves[0]),
        Exhibit(program, title, "as answered", f"{module}:Answered", answered, task, achieves[1]),
        Exhibit(program, title, "mended", f"{module}:Mended", (), task, achieves[2]),
    )
