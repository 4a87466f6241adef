"""A gradient recovered from steps: right where the step is, extrapolated where it drifts, refused where nothing can be told."""

import numpy as np
import pytest

from backproof.must import Unmet
from backproof.oracle.bounded import wide
from backproof.oracle.from_step import Step, recovered
from backproof_spec import Layer, Params

START: Params = (Layer(np.array([[1.0, -0.5]]), np.array([0.25, 2.0])),)
TRUE: Params = (Layer(np.array([[0.375, 1.5]]), np.array([-0.75, 0.125])),)
U = 2.0**-53


def stepping(share: float = 0.0, power: int = 1) -> Step:
    """A step along the true gradient, which drifts with the rate by this share, at this power of the rate."""

    def step(rate: float) -> Params:
        return tuple(
            Layer(*(p - rate**power * (g + share * rate) for p, g in zip(layer, slope, strict=True)))
            for layer, slope in zip(START, TRUE, strict=True)
        )

    return step


def off(got: Params) -> float:
    return max(float(np.abs(wide(a) - b).max()) for g, w in zip(got, TRUE, strict=True) for a, b in zip(g, w, strict=True))


def room(slack: Params) -> float:
    return min(float(p.min()) for layer in slack for p in layer)


def test_a_proportional_step_shows_the_gradient_to_rounding() -> None:
    got, slack = recovered(START, stepping(), 1.0, 0.0, U)
    assert off(got) <= room(slack) < 1e-14


def test_a_gradient_that_drifts_with_the_rate_is_extrapolated_to_rate_zero() -> None:
    got, slack = recovered(START, stepping(share=0.5), 1.0, 0.0, U)
    assert off(got) <= room(slack) < 1e-5


def test_a_drift_that_cancels_in_one_entry_leaves_that_entry_no_better_known() -> None:
    drift: Params = (Layer(np.array([[0.0, 0.5]]), np.array([-0.25, 1.0])),)  # of the first order; the second is 1

    def step(rate: float) -> Params:
        layers = zip(START, TRUE, drift, strict=True)
        return tuple(Layer(*(p - rate * (g + d * rate + rate**2) for p, g, d in zip(*layer, strict=True))) for layer in layers)

    got, slack = recovered(START, step, 1.0, 0.0, U)
    entries = (part for layers in zip(got, TRUE, slack, strict=True) for part in zip(*layers, strict=True))
    assert all((np.abs(wide(g) - true) <= bound).all() for g, true, bound in entries)
    assert room(slack) < 1e-5


def test_a_rate_that_is_applied_twice_shows_no_gradient() -> None:
    with pytest.raises(Unmet, match="not even at small rates"):
        recovered(START, stepping(power=2), 1.0, 0.0, U)


def test_one_rate_alone_is_believed_and_two_that_disagree_are_not() -> None:
    assert off(recovered(START, stepping(share=0.5), 1.0, 1.0, U)[0]) == pytest.approx(0.5)
    with pytest.raises(Unmet, match="not proportional"):
        recovered(START, stepping(share=0.5), 1.0, 0.25, U)


def leaving(step: Step, largest: float) -> Step:
    """The same, which overflows at larger rates."""
    return lambda rate: step(rate) if rate <= largest else tuple(Layer(p.W * np.inf, p.b) for p in START)


@pytest.mark.parametrize("largest", [0.25, 0.5])
def test_a_step_that_overflows_at_large_rates_is_read_off_small_ones(largest: float) -> None:
    got, slack = recovered(START, leaving(stepping(), largest), 1.0, 0.0, U)
    assert off(got) <= room(slack) < 1e-5


def test_no_rounding_excuses_a_gradient_that_is_no_number() -> None:
    for least in (0.0, 1.0):
        got, slack = recovered(START, leaving(stepping(), 0.0), 1.0, least, U)
        assert not np.isfinite(got[0].W).any()
        assert not (np.abs(got[0].W - wide(TRUE[0].W)) <= slack[0].W).any()
