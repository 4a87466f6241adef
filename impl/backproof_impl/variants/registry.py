"""How right programs are entered that the judge asks without recognition."""

from typing import TypeVar

C = TypeVar("C", bound=type[object])
_registered: list[type[object]] = []


def variant(cls: C) -> C:
    """Enter a class; its docstring says what it does in another way."""
    _registered.append(cls)
    return cls


def registered() -> tuple[type[object], ...]:
    """All of them, in the order in which they are defined."""
    return tuple(_registered)
