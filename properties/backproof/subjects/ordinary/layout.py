"""How parameters are laid out: which arrays hold them, which way round the weights are, and where the biases lie."""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from backproof.subjects.ordinary.places import (
    Group,
    Path,
    Place,
    as_numbers,
    fetch,
    group_of,
    grouped,
    members,
    numbers_of,
    places,
    spoken,
    store,
)
from backproof_spec import Array, Layer, Params

Sizes = tuple[int, ...]
Orientation = Literal["in-out", "out-in"]
BiasForm = Literal["flat", "row", "column", "scalar", "first", "last", "none"]  # first, last: a row or column of W
Take = Literal["all", "even", "odd", "front", "back"]
_WEIGHT = re.compile(
    r"^(w\d*(_\w+)?|w[a-z]{0,3}\d*|.*weight.*|.*coef.*|.*theta.*|.*kernel.*|.*syn.*|.*param.*|.*mat.*|u|v)$"
)
_BIAS = re.compile(r"^(b\d*(_\w+)?|b[a-z]{0,2}\d*|.*bias.*|.*intercept.*|.*threshold.*|.*offset.*|.*param.*)$")
_OTHER = re.compile(
    r"^(d[wb_].*|d\d.*|.*grad.*|.*delta.*|.*nabla.*|[mv][_wdb]\d*.*|vel.*|.*mom.*|.*prev.*|.*cache.*|.*best.*|.*old.*|.*acc.*)$"
)
_STALE = re.compile(r"^([mv][_wdb]\d*.*|vel.*|.*mom.*|.*prev.*|.*cache.*|.*best.*|.*old.*|.*acc.*)$")


@dataclass(frozen=True)
class Row:
    """One array for each layer: members of a group, or single arrays by name."""

    group: Group | None
    take: Take = "all"
    single: tuple[Path, ...] = ()

    def paths(self, root: object, depth: int) -> list[Path]:
        """L paths, the first layer's first."""
        if self.group is None:
            return list(self.single)
        return taken([p for p in members(root, self.group) if as_numbers(fetch(root, p)) is not None], self.take, depth)

    def __str__(self) -> str:
        return spoken(self.group) if self.group else ", ".join(spoken(group_of_exactly(p)) for p in self.single)


def group_of_exactly(path: Path) -> Group:
    """The path itself, spoken without numbers left out."""
    return tuple((hop.kind, str(hop.key)) for hop in path)


def taken(paths: list[Path], take: Take, depth: int) -> list[Path]:
    """Some of a group's members: all, every other one, or one half."""
    return {
        "all": paths,
        "even": paths[0::2],
        "odd": paths[1::2],
        "front": paths[:depth],
        "back": paths[depth:],
    }[take]


@dataclass(frozen=True)
class Layout:
    """Where parameters, or gradients, lie in an object, and in which form."""

    weights: Row
    biases: Row | None
    orientation: Orientation
    form: BiasForm

    def read(self, root: object, sizes: Sizes) -> Params:
        """The parameters W_l (d_{l-1}, d_l) and b_l (d_l,); an array of an unforeseen shape is handed on as it is."""
        depth = len(sizes) - 1
        weights = [_array(root, path) for path in self.weights.paths(root, depth)]
        biases = [_array(root, path) for path in self.biases.paths(root, depth)] if self.biases else []
        return tuple(self._layer(weights, biases, sizes, l) for l in range(1, depth + 1))

    def _layer(self, weights: list[Array], biases: list[Array], sizes: Sizes, l: int) -> Layer:
        stored = weights[l - 1]
        W = stored if self.orientation == "in-out" or stored.ndim != 2 else stored.T
        if self.form in {"first", "last"}:
            return split(W, self.form)
        b = unformed(biases[l - 1], sizes[l]) if biases else np.zeros(sizes[l])
        return Layer(W, b)

    def write(self, root: object, params: Params) -> None:
        """Put the parameters there: in place where a float array of that shape lies, by assignment elsewhere."""
        depth = len(params)
        paths = self.weights.paths(root, depth)
        for path, layer in zip(paths, params, strict=True):
            W = joined(layer, self.form)
            put(root, path, W if self.orientation == "in-out" else W.T)
        if self.biases:
            for path, layer in zip(self.biases.paths(root, depth), params, strict=True):
                put(root, path, formed(layer.b, self.form))

    def paths(self, root: object, depth: int) -> list[Path]:
        """Of all weights and biases."""
        return self.weights.paths(root, depth) + (self.biases.paths(root, depth) if self.biases else [])

    def sentence(self) -> str:
        """What was recognised, in words."""
        way = "(in, out)" if self.orientation == "in-out" else "(out, in)"
        held = (
            {"first": "first row", "last": "last row"}
            if self.orientation == "in-out"
            else {"first": "first column", "last": "last column"}
        )
        if self.form in held:
            return f"parameters: {self.weights}, {way}, with the bias as its {held[self.form]}"
        return f"parameters: {self.weights}, {way}; " + (f"biases: {self.biases}" if self.biases else "no biases")


def _array(root: object, path: Path) -> Array:
    return np.asarray(fetch(root, path))


def split(W: Array, form: BiasForm) -> Layer:
    """W (d_in + 1, d_out) with the bias as its first or last row, taken apart."""
    return Layer(W[1:], W[0]) if form == "first" else Layer(W[:-1], W[-1])


def joined(layer: Layer, form: BiasForm) -> Array:
    """The weights as they are stored, (d_in, d_out) or (d_in + 1, d_out)."""
    if form == "first":
        return np.vstack([layer.b[None, :], layer.W])
    return np.vstack([layer.W, layer.b[None, :]]) if form == "last" else layer.W


def formed(b: Array, form: BiasForm) -> Array:
    """b (d,) as it is stored."""
    if form == "scalar":
        return b.reshape(-1)[0] if b.size == 1 else b
    return {"row": b[None, :], "column": b[:, None]}.get(form, b)


def unformed(b: Array, d: int) -> Array:
    """b (d,) out of what is stored; any other shape as it is."""
    return b.reshape(d) if b.shape in {(1, d), (d, 1)} or (d == 1 and b.ndim == 0) else b


def put(root: object, path: Path, value: Array) -> None:
    """Write a copy of the value."""
    there = fetch(root, path)
    if (
        isinstance(there, np.ndarray)
        and there.shape == value.shape
        and there.dtype.kind == "f"
        and there.flags.writeable
    ):
        there[...] = value
    elif isinstance(there, list):
        store(root, path, value.tolist())
    else:
        store(root, path, np.array(value) if value.ndim else value[()])


class Names(NamedTuple):
    """Telling names of weights and of biases; and whether names of gradients, velocities and copies speak against."""

    weights: "re.Pattern[str]"
    biases: "re.Pattern[str]"
    other: "re.Pattern[str]"


PARAMETERS = Names(_WEIGHT, _BIAS, _OTHER)
GRADIENTS = Names(
    re.compile(r"^(d.*|.*grad.*|.*nabla.*|.*w.*)$"), re.compile(r"^(d.*|.*grad.*|.*nabla.*|.*b.*)$"), _STALE
)


def name_score(path: Path, telling: "re.Pattern[str]", other: "re.Pattern[str]" = _OTHER) -> int:
    """2 for a telling name somewhere on the path, less for one that tells of something else."""
    names = [plain_name(hop.key) for hop in path if isinstance(hop.key, str)]
    return 2 * any(telling.match(name) for name in names) - 3 * any(other.match(name) for name in names)


def plain_name(key: str) -> str:
    """Without the underscores of private names."""
    return re.sub(r"^_[A-Za-z0-9]+__", "", key).strip("_").lower()


def layouts(
    root: object, sizes: Sizes, orientation: Orientation | None = None, names: Names = PARAMETERS,
    without: Collection[Path] = (),
) -> list[Layout]:  # fmt: skip
    """Every way to see parameters, or gradients, of these sizes in the root, the most telling names first."""
    found = [
        p for p in places(root) if p.path not in without and (p.value.ndim or name_score(p.path, names.biases) > 0)
    ]
    rows = [
        (score, row, way, form)
        for score, row, way, form in _weight_rows(found, sizes, names)
        if orientation is None or way == orientation or len(set(sizes)) == 1
    ]
    ranked = sorted((_with_biases(found, sizes, names, *row) for row in rows), key=lambda option: -option[0])
    return [layout for _, layout in ranked]


def _weight_rows(found: list[Place], sizes: Sizes, names: Names) -> list[tuple[int, Row, Orientation, BiasForm]]:
    shapes: list[tuple[Orientation, BiasForm, list[tuple[int, int]]]] = [
        ("in-out", "none", list(itertools.pairwise(sizes))),
        ("out-in", "none", [(b, a) for a, b in itertools.pairwise(sizes)]),
        ("in-out", "last", [(a + 1, b) for a, b in itertools.pairwise(sizes)]),
        ("out-in", "last", [(b, a + 1) for a, b in itertools.pairwise(sizes)]),
    ]
    shapes += [(way, "first", wanted) for way, form, wanted in shapes if form == "last"]
    return [
        (score, row, way, form)
        for way, form, wanted in shapes
        for score, row in _rows(found, [[w] for w in wanted], names.weights, names.other)
    ]


def _rows(
    found: list[Place], wanted: list[list[tuple[int, ...]]], telling: "re.Pattern[str]", other: "re.Pattern[str]"
) -> list[tuple[int, Row]]:
    """Rows of places with one of the wanted shapes for each layer."""
    depth, result = len(wanted), list[tuple[int, Row]]()
    for group, here in grouped(found).items():
        for take in ("all", "even", "odd", "front", "back"):
            some = [_at(here, path) for path in taken([place.path for place in here], take, depth)]
            if (take == "all" or len(here) == 2 * depth) and _fits(some, wanted):
                result.append((name_score(some[0].path, telling, other) + 1, Row(group, take)))
    single = _singles(found, wanted, telling, other)
    return result + ([single] if single and (depth > 1 or not result) else [])


def _at(here: list[Place], path: Path) -> Place:
    return next(place for place in here if place.path == path)


def _fits(some: list[Place], wanted: list[list[tuple[int, ...]]]) -> bool:
    return len(some) == len(wanted) and all(p.value.shape in shapes for p, shapes in zip(some, wanted, strict=True))


def _singles(
    found: list[Place], wanted: list[list[tuple[int, ...]]], telling: "re.Pattern[str]", other: "re.Pattern[str]"
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
    found: list[Place], sizes: Sizes, names: Names, score: int, row: Row, way: Orientation, form: BiasForm
) -> tuple[int, Layout]:
    """The layout with the most telling biases of the right sizes, if there are any."""
    if form in {"first", "last"}:
        return score, Layout(row, None, way, form)
    wanted: list[list[tuple[int, ...]]] = [[(d,), (1, d), (d, 1), *([()] if d == 1 else [])] for d in sizes[1:]]
    rows = [(s + _kin(r, row), r) for s, r in _rows(found, wanted, names.biases, names.other) if not _same(r, row)]
    if not rows:
        return score, Layout(row, None, way, "none")
    best, biases = max(rows, key=lambda pair: pair[0])
    if best <= 0:
        return score, Layout(row, None, way, "none")
    first = _first(found, biases)
    return score + best, Layout(row, biases, way, _form(first.value, sizes))


def _same(one: Row, other: Row) -> bool:
    return (one.group, one.take, one.single) == (other.group, other.take, other.single)


def _kin(one: Row, other: Row) -> int:
    """1 if they lie in the same holder."""
    a, b = (row.group or group_of(row.single[0]) for row in (one, other))
    return int(a[:-1] == b[:-1])


def _first(found: list[Place], row: Row) -> Place:
    if row.group is None:
        return next(p for p in found if p.path == row.single[0])
    here = grouped(found)[row.group]
    depth = len(here) // 2
    return _at(here, taken([p.path for p in here], row.take, depth)[0])


def _form(value: Array, sizes: Sizes) -> BiasForm:
    if value.ndim == 0:
        return "scalar"
    if value.ndim == 1:
        return "flat"
    return "row" if (value.shape[0] == 1 and sizes[1] != 1) or value.shape == (1, 1) else "column"


def chains(root: object) -> list[Sizes]:
    """Sizes that the matrices in the root could be of, if they are of one network; the most telling names first."""
    found = [p for p in places(root) if p.value.ndim == 2]
    rows = list(grouped(found).values())
    rows += [[p for p in found if name_score(p.path, _WEIGHT) > 0]]
    rows.sort(key=lambda here: -max((name_score(p.path, _WEIGHT) for p in here), default=-9))
    sizes = list(dict.fromkeys(chain for here in rows for chain in _chain([p.value.shape for p in here])))
    return sorted(sizes, key=lambda chain: -len(chain))


def _chain(shapes: list[tuple[int, ...]]) -> list[Sizes]:
    """(in, out), (out, in), and both with a row or column for the bias."""
    result = list[Sizes]()
    for extra in (0, 1):
        for turned in (False, True):
            pairs = [(s[1], s[0] - 0) if turned else (s[0], s[1]) for s in shapes]
            pairs = [(a - extra, b) for a, b in pairs]
            if pairs and all(p[1] == q[0] for p, q in itertools.pairwise(pairs)) and pairs[0][0] > 0:
                result.append((pairs[0][0], *(b for _, b in pairs)))
    return result


__all__ = ["Layout", "Orientation", "chains", "layouts", "numbers_of"]
