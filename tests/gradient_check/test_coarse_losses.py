"""Losses that are rough at one scale and smooth at another: nobody right is called wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof import check_gradient

Made = tuple[Callable[[Any], Any], Callable[[Any], Any], Any]
F4 = np.float32


def single_and_a_penalty(rng: np.random.Generator) -> Made:
    X, t = rng.normal(size=(50, 4)).astype(F4), rng.normal(size=50).astype(F4)
    return (
        lambda w: float(np.mean((X @ w.astype(F4) - t) ** 2)) + 0.01 * float(w @ w),
        lambda w: 2 * X.T.astype(float) @ (X @ w - t) / 50 + 0.02 * w,
        rng.normal(size=4),
    )


def rounded_and_a_penalty(rng: np.random.Generator) -> Made:
    X, t = rng.normal(size=(50, 4)), rng.normal(size=50)
    return (
        lambda w: round(float(np.mean((X @ w - t) ** 2)), 6) + 0.01 * w @ w,
        lambda w: 2 * X.T @ (X @ w - t) / 50 + 0.02 * w,
        rng.normal(size=4),
    )


def cancelled(rng: np.random.Generator) -> Made:
    a = rng.normal(size=5)
    return lambda w: (1e9 + a @ w) - 1e9 + w @ w, lambda w: a + 2 * w, rng.normal(size=5)


def periodic_far_out(rng: np.random.Generator) -> Made:
    k = 30000
    return (
        lambda x: np.cos(2 * np.pi * x).sum() + 0.01 * ((x - k) ** 2).sum(),
        lambda x: -2 * np.pi * np.sin(2 * np.pi * x) + 0.02 * (x - k),
        k + rng.uniform(0, 50, 4),
    )


@pytest.mark.parametrize("made", [single_and_a_penalty, rounded_and_a_penalty, cancelled, periodic_far_out])
def test_a_right_gradient_of_a_coarse_loss_is_never_called_wrong(made: Callable[[np.random.Generator], Made]) -> None:
    for seed in range(20):
        f, gradient, x = made(np.random.default_rng(seed))
        said = check_gradient(f, gradient, x, seed=seed)
        assert said.verdict != "violated", str(said)


def test_a_gross_error_is_seen_all_the_same() -> None:
    f, gradient, x = single_and_a_penalty(np.random.default_rng(0))
    assert check_gradient(f, lambda w: gradient(w) + 1, x).verdict != "held"


@pytest.mark.parametrize("trouble", [RuntimeError, AssertionError, IndexError])
def test_what_f_and_the_gradient_refuse_nearby_is_no_matter_of_theirs(trouble: type[Exception]) -> None:
    x = np.array([0.5, 1.0])

    def refusing(p: Any) -> None:
        if not np.allclose(p, x, atol=0.2):
            raise trouble("not there")

    def f(p: Any) -> float:
        refusing(p)
        return float(np.sin(p).sum())

    def wrong(p: Any) -> Any:
        refusing(p)
        return 2 * np.cos(p)

    assert check_gradient(f, np.cos, x)
    assert check_gradient(f, wrong, x).verdict == "violated"


def test_points_that_were_made_up_cause_no_warnings() -> None:
    assert check_gradient(lambda p: np.log(p).sum(), lambda p: 1 / p, np.array([1e-3, 2.0])).verdict != "violated"


def test_of_a_part_that_changes_f_too_little_nothing_is_said() -> None:
    x = (np.array([300.0, 200.0], F4), np.array([1e-6, 2e-6], F4))
    said = check_gradient(lambda p: F4((p[0] ** 2).sum() + np.sin(p[1]).sum()), lambda p: (2 * p[0], np.cos(p[1])), x)
    assert said.notes == ("nothing is said of gradient[1]: beside the rest it changes f too little",)


def test_a_gradient_of_narrower_numbers_is_given_their_rounding() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=40)
    assert check_gradient(lambda p: np.sin(p).sum(), np.cos(x).astype(F4).astype(float), x).verdict != "violated"
    assert check_gradient(lambda p: np.sin(p).sum(), 1.01 * np.cos(x).astype(F4).astype(float), x).verdict == "violated"
