"""Activations have the values that tables give, and stay right and finite far out."""

from math import erf, exp, inf, log, pi, sqrt, tanh

import numpy as np
import pytest

from backproof_impl.activations import derivative, log_softmax, softmax, value
from backproof_spec.values import Activation, Array
from backproof_spec.vocabulary import ELEMENTWISE

FAR = np.array([[-1e30, -1e4, -710.0, -90.0, -30.0, 0.0, 30.0, 90.0, 710.0, 1e4, 1e30]])


def at(name: str, z: float, alpha: float | None = None) -> tuple[float, float]:
    f, point = Activation(name, alpha=alpha), np.array([[z]])
    a = value(f, point)
    return a.item(), derivative(f, point, a).item()


@pytest.mark.parametrize(
    ("name", "z", "a", "slope"),
    [
        ("identity", -3.0, -3.0, 1.0),
        ("sigmoid", log(3), 0.75, 0.1875),
        ("tanh", log(2), 0.6, 0.64),
        ("relu", 2.0, 2.0, 1.0),
        ("relu", -2.0, 0.0, 0.0),
        ("leaky_relu", -2.0, -0.02, 0.01),
        ("elu", -log(2), -0.5, 0.5),
        ("elu", 2.0, 2.0, 1.0),
        ("softplus", log(3), log(4), 0.75),
        ("gelu", 1.0, (1 + erf(sqrt(0.5))) / 2, (1 + erf(sqrt(0.5))) / 2 + exp(-0.5) / sqrt(2 * pi)),
        ("gelu_tanh", 1.0, (1 + tanh(sqrt(2 / pi) * 1.044715)) / 2, 1.0829640838457826),
    ],
)
def test_values_are_those_worked_out_by_hand(name: str, z: float, a: float, slope: float) -> None:
    assert at(name, z) == pytest.approx((a, slope), rel=1e-15)


def test_alpha_counts_in_value_and_derivative() -> None:
    assert at("leaky_relu", -2.0, alpha=0.2) == (-0.4, 0.2)
    assert at("elu", -log(2), alpha=0.5) == pytest.approx((-0.25, 0.25))


def test_slope_scale_and_offset_count_in_value_and_derivative() -> None:
    f, z = Activation("tanh", slope=2.0, scale=3.0, offset=1.0), np.array([[log(2) / 2]])
    assert value(f, z).item() == pytest.approx(1 + 3 * 0.6)
    assert derivative(f, z, value(f, z)).item() == pytest.approx(3 * 2 * 0.64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_and_derivatives_far_out_are_finite_and_keep_their_type(name: str, dtype: type) -> None:
    for f in (Activation(name), Activation(name, slope=1.5, scale=2.0, offset=0.5)):
        z: Array = FAR.astype(dtype)
        a = value(f, z)
        da = derivative(f, z, a)
        assert a.dtype == da.dtype == dtype
        assert np.isfinite(a).all() and np.isfinite(da).all()


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "softplus", "gelu", "gelu_tanh"])
def test_rectifiers_become_the_identity_on_the_right(name: str) -> None:
    assert at(name, 1e4) == (1e4, 1.0)


@pytest.mark.parametrize(
    ("z", "phi"), [(-5.0, 2.866515718791939e-07), (-10.0, 7.61985302416053e-24), (-37.0, 5.725571222524591e-300)]
)
def test_the_left_tail_of_gelu_is_right_to_rounding(z: float, phi: float) -> None:
    assert at("gelu", z)[0] == pytest.approx(z * phi, rel=1e-13)  # phi: forty digits of mpmath, rounded


def test_the_tails_of_sigmoid_and_softplus_keep_their_digits() -> None:
    assert at("sigmoid", -700.0)[0] == pytest.approx(exp(-700.0), rel=1e-15)
    assert at("softplus", -700.0)[0] == pytest.approx(exp(-700.0), rel=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_are_slopes(name: str) -> None:
    h = 1e-5
    z: Array = np.linspace(-4, 4, 24)[None, :]  # 24 points: none of them is the kink at 0
    f = Activation(name)
    slope = (value(f, z + h) - value(f, z - h)) / (2 * h)
    assert derivative(f, z, value(f, z)) == pytest.approx(slope, abs=1e-9)


@pytest.mark.parametrize(("name", "least", "most"), [("relu", 0, 1), ("leaky_relu", 0.01, 1), ("elu", 1, 1)])
def test_the_derivative_at_a_kink_lies_between_its_sides(name: str, least: float, most: float) -> None:
    assert least <= at(name, 0.0)[1] <= most


def test_softmax_is_finite_and_sums_to_one_for_huge_logits() -> None:
    z = np.array([[1e4, 1e4, -1e4], [710.0, 0.0, -710.0]])
    assert softmax(z)[0].tolist() == [0.5, 0.5, 0.0]
    assert softmax(z).sum(axis=1).tolist() == [1.0, 1.0]
    assert log_softmax(z)[0].tolist() == [-log(2), -log(2), -20000 - log(2)]
    assert not np.isin(log_softmax(z), [inf, -inf]).any()


def test_softmax_has_no_derivative_entry_by_entry() -> None:
    with pytest.raises(ValueError, match=r"softmax has no derivative entry by entry; it belongs in the output layer"):
        at("softmax", 1.0)
