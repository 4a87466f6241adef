"""Subjects opened for a command: in a child process each, or in this one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from backproof.subjects.calling import sentence
from backproof.subjects.errors import Unusable
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints, Subject

LOADING = 10.0  # seconds, at least, that import and recognition may take


@contextmanager
def opened(target: str, hints: Hints, in_process: bool, limit: float) -> Iterator[Subject]:
    """The subject, closed at the end whatever happens; what it prints here goes to standard error."""
    if in_process:
        with redirect_stdout(sys.stderr):
            yield _loaded(target, hints)
        return
    subject = open_session(target, hints, limit, start=max(LOADING, 3 * limit))
    try:
        yield subject
    finally:
        subject.close()


def _loaded(target: str, hints: Hints) -> Subject:
    from backproof.subjects.loading import load  # where there is a child process, only that loads subjects

    try:
        return load(target, hints)
    except Unusable:
        raise
    except (Exception, SystemExit) as trouble:  # claims, for instance, are the subject's own code
        raise Unusable(f"{target} cannot be loaded: {sentence(trouble)}") from trouble
