"""What a smoke run puts: of cases made to a plan a share in which all occurs that the plan shows, of the pool at times a few."""

from collections.abc import Iterable, Iterator, Sequence

from backproof.case import Case
from backproof.registry import Property

PLANNED = 36  # cases of a plan, about
TRAINED = 4  # of those, where each takes a training
POOLED = 12  # cases of the pool for a property that asks many questions on each
TELLING = ("XOR", "XNOR")  # what no single layer learns
ASKS_MUCH = frozenset({
    "arguments-untouched", "answers-owned", "generator-untouched", "repeatable", "kept-as-fresh", "grad-batch", "loss-batch",
})  # fmt: skip


def thinned(found: Property, cases: Sequence[Case]) -> tuple[Case, ...]:
    """The share of the property, in the order of the cases; the same each time."""
    if found.cases is None:
        return _spaced(cases, POOLED) if found.slug in ASKS_MUCH else tuple(cases)
    if trains(found):
        return _some(cases, TRAINED, _telling(cases[:16]))
    return _some(cases, PLANNED, _new(cases))


def trains(found: Property) -> bool:
    """Whether each case takes a long training, from a committed start."""
    return found.cases is not None and "descend" in found.needs and "updates" not in found.needs


def _some(cases: Sequence[Case], most: int, first: Iterable[Case]) -> tuple[Case, ...]:
    """Those that come first in any case, and others evenly spaced."""
    if len(cases) <= most:
        return tuple(cases)
    chosen = set(map(id, first))
    others = [case for case in cases if id(case) not in chosen]
    chosen |= set(map(id, _spaced(others, max(0, most - len(chosen)))))
    return tuple(case for case in cases if id(case) in chosen)


def _spaced(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    return tuple(cases[i * len(cases) // most] for i in range(most)) if most < len(cases) else tuple(cases)


def _telling(cases: Sequence[Case]) -> Iterator[Case]:
    return (case for case in cases if case.name.startswith(TELLING))


def _new(cases: Sequence[Case]) -> Iterator[Case]:
    """Each that shows an activation, a loss or a point that none before it showed."""
    seen = set[object]()
    for case in cases:
        shown = {*case.net.activations, case.net.loss, case.name}
        if shown - seen:
            seen |= shown
            yield case
