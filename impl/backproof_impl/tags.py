"""Each equation of the reference names the clause that requires it."""

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def clause(*slugs: str) -> Callable[[F], F]:
    """Mark a method as the equation of these clauses; the method itself is unchanged."""

    def mark(method: F) -> F:
        method.__dict__["clauses"] = slugs
        return method

    return mark


def clauses_of(method: Callable[..., object]) -> tuple[str, ...]:
    """The slugs that a method was marked with; () for none."""
    slugs: tuple[str, ...] = method.__dict__.get("clauses", ())
    return slugs
