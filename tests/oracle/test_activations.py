"""Activations of the oracle: values, derivatives and the error function, near and far, and at ties."""

from math import erf as erf_of_the_library
from math import exp, inf, log1p, tanh

import numpy as np
import pytest

from backproof.oracle import activations, closed
from backproof.oracle.bounded import DOUBLE, Bounded, Rounding, exact, wide
from backproof.oracle.erf import erf
from backproof_spec import Activation
from backproof_spec.vocabulary import ELEMENTWISE

VARIANTS = (
    *(Activation(name) for name in ELEMENTWISE),
    Activation("tanh", slope=2 / 3, scale=1.7159),
    Activation("sigmoid", slope=-2.0, scale=3.0, offset=-1.5),
    Activation("leaky_relu", alpha=0.2),
    Activation("leaky_relu", alpha=3.0),
    Activation("elu", alpha=0.5),
)
FAR = (30.0, 90.0, 710.0, 1e4)
EACH = pytest.mark.parametrize("f", VARIANTS, ids=str)


def value(f: Activation, z: float) -> float:
    return float(activations.activate(f, exact([[z]]), DOUBLE).value.item())


def slope(f: Activation, z: float) -> float:
    return float(activations.derivative(f, exact([[z]]), DOUBLE).value.item())


def test_the_error_function_is_that_of_the_library() -> None:
    x = np.concatenate([np.linspace(-7, 7, 561), [0.0, 3.0, -3.0, 27.0, -40.0]])
    want = np.array([erf_of_the_library(v) for v in x])
    assert np.abs(erf(wide(x)).astype(float) - want).max() < 3e-16


def test_the_error_function_has_no_step_where_its_two_formulas_meet() -> None:
    below, above = erf(wide([3.0, np.nextafter(3.0, 4.0)]))
    assert 0 <= above - below < 1e-18


@pytest.mark.parametrize(("name", "z", "want"), [
    ("identity", -2.5, -2.5), ("sigmoid", 2.0, 1 / (1 + exp(-2.0))), ("tanh", 0.5, tanh(0.5)), ("relu", -1.0, 0.0),
    ("relu", 1.5, 1.5), ("leaky_relu", -2.0, -0.02), ("elu", -1.0, exp(-1.0) - 1), ("softplus", 2.0, 2 + log1p(exp(-2.0))),
    ("gelu", 1.0, (1 + erf_of_the_library(0.5**0.5)) / 2), ("gelu_tanh", 1.0, 0.8411919906082768),
])  # fmt: skip
def test_a_value_is_the_one_worked_out_by_hand(name: str, z: float, want: float) -> None:
    assert value(Activation(name), z) == pytest.approx(want, rel=1e-14)


@EACH
@pytest.mark.parametrize("z", [-8.0, -3.0, -1.0, -0.125, 0.25, 2.0, 7.0])
def test_a_derivative_is_the_limit_of_differences(f: Activation, z: float) -> None:
    h = np.longdouble(1e-6)
    up, down = (activations.activate(f, exact([[z + side * h]]), DOUBLE).value.item() for side in (1, -1))
    assert slope(f, z) == pytest.approx(float((up - down) / (2 * h)), abs=1e-10)


@EACH
@pytest.mark.parametrize("size", FAR)
def test_far_out_values_and_derivatives_reach_their_limits(f: Activation, size: float) -> None:
    for z in (size, -size):
        a = activations.activate(f, exact([[z]]), DOUBLE)
        d = activations.derivative(f, exact([[z]]), DOUBLE)
        assert np.isfinite([a.value, a.error, d.value, d.error]).all()
        assert slope(f, z) == pytest.approx(slope(f, 2 * z), abs=1e-7)


@EACH
def test_a_tie_has_a_value_and_a_derivative_between_both_sides(f: Activation) -> None:
    tie = activations.derivative(f, exact([[0.0]]), DOUBLE)
    left, right = slope(f, -1e-12), slope(f, 1e-12)
    for side in (left, right, (left + right) / 2):
        assert abs(side - float(tie.value.item())) <= float(tie.error.item()) + 1e-11
    if left != pytest.approx(right, abs=1e-9):
        beyond = max(left, right) + 0.01
        assert abs(beyond - float(tie.value.item())) > float(tie.error.item())


def test_an_argument_that_may_be_on_either_side_of_a_kink_admits_both_slopes() -> None:
    near = Bounded(wide([[1e-10]]), wide([[1e-9]]))
    d = activations.derivative(Activation("relu"), near, DOUBLE)
    a = activations.activate(Activation("relu"), near, DOUBLE)
    assert abs(d.value.item() - 0) <= d.error.item() and abs(d.value.item() - 1) <= d.error.item()
    assert a.error.item() >= 1e-9


def test_a_table_is_admitted_to_be_as_wrong_as_it_says() -> None:
    table = Rounding(accuracy=0.01)
    assert 0.02 > activations.activate(Activation("sigmoid", scale=1.0), exact([[1.0]]), table).error.item() >= 0.01
    assert activations.activate(Activation("sigmoid", scale=3.0), exact([[1.0]]), table).error.item() >= 0.03
    assert activations.derivative(Activation("sigmoid"), exact([[1.0]]), table).error.item() >= 0.01


def test_softmax_is_worked_out_by_hand_and_stays_finite() -> None:
    p = closed.activate(Activation("softmax"), exact([[0.0, np.log(3.0)]]), DOUBLE)
    assert p.value[0].astype(float).tolist() == pytest.approx([0.25, 0.75])
    large = closed.activate(Activation("softmax"), exact([[1e4, 0.0, -1e4]]), DOUBLE)
    assert large.value.astype(float).tolist() == [[1, 0, 0]]
    assert np.isfinite(large.error).all()


def test_the_slope_of_a_softmax_scales_its_logits() -> None:
    halved = closed.activate(Activation("softmax", slope=0.5), exact([[0.0, 2 * np.log(3.0)]]), DOUBLE)
    assert halved.value[0].astype(float).tolist() == pytest.approx([0.25, 0.75])


def test_logits_that_may_be_anything_leave_every_probability_within_one() -> None:
    p = activations.softmax(Bounded(wide([[12000.0, 0.0]]), wide([[7000.0, 7000.0]])), DOUBLE)
    assert np.isfinite(p.error).all() and (p.error >= 1).all()


def test_an_error_in_the_logits_moves_softmax_by_no_more_than_its_bound() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        z, off = rng.normal(0, 3, (1, 4)), rng.uniform(-0.1, 0.1, (1, 4))
        p = activations.softmax(Bounded(wide(z), wide(np.abs(off))), DOUBLE)
        moved = activations.softmax(exact(z + off), DOUBLE).value
        assert (np.abs(moved - p.value) <= p.error).all()


def test_bounds_of_slope_and_bend_are_not_exceeded() -> None:
    s = wide(np.linspace(-12, 12, 4801))
    for name, shape in activations.SHAPES.items():
        alpha = 1.0 if name == "elu" else 0.01
        first = shape.derivative(s, alpha)
        away = np.abs(s) > 0.01 if shape.jump(alpha) else np.abs(s) < inf
        second = np.abs(np.diff(first) / np.diff(s))[away[1:] & away[:-1]]
        assert np.abs(first).max() <= shape.slope + 1e-6, name
        assert second.max() <= shape.bend + 1e-3, name
