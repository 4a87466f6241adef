"""A call into a subject: quiet, its random generators seeded and given back, its trouble turned into a Failure."""

import random
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from backproof.subjects.errors import Failure, NotOffered, Unusable

Answer = TypeVar("Answer")
_HOME = str(Path(__file__).resolve().parent)
_MOST = 200  # characters of a subject's own message that are quoted


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings inside a subject are not errors: a naive sigmoid overflows, harmlessly."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


class Generators:
    """Whether the global generators are somebody else's too: not in a child process, where nothing but the subject runs."""

    shared = True


@contextmanager
def lent_generators() -> Iterator[None]:
    """Numpy's global generator and `random` are given back as they were, where they are shared."""
    if not Generators.shared:
        yield
        return
    held, plain = np.random.get_state(), random.getstate()  # noqa: NPY002 - subjects draw from the global one
    try:
        yield
    finally:
        np.random.set_state(held)  # noqa: NPY002 - given back as it was
        random.setstate(plain)


@contextmanager
def lent_for_many_calls() -> Iterator[None]:
    """The same once for all calls meanwhile: giving them back takes longer than most calls."""
    with lent_generators():
        shared, Generators.shared = Generators.shared, False
        try:
            yield
        finally:
            Generators.shared = shared


def seed_generators(seed: int) -> None:
    """What a subject draws from the global generators repeats."""
    np.random.seed(seed % 2**32)  # noqa: NPY002 - subjects draw from the global one
    random.seed(seed)


def asked(what: str, call: Callable[[], Answer]) -> Answer:
    """The answer of `call`; whatever the subject raises becomes a Failure that names the operation `what`."""
    try:
        with quiet():
            return call()
    except (Failure, NotOffered, Unusable):
        raise
    except SystemExit as end:
        raise Failure("exited", f"{what} ended the program: SystemExit({end.code!r}){where(end)}") from end
    except Exception as trouble:
        raise Failure("raised", f"{what} raised {sentence(trouble)}{where(trouble)}") from trouble


def sentence(trouble: BaseException) -> str:
    """`ValueError: its own message`, on one line and not too long."""
    text = " ".join(str(trouble).split())
    short = text if len(text) <= _MOST else text[: _MOST - 3] + "..."
    return f"{type(trouble).__name__}: {short}" if short else type(trouble).__name__


def where(trouble: BaseException) -> str:
    """` (net.py:12)`: the innermost line of the subject's own code, or nothing if no line of it was reached."""
    lines = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(trouble.__traceback__)]
    own = next(((path, number) for path, number in reversed(lines) if _theirs(path)), None)
    return f" ({Path(own[0]).name}:{own[1]})" if own else ""


@cache
def _theirs(filename: str) -> bool:
    """Neither this package's, nor an installed library's, nor Python's."""
    path = str(Path(filename).resolve()) if not filename.startswith("<") else filename
    ours = path.startswith((_HOME, "<")) or "site-packages" in path
    return not ours and not path.startswith(str(Path(sys.base_prefix).resolve() / "lib"))
