"""Where a gradient is wrong: one entry, a few, a tensor as a whole; and no more than can be told."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.oracle.nets import RELU, TANH, Activation, claimed, net

from backproof import check_gradient
from backproof.must import Undecided
from backproof.oracle import locate
from backproof.oracle.directional import Directional, Measured
from backproof.oracle.line import Slope, Values
from backproof.oracle.locate import FEW, Location, located
from backproof.oracle.tensors import Tensors

NAMES = ("dW1", "db1", "dW2", "db2")
SMALL, LARGE, EVEN = (4, 5, 3), (40, 30, 10), (4, 4, 4)
Gradient = list[Values]
Mistake = Callable[[Gradient], object]
Sizes = tuple[int, int, int]


def found(mistake: Mistake, sizes: Sizes = SMALL, seed: int = 0, f: Activation = TANH) -> tuple[Location, int]:
    """Where the oracle says that the gradient with the mistake is wrong, and the losses that it took."""
    one, params = net(sizes, seed, f)
    g: Gradient = [np.array(p) for p in one.gradient(params)]
    mistake(g)
    oracle = Directional(claimed(one.loss, tuple(g), params), np.random.default_rng(seed))
    answer = oracle.ask()
    assert not answer.held and answer.factor is None
    return located(oracle, answer, NAMES), oracle.losses


def truth(sizes: Sizes, seed: int) -> Tensors:
    one, params = net(sizes, seed)
    return one.gradient(params)


def put(tensor: int, *index: int | slice | list[int], value: float | Values) -> Mistake:
    return lambda g: g[tensor].__setitem__(index, value)


def instead(tensor: int, made: Callable[[Values], Values]) -> Mistake:
    return lambda g: g.__setitem__(tensor, np.array(made(g[tensor])))


# One entry.


def is_named_exactly(where: Location, tensor: int, index: tuple[int, ...], claimed: float, true: float) -> None:
    (entry,) = where.entries
    assert where.tensor == entry.tensor == tensor and entry.index == index and where.mended
    assert entry.claimed == claimed and abs(entry.true - true) <= entry.bound < 1e-8
    told = f"{NAMES[tensor]}[{', '.join(map(str, index))}] is {claimed:.8g}, should be {entry.true:.8g} (bound {entry.bound:.2g})"
    assert where.words == f"{told}; with this entry mended the gradient is right"


ENTRIES = [(k, index) for k, shape in enumerate([(4, 5), (5,), (5, 3), (3,)]) for index in product(*map(range, shape))]


@pytest.mark.parametrize(("tensor", "index"), ENTRIES, ids=str)
def test_every_single_entry_of_a_small_network_is_named_exactly(tensor: int, index: tuple[int, ...]) -> None:
    true = float(truth(SMALL, 1)[tensor][index])
    for value in (true * 1.001, true + 1e-6, -true, 0.0, 1e4):
        where, losses = found(put(tensor, *index, value=value), seed=1)
        is_named_exactly(where, tensor, index, value, true)
        assert losses <= 100


def test_single_entries_of_a_larger_network_are_named_exactly() -> None:
    rng = np.random.default_rng(0)
    shapes = [p.shape for p in truth(LARGE, 0)]
    for seed in range(60):
        tensor = seed % 4
        index = tuple(int(rng.integers(n)) for n in shapes[tensor])
        true = float(truth(LARGE, seed)[tensor][index])
        where, losses = found(put(tensor, *index, value=true * 1.01), LARGE, seed)
        is_named_exactly(where, tensor, index, true * 1.01, true)
        assert losses <= 100


@pytest.mark.parametrize("position", [2**10 - 1, 2**20])
def test_an_entry_among_a_million_is_named_in_some_hundred_losses(position: int) -> None:
    x = (np.linspace(-1, 1, 2**20 + 1),)
    g = (np.cos(x[0]),)
    g[0][position] += 0.5
    oracle = Directional(claimed(lambda x: np.sin(x[0]).sum(), g, x), np.random.default_rng(0))
    where = located(oracle, oracle.ask(), ["g"])
    assert where.entries[0].index == (position,) and where.mended
    assert oracle.losses <= 180


def test_a_single_number_has_no_index() -> None:
    x = (np.array(0.5), np.array([1.0, 2.0]))
    oracle = Directional(
        claimed(lambda x: np.sin(x[0]) * x[1].sum(), (np.array(0.0), np.sin(x[0]) * np.ones(2)), x), np.random.default_rng(0)
    )
    where = located(oracle, oracle.ask(), ("a", "b"))
    assert where.words.startswith("a is 0, should be 2.6327477 (bound ") and where.entries[0].index == ()


def test_an_error_too_near_the_bound_to_spell_an_index_is_still_placed_in_its_tensor() -> None:
    tensors = []
    for seed in range(30):
        true = float(truth(SMALL, seed)[0][1, 2])
        try:
            where, _ = found(put(0, 1, 2, value=true + 8e-12), seed=seed)
        except (Undecided, AssertionError):
            continue
        tensors.append(where.tensor)
        assert all((entry.tensor, entry.index) == (0, (1, 2)) for entry in where.entries)
    assert len(tensors) > 20 and tensors.count(0) >= len(tensors) - 2


# Several entries.


def scattered(many: int, sizes: Sizes, seed: int) -> tuple[Mistake, set[tuple[int, tuple[int, ...]]]]:
    """So many entries, each off by about a thousandth; and where they are."""
    rng = np.random.default_rng(seed)
    shapes = [p.shape for p in truth(sizes, seed)]
    places: set[tuple[int, tuple[int, ...]]] = set()
    while len(places) < many:
        k = int(rng.integers(4))
        places.add((k, tuple(int(rng.integers(n)) for n in shapes[k])))
    amounts = {place: float(rng.choice([-1, 1]) * rng.uniform(1e-3, 2e-3)) for place in places}

    def mistake(g: Gradient) -> None:
        for (k, index), amount in amounts.items():
            g[k][index] += amount

    return mistake, places


@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("many", [2, 3, 5])
def test_a_few_entries_are_named_one_by_one(many: int, sizes: Sizes) -> None:
    for seed in range(8):
        mistake, places = scattered(many, sizes, seed)
        where, losses = found(mistake, sizes, seed)
        assert {(entry.tensor, entry.index) for entry in where.entries} == places
        for entry in where.entries:
            assert abs(entry.true - truth(sizes, seed)[entry.tensor][entry.index]) <= entry.bound
        assert where.mended and where.words.endswith(f"; with these {many} entries mended the gradient is right")
        assert where.words.count(", should be ") == many and losses < 700


def test_where_several_tensors_have_a_few_each_the_first_are_named_and_the_others_counted() -> None:
    places = [(k, (i,) if k % 2 else (i, 0)) for k in range(4) for i in range(3)]

    def mistake(g: Gradient) -> None:
        for n, (k, index) in enumerate(places):
            g[k][index] += 1e-3 * (1 + n % 5)

    where, _ = found(mistake, LARGE, 0)
    assert {(entry.tensor, entry.index) for entry in where.entries} == set(places) and where.mended
    assert where.words.count(", should be ") == FEW
    assert where.words.endswith("; 4 more; with these 12 entries mended the gradient is right")


def test_more_wrong_entries_than_a_few_are_not_named_one_by_one() -> None:
    for seed in range(5):
        mistake, _ = scattered(6 * FEW, LARGE, seed)
        where, losses = found(mistake, LARGE, seed)
        assert not where.entries and not where.mended and "is wrong" in where.words
        assert losses < 4000


# Tensors as a whole.


RNG = np.random.default_rng(9)
WHOLE: tuple[tuple[str, Mistake, Sizes], ...] = (
    ("db1 is zero, and should not be", instead(1, np.zeros_like), SMALL),
    ("dW2 is 8 times what it should be", instead(2, lambda p: 8 * p), SMALL),
    ("dW2 is 0.125 times what it should be", instead(2, lambda p: p / 8), SMALL),
    ("dW1 has the wrong sign", instead(0, np.negative), SMALL),
    ("dW1 is -3 times what it should be", instead(0, lambda p: -3 * p), SMALL),
    ("every part of the gradient has the wrong sign", lambda g: [p.__imul__(-1) for p in g], SMALL),
    ("dW1 is transposed", instead(0, lambda p: p.T), EVEN),
    ("dW1 is reshaped where it should be transposed", instead(0, lambda p: p.T.reshape(p.shape)), SMALL),
    ("dW1 is transposed by reshaping", instead(0, lambda p: p.reshape(p.shape[::-1]).T), SMALL),
    ("dW1 has its rows in reverse order", instead(0, lambda p: p[::-1]), SMALL),
    ("dW2 has its columns in reverse order", instead(2, lambda p: p[:, ::-1]), SMALL),
    ("dW1 has its rows and its columns in reverse order", instead(0, lambda p: p[::-1, ::-1]), SMALL),
    ("db1 has its entries in reverse order", instead(1, lambda p: p[::-1]), SMALL),
    ("dW1 has its rows shifted by one", instead(0, lambda p: np.roll(p, 1, 0)), SMALL),
    ("dW2 has its columns shifted by one", instead(2, lambda p: np.roll(p, -1, 1)), LARGE),
    ("db2 has its entries shifted by one", instead(3, lambda p: np.roll(p, 1)), LARGE),
    ("dW1 is wrong: rows 0 and 2 are exchanged", instead(0, lambda p: p[[2, 1, 0, *range(3, len(p))]]), SMALL),
    ("dW2 is wrong: columns 3 and 7 are exchanged", instead(2, lambda p: p[:, [0, 1, 2, 7, 4, 5, 6, 3, 8, 9]]), LARGE),
    ("dW1 is wrong in row 1", put(0, 1, value=RNG.normal(size=30)), LARGE),
    ("dW1 is wrong in columns 4, 17", put(0, slice(None), [4, 17], value=RNG.normal(size=(40, 2))), LARGE),
    ("dW1 is wrong", instead(0, lambda p: RNG.normal(size=p.shape)), LARGE),
    ("db1 is wrong", instead(1, lambda p: RNG.normal(size=p.shape)), LARGE),
    ("dW1 has the wrong sign; db2 is zero, and should not be", lambda g: (g[0].__imul__(-1), g[3].__imul__(0)), SMALL),
    ("dW1 is wrong; db2 has the wrong sign", lambda g: (put(0, value=RNG.normal(size=(40, 30)))(g), g[3].__imul__(-1)), LARGE),
    (
        "dW1 holds what belongs in dW2, or the other way round; dW2 holds what belongs in dW1, or the other way round",
        lambda g: g.__setitem__(slice(0, 3), [g[2], g[1], g[0]]), EVEN,
    ),
    (
        "db1 holds what belongs in db2, or the other way round; db2 holds what belongs in db1, or the other way round",
        lambda g: g.__setitem__(slice(1, 4), [g[3], g[2], g[1]]), EVEN,
    ),
    (
        "dW1 holds the transpose of what belongs in dW2, or the other way round; "
        "dW2 holds the transpose of what belongs in dW1, or the other way round",
        lambda g: g.__setitem__(slice(0, 3), [g[2].T, g[1], g[0].T]), (4, 3, 4),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("words", "mistake", "sizes"), WHOLE, ids=[words[:50] for words, _, _ in WHOLE])
def test_what_became_of_a_tensor_is_told(words: str, mistake: Mistake, sizes: Sizes) -> None:
    for seed in range(4):
        where, losses = found(mistake, sizes, seed)
        assert where.words == words
        assert not where.entries and not where.mended
        assert where.tensor == (None if words.startswith("every") else NAMES.index(words.split()[0]))
        assert losses < 600


def test_a_tensor_that_should_be_zero_is_told() -> None:
    x = (np.array([0.5, -1.0, 2.0]), np.array([[1.0, 3.0], [2.0, -1.0]]))
    g = (np.cos(x[0]), np.array([[1.0, -2.0], [0.5, 3.0]]))
    oracle = Directional(claimed(lambda x: np.sin(x[0]).sum(), g, x), np.random.default_rng(0))
    assert located(oracle, oracle.ask(), ("a", "b")).words == "b should be zero, and is not"


# What is not there, and what cannot be told.


def test_entries_that_do_not_mend_the_gradient_are_not_named() -> None:
    where, _ = found(lambda g: (g[0].__iadd__(1e-3), put(1, 0, value=5.0)(g)), LARGE)
    assert not where.mended and not where.entries
    assert where.words == "dW1 is wrong; db1 is wrong"


def test_tensors_of_three_axes_have_no_rows_to_name() -> None:
    x = (np.linspace(0.1, 1.9, 60).reshape(3, 4, 5), np.ones(2))
    g = (RNG.normal(size=(3, 4, 5)), np.cos(x[1]))
    oracle = Directional(claimed(lambda x: np.sin(x[0]).sum() + np.sin(x[1]).sum(), g, x), np.random.default_rng(0))
    assert located(oracle, oracle.ask(), ("a", "b")).words == "a is wrong"


def test_one_tensor_alone_with_the_wrong_sign_is_called_by_its_name() -> None:
    x = (np.array([0.5, -1.0, 2.0]),)
    oracle = Directional(claimed(lambda x: np.sin(x[0]).sum(), (-np.cos(x[0]),), x), np.random.default_rng(0))
    assert located(oracle, oracle.ask(), ("a",)).words == "a has the wrong sign"


class Blind(Directional):
    """Within one tensor it sees nothing wrong, or a kink."""

    kink = False

    def measured(self, v: Tensors, first: float | None = None) -> tuple[Measured, Slope]:
        one, found = super().measured(v, first)
        if all(d.any() for d in v):
            return one, found
        if self.kink:
            raise Undecided("kink")
        return replace(one, claimed=one.true), found

    def within(self, which: int, known: Slope, mask: NDArray[np.bool_] | None = None) -> Measured:
        if self.kink:
            raise Undecided("kink")
        one = super().within(which, known, mask)
        return replace(one, claimed=one.true)


@pytest.mark.parametrize(("kink", "words"), [
    (False, "no tensor shows it alone"),
    (True, "where it is wrong cannot be told: some lines through the point have kinks"),
])  # fmt: skip
def test_what_cannot_be_told_is_said(kink: bool, words: str) -> None:
    one, params = net()
    g = tuple(p * (1 + 0.01 * RNG.normal(size=p.shape)) for p in one.gradient(params))
    oracle = Blind(claimed(one.loss, g, params), np.random.default_rng(0))
    oracle.kink = kink
    answer = oracle.ask()
    assert located(oracle, answer, NAMES) == Location(words)


def test_halving_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    mistake, _ = scattered(3, LARGE, 0)
    assert len(found(mistake, LARGE, 0)[0].entries) == 3
    monkeypatch.setattr(locate, "PATIENCE", 2)
    where, losses = found(mistake, LARGE, 0)
    assert not where.entries and "is wrong" in where.words and losses < 400


def test_no_right_tensor_of_a_smooth_network_is_called_wrong() -> None:
    for seed in range(60):
        one, params = net(SMALL, seed)
        tensor = seed % 4
        g = [np.array(p) for p in one.gradient(params)]
        g[tensor].flat[int(np.random.default_rng(seed + 7).integers(g[tensor].size))] += 0.01
        where = check_gradient(one.loss, tuple(g), params, seed=seed).location
        assert where is not None and {entry.tensor for entry in where.entries} == {tensor}


def test_in_a_relu_network_the_entry_is_nearly_always_named() -> None:
    right = 0
    for seed in range(30):
        tensor, true = seed % 4, truth(SMALL, seed)
        index = tuple(n // 2 for n in true[tensor].shape)
        with suppress(Undecided):  # the first point may lie among kinks
            where, _ = found(partial(_more, tensor, index), seed=seed, f=RELU)
            right += [(entry.tensor, entry.index) for entry in where.entries] == [(tensor, index)]
    assert right >= 25


def _more(tensor: int, index: tuple[int, ...], g: Gradient) -> None:
    g[tensor][index] += 0.25


def test_in_a_relu_network_no_right_tensor_is_called_wrong() -> None:
    told = 0
    for seed in range(120):
        tensor = seed % 4
        with suppress(Undecided):  # the first point may lie among kinks
            where, _ = found(partial(_more, tensor, (0, 0)[: 2 - tensor % 2]), LARGE, seed, RELU)
            assert where.tensor in (tensor, None)
            told += 1
    assert told > 90
