"""What is odd about answers that are drawn, in words: their values can be compared with nobody's."""

from collections.abc import Iterator

import numpy as np

from backproof.case import Case
from backproof.diagnosis.probes import case, like
from backproof.diagnosis.questions import Question
from backproof.pool import Shape, admitted
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.loading import example
from backproof.subjects.subject import Subject
from backproof_spec import Array, Layer, Network, Operation, Params

START, CHANCE = frozenset({"initial-symmetry", "initial-scale", "initial-seeds"}), frozenset({"repeatable"})
SMALL = Shape("small", (2,), 2, 2, 3)
OPERATIONS: tuple[Operation, ...] = ("forward", "gradient")
TIMES, FEW = 48, 24  # answers to one question, and how many of them may differ where a few units or rows are drawn
NARROW, BROAD = Shape("narrow", (8, 8), 8, 8, 1), Shape("broad", (32, 32), 512, 8, 1)
LEAST, MOST = 1 / 50, 4.0  # times 1 / sqrt(fan_in): the bounds of the clause
GROWS, STAYS = 2.0, 0.5  # how the root mean square of 512 inputs compares with that of 8, where 1/8 is usual


def start(subject: Subject) -> str:
    """The oddities, one after the other; the same text for starts that are odd in the same way."""
    try:
        return "; ".join(_odd(subject))
    except (Failure, NotOffered) as trouble:
        return f"none: {type(trouble).__name__}"


def oddities(slug: str, subject: Subject) -> str:
    """What is odd about the draws that the clause is about; nothing for a clause about something else."""
    return start(subject) if slug in START else chance(subject) if slug in CHANCE else ""


def chance(subject: Subject) -> str:
    """Which answers vary, between how many values, and whether they still do where inputs have no influence."""
    point = case(like(example(subject.claims), SMALL, subject.claims), SMALL, 3, subject.claims)
    still = point.with_layer(1, Layer(0 * point.params[0].W, point.params[0].b))
    places, told = {"": point, " without inputs": still}, list[str]()
    for operation in OPERATIONS:
        told += [f"{operation}{place} {_values(subject, operation, at)}" for place, at in places.items()]
    return "; ".join(told)


def _values(subject: Subject, operation: Operation, at: Case) -> str:
    if operation not in subject.claims.operations:
        return "not offered"
    answers = (Question(operation, at).put(subject) for _ in range(TIMES))
    distinct = {tuple(str(np.asarray(one.value).tolist()) for one in answer) for answer in answers}
    return "stays" if len(distinct) == 1 else "is one of a few" if len(distinct) <= FEW else "is any"


def _odd(subject: Subject) -> Iterator[str]:
    claims = subject.claims
    narrow, broad = (like(example(claims), shape, claims) for shape in (NARROW, BROAD))
    one, again, other = (subject.fresh.initial(narrow, seed) for seed in (7, 7, 8))
    yield "other for the same seed" if not _equal(one, again) else ""
    yield "the same for every seed" if _equal(one, other) else ""
    W = [layer.W for layer in one]
    yield "zero" if all(not w.any() for w in W) else "all equal" if all(np.ptp(w) == 0 for w in W) else ""
    yield "whole numbers" if any(w.any() for w in W) and all((w == np.round(w)).all() for w in W) else ""
    yield "one draw for all layers" if len(W) > 1 and np.ptp(W[0]) > 0 and _shared(W[0], W[1]) else ""
    yield _scale(subject, narrow, broad)


def _equal(p: Params, q: Params) -> bool:
    return all(np.array_equal(a.W, b.W) for a, b in zip(p, q, strict=True))


def _shared(first: Array, second: Array) -> bool:
    """Whether the second layer's entries are those of the first, but for a factor."""
    k = min(first.size, second.size)
    a, b = first.ravel()[:k].astype(float), second.ravel()[:k].astype(float)
    return bool(abs(a @ b) > 0.999 * np.linalg.norm(a) * np.linalg.norm(b))


def _scale(subject: Subject, narrow: Network, broad: Network) -> str:
    """How the root mean square of the first layer goes with the number of its inputs."""
    rms = [float(np.sqrt(np.mean(subject.fresh.initial(net, 7)[0].W.astype(float) ** 2))) for net in (narrow, broad)]
    if not all(rms):
        return ""
    ratio = rms[1] / rms[0]
    unit = rms[0] * admitted(NARROW, subject.claims.families[0].sizes)[0] ** 0.5
    size = "tiny" if unit < LEAST else "huge" if unit > MOST else "usual"
    return f"{size} {'growing' if ratio > GROWS else 'constant' if ratio > STAYS else 'falling'} with the inputs"
