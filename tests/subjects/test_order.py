"""Gradients that are handed out from the last layer to the first, as a loop backwards appends them."""

import numpy as np
import pytest
from tests.subjects.habits import Arrays, conforms, roots

from backproof.subjects.loading import load
from backproof_spec import Array

FIRST = "returned, the last layer's first"


class Backwards:
    """A list of pairs, the last layer's first."""

    def __init__(self, sizes: list[int]) -> None:
        pairs = list(zip(sizes, sizes[1:], strict=False))
        self.W: Arrays = [np.random.randn(a, b) / a**0.5 for a, b in pairs]
        self.b: Arrays = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            self.a.append(np.tanh(self.a[-1] @ W + b))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def backward(self, x: Array, t: Array) -> object:
        return self.backwards(x, t)

    def backwards(self, x: Array, t: Array) -> list[tuple[Array, Array]]:
        y = self.forward(x)
        delta: Array = (y - t) * (1 - y**2)
        found = list[tuple[Array, Array]]()
        for a, W in zip(self.a[-2::-1], self.W[::-1], strict=True):
            found.append((a.T @ delta, delta.sum(axis=0)))
            delta = self.sent_back(delta, W, a)
        return found

    def sent_back(self, delta: Array, W: Array, a: Array) -> Array:
        return delta @ W.T * (1 - a**2)


class BackwardsWithoutSlope(Backwards):
    def sent_back(self, delta: Array, W: Array, a: Array) -> Array:
        return delta @ W.T


class Stored(Backwards):
    """Kept in the object so, and turned where the update is made."""

    turned = -1

    def backward(self, x: Array, t: Array) -> None:
        self.dW, self.db = [dW for dW, _ in self.backwards(x, t)], [db for _, db in self.backwards(x, t)]

    def update(self, lr: float) -> None:
        for W, b, dW, db in zip(self.W, self.b, self.dW[:: self.turned], self.db[:: self.turned], strict=True):
            W -= lr * dW
            b -= lr * db


class StoredAndNotTurned(Stored):
    """The update forgets that they lie the other way round."""

    turned = 1


class Alternating(Backwards):
    """dW_L, db_L, ..., dW_1, db_1 in one list."""

    def backward(self, x: Array, t: Array) -> object:
        return [d for pair in self.backwards(x, t) for d in pair]


class Halves(Backwards):
    """All weights, the last layer's first, and then all biases."""

    def backward(self, x: Array, t: Array) -> object:
        return [dW for dW, _ in self.backwards(x, t)] + [db for _, db in self.backwards(x, t)]


class Against(Backwards):
    """Weights from the first layer to the last, biases the other way."""

    def backward(self, x: Array, t: Array) -> object:
        return [dW for dW, _ in self.backwards(x, t)][::-1], [db for _, db in self.backwards(x, t)]


def test_a_list_from_the_last_layer_to_the_first_conforms_at_every_depth() -> None:
    conforms(Backwards, f"gradient: backward(x, t), {FIRST}")
    assert load(Backwards).claims.families[0].sizes.depth == (0, None)


def test_its_faults_are_found_all_the_same() -> None:
    assert "activation-derivative" in roots(BackwardsWithoutSlope)


@pytest.mark.parametrize("kind", [Alternating, Halves])
def test_other_lists_are_read_so_too(kind: type[object]) -> None:
    conforms(kind, f"gradient: backward(x, t), {FIRST}")


def test_what_is_stored_so_conforms_and_is_judged_by_its_steps_too() -> None:
    conforms(Stored)
    assert "step" in load(Stored).claims.operations


def test_an_update_that_takes_them_in_the_wrong_order_is_accused() -> None:
    assert any(slug.startswith(("step", "shape", "grad")) for slug in roots(StoredAndNotTurned))


class Refusing(Stored):
    """The update raises whatever the widths are."""

    def update(self, lr: float) -> None:
        raise ValueError(f"a rate of {lr}?")


def test_an_update_that_always_raises_is_told() -> None:
    (said,) = [text for text in load(Refusing).assumed if text.startswith("step:")]
    assert said.startswith("step: backward(x, t), then update(rate) is not understood: it raised ValueError")


def test_biases_that_run_against_the_weights_are_accused() -> None:
    assert roots(Against) & {"shape-biases", "grad-biases"}


class Mixed(Backwards):
    """A dictionary whose keys tell nothing: gradients are known by their shapes alone."""

    keys = ("up", "down", "left", "right")

    def backward(self, x: Array, t: Array) -> object:
        found = [d for pair in self.backwards(x, t) for d in pair]
        return dict(zip(self.keys, found, strict=False))


class MixedWithoutSlope(Mixed):
    def sent_back(self, delta: Array, W: Array, a: Array) -> Array:
        return delta @ W.T


def test_gradients_told_apart_by_their_shapes_are_claimed_at_that_depth_only() -> None:
    subject = load(Mixed)
    assert subject.claims.families[0].sizes.depth == (1, 1)
    assert "hidden layers: 1" in subject.assumed
    conforms(Mixed)
    assert "activation-derivative" in roots(MixedWithoutSlope)
