"""Nested tuples, lists and dicts are taken apart and put together again."""

from collections import OrderedDict
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

from backproof.trees import Tree, described, form, leaves, rebuilt


class Pair(NamedTuple):
    """Two parts."""

    W: Any
    b: Any


TREES: tuple[tuple[Tree, list[str]], ...] = (
    (1.0, ["x"]),
    ([1.0, 2.0], ["x[0]", "x[1]"]),
    ((1.0, (2.0,)), ["x[0]", "x[1][0]"]),
    ({"a": 1.0, 3: [2.0]}, ["x['a']", "x[3][0]"]),
    (Pair(1.0, [2.0, 3.0]), ["x.W", "x.b[0]", "x.b[1]"]),
    ([Pair(1.0, 2.0), {"c": (3.0,)}], ["x[0].W", "x[0].b", "x[1]['c'][0]"]),
    ([[], {}, ()], []),
)
EACH = pytest.mark.parametrize(("tree", "paths"), TREES, ids=[str(tree) for tree, _ in TREES])


def numbers() -> Iterator[Any]:
    return iter(np.arange(1.0, 9.0))


@EACH
def test_the_ends_are_found_in_order_each_with_its_path(tree: Tree, paths: list[str]) -> None:
    found = list(leaves(tree, "x"))
    assert [path for path, _ in found] == paths
    assert [end for _, end in found] == [1.0, 2.0, 3.0][: len(paths)]


@EACH
def test_what_is_taken_apart_is_put_together_again(tree: Tree, paths: list[str]) -> None:
    again = rebuilt(tree, numbers())
    assert again == tree and type(again) is type(tree)
    assert [end for _, end in leaves(rebuilt(tree, iter(np.arange(5.0, 9.0))), "")] == [5.0, 6.0, 7.0][: len(paths)]


def test_arrays_stay_arrays_and_numbers_numbers() -> None:
    parts = (np.array(1.0), np.array([2.0]), np.array(3.0))
    number, array, small = rebuilt([0.0, np.zeros(1), np.float32(0)], iter(parts))
    assert type(number) is float and array is parts[1] and small is parts[2]


@pytest.mark.parametrize("kind", [dict, OrderedDict, MappingProxyType])
def test_every_mapping_is_a_dict(kind: type) -> None:
    tree = kind({"a": 1.0})
    assert list(leaves(tree, "x")) == [("x['a']", 1.0)]
    assert rebuilt(tree, numbers()) == {"a": 1.0} and form(tree) == {"a": None}


@pytest.mark.parametrize(("one", "other", "alike"), [
    (1.0, np.zeros(3), True), ([1.0, 2.0], (np.zeros(1), "x"), True), ({"a": 1, "b": 2}, {"b": 1, "a": 2}, True),
    (Pair(1.0, 2.0), [1.0, 2.0], True), ([1.0], 1.0, False), ([1.0], [1.0, 2.0], False), ({"a": 1}, {"b": 1}, False),
    ({"a": 1}, [1], False), ([[1.0], 2.0], [1.0, [2.0]], False), ([], {}, False),
])  # fmt: skip
def test_two_trees_match_if_their_forms_are_equal(one: Tree, other: Tree, alike: bool) -> None:
    assert (form(one) == form(other)) is alike


@pytest.mark.parametrize(("tree", "words"), [
    ({"a": 1, 2: 3}, "a dict with 'a', 2"), ([1, 2], "a list of 2"), ((1,), "a tuple of 1"), (Pair(1, 2), "a tuple of 2"),
    (np.zeros((2, 3)), "an array of shape (2, 3)"), (np.zeros(()), "a number"), (1, "a number"), (0.5, "a number"),
    (None, "NoneType"), ("abc", "str"), (np.float32(1), "a number"), ([], "a list of 0"),
])  # fmt: skip
def test_a_tree_is_described_in_a_few_words(tree: Tree, words: str) -> None:
    assert described(tree) == words
