"""Sizes that a class fixes itself are claimed and no others; all weights in one vector are refused with a sentence."""

import numpy as np
import pytest
from tests.subjects.habits import conforms, roots

from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof.subjects.ordinary.constructor import constructors
from backproof_spec import Array


class Fixed:
    """Two inputs, four hidden units, two outputs; tanh, half the squares."""

    slope = 1.0

    def __init__(self, learning_rate: float = 0.1) -> None:
        self.of(2, 4, 2)

    def of(self, a: int, b: int, c: int) -> None:
        self.W1, self.b1 = np.random.randn(a, b), np.zeros(b)
        self.W2, self.b2 = np.random.randn(b, c), np.zeros(c)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        return np.asarray(self.h @ self.W2 + self.b2)

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradients(self, x: Array, t: Array) -> tuple[Array, ...]:
        d2 = self.forward(x) - t
        d1 = d2 @ self.W2.T * (1 - self.slope * self.h**2)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)


class FixedWrong(Fixed):
    slope = 0.0


class Square(Fixed):
    """All widths are equal, and gradients come the last layer's first, in pairs."""

    def __init__(self) -> None:
        self.of(2, 2, 2)

    def gradients(self, x: Array, t: Array) -> tuple[Array, ...]:
        dW1, db1, dW2, db2 = super().gradients(x, t)
        return dW2, db2, dW1, db1


class SquareWrong(Square):
    slope = 0.0


class Halves(Square):
    """All weights, then all biases."""

    def gradients(self, x: Array, t: Array) -> tuple[Array, ...]:
        dW1, db1, dW2, db2 = Fixed.gradients(self, x, t)
        return dW1, dW2, db1, db2


class HalvesWrong(Halves):
    slope = 0.0


class Inputs(Fixed):
    def __init__(self, n_in: int) -> None:
        self.of(n_in, 4, 2)


class InputsWrong(Inputs):
    slope = 0.0


class Ends(Fixed):
    def __init__(self, n_in: int, n_out: int) -> None:
        self.of(n_in, 4, n_out)


class EndsWrong(Ends):
    slope = 0.0


@pytest.mark.parametrize(("right", "wrong", "sizes"), [
    (Fixed, FixedWrong, (2, 4, 2)), (Inputs, InputsWrong, (3, 4, 2)), (Ends, EndsWrong, (3, 4, 2)),
    (Square, SquareWrong, (2, 2, 2)), (Halves, HalvesWrong, (2, 2, 2)),
])  # fmt: skip
def test_widths_that_the_class_fixes_are_claimed_exactly(right: type, wrong: type, sizes: tuple[int, ...]) -> None:
    conforms(right, f"sizes: {sizes} and no others")
    assert load(right).claims.families[0].sizes.exactly == (sizes,)
    assert "activation-derivative" in roots(wrong)


class Cut:
    """One vector of a size of its own, cut where it is used."""

    def __init__(self) -> None:
        self.theta = np.random.randn(44)

    def forward(self, x: Array) -> Array:
        p = self.theta
        return np.asarray(np.tanh(x @ p[:21].reshape(3, 7) + p[21:28]) @ p[28:42].reshape(7, 2) + p[42:])


class CutAtSizes:
    """One vector of the sizes that are asked for."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.w = np.random.randn(sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False)))

    def forward(self, x: Array) -> Array:
        rest = self.w
        for a, b in zip(self.sizes, self.sizes[1:], strict=False):
            x = np.tanh(x @ rest[: a * b].reshape(a, b) + rest[a * b : a * b + b])
            rest = rest[a * b + b :]
        return x


@pytest.mark.parametrize(("kind", "name"), [(Cut, r"theta \(44,\)"), (CutAtSizes, r"w \(102,\)")])
def test_one_vector_of_weights_is_refused_with_a_sentence(kind: type, name: str) -> None:
    sentence = f"all of its numbers lie in one vector, {name}; looked for an array of weights for each layer"
    with pytest.raises(Unusable, match=sentence):
        load(kind)


@pytest.mark.parametrize(("make", "wanted"), [
    (lambda n_features: None, [("in",)]),
    (lambda p, q: None, [("in", "out"), ("sizes", "rate"), ("sizes", "seed")]),
    (lambda p, n_hidden, q: None, [("in", "hidden", "out"), ("in", "hiddens", "out")]),
])  # fmt: skip
def test_no_argument_is_read_by_its_position_against_its_name(make: object, wanted: list[tuple[str, ...]]) -> None:
    found = {tuple(a.role for a in reading.arguments) for reading in constructors(make)}  # type: ignore[arg-type]  # a function
    assert {roles for roles in found if roles and "sizes" not in roles[1:]} >= set(wanted)
    assert not any("sizes" in roles for roles in found) or ("sizes", "seed") in wanted
