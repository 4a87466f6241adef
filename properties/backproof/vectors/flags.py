"""Which faults of the catalogue a vector catches: programs with one fault each are asked, and their numbers compared."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Any, TypeAlias

import numpy as np

from backproof.diagnosis.programs import known, made
from backproof.subjects.calling import lent_generators, quiet
from backproof.vectors.drawn import Vector
from backproof.vectors.expected import Expected, Quantity
from backproof.vectors.unseen import reason
from backproof_spec import Array, Layer, Params, Rule, Targets
from backproof_spec.composing import Composed, Part

Build: TypeAlias = Callable[[], Composed]
Answer: TypeAlias = tuple[tuple[Quantity, int], Any]  # any: a program with a fault answers what it likes


def programs() -> dict[str, Build]:
    """A constructor for each fault of the catalogue, by name, if values can show it at all."""
    found = {name: made((Part(name),)) for name, fault in known().items() if not reason(fault)}
    return {name: build for name, build in found.items() if build is not None}


def caught(vector: Vector, want: Sequence[Expected], by: dict[str, Build]) -> tuple[str, ...]:
    """The names of the programs that are off by more than a bound anywhere."""
    return tuple(name for name, build in by.items() if worst(build, vector, want) > 1)


def worst(build: Build, vector: Vector, want: Sequence[Expected]) -> float:
    """How far the program is off at most, in bounds; infinitely where there are not as many numbers, or none at all."""
    with quiet(), lent_generators():
        given = dict(_answers(build, vector))
        return max(_off(given.get((one.quantity, one.layer)), one, vector) for one in want)


def _off(got: object, want: Expected, vector: Vector) -> float:
    """The largest error in bounds, number by number in the order of rows: a file sees no more of a shape."""
    if got is None:  # a program may go row by row, and has no z, a or delta of the batch
        return 0.0 if _inside(want.quantity, want.layer, vector) else inf
    seen = np.asarray(got, dtype=np.longdouble).ravel()
    if seen.size != want.value.size:
        return inf
    off = np.abs(seen - want.value.ravel()) / want.bound.ravel()
    return float(np.where(np.isnan(off), inf, off).max())


def _inside(quantity: Quantity, layer: int, vector: Vector) -> bool:
    """Whether the number stays inside: what is asked for are outputs, loss, gradient and step."""
    return quantity in ("z", "delta") or (quantity == "a" and layer < vector.case.net.depth)


def _answers(build: Build, vector: Vector) -> Iterator[Answer]:
    """All that a fresh program gives for each operation; an operation that raises gives nothing."""
    net, rule = vector.case.net, Rule(vector.rate)
    asked: tuple[Callable[[Params, Array, Targets], list[Answer]], ...] = (
        lambda params, x, t: _traced(build, vector, params, x, t),
        lambda params, x, t: [(("t", net.depth), build().targets(net, t.astype(np.int64)))] if t.ndim == 1 else [],
        lambda params, x, t: [(("a", net.depth), build().forward(net, params, x))],
        lambda params, x, t: [(("loss", net.depth), build().loss(net, params, x, t))],
        lambda params, x, t: _layers("dW", "db", build().gradient(net, params, x, t)),
        lambda params, x, t: _layers("W", "b", build().step(net, params, x, t, rule)),
    )
    for ask in asked:
        try:
            yield from ask(*_lent(vector))
        except Exception:  # noqa: BLE001 - a program with a fault raises whatever it likes: then it gives nothing
            continue


def _traced(build: Build, vector: Vector, params: Params, x: Array, t: Targets) -> list[Answer]:
    """z, a and delta inside, where there is one of each."""
    results = build().trace(vector.case.net, params, x, t)
    times = Counter(result[:2] for result in results)
    return [((q, l), value) for q, l, value in results if _inside(q, l, vector) and times[q, l] == 1]


def _layers(W: Quantity, b: Quantity, params: Params) -> list[Answer]:
    return [one for l, layer in enumerate(params, start=1) for one in (((W, l), layer.W), ((b, l), layer.b))]


def _lent(vector: Vector) -> tuple[Params, Array, Targets]:
    """Parameters, inputs and targets that a program may write to."""
    case = vector.case
    return tuple(Layer(W.copy(), b.copy()) for W, b in case.params), case.x.copy(), case.t.copy()
