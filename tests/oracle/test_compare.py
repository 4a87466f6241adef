"""A wrong gradient beside the right one, in words."""

from collections.abc import Callable

import numpy as np
import pytest

from backproof.oracle.bounded import Bounded, wide
from backproof.oracle.closed import Gradient
from backproof.oracle.compare import told
from backproof_spec import Array, Layer

RNG = np.random.default_rng(0)
RIGHT = (Layer(RNG.normal(size=(3, 3)), RNG.normal(size=3)), Layer(RNG.normal(size=(3, 2)), RNG.normal(size=2)))
Mess = Callable[[list[Array]], None]


def known(p: Array) -> Bounded:
    return Bounded(wide(p), 1e-12 * np.abs(wide(p)))


WANT = tuple(Gradient(known(layer.W), known(layer.b)) for layer in RIGHT)
EXACT = tuple(Layer(np.zeros_like(layer.W), np.zeros_like(layer.b)) for layer in RIGHT)


def words(mess: Mess, biases: tuple[bool, bool] = (True, True)) -> str:
    parts = [np.array(p) for layer in RIGHT for p in layer]
    mess(parts)
    return told((Layer(*parts[:2]), Layer(*parts[2:])), WANT, EXACT, biases)


def entry(k: int, *index: int) -> Mess:
    def mess(parts: list[Array]) -> None:
        parts[k][index] += 1

    return mess


def put(k: int, change: Callable[[Array], Array]) -> Mess:
    def mess(parts: list[Array]) -> None:
        parts[k] = change(parts[k])

    return mess


@pytest.mark.parametrize(("mess", "said"), [
    (entry(0, 2, 1), "dW1 is wrong in [2, 1] and right in its 8 other entries"),
    (entry(3, 1), "db2 is wrong in [1] and right in its 1 other entries"),
    (put(2, lambda g: 8 * g), "dW2 is 8 times what it should be"),
    (put(2, lambda g: -g), "dW2 has the wrong sign"),
    (put(1, lambda g: 0 * g), "db1 is zero, and should not be"),
    (put(0, lambda g: g.T), "dW1 is transposed"),
    (put(0, lambda g: g[[1, 0, 2]]), "dW1 has its rows in another order"),
    (put(2, lambda g: g[:, ::-1]), "dW2 has its columns in reverse order"),
    (put(1, lambda g: np.roll(g, 1)), "db1 has its entries shifted by one"),
    (put(0, lambda g: g + 1), "dW1 is wrong throughout"),
    (put(0, lambda g: g + np.eye(3) + np.eye(3, k=1)), "dW1 is wrong in 5 of 9 entries"),
])  # fmt: skip
def test_what_became_of_a_tensor_is_told(mess: Mess, said: str) -> None:
    assert words(mess) == f"{said}; all else is right"


def test_a_tensor_that_should_be_zero_is_told() -> None:
    want = (WANT[0], Gradient(known(0 * RIGHT[1].W), WANT[1].b))
    assert told(RIGHT, want, EXACT, (True, True)) == "dW2 should be zero, and is not; all else is right"


def test_several_tensors_are_told_and_nothing_is_said_of_a_rest_that_is_not_there() -> None:
    def mess(parts: list[Array]) -> None:
        for part in parts:
            part *= 3

    assert words(mess).split("; ") == [f"{name} is 3 times what it should be" for name in ("dW1", "db1", "dW2", "db2")]


def test_biases_that_the_network_does_not_have_are_not_judged() -> None:
    assert words(put(1, lambda g: g + 1), (False, True)) == "; all else is right"


def test_a_single_number_is_wrong_and_no_more() -> None:
    one = (Layer(np.ones((1, 1)), np.ones(1)),)
    want = (Gradient(known(np.full((1, 1), 3.0)), known(np.ones(1))),)
    assert told(one, want, (Layer(np.zeros((1, 1)), np.zeros(1)),), (True,)) == "dW1 is wrong; all else is right"
