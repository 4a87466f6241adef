"""Subjects opened for a command: in a child process each, or in this one."""

from collections.abc import Iterator
from contextlib import contextmanager

from backproof.subjects.loading import load
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints, Subject


@contextmanager
def opened(target: str, hints: Hints, in_process: bool, limit: float) -> Iterator[Subject]:
    """The subject, closed at the end whatever happens."""
    subject = load(target, hints) if in_process else open_session(target, hints, limit)
    try:
        yield subject
    finally:
        subject.close()
