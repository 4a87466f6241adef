"""What was worked out once and is asked for again: kept for a while, and handed out so that nobody can change it."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import numpy as np

T = TypeVar("T")
P = ParamSpec("P")
MOST = 2**27  # bytes; the oldest go first: a grid and a pool of small networks stay, large networks come and go
EACH = 128  # bytes of an array beside its numbers, about


class Kept:
    """Answers, by what was asked (compared by value) and about what (the very same objects).

    The objects are kept with the answer: an id is its own only while it lives.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._held: dict[object, tuple[object, tuple[object, ...]]] = {}

    def answer(self, what: Hashable, about: tuple[object, ...], make: Callable[[], T]) -> T:
        """The answer to the same question about the same objects, made if it is not at hand; its arrays cannot be written to."""
        key = (what, *map(id, about))
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = (frozen(make()), about)
            self._count(_size(held))
        return cast(T, held[0])

    def _count(self, more: int) -> None:
        """The oldest go, where there is too much."""
        self._size += more
        while self._size > self._most:
            self._size -= _size(self._held.pop(next(iter(self._held))))


def frozen(value: T) -> T:
    """The same value; arrays in it, at any depth of tuples, are views that cannot be written to."""
    if isinstance(value, tuple):
        parts = [frozen(part) for part in value]
        return cast(T, type(value)._make(parts) if hasattr(value, "_make") else tuple(parts))
    if isinstance(value, np.ndarray):
        view = value.view()
        view.flags.writeable = False
        return cast(T, view)
    return value


def _size(value: object) -> int:
    """About how many bytes the value takes."""
    if isinstance(value, np.ndarray):
        return EACH + value.nbytes
    return EACH + sum(map(_size, value)) if isinstance(value, tuple) else 0


_FORMS = Kept()


def once(form: Callable[P, T]) -> Callable[P, T]:
    """A closed form, worked out once for the same objects; its last argument, the rounding, is compared by value."""

    @wraps(form)
    def again(*given: P.args, **named: P.kwargs) -> T:
        return _FORMS.answer((form, given[-1], *named), (*given[:-1], *named.values()), lambda: form(*given, **named))

    return again
