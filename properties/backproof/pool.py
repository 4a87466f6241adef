"""Cases, drawn once and put to every property: first a grid of boundaries in a fixed order, then a seeded pool.

Structure is drawn by name, values are dyadic numbers made from an integer seed, so that a float32 subject is given exactly
what a float64 subject is given, and steps along a line are exact. No literal of anybody's code has an influence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from backproof.case import Case
from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE
from backproof_spec import Array, Claims, Family, Layer, Network, Params, Sizes, Targets
from backproof_spec.vocabulary import known, target_kind

GRID = 64  # parameters are multiples of 1/64, inputs too
LOGIT = 6.0  # largest |z_L| of a moderate case: probabilities stay above exp(-12)
GOLDEN = (1 + 5**0.5) / 2  # its multiples are spread evenly, and none is a short fraction
INNER = 8.0  # largest |z_l| of a hidden layer there


@dataclass(frozen=True)
class Shape:
    """The structure of a case, before any value is drawn."""

    name: str
    hidden: tuple[int, ...]  # widths wished for
    inputs: int
    outputs: int
    n: int
    zero_biases: bool = False
    zeros: bool = False  # one weight of each layer and one input are exactly 0
    equal_rows: bool = False  # rows of the first half come again, the last of them with its targets


GRID_SHAPES = (
    Shape("one of everything", (1,), 1, 1, 1),
    Shape("no hidden layer", (), 2, 1, 1),
    Shape("two outputs, one row", (2,), 2, 2, 1),
    Shape("all different", (3,), 2, 4, 3),
    Shape("two hidden layers, one row", (3, 2), 2, 2, 1),
    Shape("two hidden layers", (4, 3), 3, 2, 5),
    Shape("all equal", (3, 3), 3, 3, 3),
    Shape("width 1", (1, 1), 2, 2, 2),
    Shape("no hidden layer, several outputs", (), 3, 2, 4),
    Shape("four rows, zero biases", (3,), 2, 1, 4, zero_biases=True),
    Shape("four rows, zero biases, two outputs", (4,), 3, 2, 4, zero_biases=True),
    Shape("one row, zero biases", (3,), 2, 2, 1, zero_biases=True),
    Shape("no hidden layer, square", (), 2, 2, 3),
    Shape("three hidden layers", (2, 3, 2), 2, 2, 2),
    Shape("zero biases, two hidden layers", (2, 3), 2, 1, 4, zero_biases=True),
    Shape("wide", (8,), 6, 5, 6),
    Shape("equal rows", (3,), 2, 2, 5, equal_rows=True),
    Shape("a weight of each layer and an input are 0", (3, 2), 3, 2, 3, zeros=True),
)
LAST_SHAPES = (  # of usual sizes: after the pool, so that what shows in something small is found there
    Shape("six hidden layers", (3, 2, 3, 4, 2, 3), 2, 3, 3),
    Shape("many rows", (3,), 2, 2, 70),
    Shape("large", (40, 33), 35, 17, 9),
)


def _clamp(value: int, span: tuple[int, int | None]) -> int:
    least, most = span
    return max(least, value if most is None else min(value, most))


def admitted(wish: Shape, sizes: Sizes) -> tuple[int, ...]:
    """The sizes (d_0, ..., d_L) nearest to what is wished for that the family supports."""
    if sizes.exactly:
        wished = (wish.inputs, *wish.hidden, wish.outputs)
        return min(sizes.exactly, key=lambda one: (abs(len(one) - len(wished)), one))
    depth = _clamp(len(wish.hidden), sizes.depth)
    widths = [_clamp(wish.hidden[i % len(wish.hidden)] if wish.hidden else 2, sizes.width) for i in range(depth)]
    if sizes.equal_widths and widths:
        widths = [widths[0]] * depth
    return (_clamp(wish.inputs, sizes.inputs), *widths, _clamp(wish.outputs, sizes.outputs))


def walk(turn: int, *lengths: int) -> list[int]:
    """One index for each length: all move at every turn, and every combination comes once in as many turns as there are."""
    indices, combined = list[int](), 1
    for length in lengths:
        late = turn // lcm(combined, length) if combined > 1 else 0  # a step aside whenever the round begins again
        indices.append((turn + late) % length)
        combined *= length
    return indices


def network(family: Family, sizes: tuple[int, ...], turn: int) -> Network:
    """The family's network at this turn: turns go round every output, loss, penalty and hidden activation, all with all."""
    depth = len(sizes) - 2
    o, e, p, h = walk(turn, *(len(part) or 1 for part in (family.output, family.loss, family.penalty, family.hidden)))
    hidden = tuple(family.hidden[(h + l * family.mixed) % len(family.hidden)] for l in range(depth))
    first, last = family.biases
    biases = () if family.biases == ("each", "each") else (first,) * depth + (last,)
    return Network(sizes, (*hidden, family.output[o]), family.loss[e], family.reported, family.penalty[p], biases)


def dyadic(rng: np.random.Generator, shape: tuple[int, ...], sd: float) -> Array:
    """Normal numbers rounded to multiples of 1/64, none of them 0."""
    drawn = np.round(rng.normal(0.0, sd, shape) * GRID)
    return np.where(drawn == 0, 1.0, drawn) / GRID


def parameters(net: Network, rng: np.random.Generator, zero_biases: bool = False) -> Params:
    """Weights of sd between 1 / sqrt(fan_in) and 1; biases not zero unless so wished."""
    layers = []
    for l, (d_in, d_out) in enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1):
        W = dyadic(rng, (d_in, d_out), float(d_in ** rng.uniform(-0.5, 0.0)))
        b = dyadic(rng, (d_out,), 0.5)
        if zero_biases or net.bias(l) == "none":
            b = np.zeros_like(b)
        layers.append(Layer(W, _shared(net, l, b)))
    return tuple(layers)


def targets(net: Network, n: int, rng: np.random.Generator) -> Targets:
    """Targets that the network's loss allows, of several kinds where it allows several."""
    d, kind = net.sizes[-1], target_kind(net.loss)
    if net.loss.name.startswith("other:") and net.activations[-1].name == "softmax" and kind == "unit":
        kind = "distribution"  # where rows of targets do not sum to 1, p - t is no gradient of a cross-entropy
    if kind == "index":
        return rng.integers(0, d, n)
    if kind == "distribution" and rng.random() < 0.5:
        parts = rng.multinomial(16, np.full(d, 1 / d), n)
        return parts / 16
    if kind in ("one_hot", "distribution"):
        return np.eye(d)[rng.integers(0, d, n)]
    if kind == "binary" or rng.random() < 0.2:
        return rng.integers(0, 2, (n, d)).astype(np.float64)
    bounded = kind == "unit" or net.activations[-1].name in ("sigmoid", "softmax")
    return rng.integers(1, 16, (n, d)) / 16 if bounded else dyadic(rng, (n, d), 1.0)


def tame(net: Network, params: Params, x: Array) -> Params:
    """The parameters with weights halved, layer by layer, until every |z| is moderate."""
    if not all(map(known, net.activations)):
        return params
    result = list(params)
    for l in range(1, net.depth + 1):
        limit = LOGIT if l == net.depth else INNER
        for _ in range(12):
            z = closed.forward(net, tuple(result), x, DOUBLE).z[l - 1].value
            if np.abs(net.activations[l - 1].slope * z).max() <= limit:
                break
            result[l - 1] = Layer(*(np.trunc(p * GRID / 2) / GRID for p in result[l - 1]))
    return tuple(result)


def build(claims: Claims, family: Family, shape: Shape, seed: int, turn: int = 0) -> Case:
    """The case of this structure, at this turn of the family, whose values come from this seed."""
    rng = np.random.default_rng(seed)
    net = network(family, admitted(shape, family.sizes), turn)
    n = shape.n if claims.batch is None else min(shape.n, claims.batch)
    x, params = dyadic(rng, (n, net.sizes[0]), 1.0), parameters(net, rng, shape.zero_biases)
    if shape.zeros:
        x, params = _with_zeros(net, x, params)
    half = n // 2 if shape.equal_rows else 0
    x[n - half :] = x[:half]
    params, t = tame(net, params, x), targets(net, n, rng)
    t[-1] = t[half - 1]
    flavours = frozenset({"moderate"} | ({"zero biases"} if shape.zero_biases else set()))
    return typed(claims, Case(net, params, x, t, shape.name, flavours))


def _with_zeros(net: Network, x: Array, params: Params) -> tuple[Array, Params]:
    """The first input, and the first weight of each layer: zeros, where the loss has a slope. An l1 penalty has none there."""
    x = np.where(np.arange(x.size).reshape(x.shape) == 0, 0.0, x)
    if net.penalty.l1:
        return x, params
    return x, tuple(Layer(np.where(np.arange(p.W.size).reshape(p.W.shape) == 0, 0.0, p.W), p.b) for p in params)


def typed(claims: Claims, case: Case) -> Case:
    """The case in the subject's dtype; class numbers stay integers."""
    kind = np.dtype(claims.dtype)
    params = tuple(Layer(layer.W.astype(kind), layer.b.astype(kind)) for layer in case.params)
    t = case.t if case.t.ndim == 1 else case.t.astype(kind)
    return Case(case.net, params, case.x.astype(kind), t, case.name, case.flavours)


def filled(claims: Claims, case: Case) -> Case:
    """The case with numbers a little smaller, all digits of which are used; targets too, where any will do."""
    net = case.net
    params = tuple(
        Layer(with_all_digits(layer.W, l), _shared(net, l, with_all_digits(layer.b, l + 0.5)))
        for l, layer in enumerate(case.params, start=1)
    )
    t = with_all_digits(case.t, 0.25) if target_kind(net.loss) in ("real", "unit") else case.t
    return typed(claims, replace(case, params=params, x=with_all_digits(case.x, 0.0), t=t))


def _shared(net: Network, l: int, b: Array) -> Array:
    """The first bias for all, where a layer has one."""
    return np.full_like(b, b[0]) if net.bias(l) == "shared" else b


def with_all_digits(numbers: Array | Targets, begin: float) -> Array:
    """Each times a factor of its own between 1 - 2**-8 and 1, no short fraction."""
    factors = 1 - np.mod((np.arange(numbers.size) + 1 + begin) / GOLDEN, 1) * 2.0**-8
    scaled: Array = numbers * factors.reshape(numbers.shape)
    return scaled


def random_shape(rng: np.random.Generator, number: int) -> Shape:
    """A structure for the pool: small networks, most of them with one or two hidden layers."""
    depth = int(rng.choice([0, 1, 1, 2, 2, 3]))
    hidden = tuple(int(w) for w in rng.integers(1, 6, depth))
    inputs, outputs, n = (int(v) for v in rng.integers(1, 6, 3))
    return Shape(f"pool {number}", hidden, inputs, outputs, n, bool(rng.random() < 0.15))


def pool(claims: Claims, seed: int, examples: int) -> Iterator[Case]:
    """The grid for every family in turn, then `examples` seeded cases, family after family, then the largest of the grid."""
    several = len(claims.families)
    yield from _grid(claims, GRID_SHAPES, 0)
    rng = np.random.default_rng([seed, 20])
    for number in range(examples):
        shape = random_shape(rng, number)
        yield build(claims, claims.families[number % several], shape, int(rng.integers(2**31)), number // several)
    yield from _grid(claims, LAST_SHAPES, len(GRID_SHAPES))


def _grid(claims: Claims, shapes: tuple[Shape, ...], begin: int) -> Iterator[Case]:
    several = len(claims.families)
    for number, shape in enumerate(shapes, start=begin):
        for which, family in enumerate(claims.families):
            if which == 0 or (number + which) % several == 0 or several <= 3:
                yield build(claims, family, shape, 1000 * number + which, number)
