"""A case with simpler numbers: whole tensors at once, then one number at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple, cast

import numpy as np

from backproof.case import Case
from backproof_spec import Array, Layer, Targets
from backproof_spec.vocabulary import target_kind

SIMPLE = (0.0, 1.0, -1.0, 0.5)
WHOLE = (0.0, 1.0)
PARTS = (1, 2, 4, 8)  # a number that is none of the simple ones becomes a multiple of one of these parts


class Slot(NamedTuple):
    """One tensor of a case."""

    name: Literal["W", "b", "x", "t"]
    l: int = 0  # the layer, counted from 1

    def of(self, case: Case) -> Targets:
        """The tensor."""
        if self.name in ("x", "t"):
            return case.x if self.name == "x" else case.t
        layer = case.params[self.l - 1]
        return layer.W if self.name == "W" else layer.b

    def put(self, case: Case, a: Targets) -> Case:
        """The case with another tensor in its place."""
        if self.name == "t":
            return case.aiming(a)
        other = cast(Array, a)  # class numbers are found among targets only
        if self.name == "x":
            return replace(case, x=other)
        W, b = case.params[self.l - 1]
        return case.with_layer(self.l, Layer(other, b) if self.name == "W" else Layer(W, other))


def slots(case: Case) -> list[Slot]:
    """Biases first, for most mistakes need none; then targets, weights and inputs. A layer without biases has none to change."""
    layers = range(1, case.net.depth + 1)
    biases = [Slot("b", l) for l in layers if case.net.bias(l) != "none"]
    return [*biases, Slot("t"), *(Slot("W", l) for l in layers), Slot("x")]


def without_biases(case: Case) -> Case:
    """Every bias zero."""
    return case.at(tuple(Layer(layer.W, np.zeros_like(layer.b)) for layer in case.params))


def _chosen(t: Targets) -> Iterator[Targets]:
    """Rows that choose among outputs: all the first one, then row by row the first, or the one that is chosen most."""
    if t.ndim == 1:
        yield np.zeros_like(t)
        yield from (np.where(np.arange(len(t)) == i, 0, t) for i in range(len(t)))
        return
    first = np.eye(t.shape[1], dtype=t.dtype)
    yield np.repeat(first[:1], len(t), axis=0)
    for i, row in enumerate(t):
        for k in (0, int(row.argmax())):
            yield np.where((np.arange(len(t)) == i)[:, None], first[k], t)


def allowed(case: Case, slot: Slot) -> tuple[float, ...]:
    """The simple numbers that may stand in the tensor; a target stays within what loss and output take."""
    if slot.name != "t":
        return SIMPLE
    kind = target_kind(case.net.loss)
    bounded = kind != "real" or case.net.activations[-1].name in ("sigmoid", "softmax")
    return (0.0, 1.0) if kind == "binary" else (0.0, 1.0, 0.5) if bounded else SIMPLE


def chooses(case: Case, slot: Slot) -> bool:
    """Whether the rows of the tensor choose among outputs, so that a number alone cannot change."""
    if slot.name != "t":
        return False
    loss, output = case.net.loss, case.net.activations[-1].name
    foreign = loss.name.startswith("other:") and output == "softmax"  # its rows sum to 1, see the pool
    return foreign or target_kind(loss) in ("one_hot", "distribution", "index")


def _weight(a: Targets) -> int:
    """How far all numbers together are from zeros: a simple number counts as its place among them, any other most."""
    return sum(SIMPLE.index(value) if value in SIMPLE else len(SIMPLE) for value in a.ravel().tolist())


def wholly(case: Case, slot: Slot) -> Iterator[Case]:
    """The tensor all 0; or all 1, if that is simpler."""
    a = slot.of(case)
    if chooses(case, slot):
        yield from (slot.put(case, t) for t in _chosen(a))
        return
    for value in WHOLE:
        if SIMPLE.index(value) * a.size < _weight(a):
            yield slot.put(case, np.full_like(a, value))


def simpler(value: float, simple: tuple[float, ...]) -> Iterator[float]:
    """Numbers simpler than this one, the simplest first."""
    if value in simple:
        yield from simple[: simple.index(value)]
        return
    yield from simple
    for parts in PARTS:
        rounded = round(value * parts) / parts
        if rounded == value:
            return
        if min(simple) <= rounded or min(simple) < 0:
            yield rounded


def one_by_one(case: Case, slot: Slot, index: tuple[int, ...]) -> Iterator[Case]:
    """The tensor with one number simpler; a shared bias is one number."""
    a, simple = slot.of(case), allowed(case, slot)
    shared = slot.name == "b" and case.net.bias(slot.l) == "shared"
    for value in simpler(float(a[index]), simple):
        other: Array = np.full_like(a, value) if shared else np.array(a)
        other[index] = value
        yield slot.put(case, other)


def indices(case: Case, slot: Slot) -> list[tuple[int, ...]]:
    """Where the tensor holds numbers that can change one at a time."""
    return [] if chooses(case, slot) else list(np.ndindex(slot.of(case).shape))
