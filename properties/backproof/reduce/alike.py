"""Whether two violations are of one kind: a case must not be reduced from one mistake into another."""

import re
from math import isfinite

from backproof.must import Violation

WORDS = 3  # of a message without numbers: "forward returned the" shape, or "forward raised ValueError"


def _quantity(said: Violation) -> str:
    """What is wrong: dW, db, y, the loss; in whichever layer and row."""
    return re.sub(r"\[.*?\]|\d+", "", said.place.quantity) if said.place else ""


def _words(said: Violation) -> list[str]:
    return re.sub(r"[^A-Za-z ]+", " ", said.message).split()[:WORDS]


def alike(one: Violation, other: Violation) -> bool:
    """Whether both speak of the same quantity in the same way: a wrong number is no NaN, a wrong shape no crash.

    one: what was said of the larger case; other: what is said of the smaller one.

    Where a program has two mistakes, the smaller network may show only the lesser one, and mending that would mend nothing
    of what was found. The layer and the entry may differ: they move as units are dropped. A wrong number may stand for what was
    said without numbers, as "dW1 is no outer product of its input" turns on a smaller network into the delta that it holds;
    and a wrong answer for an exception, which says least, but not the other way round.
    """
    if _quantity(one) != _quantity(other):
        return False
    if one.got is None and other.got is None:
        return _words(one) == _words(other) or ("raised" in one.message and "raised" not in other.message)
    return len({isfinite(said.got) for said in (one, other) if said.got is not None}) == 1
