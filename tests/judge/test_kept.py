"""What is asked again is answered from what is kept, and nobody can change it; what must be asked twice is."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked, JudgedGradient
from backproof.case import Case
from backproof.kept import EACH, Kept, frozen
from backproof.must import Violation
from backproof.oracle import closed
from backproof.oracle.backward import witnesses
from backproof.oracle.bounded import DOUBLE
from backproof.properties.hygiene import the_same_call_gives_the_same_answer
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params, Rule, Targets

from . import strange

NET = Network((2, 2, 1), (Activation("tanh"), Activation("identity")), Loss("squared_error"))
PARAMS = (Layer(np.array([[0.5, -1.0], [0.25, 1.0]]), np.array([0.125, 0.5])), Layer(np.array([[1.0], [-0.5]]), np.array([0.25])))
CASE = Case(NET, PARAMS, np.array([[1.0, 0.5], [-0.5, 1.0]]), np.array([[1.0], [0.0]]), "a case", frozenset({"moderate"}))
GIVEN = (CASE.net, CASE.params, CASE.x, CASE.t)


class Counting(Reference):
    """Counts what it is asked; every answer is a little larger than the last."""

    asked = 0

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """The outputs, drifting."""
        Counting.asked += 1
        return super().forward(net, params, x) + Counting.asked / 16

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """The gradient, counted."""
        Counting.asked += 1
        return super().gradient(net, params, x, t)


def test_a_question_is_asked_once_where_answers_are_kept() -> None:
    kept, fresh = Asked(load(Counting), once=True), Asked(load(Counting))
    Counting.asked = 0
    assert kept.forward(*GIVEN[:3]) is kept.forward(*GIVEN[:3]) and Counting.asked == 1
    assert kept.gradient(*GIVEN) is kept.gradient(*GIVEN) and Counting.asked == 2
    assert (fresh.forward(*GIVEN[:3]) != fresh.forward(*GIVEN[:3])).all() and Counting.asked == 4


def test_other_objects_and_other_rates_are_other_questions() -> None:
    asked = Asked(load(Reference), once=True)
    there = CASE.at(tuple(Layer(p.W + 1, p.b) for p in PARAMS))
    assert asked.loss(*GIVEN) != asked.loss(there.net, there.params, there.x, there.t)
    one, other = (asked.step(*GIVEN, Rule(rate)) for rate in (0.5, 0.25))
    assert (one[0].W != other[0].W).all() and asked.step(*GIVEN, Rule(0.5)) is one
    assert asked.descend(*GIVEN, Rule(0.5), 2) is asked.descend(*GIVEN, Rule(0.5), 2)


def test_a_property_cannot_change_what_another_sees() -> None:
    asked = Asked(load(Reference), once=True)
    for array in (asked.forward(*GIVEN[:3]), asked.gradient(*GIVEN)[0].W, closed.gradient(*GIVEN, DOUBLE)[0].W.value):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert all(array.flags.writeable for array in (CASE.x, CASE.t, PARAMS[0].W))


def test_a_subject_that_changes_its_answers_is_still_asked_twice() -> None:
    kept = Asked(load(Counting), once=True)
    kept.forward(*GIVEN[:3])
    with pytest.raises(Violation, match="answered the first time"):
        the_same_call_gives_the_same_answer(kept, CASE)
    assert "repeatable" in [verdict.clause.slug for verdict in judge(load(Counting), examples=0, shrink=False).having("violated")]


def test_what_a_gradient_cost_stays_known_with_it() -> None:
    asked = Asked(load(strange.OnlySteps), once=True)
    g = asked.gradient(*GIVEN)
    assert asked.gradient(*GIVEN) is g
    assert asked.slack(PARAMS, g)[0].W.any()


def test_witnesses_are_looked_for_once() -> None:
    asked: JudgedGradient = Asked(load(Reference), once=True)
    row = CASE.rows([0])
    assert witnesses(asked, row) is witnesses(asked, row) and CASE.rows([0]) is row
    assert CASE.rows([1]) is not row and CASE.rows(slice(0, 1)) is CASE.rows(slice(0, 1))


def test_closed_forms_are_worked_out_once_for_each_rounding() -> None:
    one, rough = closed.forward(*GIVEN[:3], DOUBLE), replace(DOUBLE, accuracy=0.5)
    assert closed.forward(*GIVEN[:3], DOUBLE) is one
    assert (closed.forward(*GIVEN[:3], rough).a[-1].error > one.a[-1].error).all()


def test_the_oldest_go_where_there_is_too_much() -> None:
    kept, abouts, made = Kept(10 * EACH), [(np.zeros(1),) for _ in range(20)], list[int]()

    def answer(i: int) -> Array:
        made.append(i)
        return np.full(2, float(i))

    for i in (*range(20), 19, 0):
        assert kept.answer("what", abouts[i], lambda i=i: answer(i))[0] == i  # type: ignore[misc]  # a default binds it
    assert made == [*range(20), 0]


def test_what_is_frozen_keeps_its_kind() -> None:
    given = (Layer(np.zeros((1, 1)), np.zeros(1)), (1.0, "word"))
    out = frozen(given)
    assert isinstance(out[0], Layer) and out[1] == (1.0, "word")
    assert not out[0].W.flags.writeable and given[0].W.flags.writeable and np.shares_memory(out[0].W, given[0].W)
