"""A threshold that is subtracted is a bias of the opposite sign, whatever it is called; no wrong gradient is excused."""

import numpy as np
import pytest
from tests.subjects.habits import Arrays, conforms, roots

from backproof.subjects.loading import load
from backproof.subjects.ordinary.naming import OTHER, name_score
from backproof.subjects.ordinary.places import Hop
from backproof_spec import Array


class Units:
    """tanh(a @ W + sign * b), and the gradient of half the squares."""

    name, signs, slopes = "thresholds", (-1, -1), (-1, -1)

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.weights: Arrays = [np.random.randn(n_in, n_hidden), np.random.randn(n_hidden, n_out)]
        setattr(self, self.name, [np.zeros(n_hidden), np.zeros(n_out)])

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for sign, W, b in zip(self.signs, self.weights, getattr(self, self.name), strict=True):
            self.a.append(np.tanh(self.a[-1] @ W + sign * b))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / (2 * len(x)))

    def gradient(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        d2 = (self.forward(x) - t) * (1 - self.a[2] ** 2) / len(x)
        d1 = d2 @ self.weights[1].T * (1 - self.a[1] ** 2)
        return [x.T @ d1, self.a[1].T @ d2], [sign * d.sum(axis=0) for sign, d in zip(self.slopes, (d1, d2), strict=True)]


@pytest.mark.parametrize("called", ["thresholds", "theta", "b", "h", "offsets"])
def test_thresholds_are_read_with_the_opposite_sign(called: str) -> None:
    class Right(Units):
        name = called

    said = f"parameters: weights[l], (in, out); thresholds: {called}[l], subtracted, read as biases of the opposite sign"
    assert said in load(Right).assumed


def test_right_thresholds_conform() -> None:
    conforms(Units)


def test_a_threshold_with_the_gradient_of_a_bias_is_accused() -> None:
    class Wrong(Units):
        slopes = (1, 1)

    assert "grad-output-delta" in roots(Wrong)


def test_a_bias_with_the_gradient_of_a_threshold_is_accused() -> None:
    class Wrong(Units):
        signs = (1, 1)

    assert "grad-output-delta" in roots(Wrong)


def test_a_threshold_whose_gradient_has_one_wrong_sign_is_accused() -> None:
    class Wrong(Units):
        slopes = (1, -1)

    assert roots(Wrong) == {"grad-biases"}


def test_a_threshold_that_has_no_part_in_the_outputs_is_accused() -> None:
    class Wrong(Units):
        signs, slopes = (0, 0), (0, 0)

    assert roots(Wrong) & {"forward-bias", "activation-value"}


@pytest.mark.parametrize("mixed", [(1, -1), (-1, 1)])
def test_what_is_added_in_one_layer_and_subtracted_in_the_other_is_accused(mixed: tuple[int, int]) -> None:
    class Wrong(Units):
        signs = slopes = mixed

    assert roots(Wrong) & {"forward-bias", "activation-value", "forward-affine", "forward-layers"}


class MinusOne:
    """The last row of the weights is the threshold: each layer has one more input, which is -1."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.w1, self.w2 = np.random.randn(n_in + 1, n_hidden), np.random.randn(n_hidden + 1, n_out)

    def forward(self, x: Array) -> Array:
        self.x = np.hstack([x, -np.ones((len(x), 1))])
        self.h = np.hstack([np.tanh(self.x @ self.w1), -np.ones((len(x), 1))])
        y: Array = self.h @ self.w2
        return y

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradient(self, x: Array, t: Array) -> tuple[Array, Array]:
        d2 = self.forward(x) - t
        d1 = (d2 @ self.w2.T * (1 - self.h**2))[:, :-1]
        return self.x.T @ d1, self.h.T @ d2


class PlusOne(MinusOne):
    """The gradient is that for an input of 1."""

    def gradient(self, x: Array, t: Array) -> tuple[Array, Array]:
        dw1, dw2 = super().gradient(x, t)
        return np.vstack([dw1[:-1], -dw1[-1:]]), dw2


def test_a_threshold_in_a_row_of_the_weights_is_read() -> None:
    said = "with the threshold as its last row, subtracted, read as the bias of the opposite sign"
    conforms(MinusOne, f"parameters: wl, (in, out), {said}")
    assert roots(PlusOne) == {"grad-biases"}


@pytest.mark.parametrize(("name", "copy"), [
    ("thresholds", False), ("hold", False), ("old_w", True), ("w_old", True), ("oldweights", True), ("weightsold", True),
])  # fmt: skip
def test_old_is_a_word_and_not_a_part_of_one(name: str, copy: bool) -> None:
    assert bool(OTHER.match(name)) == copy
    assert (name_score((Hop("attribute", name),), OTHER) < 0) == copy
