"""One bias for all units of a layer, as a number or as an array of one; and numbers that are none, whatever they are called."""

import numpy as np
import pytest
from tests.subjects.habits import conforms, roots

from backproof.subjects.loading import load
from backproof_spec import Array

SHARED = "parameters: Wl, (in, out); biases: bl, one for all units of a layer"


class Number:
    """tanh, half the squares, and a number as bias; begin: what it begins with."""

    begin: object = 0.0
    sign = 1

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), self.begin
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), self.begin

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.sign * self.b1)  # type: ignore[operator]  # a number, or an array of one
        y: Array = self.h @ self.W2 + self.sign * self.b2  # type: ignore[operator]  # a number or an array
        return y

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradients(self, x: Array, t: Array) -> tuple[object, ...]:
        d2 = self.forward(x) - t
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return x.T @ d1, self.sign * self.of(d1), self.h.T @ d2, self.sign * self.of(d2)

    def of(self, delta: Array) -> float:
        return float(delta.sum())


class Mean(Number):
    """The bias follows the mean of the deltas of its layer."""

    def of(self, delta: Array) -> float:
        return float(delta.sum(axis=0).mean())


class NotZero(Number):
    begin = 0.35


class OneEntry(Number):
    """An array of one number, which steps move."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        super().__init__(n_in, n_hidden, n_out)
        self.b1, self.b2 = np.zeros(1), np.zeros(1)

    def step(self, x: Array, t: Array, lr: float) -> None:
        for name, d in zip(("W1", "b1", "W2", "b2"), super().gradients(x, t), strict=True):
            setattr(self, name, getattr(self, name) - lr * np.asarray(d))

    gradients = None  # type: ignore[assignment]  # taken away


class OneEntryMean(OneEntry):
    of = Mean.of


class SharedThreshold(Number):
    sign = -1


class SharedThresholdMean(SharedThreshold):
    of = Mean.of


@pytest.mark.parametrize(("right", "wrong"), [(Number, Mean), (NotZero, Mean), (OneEntry, OneEntryMean)])
def test_one_bias_a_layer_is_read_and_judged(right: type[object], wrong: type[object]) -> None:
    conforms(right, SHARED)
    assert load(right).claims.families[0].biases == ("shared", "shared")
    assert "grad-value" in roots(wrong)


def test_one_threshold_a_layer_as_well() -> None:
    said = "thresholds: bl, one for all units of a layer, subtracted, read as biases of the opposite sign"
    conforms(SharedThreshold, f"parameters: Wl, (in, out); {said}")
    assert "grad-value" in roots(SharedThresholdMean)


class Adam(Number):
    """No bias: b1 and b2 are constants of an optimiser. The delta is y - t, though the loss is squared."""

    factor = 1.0

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        super().__init__(n_in, n_hidden, n_out)
        self.b1, self.b2 = 0.9, 0.999

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1)
        return np.asarray(1 / (1 + np.exp(-self.h @ self.W2)))

    def gradients(self, x: Array, t: Array) -> tuple[object, ...]:
        d2 = self.forward(x) - t
        d1 = d2 @ self.W2.T * (1 - self.factor * self.h**2)
        return x.T @ d1, self.h.T @ d2


class WrongSlope(Adam):
    factor = 2.0


def test_numbers_that_take_no_part_in_outputs_are_no_biases() -> None:
    conforms(Adam, "parameters: Wl, (in, out); no biases")
    assert "activation-derivative" in roots(WrongSlope)


def test_a_delta_of_y_minus_t_is_read_without_biases_too() -> None:
    assert load(Adam).claims.families[0].loss[0].name == "matching"
