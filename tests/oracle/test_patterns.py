"""What a wrong tensor may be to the right one: undoing the pattern gives back what was there."""

from collections.abc import Callable

import numpy as np
import pytest

from backproof.oracle.patterns import others, rearranged
from backproof_spec import Array

OBLONG, SQUARE, LINE = np.arange(6.0).reshape(2, 3), np.arange(9.0).reshape(3, 3), np.arange(4.0)


def undone(g: Array) -> dict[str, list[Array]]:
    found: dict[str, list[Array]] = {}
    for words, other in rearranged(g):
        assert other.shape == g.shape
        found.setdefault(words, []).append(other)
    return found


@pytest.mark.parametrize(("words", "right", "mistake"), [
    ("is transposed", SQUARE, lambda g: g.T),
    ("is reshaped where it should be transposed", OBLONG, lambda g: g.T.reshape(g.shape)),
    ("is reshaped where it should be transposed", SQUARE, lambda g: g.T.reshape(g.shape)),
    ("is transposed by reshaping", OBLONG, lambda g: g.reshape(g.shape[::-1]).T),
    ("has its rows and its columns in reverse order", OBLONG, lambda g: g[::-1, ::-1]),
    ("has its rows in reverse order", OBLONG, lambda g: g[::-1]),
    ("has its columns in reverse order", OBLONG, lambda g: g[:, ::-1]),
    ("has its entries in reverse order", LINE, lambda g: g[::-1]),
    ("has its rows shifted by one", SQUARE, lambda g: np.roll(g, 1, 0)),
    ("has its rows shifted by one", SQUARE, lambda g: np.roll(g, -1, 0)),
    ("has its columns shifted by one", OBLONG, lambda g: np.roll(g, 1, 1)),
    ("has its entries shifted by one", LINE, lambda g: np.roll(g, -1)),
])  # fmt: skip
def test_what_was_rearranged_is_among_what_is_tried(words: str, right: Array, mistake: Callable[[Array], Array]) -> None:
    tried = undone(mistake(right))[words]
    assert any((other == right).all() for other in tried)
    assert not any((other == right + 1).all() for other in tried)


def test_an_oblong_matrix_is_not_said_to_be_transposed() -> None:
    assert "is transposed" in undone(SQUARE) and "is transposed" not in undone(OBLONG)


def test_a_single_row_or_column_has_only_its_own_order() -> None:
    assert set(undone(np.arange(3.0)[None])) == {"has its columns in reverse order", "has its columns shifted by one"}
    assert set(undone(np.arange(2.0)[:, None])) == {"has its rows in reverse order"}


@pytest.mark.parametrize("g", [np.array(1.0), np.array([1.0]), np.ones((1, 1)), np.ones((2, 2, 2))])
def test_what_has_no_order_or_more_axes_than_two_is_not_rearranged(g: Array) -> None:
    assert not undone(g)


def test_nothing_that_is_tried_is_the_tensor_itself() -> None:
    rng = np.random.default_rng(0)
    for shape in ((2, 2), (2, 3), (3, 3), (5, 4), (1, 4), (7,), (2,)):
        g = rng.normal(size=shape)
        assert not any((other == g).all() for _, other in rearranged(g)), shape


NAMES = ("A", "B", "C", "D", "E")


def test_other_tensors_of_the_shape_may_have_been_taken_for_it() -> None:
    g = (OBLONG, OBLONG + 1, np.arange(6.0).reshape(3, 2), SQUARE, SQUARE + 1)
    found = dict(others(g, 0, NAMES))
    assert set(found) == {
        "holds what belongs in B, or the other way round", "holds the transpose of what belongs in C, or the other way round",
    }  # fmt: skip
    assert found["holds what belongs in B, or the other way round"] is g[1]
    assert (found["holds the transpose of what belongs in C, or the other way round"] == g[2].T).all()


def test_square_tensors_are_exchanged_as_they_stand() -> None:
    assert [words for words, _ in others((SQUARE, SQUARE + 1), 1, NAMES)] == ["holds what belongs in A, or the other way round"]


def test_a_tensor_alone_or_among_others_of_other_shapes_holds_nothing_else() -> None:
    assert not list(others((OBLONG,), 0, NAMES))
    assert not list(others((OBLONG, SQUARE, LINE, np.array(1.0)), 0, NAMES))
