"""Two answers agree if rounding may part them, and only then."""

import numpy as np
import pytest
from tests.diagnosis.judged import FAMILY

from backproof.case import Case
from backproof.diagnosis.agreement import COARSE, OTHER, SAME, apart, numbers, parameters, rooms
from backproof.diagnosis.questions import BACKWARD, Question, Seen
from backproof.oracle.bounded import DOUBLE
from backproof.pool import Shape, build
from backproof_spec import Activation, Claims, Family, Loss, Rule

U = 2.0**-53
ONE = np.array([1.0, -2.0])


def case(family: Family = FAMILY) -> Case:
    return build(Claims("any", (family,)), family, Shape("some", (3,), 2, 2, 4), 1)


def test_equal_numbers_agree() -> None:
    assert numbers(ONE, ONE.copy(), 0.0, U).agree


def test_numbers_within_their_roundings_agree_and_others_do_not() -> None:
    assert numbers(ONE, ONE * (1 + COARSE * U / 2), 0.0, U).agree
    assert not numbers(ONE, ONE * (1 + 4 * COARSE * U), 0.0, U).agree


def test_what_rounding_leaves_counts() -> None:
    assert numbers(ONE, ONE + 1e-6, 2e-6, U).agree and not numbers(ONE, ONE + 1e-6, 0.0, U).agree


def test_the_residual_is_relative_to_the_larger() -> None:
    assert numbers(np.array([1.0]), np.array([4.0]), 0.0, U).residual == 0.75


def test_zeros_agree_and_so_does_nothing() -> None:
    assert numbers(0 * ONE, 0 * ONE, 0.0, U) == SAME and numbers(ONE[:0], ONE[:0], 0.0, U) == SAME


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_agrees_with_the_same_alone(odd: float) -> None:
    assert numbers(np.array([odd, 1.0]), np.array([odd, 1.0]), 0.0, U).agree
    assert numbers(np.array([odd, 1.0]), np.array([2.0, 1.0]), 0.0, U) == OTHER
    assert numbers(np.array([np.inf]), np.array([-np.inf]), 0.0, U) == OTHER


def test_what_is_finite_beside_it_counts() -> None:
    assert not numbers(np.array([np.nan, 1.0]), np.array([np.nan, 2.0]), 0.0, U).agree


def seen(value: np.ndarray | str) -> Seen:
    return Seen((BACKWARD,), "dW1", value)


def test_another_shape_is_another_answer() -> None:
    assert apart(seen(ONE), seen(ONE[:1]), {}, 0.0, U) == OTHER


def test_trouble_agrees_with_trouble_of_its_kind() -> None:
    assert apart(seen("raised"), seen("raised"), {}, 0.0, U) == SAME
    assert apart(seen("raised"), seen("exited"), {}, 0.0, U) == OTHER
    assert apart(seen("raised"), seen(ONE), {}, 0.0, U) == OTHER


def test_the_closed_form_says_what_rounding_leaves() -> None:
    assert 0 < rooms(Question("forward", case()), DOUBLE)["y"] < 1e-13
    assert 0 < rooms(Question("loss", case()), DOUBLE)["loss"] < 1e-13
    assert 0 < rooms(Question("gradient", case()), DOUBLE)[""] < 1e-12


def test_where_there_is_no_closed_form_nothing_is_said() -> None:
    other = Family((Activation("other:swish"),), (Activation("tanh"),), (Loss("squared_error"),))
    assert rooms(Question("gradient", case(other)), DOUBLE) == {}


def test_a_step_leaves_what_its_rate_and_the_parameters_leave() -> None:
    slow, fast = (rooms(Question("step", case(), Rule(rate)), DOUBLE)[""] for rate in (0.25, 0.5))
    assert fast == 2 * slow
    assert parameters(Question("step", case(), Rule(0.5))) == max(np.abs(p).max() for layer in case().params for p in layer)
    assert parameters(Question("gradient", case())) == 0.0
