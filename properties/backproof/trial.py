"""A property put to a case in several attempts: each goes as far as the replies reach that are at hand.

The first question that has no reply yet ends an attempt; the next one begins anew, and is told again what was told before.
So nobody waits, and many cases can ask at once.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.subjects.session import Question

MANY = 24  # questions, after which the case is put alone: each costs an attempt


class Pending(BaseException):  # no Exception: a property that expects trouble of the subject does not take it for some
    """There is no reply yet."""


class Trial:
    """One case: what it asked so far, what the replies were, and what came of it in the end."""

    def __init__(self, put: Callable[[], None]) -> None:
        self._put, self._next = put, 0
        self._told = list[tuple[Question, object]]()
        self.question: Question | None = None  # the one that ended the attempt
        self.outcome: Exception | None = None
        self.is_settled = False  # an attempt came to its end

    @property
    def is_asking(self) -> bool:
        """Whether a reply would help."""
        return self.question is not None and len(self._told) < MANY

    def attempt(self) -> None:
        """From the beginning to the first question without a reply."""
        self._next, self.question = 0, None
        try:
            self._put()
            self.is_settled = True
        except Pending:
            pass
        except Exception as outcome:  # noqa: BLE001 - raised again when it is the case's turn
            self.outcome, self.is_settled = outcome, True

    def ask(self, question: Question) -> object:
        """The reply. What an earlier attempt learnt may be remembered, and is not asked again: its reply is passed over."""
        for number in range(self._next, len(self._told)):
            before, reply = self._told[number]
            if _same(before, question):
                self._next = number + 1
                return reply
        self.question = question
        raise Pending

    def tell(self, reply: object) -> None:
        """The reply to the question that ended the attempt."""
        if self.question is not None:
            self._told.append((self.question, reply))


def _same(one: Any, other: Any) -> bool:
    """Equal to the bit, at any depth of tuples."""
    if one is other:
        return True
    if isinstance(one, np.ndarray):
        alike = isinstance(other, np.ndarray) and (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and one.tobytes() == other.tobytes()
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)
