"""A case with fewer parts: rows, units and layers. What is left keeps its numbers, and targets stay what the loss takes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import cast

import numpy as np

from backproof.case import Case
from backproof_spec import Array, Layer, Targets
from backproof_spec.vocabulary import target_kind

CLASSES = ("one_hot", "distribution", "index")  # targets that choose among outputs: with one output there is no choice


def least(case: Case, l: int) -> int:
    """The fewest units that layer l can keep; layer 0 is the input."""
    choosing = case.net.activations[-1].name == "softmax" or target_kind(case.net.loss) in CLASSES
    return 2 if choosing and l == case.net.depth else 1


def with_units(case: Case, l: int, keep: list[int]) -> Case:
    """The case with some units of layer l, in that order."""
    sizes = tuple(len(keep) if i == l else d for i, d in enumerate(case.net.sizes))
    layers = list(case.params)
    if l > 0:
        layers[l - 1] = Layer(layers[l - 1].W[:, keep], layers[l - 1].b[keep])
    if l < case.net.depth:
        layers[l] = Layer(layers[l].W[keep], layers[l].b)
    x = case.x[:, keep] if l == 0 else case.x
    t = _targets(case, keep) if l == case.net.depth else case.t
    return replace(case, net=replace(case.net, sizes=sizes), params=tuple(layers), x=x, t=t)


def without_unit(case: Case, l: int, unit: int) -> Case:
    """The case without one unit of layer l."""
    return with_units(case, l, _all_but(case.net.sizes[l], unit))


def _targets(case: Case, keep: list[int]) -> Targets:
    """Targets of the outputs that are kept: a row that chose among all of them chooses among these."""
    if case.t.ndim == 1:
        return np.array([keep.index(k) if k in keep else 0 for k in case.t.tolist()], dtype=np.int64)
    rows = cast(Array, case.t)  # class numbers stand in one column
    t = rows[:, keep]
    sums_to_one = rows.sum(axis=1) == 1
    if least(case, case.net.depth) == 1 or not sums_to_one.all() or (t.sum(axis=1) == 1).all():
        return t
    chosen: Array = np.eye(len(keep))[t.argmax(axis=1)].astype(case.x.dtype)  # renormalised, its numbers would not be dyadic
    return chosen


def without_layer(case: Case, l: int, above: bool = False) -> Case:
    """The case without the hidden layer l; the numbers go round where the widths differ.

    Its units are dropped with what leads to them, or, from above, with the next layer's weights, whose place its own take.
    """
    sizes = case.net.sizes
    own, following = case.params[l - 1], case.params[l]
    if above:
        columns = np.resize(np.arange(sizes[l]), sizes[l + 1])
        merged = Layer(own.W[:, columns], own.b[columns] if case.net.bias(l + 1) == case.net.bias(l) else following.b)
    else:
        merged = Layer(following.W[np.resize(np.arange(sizes[l]), sizes[l - 1])], following.b)
    net = replace(
        case.net,
        sizes=sizes[:l] + sizes[l + 1 :],
        activations=case.net.activations[: l - 1] + case.net.activations[l:],
        biases=case.net.biases[: l - 1] + case.net.biases[l:],
    )
    return replace(case, net=net, params=(*case.params[: l - 1], merged, *case.params[l + 1 :]))


def _all_but(n: int, one: int) -> list[int]:
    return [i for i in range(n) if i != one]


def _some(n: int, fewest: int) -> Iterator[list[int]]:
    """Which of n parts to keep: as few as can be, then a half, then all but one."""
    if n <= fewest:
        return
    half = max(fewest, n // 2)
    yield list(range(fewest))
    yield list(range(half))
    yield list(range(n - half, n))
    yield from (_all_but(n, i) for i in range(n))


def corners(case: Case) -> Iterator[Case]:
    """One of everything, without a hidden layer, with one, ...; on one row and on two: what most mistakes can be seen on.

    Then two of everything: what is seen on square weights only is never come upon by dropping one unit at a time.
    """
    flatter = [case]
    while flatter[0].net.depth > 1:
        flatter.insert(0, without_layer(flatter[0], 1))
    for width, one in product((1, 2), flatter):
        for n in range(1, min(case.n, 2) + 1):
            yield _corner(one, width).rows(list(range(n)))


def _corner(case: Case, width: int) -> Case:
    for l, d in enumerate(case.net.sizes):
        case = with_units(case, l, list(range(min(d, max(width, least(case, l))))))
    return case


def fewer_rows(case: Case) -> Iterator[Case]:
    """Without most rows, or half of them, or one."""
    return (case.rows(keep) for keep in _some(case.n, 1))


def fewer_layers(case: Case) -> Iterator[Case]:
    """Without one hidden layer."""
    return (without_layer(case, l, above) for l in range(1, case.net.depth) for above in (False, True))


def fewer_units(case: Case) -> Iterator[Case]:
    """Without most units of a layer, or half of them, or one; of all hidden layers, where their widths must be equal."""
    if case.net.depth > 2 and len(set(case.net.sizes[1:-1])) == 1:
        yield from (_narrower(case, keep) for keep in _some(case.net.sizes[1], 1))
    for l, d in enumerate(case.net.sizes):
        yield from (with_units(case, l, keep) for keep in _some(d, least(case, l)))


def _narrower(case: Case, keep: list[int]) -> Case:
    for l in range(1, case.net.depth):
        case = with_units(case, l, keep)
    return case


def single_drops(case: Case) -> Iterator[Case]:
    """Without one row, one hidden layer, or one unit: where none of these fails, the case is minimal."""
    if case.n > 1:
        yield from (case.rows(_all_but(case.n, i)) for i in range(case.n))
    yield from fewer_layers(case)
    for l, d in enumerate(case.net.sizes):
        yield from (without_unit(case, l, unit) for unit in range(d) if d > least(case, l))
