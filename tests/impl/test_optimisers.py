"""Each optimiser makes the moves that its equations give on paper."""

import numpy as np
import pytest

from backproof_impl import optimisers
from backproof_spec.values import Layer, Params, Rule


def walk(rule: Rule, *gradients: float) -> list[float]:
    """Where a single weight stands after each of these gradients; it starts at 0."""
    params: Params = (Layer(np.zeros((1, 1)), np.zeros(1)),)
    memories, places = optimisers.fresh(params), []
    for g in gradients:
        memories = optimisers.update(rule, params, (Layer(np.array([[g]]), np.array([g])),), memories)
        assert params[0].W.item() == params[0].b.item()
        places.append(params[0].W.item())
    return places


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        (Rule(0.5), [-0.5, -1.5]),
        (Rule(0.5, "momentum", beta1=0.5), [-0.5, -0.5 - 1.25]),
        (Rule(0.5, "nesterov", beta1=0.5), [-0.75, -0.75 - (0.5 * 1.25 + 1.0)]),
        (Rule(1.0, "rmsprop", beta2=0.75), [-2.0, -2.0 - 2 / (0.75 * 0.25 + 0.25 * 4) ** 0.5]),
        (Rule(1.0, "rmsprop", beta2=0.75, epsilon=0.5), [-1.0, -1.0 - 2 / ((0.75 * 0.25 + 1.0) ** 0.5 + 0.5)]),
        (Rule(1.0, "adam", beta1=0.5, beta2=0.75), [-1.0, -1.0 - (5 / 3) / (19 / 7) ** 0.5]),
        (Rule(1.0, "adam", beta1=0.5, beta2=0.75, epsilon=1.0), [-0.5, -0.5 - (5 / 3) / (1 + (19 / 7) ** 0.5)]),
    ],
)
def test_two_updates_by_gradients_1_and_2_are_those_on_paper(rule: Rule, places: list[float]) -> None:
    assert walk(rule, 1.0, 2.0) == pytest.approx(places, rel=1e-14)


@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_a_zero_gradient_moves_nothing_even_without_epsilon(name: str) -> None:
    rule = Rule(1.0, "rmsprop" if name == "rmsprop" else "adam", beta1=0.9, beta2=0.9)
    assert walk(rule, 0.0, 0.0) == [0.0, 0.0]


def test_copies_have_arrays_of_their_own() -> None:
    params = (Layer(np.zeros((1, 1)), np.zeros(1)),)
    assert not np.shares_memory(optimisers.copied(params)[0].W, params[0].W)
