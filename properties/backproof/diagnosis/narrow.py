"""Which of several faults that are one program on a subject comes first: the one that spoils the fewest kinds of network.

A subject with one activation shows no difference between an error in that activation and one in all of them; the error that
speaks of nothing but what is there is named first.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np

from backproof.case import Case
from backproof.diagnosis.probes import case
from backproof.diagnosis.programs import composer, made
from backproof.diagnosis.questions import Question, Seen
from backproof.pool import Shape, network
from backproof.subjects.direct import Direct
from backproof.subjects.subject import Subject
from backproof_spec import Array, Claims, Network, Operation
from backproof_spec.composing import Part

SHAPE = Shape("one hidden layer, three rows", (4,), 3, 2, 3)
OPERATIONS: tuple[Operation, ...] = ("forward", "gradient")
NEAR = 1e-9  # relative to the largest number: all that rounding leaves, and more


@cache
def everything() -> Claims:
    """All that programs of the catalogue can be asked."""
    return composer()(())().claims


def narrowest_first(parts: list[Part]) -> list[Part]:
    """Sorted by how many kinds of network they spoil, others in their order."""
    return sorted(parts, key=_spoiled) if len(parts) > 1 else parts


@cache
def _spoiled(part: Part) -> int:
    kinds = {kind for kind, point in _kinds() if not _same_on(part, point)}
    return len(kinds) or len(_kinds())  # one that only steps show is the less usual


def _same_on(part: Part, point: Case) -> bool:
    asked = (Question(operation, point) for operation in OPERATIONS)
    return all(same(answers((part,), one), answers((), one)) for one in asked)


@cache
def _kinds() -> tuple[tuple[str, Case], ...]:
    """Networks of one hidden layer: of every hidden activation, and of every output with every loss; kinds go by their names."""
    networks = dict.fromkeys(_networks())
    return tuple((kind, case(net, SHAPE, number, everything())) for number, (kind, net) in enumerate(networks))


def _networks() -> Iterator[tuple[str, Network]]:
    sizes, families = (SHAPE.inputs, *SHAPE.hidden, SHAPE.outputs), everything().families
    first = network(families[0], sizes, 0)
    yield from ((f.name, replace(first, activations=(f, first.activations[-1]))) for f in families[0].hidden)
    for family in families:
        last = {(output.name, loss.name): (output, loss) for output in family.output for loss in family.loss}
        for name, (output, loss) in last.items():
            net = replace(network(family, sizes, 0), loss=loss)
            yield str(name), replace(net, activations=(net.activations[0], output))


def answers(parts: tuple[Part, ...], question: Question) -> tuple[Seen, ...]:
    """What a program of the catalogue answers."""
    return question.put(_program(parts))


@lru_cache(maxsize=512)
def _program(parts: tuple[Part, ...]) -> Subject:
    build = made(parts)
    assert build is not None  # a candidate was asked already
    one = Direct(build, everything())
    return Subject("a program of the catalogue", everything(), one, one)


def same(some: tuple[Seen, ...], others: tuple[Seen, ...]) -> bool:
    """Whether two answers are one, but for rounding."""
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(_alike(np.asarray(a.value), np.asarray(b.value)) for a, b in pairs)


def _alike(a: Array, b: Array) -> bool:
    """Of numbers; of the names of failures."""
    if a.dtype.kind == "U" or b.dtype.kind == "U" or a.shape != b.shape:
        return bool(a.tolist() == b.tolist())
    size = max(float(np.abs(b).max(initial=0.0)), 1e-300)
    return bool(np.allclose(a, b, rtol=0, atol=NEAR * size, equal_nan=True))
