"""An exhibit of the gallery: a real program in one of its versions, what its verdict should be, and what it achieves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Version: TypeAlias = Literal["as posted", "as answered", "mended"]


@dataclass(frozen=True)
class Exhibit:
    """One program in one version. Found through the entry point group `backproof.gallery`, as a tuple of exhibits."""

    program: str  # "000"
    title: str  # "digits, 64-30-10, logistic units"
    version: Version
    target: str  # package.module:Name, judged as any other target
    expected: tuple[str, ...]  # slugs of clauses that are violated, at least; () conforms
    task: str  # what its author wanted of it: "accuracy on the digits"
    achieves: Callable[[], str]  # trains it on that task, within seconds, and says what it reached: ".739"
