"""An ordinary class, or a module of functions, is recognised for what it is and needs no adapter."""

from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints, Subject


def ordinary_subject(name: str, found: object, hints: Hints) -> Subject:
    """The subject."""
    raise Unusable(f"{name} is not recognised")
