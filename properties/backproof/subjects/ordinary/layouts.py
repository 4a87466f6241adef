"""Every way to see parameters, or gradients, in an object."""

import itertools
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Literal, NamedTuple

from backproof.subjects.manner import BiasForm, Orientation
from backproof.subjects.ordinary.layout import Layout, Sizes
from backproof.subjects.ordinary.naming import PARAMETERS, Names, name_score
from backproof.subjects.ordinary.places import Group, Numbers, Path, Place, group_of, grouped, places
from backproof.subjects.ordinary.row import TAKES, Row

Shapes = list[tuple[int, ...]]


class Way(NamedTuple):
    """How weights may be stored, and their shapes then, layer by layer."""

    orientation: Orientation
    form: BiasForm
    thin: bool
    shapes: Shapes


def layouts(
    root: object, sizes: Sizes, orientation: Orientation | None = None, names: Names = PARAMETERS,
    without: Collection[Path] = (), numbers: bool = False,
) -> list[Layout]:  # fmt: skip
    """Every way to see parameters, or gradients, of these sizes in the root, the most telling names first.

    A plain number may be the bias of a single unit where its name tells so, or else where `numbers` says so.
    """
    found = [
        p
        for p in places(root)
        if p.path not in without and (numbers or p.value.ndim or name_score(p.path, names.biases) > 0)
    ]
    ranked = [
        option
        for way in _ways(sizes)
        if orientation is None or way.orientation == orientation or len(set(sizes)) == 1
        for score, row in _rows(found, [[shape] for shape in way.shapes], names.weights, names.other, len(sizes) - 1)
        for option in _with_biases(found, sizes, names, score, row, way)
    ]
    return [layout for _, layout in sorted(ranked, key=lambda option: -option[0])]


def _ways(sizes: Sizes) -> list[Way]:
    """Matrices either way round, with or without a row for the bias; and the last one as a vector, of a single output."""
    pairs = list(itertools.pairwise(sizes))
    augmented = [(a + 1, b) for a, b in pairs]
    ways = [
        Way("in-out", "none", False, list(pairs)),
        Way("out-in", "none", False, [(b, a) for a, b in pairs]),
        Way("in-out", "last", False, list(augmented)),
        Way("out-in", "last", False, [(b, a) for a, b in augmented]),
    ]
    ways += [way._replace(form="first") for way in ways if way.form == "last"]
    if sizes[-1] != 1:
        return ways
    upright = ways if len(pairs) > 1 else [way for way in ways if way.orientation == "in-out"]
    return ways + [way._replace(thin=True, shapes=[*way.shapes[:-1], (max(way.shapes[-1]),)]) for way in upright]


def _rows(
    found: list[Place], wanted: list[Shapes], telling: "re.Pattern[str]", other: "re.Pattern[str]", depth: int
) -> list[tuple[int, Row]]:
    """Rows of places with one of the wanted shapes for each layer, or for those of the network's layers that hold one."""
    result = list[tuple[int, Row]]()
    for group, here in grouped(found).items():
        for row in _candidates(group, [place.value for place in here], depth):
            some = row.chosen([place for place in here if row.counts(place.value)], depth)
            if _fits(some, wanted):
                result.append((name_score(some[0].path, telling, other) + 1, row))
    single = _singles(found, wanted, telling, other)
    return result + ([single] if single and (depth > 1 or not result) else [])


def _candidates(group: Group, values: list[Numbers], depth: int) -> list[Row]:
    """All members, or half of them; from the first layer to the last, or, in a list, the other way; plain numbers or not.

    One half and what some layers hold is believed less than two halves.
    """
    turned = (False, True) if depth > 1 and ("item", "#") in group else (False,)
    numbers = (False, True) if any(value.ndim == 0 for value in values) else (False,)
    rows = [Row(group, take, backwards=back, numbers=plain) for plain in numbers for back in turned for take in TAKES]
    counts = {row: sum(map(row.counts, values)) for row in rows}
    halves = [row for row in rows if row.take == "all" or counts[row] == 2 * depth]
    partly = [row for row in rows if row.take in {"front", "back"} and counts[row] in {2 * depth - 1, depth + 1}]
    return halves + partly


def _fits(some: list[Place], wanted: list[Shapes]) -> bool:
    return len(some) == len(wanted) and all(p.value.shape in shapes for p, shapes in zip(some, wanted, strict=True))


def _singles(
    found: list[Place], wanted: list[Shapes], telling: "re.Pattern[str]", other: "re.Pattern[str]"
) -> tuple[int, Row] | None:
    """For each layer the place of that shape with the most telling name, the first defined among equals."""
    chosen, score = list[Path](), 0
    for shapes in wanted:
        fitting = [p for p in found if p.value.shape in shapes and p.path not in chosen]
        if not fitting:
            return None
        best = max(fitting, key=lambda p: name_score(p.path, telling, other))
        chosen.append(best.path)
        score = (
            min(score, name_score(best.path, telling, other))
            if len(chosen) > 1
            else name_score(best.path, telling, other)
        )
    return score, Row(None, single=tuple(chosen))


def _with_biases(
    found: list[Place], sizes: Sizes, names: Names, score: int, row: Row, way: Way
) -> list[tuple[int, Layout]]:
    """The layout with the most telling biases of the right sizes, or else with one number a layer, or without any."""
    bare = Layout(row, None, way.orientation, way.form, thin=way.thin)
    if way.form in {"first", "last"}:
        return [(score, bare)]
    each: list[Shapes] = [[(d,), (1, d), (d, 1), *([()] if d == 1 else [])] for d in sizes[1:]]
    best = _best_biases(found, each, names, row, len(each))
    if best is not None:
        form = _form(_held(found, best[1], len(each))[0].value, sizes)
        layout = replace(bare, biases=best[1], form=form)
        if _all_telling(_held(found, best[1], len(each)), names):
            return [(score + best[0], layout)]
        doubtful = (score + best[0], replace(layout, doubtful=True))
        return [doubtful, *_further(score, _partly(found, each, names, row, bare)), (score, bare)]
    some = _shared(found, sizes, names, row, bare) + _partly(found, each, names, row, bare)
    return [*_further(score, some), (score, bare)]


def _further(score: int, some: list[tuple[int, Layout]]) -> list[tuple[int, Layout]]:
    return [(score + more, layout) for more, layout in some]


def _all_telling(held: list[Place], names: Names) -> bool:
    """Whether every name tells of a bias; others may be anything of that size, and outputs show what they are."""
    return all(name_score(place.path, names.biases, names.other) > 0 for place in held)


def _shared(found: list[Place], sizes: Sizes, names: Names, row: Row, bare: Layout) -> list[tuple[int, Layout]]:
    """One number for all units of a layer, or an array of one."""
    depth = len(sizes) - 1
    best = _best_biases(found, [[(), (1,), (1, 1)]] * depth, names, row, depth) if max(sizes[1:]) > 1 else None
    return [(best[0], replace(bare, biases=best[1], form="shared", doubtful=True))] if best else []


def _partly(
    found: list[Place], each: list[Shapes], names: Names, row: Row, bare: Layout
) -> list[tuple[int, Layout]]:
    """Biases of hidden layers only, or of the output layer only."""
    options: list[tuple[Literal["hidden", "output"], list[Shapes]]] = [("output", each[:-1]), ("hidden", each[-1:])]
    result = list[tuple[int, Layout]]()
    for without, wanted in options if len(each) > 1 else ():
        best = _best_biases(found, wanted, names, row, len(each))
        if best and best[1].take in {"all", "back"}:
            form = _form(_held(found, best[1], len(each))[0].value, (0, *(shapes[0][0] for shapes in wanted)))
            result.append((best[0], replace(bare, biases=best[1], form=form, without=without, doubtful=True)))
    return result


def _best_biases(
    found: list[Place], wanted: list[Shapes], names: Names, weights: Row, depth: int
) -> tuple[int, Row] | None:
    """The most telling row of these shapes beside the weights, and how telling it is."""
    taken = {place.path for place in _held(found, weights, depth)}
    rows = [
        (score + _kin(row, weights), row)
        for score, row in _rows(found, wanted, names.biases, names.other, depth)
        if not taken & {place.path for place in _held(found, row, depth)}  # no array is both
    ]
    score, best = max(rows, key=lambda pair: pair[0], default=(0, weights))
    return (score, _alongside(best, weights)) if score > 0 else None


def _alongside(biases: Row, weights: Row) -> Row:
    """Biases run as the weights do: in a list that runs against that of the weights each would meet another layer."""
    if biases.group is None or weights.group is None:
        return biases
    return replace(biases, backwards=weights.backwards)


def _kin(one: Row, other: Row) -> int:
    """1 if they lie in the same holder."""
    a, b = (row.group or group_of(row.single[0]) for row in (one, other))
    return int(a[:-1] == b[:-1])


def _held(found: list[Place], row: Row, depth: int) -> list[Place]:
    """The places that the row speaks of, the first layer's first."""
    if row.group is None:
        return [p for path in row.single for p in found if p.path == path]
    return row.chosen([p for p in grouped(found)[row.group] if row.counts(p.value)], depth)


def _form(value: Numbers, sizes: Sizes) -> BiasForm:
    if value.ndim == 0:
        return "scalar"
    if value.ndim == 1:
        return "flat"
    return "row" if (value.shape[0] == 1 and sizes[1] != 1) or value.shape == (1, 1) else "column"
