"""Units that are dropped while training, however rarely, make steps random: those are not judged, the gradient is."""

import numpy as np
import pytest
from tests.subjects.habits import conforms, roots

from backproof.subjects.loading import load
from backproof_spec import Array

DRAWS = "step: two first steps from one place differ: it draws random numbers, and steps are not judged"


class Dropping:
    """Hidden units are kept with probability `kept` in a step, and the louder for it; predictions have them all."""

    kept, slope = 0.8, 1.0

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        return np.asarray(np.tanh(x @ self.W1 + self.b1) @ self.W2 + self.b2)

    def gradients(self, x: Array, t: Array, keep: float = 1.0) -> tuple[Array, ...]:
        a = np.tanh(x @ self.W1 + self.b1)
        mask = (np.random.rand(*a.shape) < keep) / keep
        d2 = (a * mask @ self.W2 + self.b2 - t) / len(x)
        d1 = d2 @ self.W2.T * mask * (1 - self.slope * a**2)
        return x.T @ d1, d1.sum(0), (a * mask).T @ d2, d2.sum(0)

    def step(self, x: Array, t: Array, lr: float = 0.1) -> None:
        for p, g in zip((self.W1, self.b1, self.W2, self.b2), self.gradients(x, t, self.kept), strict=True):
            p -= lr * g


class OneRow(Dropping):
    """One sample a step: seven units a draw, and no more."""

    kept = 0.95

    def forward(self, x: Array) -> Array:
        assert x.ndim == 1
        return np.asarray(super().forward(x[None])[0])

    def step(self, x: Array, t: Array, lr: float = 0.1) -> None:
        super().step(x[None], t[None], lr)

    gradients = Dropping.gradients


class DroppingWrong(Dropping):
    slope = 0.0


class Always(Dropping):
    """Nothing is dropped, though random numbers are drawn."""

    kept = 1.0


class AlwaysWrong(Always):
    slope = 0.0


@pytest.mark.parametrize("kept", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_rare_masks_are_seen(kept: float) -> None:
    subject = load(type("Kept", (Dropping,), {"kept": kept}))
    assert DRAWS in subject.assumed
    assert "step" not in subject.claims.operations


def test_they_are_seen_on_single_rows_too() -> None:
    subject = load(OneRow)
    assert subject.claims.batch == 1
    assert DRAWS in subject.assumed


def test_the_gradient_is_judged() -> None:
    conforms(Dropping, DRAWS)
    assert "activation-derivative" in roots(DroppingWrong)


def test_steps_that_drop_nothing_are_judged() -> None:
    conforms(Always)
    assert "step" in load(Always).claims.operations
    assert "activation-derivative" in roots(AlwaysWrong)


class Shuffling(Always):
    """Single steps in an order of its own."""

    def step(self, x: Array, t: Array, lr: float = 0.1) -> None:
        for i in np.random.permutation(len(x)):
            super().step(x[i : i + 1], t[i : i + 1], lr)


def test_an_order_of_its_own_is_no_obstacle() -> None:
    subject = load(Shuffling)
    assert subject.claims.batch == 1
    assert "step" in subject.claims.operations
