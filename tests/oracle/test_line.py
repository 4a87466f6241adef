"""The derivative along a line: its constants worked out anew; smooth, noise, kinks, and what is no number."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from math import atan, cos, sin, sqrt

import numpy as np
import pytest

from backproof.must import Undecided
from backproof.oracle import line
from backproof.oracle.line import (
    DEGREE,
    FEW_NODES,
    FEW_NORM,
    FEW_WEIGHTS,
    NODES,
    NORM,
    SUM,
    TAIL,
    WEIGHTS,
    K,
    Phi,
    Slope,
    Values,
    quantum,
    rounding,
    rung,
    slope,
)

SINGLE = 2.0**-24
SMOOTH: tuple[tuple[str, Phi, float], ...] = (
    ("exp", lambda s: np.exp(2 * s), 2.0),
    ("sin", lambda s: np.sin(3 * s) + 5, 3.0),
    ("a bent loss", lambda s: np.log1p(np.exp(4 * s)), 2.0),
    ("a line", lambda s: 7 * s - 3 / 7, 7.0),
    ("a parabola at its foot", lambda s: s**2 + 0.7, 0.0),
    ("tanh", lambda s: np.tanh(8 * s), 8.0),
    ("a steep sine", lambda s: np.sin(3e4 * s) + 0.1, 3e4),
    ("a large offset", lambda s: 1e6 + np.sin(s), 1.0),
)
EACH_SMOOTH = pytest.mark.parametrize(("name", "phi", "want"), SMOOTH, ids=[name for name, _, _ in SMOOTH])


def single(phi: Phi) -> Phi:
    """The same, rounded to float32."""
    return lambda s: phi(s).astype(np.float32).astype(np.float64)


def kinked(*at: float) -> Phi:
    """Slope 1 far to the left; each kink adds 1."""
    return lambda s: s + sum(np.maximum(s - one, 0) for one in at) + 0.1 * np.sin(s)


def counted(phi: Phi, u: float = 2.0**-53) -> tuple[Slope, int]:
    """The slope, and how many losses it asked for."""
    asked = []

    def counting(s: Values) -> Values:
        asked.append(len(s))
        return phi(s)

    return slope(counting, u), sum(asked)


# The constants.


def tail(values: Values) -> float:
    """The root mean square of what polynomials of degree 8 leave, worked out by least squares."""
    design = np.polynomial.legendre.legvander(NODES, DEGREE)
    left = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return float(np.linalg.norm(left)) / sqrt(TAIL)


def test_the_constant_covers_one_kink_wherever_it_is_and_no_more() -> None:
    near = np.logspace(-9, 0, 2001)
    at = np.concatenate([np.linspace(-0.999, 0.999, 1999), near[:-1], -near[:-1]])
    ratios = np.array([abs(WEIGHTS @ np.maximum(NODES - e, 0) - (e < 0)) / tail(np.maximum(NODES - e, 0)) for e in at]) / NORM
    assert 14.0 < ratios.max() <= K
    assert 0.05 < abs(at[ratios.argmax()]) < 0.08


def either_tail(t: float, degrees: int) -> float:
    """P(|T| > t) for Student's t with an even number of degrees of freedom (Abramowitz and Stegun 26.7.4)."""
    theta = atan(t / sqrt(degrees))
    total = term = 1.0
    for k in range(1, degrees // 2):
        term *= cos(theta) ** 2 * (2 * k - 1) / (2 * k)
        total += term
    return 1 - sin(theta) * total


def test_the_constant_covers_noise_but_for_one_time_in_a_million() -> None:
    assert either_tail(2.306, 8) == pytest.approx(0.05, rel=1e-3)  # as every table has it
    assert either_tail(13.26, TAIL) == pytest.approx(1e-6, rel=1e-2)
    assert either_tail(K, TAIL) < 1e-6


@pytest.mark.parametrize("degree", range(DEGREE + 1))
def test_polynomials_up_to_degree_eight_are_differentiated_exactly(degree: int) -> None:
    assert WEIGHTS @ NODES**degree == pytest.approx(float(degree == 1), abs=1e-14)


@pytest.mark.parametrize("degree", range(9))
def test_eight_losses_differentiate_odd_powers_up_to_seven_and_all_even_ones(degree: int) -> None:
    assert FEW_WEIGHTS @ FEW_NODES**degree == pytest.approx(float(degree == 1), abs=1e-14)


def test_higher_odd_powers_are_not() -> None:
    assert abs(WEIGHTS @ NODES**9) > 1e-2 and abs(FEW_WEIGHTS @ FEW_NODES**9) > 1e-2


def test_the_norms_are_those_of_the_weights() -> None:
    assert pytest.approx(sqrt(sum(w**2 for w in WEIGHTS))) == NORM
    assert pytest.approx(sum(map(abs, WEIGHTS))) == SUM
    assert pytest.approx(sqrt(sum(w**2 for w in FEW_WEIGHTS))) == FEW_NORM


def test_the_nodes_have_few_bits_and_lie_both_ways() -> None:
    assert (np.round(NODES * 64) == NODES * 64).all() and (np.sort(-NODES) == NODES).all()
    assert len(NODES) == 17 and len(FEW_NODES) == 8 and set(FEW_NODES) < set(NODES)


def test_the_tail_is_what_degree_eight_leaves() -> None:
    assert rung(lambda s: (s / 0.5) ** 9, 0.5, 2.0**-53).sigma == pytest.approx(tail(NODES**9))
    assert rung(lambda s: (s / 0.5) ** 8, 0.5, 2.0**-53).sigma < 1e-15


# Smooth functions.


@EACH_SMOOTH
def test_a_smooth_function_has_its_derivative_within_the_bound(name: str, phi: Phi, want: float) -> None:
    found = slope(phi)
    assert found.smooth and abs(found.value - want) <= found.bound
    assert found.bound < (1e-5 if name == "a large offset" else 1e-9 * max(1, want))


@pytest.mark.parametrize(("name", "phi", "want"), SMOOTH[:6], ids=[name for name, _, _ in SMOOTH[:6]])
def test_in_single_precision_the_bound_is_wider_and_holds(name: str, phi: Phi, want: float) -> None:
    found = slope(single(phi), SINGLE)
    assert found.smooth and abs(found.value - want) <= found.bound < 1e-3 * max(1, want)
    assert found.bound > 1e-7


@pytest.mark.parametrize(("name", "phi", "want"), SMOOTH[:4], ids=[name for name, _, _ in SMOOTH[:4]])
def test_a_derivative_that_is_a_billionth_off_is_outside(name: str, phi: Phi, want: float) -> None:
    found = slope(phi)
    assert abs(found.value - want * (1 + 1e-9)) > found.bound


def test_a_gentle_function_costs_seventeen_losses() -> None:
    found, losses = counted(lambda s: np.sin(s) + 5)
    assert losses == 17 and len(found.rungs) == 1 and found.step == line.FIRST


def test_in_single_precision_the_first_step_is_longer() -> None:
    assert slope(single(np.exp), SINGLE).step == line.FIRST_SINGLE
    assert slope(np.exp, first=0.25).rungs[0].step == 0.25


def test_a_step_that_is_too_long_is_seen_by_its_tail_and_shortened() -> None:
    found = slope(lambda s: np.tanh(100 * s))
    assert found.rungs[0].sigma > 1e3 * found.noise and found.step <= line.FIRST / 64
    steps = [one.step for one in found.rungs]
    assert steps == sorted(steps, reverse=True)
    assert all(one.bound >= found.bound for one in found.rungs)


def test_a_step_on_which_the_loss_saturates_is_not_taken_for_rounding() -> None:
    found = slope(lambda s: np.tanh(3e4 * s))
    assert abs(found.value - 3e4) <= found.bound


def test_waves_much_shorter_than_the_step_are_not_taken_for_noise() -> None:
    with pytest.raises(Undecided, match=r"^noise: the loss is rough at one scale and smooth at another, as stairs are, and "):
        slope(lambda s: np.sin(3e6 * s) + 0.1)


def test_it_tells_how_much_the_loss_changes_along_the_step() -> None:
    assert slope(lambda s: 7 * s - 3).reach == pytest.approx(14)
    found = slope(lambda s: np.cosh(s))
    assert found.value == pytest.approx(0, abs=1e-10) and found.reach == pytest.approx(found.step / 2, rel=1e-3)


# Kinks.


@pytest.mark.parametrize("at", [0.0, 1e-12, -1e-12, 1e-9, -1e-9])
def test_a_kink_at_the_point_is_not_smooth_and_soon_given_up(at: float) -> None:
    found, losses = counted(kinked(at))
    assert not found.smooth and losses <= 6 * 17
    assert abs(found.value - 1.1) <= found.bound and abs(found.value - 2.1) <= found.bound


@pytest.mark.parametrize("at", [0.07, 0.03, -0.02, 3e-3, 1e-4, -1e-5, 1e-6])
def test_away_from_a_kink_the_step_shrinks_until_it_is_out_of_sight(at: float) -> None:
    found = slope(kinked(at))
    assert found.smooth and abs(found.value - (1.1 + (at < 0))) <= found.bound
    assert found.step <= abs(at) and found.bound < 1e-13 / abs(at)


@pytest.mark.parametrize("at", [(0.01, -0.02), (1e-3, 2e-3), (1e-3, 1.01e-3), (1e-9, 0.01), (1e-5, -1e-5), (2e-4, -1e-8, 0.3)])
def test_several_kinks_on_a_line_are_covered(at: tuple[float, ...]) -> None:
    found = slope(kinked(*at))
    true = 1.1 + sum(one < 0 for one in at)
    assert abs(found.value - true) <= found.bound
    assert not found.smooth or found.step <= min(map(abs, at))


def test_a_kink_in_single_precision_is_covered() -> None:
    for at in (0.2, 0.05, 0.006, -0.001, 1e-5, 0.0):
        found = slope(single(kinked(at)), SINGLE)
        assert abs(found.value - (1.1 + (at < 0))) <= found.bound


def test_one_kink_at_any_place_is_covered_at_one_step() -> None:
    for at in np.linspace(-1.1, 1.1, 221):
        one = rung(lambda s, at=at: np.maximum(s / 0.25 - at, 0), 0.25, 2.0**-53)  # type: ignore[misc]  # bound at once
        assert abs(one.value - 4 * (at < 0)) <= one.bound or at == 0


# Noise.


def noisy(size: float, rng: np.random.Generator) -> Phi:
    return lambda s: 2 + np.sin(s) + size * rng.normal(size=s.shape)


@pytest.mark.parametrize("size", [1e-15, 1e-12, 1e-6, 1e-2, 1.0])
def test_noise_is_covered_in_all_of_two_thousand_draws(size: float) -> None:
    rng = np.random.default_rng(0)
    found = [slope(noisy(size, rng)) for _ in range(2000)]
    assert not [one for one in found if abs(one.value - 1) > one.bound]
    assert all(one.smooth for one in found)
    assert np.median([one.bound for one in found]) < 2e4 * size


def test_noise_is_measured() -> None:
    rng = np.random.default_rng(0)
    sizes = [slope(noisy(1e-7, rng)).noise for _ in range(200)]
    assert np.median(sizes) == pytest.approx(1e-7, rel=0.2)


def test_noise_that_repeats_itself_ends_the_search_in_few_losses() -> None:
    assert counted(noisy(1e-3, np.random.default_rng(0)))[1] == 4 * 17  # the last of them from much nearer


# Losses cut to digits, or to float32.


@pytest.mark.parametrize("size", [1e-9, 0.3, 1.0, 730.0])
@pytest.mark.parametrize("significant", [3, 4, 9, 12])
def test_the_last_decimal_of_a_cut_loss_is_recognised(size: float, significant: int) -> None:
    decimals = significant - 1 - int(np.floor(np.log10(size)))
    values = np.round(size * (1 + np.sqrt(np.arange(17)) / 5), decimals)
    assert quantum(values) == pytest.approx(10.0**-decimals)


def test_a_loss_that_was_not_cut_has_no_quantum() -> None:
    assert quantum(np.sin(NODES)) == 0
    assert quantum(1e-200 * np.sin(NODES)) == 0
    assert quantum(np.zeros(17)) == 0


@pytest.mark.parametrize(("size", "found"), [(1e-300, 1e-300), (1e-295, 1e-295), (1e290, 0), (1.5e307, 0)])
def test_the_quantum_of_huge_and_tiny_losses_is_sought_in_range(size: float, found: float) -> None:
    assert quantum(size * np.exp(NODES)) == 0
    assert quantum(np.full(17, size)) == pytest.approx(found)  # 10.0**290 is no decimal: it has 13 digits and more


def test_rounding_is_that_of_the_format_that_the_values_fit() -> None:
    values = np.exp(NODES)
    size = values.max()
    assert rounding(values, 2.0**-53) == pytest.approx(2.0**-53 * size / sqrt(3))
    assert rounding(values, SINGLE) == pytest.approx(SINGLE * size / sqrt(3))
    assert rounding(values.astype(np.float32).astype(float), 2.0**-53) == pytest.approx(SINGLE * size / sqrt(3), rel=1e-6)
    assert rounding(np.round(values, 3), 2.0**-53) == pytest.approx(1e-3 / sqrt(12))


def test_a_loss_in_float32_that_is_not_said_to_be_is_recognised() -> None:
    found = slope(single(lambda s: np.sin(s) + 0.3))
    assert found.smooth and abs(found.value - 1) <= found.bound
    assert found.bound > 1e-7


def staircase(tilt: float, digits: int, s: Values) -> Values:
    """A line cut to some digits."""
    steps: Values = np.round(0.7 + tilt * s, digits)
    return steps


@pytest.mark.parametrize("digits", range(14))
def test_a_loss_cut_to_some_digits_is_flat_or_right_within_a_bound_that_shows_the_cut(digits: int) -> None:
    judged = 0
    for tilt in np.sqrt(np.linspace(0.05, 0.9, 40)):
        phi = partial(staircase, float(tilt), digits)
        if np.ptp(phi(line.FIRST * NODES)) == 0:
            with pytest.raises(Undecided, match=r"^flat: "):
                slope(phi)
            continue
        with suppress(Undecided):  # flat at the steps at which it is not a staircase of a few treads
            found = slope(phi)
            assert abs(found.value - tilt) <= found.bound
            assert 1 < found.bound * 10.0**digits < 2000
            judged += 1
    assert (judged > 30) if digits > 2 else (digits == 2 or judged == 0)


# What is no number, and what does not change.


def test_a_constant_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^flat: the loss is one and the same number along the line$"):
        slope(lambda s: np.full_like(s, 0.7))


def beyond(reach: float, what: float, s: Values) -> Values:
    with np.errstate(all="ignore"):
        return np.where(np.abs(s) > reach, what, np.sin(s) + 0.1)


@pytest.mark.parametrize("what", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("reach", [1e-2, 1e-5, 1e-8])
def test_losses_that_are_not_finite_far_out_shorten_the_step(what: float, reach: float) -> None:
    found = slope(partial(beyond, reach, what))
    assert found.step <= reach and found.smooth and abs(found.value - 1) <= found.bound


@pytest.mark.parametrize("what", [np.nan, np.inf])
def test_losses_that_are_never_finite_are_undecided(what: float) -> None:
    asked: list[Values] = []

    def phi(s: Values) -> Values:
        asked.append(s)
        return what * np.ones_like(s)

    with pytest.raises(Undecided, match=r"^not finite: the loss is not a finite number along the line$"):
        slope(phi)
    assert len(asked) < 16


def test_a_loss_that_is_finite_only_now_and_then_is_taken_at_its_finite_steps() -> None:
    answers: list[Callable[[Values], Values]] = [lambda s: np.tanh(300 * s), *[lambda s: np.nan * s] * 20]
    found = slope(lambda s: answers.pop(0)(s))
    assert not found.smooth and len(found.rungs) == 1 and abs(found.value - 300) <= found.bound
