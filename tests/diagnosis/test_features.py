"""What is odd about draws is told in the same words for programs that are odd in the same way, and in others for others."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.judged import Narrow, narrowed

from backproof.diagnosis.features import chance, oddities, start
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof_impl.faults.composed import composed
from backproof_spec import Layer, Network, Operation, Params
from backproof_spec.composing import Part


def subject(*names: str, without: Operation | None = None) -> Subject:
    found = load(narrowed(composed(tuple(map(Part, names)))))
    return replace(found, claims=replace(found.claims, operations=found.claims.operations - {without}))


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        ((), "; ; ; ; ; usual falling with the inputs"),
        (("zero-initial-weights",), "; the same for every seed; zero; ; ; "),
        (("all-equal-initial-weights",), "; the same for every seed; all equal; ; "),
        (("seed-ignored",), "; the same for every seed; ; ; ; usual"),
        (("generator-not-seeded",), "other for the same seed; ; ; ; ; "),
        (("initial-weights-whole-numbers",), "whole numbers"),
        (("one-draw-for-each-layer",), "; ; all equal; ; "),
        (("initial-scale-ignores-fan-in",), "constant with the inputs"),
        (("initial-scale-multiplied-by-fan-in",), "growing with the inputs"),
        (("initial-weights-tiny",), "tiny "),
    ],
)
def test_a_start_is_told_by_what_is_odd_about_it(names: tuple[str, ...], odd: str) -> None:
    assert odd in start(subject(*names))


class Huge(Narrow):
    """Weights a hundred times too large."""

    def initial(self, net: Network, seed: int, /) -> Params:
        return tuple(Layer(100 * layer.W, layer.b) for layer in super().initial(net, seed))


class OneDraw(Narrow):
    """The second layer begins with the numbers of the first, halved."""

    def initial(self, net: Network, seed: int, /) -> Params:
        first, *rest = super().initial(net, seed)
        return (first, *(Layer(np.resize(first.W / 2, layer.W.shape), layer.b) for layer in rest))


class Startless(Narrow):
    """Has no start after all."""

    def initial(self, net: Network, seed: int, /) -> Params:
        raise Failure("raised", "no")


def test_a_start_is_huge_or_there_is_none() -> None:
    assert start(load(Huge)) == "; ; ; ; ; huge falling with the inputs"
    assert start(load(Startless)) == "none: Failure"


def test_one_draw_for_all_layers_is_told_from_one_for_each() -> None:
    assert start(load(OneDraw)) == "; ; ; ; one draw for all layers; usual falling with the inputs"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), "forward stays; forward without inputs stays; gradient stays; gradient without inputs stays"),
        (("noise-left-on",), "forward is any; forward without inputs stays; gradient is any; gradient without inputs is any"),
        (("row-drawn-by-chance",), "forward stays; forward without inputs stays; gradient is one of a few; gradient without "
                                   "inputs is one of a few"),
    ],
)  # fmt: skip
def test_chance_is_told_by_which_answers_vary_and_between_how_many_values(names: tuple[str, ...], told: str) -> None:
    assert chance(subject(*names)) == told


def test_what_is_not_on_offer_varies_nowhere() -> None:
    assert chance(subject(without="gradient")).endswith("; gradient not offered; gradient without inputs not offered")


def test_only_clauses_about_draws_ask_what_is_odd_about_them() -> None:
    one = subject("zero-initial-weights")
    assert oddities("initial-symmetry", one) == start(one) and oddities("repeatable", one) == chance(one)
    assert oddities("grad-value", one) == ""
