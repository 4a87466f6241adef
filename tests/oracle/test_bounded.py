"""A bounded number carries its value and its error through every operation."""

import numpy as np
import pytest

from backproof.oracle import bounded
from backproof.oracle.bounded import DOUBLE, SINGLE, Bounded, Rounding, exact, rounding, wide
from backproof_spec import Activation, Claims, Family, Loss

U = 2.0**-53
NONE = Rounding(0.0)


def number(value: float, error: float) -> Bounded:
    return Bounded(wide([[value]]), wide([[error]]))


def parts(got: Bounded) -> tuple[float, float]:
    return float(got.value.item()), float(got.error.item())


def test_errors_of_a_sum_add_up() -> None:
    assert parts(bounded.plus(number(2, 0.25), number(3, 0.5), NONE)) == (5, 0.75)
    assert parts(bounded.minus(number(2, 0.25), number(3, 0.5), NONE)) == (-1, 0.75)


def test_rounding_of_a_sum_is_relative_to_the_largest_it_may_be() -> None:
    assert parts(bounded.plus(number(2, 0.25), number(3, 0.5), DOUBLE)) == pytest.approx((5, 0.75 + 5.75 * U), rel=U)


def test_the_error_of_a_product_reaches_its_corners() -> None:
    assert parts(bounded.times(number(2, 0.25), number(-3, 0.5), NONE)) == (-6, 0.25 * 3.5 + 2 * 0.5)


def test_a_matrix_product_sums_what_its_terms_may_be_off() -> None:
    a = Bounded(wide([[1, 2]]), wide([[0.5, 0]]))
    b = Bounded(wide([[3], [4]]), wide([[0], [0.25]]))
    assert parts(bounded.product(a, b, NONE)) == (11, 0.5 * 3 + 2 * 0.25)


def test_a_matrix_product_of_k_terms_rounds_k_times_and_twice_more() -> None:
    a, b = exact([[1.0, 2.0, 3.0]]), exact([[1.0], [-1.0], [1.0]])
    assert parts(bounded.product(a, b, DOUBLE)) == pytest.approx((2, bounded.gamma(5, DOUBLE) * 6))


def test_a_scaled_number_is_off_in_proportion() -> None:
    assert parts(bounded.scaled(number(2, 0.25), -3, NONE)) == (-6, 0.75)
    assert parts(bounded.scaled(number(2, 0.0), -3, DOUBLE)) == (-6, 4 * U * 6)


def test_a_total_is_over_one_axis_or_over_all() -> None:
    table = Bounded(wide([[1, -2], [3, 4]]), wide([[0.5, 0], [0, 0.25]]))
    whole, rows = bounded.total(table, NONE), bounded.total(table, NONE, axis=1)
    assert parts(whole) == (6, 0.75)
    assert rows.value.tolist() == [-1, 7] and rows.error.tolist() == [0.5, 0.25]
    assert float(bounded.total(table, DOUBLE).error) == pytest.approx(0.75 + bounded.gamma(6, DOUBLE) * 10.75)


def test_transposing_turns_value_and_error() -> None:
    turned = bounded.transposed(Bounded(wide([[1, 2]]), wide([[3, 4]])))
    assert turned.value.tolist() == [[1], [2]] and turned.error.tolist() == [[3], [4]]


def test_what_was_given_is_exact() -> None:
    given = exact(np.float32(0.1))
    assert float(given.value) == float(np.float32(0.1)) and float(given.error) == 0


def test_gamma_is_a_little_more_than_k_roundings() -> None:
    assert bounded.gamma(1, SINGLE) > 2.0**-24
    assert bounded.gamma(100, DOUBLE) == pytest.approx(100 * U, rel=1e-12)


@pytest.mark.parametrize(("dtype", "u"), [("float64", 2.0**-53), ("float32", 2.0**-24)])
def test_the_arithmetic_is_the_one_that_is_claimed(dtype: str, u: float) -> None:
    family = Family((), (Activation("tanh"),), (Loss("squared_error"),), accuracy=0.125)
    claims = Claims("any", (family,), dtype="float32" if dtype == "float32" else "float64")
    assert rounding(claims).u == u
    assert rounding(claims).accuracy == 0.125
    assert rounding(Claims("none", ())).accuracy == 0


def test_a_sum_in_any_order_is_within_its_bound() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        terms = (rng.normal(size=40) * 10.0 ** rng.integers(-3, 4, 40)).astype(np.float32)
        want = bounded.total(exact(terms), SINGLE)
        for order in (terms, terms[::-1], np.sort(terms), rng.permutation(terms)):
            got = np.float32(0)
            for term in order:
                got = np.float32(got + term)
            assert abs(wide(got) - want.value) <= want.error
