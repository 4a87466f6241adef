"""The derivative along a line: yes, no, and cannot tell."""

from contextlib import suppress
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof.oracle import directional
from backproof.oracle.directional import Phi, slope
from backproof_spec import Layer

Line = NDArray[np.float64]
SMOOTH: tuple[tuple[str, Phi, float], ...] = (
    ("exp", lambda s: np.exp(2 * s), 2.0),
    ("sin", lambda s: np.sin(3 * s) + 5, 3.0),
    ("a bent loss", lambda s: np.log1p(np.exp(4 * s)), 2.0),
    ("a line", lambda s: 7 * s - 3, 7.0),
    ("a parabola at its foot", lambda s: s**2 + 0.7, 0.0),
    ("tanh", lambda s: np.tanh(8 * s), 8.0),
    ("a large offset", lambda s: 1e6 + np.sin(s), 1.0),
)


def single(phi: Phi) -> Phi:
    """The same, rounded to float32."""
    return lambda s: phi(s).astype(np.float32).astype(np.float64)


@pytest.mark.parametrize(("name", "phi", "want"), SMOOTH, ids=[name for name, _, _ in SMOOTH])
def test_a_smooth_function_has_its_derivative_within_the_bound(name: str, phi: Phi, want: float) -> None:
    found = slope(phi)
    assert abs(found.value - want) <= found.bound
    assert found.bound < (1e-3 if name == "a large offset" else 1e-8)


@pytest.mark.parametrize(("name", "phi", "want"), SMOOTH[:6], ids=[name for name, _, _ in SMOOTH[:6]])
def test_in_single_precision_the_bound_is_wider_and_holds(name: str, phi: Phi, want: float) -> None:
    found = slope(single(phi), single=True)
    assert abs(found.value - want) <= found.bound < 0.1


@pytest.mark.parametrize(("name", "phi", "want"), SMOOTH[:4], ids=[name for name, _, _ in SMOOTH[:4]])
def test_a_derivative_that_is_a_millionth_off_is_outside(name: str, phi: Phi, want: float) -> None:
    found = slope(phi)
    assert abs(found.value - want * (1 + 1e-6)) > found.bound


@pytest.mark.parametrize("at", [1e-9, -1e-9, 1e-4, -3e-3, 0.07])
def test_near_a_kink_it_is_undecided_or_right(at: float) -> None:
    with suppress(Undecided):
        found = slope(lambda s: np.maximum(s - at, 0) + s)
        assert abs(found.value - (1 + (at < 0))) <= found.bound


@pytest.mark.parametrize("at", [0.03, -0.2])
def test_away_from_a_kink_the_step_shrinks_until_it_is_out_of_sight(at: float) -> None:
    found = slope(lambda s: np.maximum(s - at, 0) + s)
    assert abs(found.value - (1 + (at < 0))) <= found.bound < 1e-8
    assert found.step * 4 <= abs(at)


def test_on_a_kink_the_bound_reaches_the_slopes_on_both_sides() -> None:
    found = slope(lambda s: np.maximum(s, 0) + s)
    assert abs(found.value - 1) <= found.bound and abs(found.value - 2) <= found.bound


def test_a_bend_that_no_step_resolves_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^kink: no step at which the loss is smooth along the line \(best bound "):
        slope(single(lambda s: np.maximum(s - 0.006, 0) + s), single=True)


def staircase(tilt: float, digits: int, s: Line) -> Line:
    """A line cut to some digits."""
    steps: Line = np.round(0.7 + tilt * s, digits)
    return steps


@pytest.mark.parametrize("digits", range(9))
def test_a_loss_cut_to_some_digits_is_undecided_or_right(digits: int) -> None:
    for tilt in np.linspace(0.2, 0.9, 40):
        with suppress(Undecided):
            found = slope(partial(staircase, float(tilt), digits))
            assert abs(found.value - tilt) <= found.bound
            assert digits > 3


def test_a_constant_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^flat: the loss is one and the same number at small steps along the line$"):
        slope(lambda s: np.full_like(s, 0.7))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_undecided(value: float) -> None:
    def phi(s: Line) -> Line:
        return value + 0 * s

    said = r"^not finite: the loss is not a finite number along the line$"
    with pytest.raises(Undecided, match=said), np.errstate(all="ignore"):
        slope(phi)


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e-2])
def test_noise_widens_the_bound_and_is_covered(size: float) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = slope(lambda s, rng=rng: np.sin(s) + size * rng.normal(size=s.shape))  # type: ignore[misc]  # bound at once
        assert abs(found.value - 1) <= found.bound
        assert found.bound > size


def test_a_loss_printed_with_six_digits_has_a_bound_that_says_so() -> None:
    found = slope(lambda s: np.asarray(np.round(np.exp(s), 6), dtype=np.float64))
    assert abs(found.value - 1) <= found.bound
    assert found.bound > 1e-7


def test_noise_is_measured() -> None:
    rng = np.random.default_rng(0)
    assert directional.noise(lambda s: np.cos(s) + 1e-7 * rng.normal(size=s.shape), False) == pytest.approx(1e-7, rel=0.6)
    assert directional.noise(lambda s: 3.0 + s, False) == pytest.approx(3 * 2.0**-53 / 3**0.5, rel=1e-3)


PARAMS = (Layer(np.ones((4, 2)), np.ones(2)), Layer(np.ones((2, 3)), np.ones(3)))


def test_a_direction_has_no_tiny_coordinate_and_is_exact() -> None:
    v = directional.direction(PARAMS, np.random.default_rng(0))
    for layer, size in zip(v, (0.5, 0.5), strict=True):
        for p in layer:
            assert (np.abs(p) >= size).all() and (np.abs(p) < 4 * size).all()
            assert (p * 64 == np.round(p * 64)).all()


def test_a_direction_may_lie_in_one_tensor_only() -> None:
    v = directional.direction(PARAMS, np.random.default_rng(0), (2, "b"))
    assert v[1].b.all()
    assert not any(p.any() for p in (v[0].W, v[0].b, v[1].W))


def test_parameters_move_along_a_direction_and_keep_their_type() -> None:
    params = (Layer(np.ones((1, 1), np.float32), np.zeros(1, np.float32)),)
    (moved,) = directional.moved(params, (Layer(np.full((1, 1), 2.0), np.full(1, 4.0)),), 0.25)
    assert moved.W.dtype == np.float32
    assert (moved.W.item(), moved.b.item()) == (1.5, 1.0)


def test_the_inner_product_runs_over_all_layers() -> None:
    g = (Layer(np.array([[1.0, -2.0]]), np.array([3.0, 4.0])),)
    v = (Layer(np.array([[1.0, 1.0]]), np.array([-1.0, 0.5])),)
    assert directional.inner(g, v) == 1 - 2 - 3 + 2
    assert directional.magnitude(g, v) == 1 + 2 + 3 + 2
