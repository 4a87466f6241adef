"""Parameters and biases that lie in rare places: each is found, or the sentence says what was not."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.subjects.rare import PARAMS, SIZES, Arrays, Plain, T, X, drawn, loss_of, network, pairs, plain

from backproof.subjects.errors import Failure, Unusable
from backproof.subjects.loading import load
from backproof.subjects.ordinary.places import places
from backproof.subjects.subject import Hints
from backproof_spec import Array, Layer, Rule


def test_functions_that_hand_back_new_parameters_and_the_loss_are_followed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(FUNCTIONS)
    subject = load(f"{tmp_path}/net.py")
    net = network(subject, *SIZES)
    assert loss_of(subject).name == "squared_error"
    after = subject.fresh.step(net, PARAMS, X, T, Rule(0.5))
    dW, db = plain(SIZES, PARAMS)._slopes(X, T)
    for p, q, w, b in zip(PARAMS, after, dW, db, strict=True):
        np.testing.assert_allclose(q.W, p.W - 0.5 * w)
        np.testing.assert_allclose(q.b, p.b - 0.5 * b)


FUNCTIONS = """
import numpy as np

def squash(z):
    return np.tanh(z)

def init_params(n_in, n_hidden, n_out):
    return [np.random.randn(n_in, n_hidden), np.zeros(n_hidden), np.random.randn(n_hidden, n_out), np.zeros(n_out)]

def forward(params, x):
    return squash(x @ params[0] + params[1]) @ params[2] + params[3]

def update(params, x, t, lr):
    a = squash(x @ params[0] + params[1])
    y = a @ params[2] + params[3]
    d2 = (y - t) / len(x)
    d1 = d2 @ params[2].T * (1 - a ** 2)
    grads = [x.T @ d1, d1.sum(0), a.T @ d2, d2.sum(0)]
    return [p - lr * g for p, g in zip(params, grads)], ((y - t) ** 2).sum() / 2 / len(x)
"""


def test_a_bias_that_is_a_number_stays_a_number() -> None:
    class Perceptron:
        def __init__(self) -> None:
            self.weights, self.bias = np.ones((2, 1)), 0.0

        def forward(self, x: Array) -> Array:
            assert isinstance(self.bias, float)
            return np.tanh(x @ self.weights + self.bias)

    subject = load(Perceptron)
    assert "parameters: weights, (in, out); biases: bias" in subject.assumed
    net, params = network(subject, 2, 1), drawn(2, 1)
    np.testing.assert_allclose(subject.fresh.forward(net, params, X[:, :2]), np.tanh(X[:, :2] @ params[0].W + params[0].b))


def test_vectors_that_speak_of_something_else_are_no_biases() -> None:
    class Unbiased(Plain):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            self.prev_deltas = self.biases
            del self.biases

        def _all(self, x: Array) -> Arrays:
            found = [x]
            for l, W in enumerate(self.weights, start=1):
                found.append(np.tanh(found[-1] @ W) if l < len(self.weights) else found[-1] @ W)
            return found

    subject = load(Unbiased)
    assert "parameters: weights[l], (in, out); no biases" in subject.assumed
    assert subject.claims.families[0].biases == ("none", "none")


class Slots:
    """Without a `__dict__`."""

    __slots__ = ("W1", "W2", "b1", "b2", "unset")

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        return np.asarray(np.tanh(x @ self.W1 + self.b1) @ self.W2 + self.b2)


class Circular(Plain):
    """Each part knows the whole, and the whole is deep."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes)
        self.whole = [self]
        self.log: list[Any] = [[[[[np.zeros(sizes[-1])]]]]]


class Tuples(Plain):
    """Nested lists in a tuple."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes)
        self.weights = tuple(W.tolist() for W in self.weights)  # type: ignore[assignment]  # the habit
        self.biases = tuple(b.tolist() for b in self.biases)  # type: ignore[assignment]  # the habit

    def _all(self, x: Array) -> Arrays:
        held = vars(self)
        assert all(type(row) is list for name in ("weights", "biases") for row in held[name])
        layers = zip(held["weights"], held["biases"], strict=True)
        return plain(SIZES, tuple(Layer(np.array(W), np.array(b)) for W, b in layers))._all(x)


@pytest.mark.parametrize("kind", [Slots, Circular, Tuples])
def test_parameters_are_found_wherever_they_lie(kind: type) -> None:
    subject = load(kind)
    assert pairs(subject) == {("tanh", "identity")}
    want = plain(SIZES, PARAMS).forward(X)
    np.testing.assert_allclose(subject.fresh.forward(network(subject, *SIZES), PARAMS, X), want)


def test_arrays_are_found_once_and_not_endlessly_deep() -> None:
    made = Circular([3, 4, 2])
    assert [place.value.shape for place in places(made)] == [(3, 4), (4, 2), (4,), (2,)]


def test_parameters_that_cannot_be_read_back_once_written_are_a_failure() -> None:
    class Sealed(Plain):
        """What is assigned is kept in tuples."""

        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            vars(self).update({f"W{l}": W.tolist() for l, W in enumerate(vars(self).pop("weights"))})
            vars(self).update({f"b{l}": b for l, b in enumerate(vars(self).pop("biases"))})

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, tuple(map(tuple, value)) if name.startswith("W") else value)

        def _all(self, x: Array) -> Arrays:
            held = vars(self)
            layers = tuple(Layer(np.array(held[f"W{l}"]), held[f"b{l}"]) for l in range(len(held) // 2))
            return plain(SIZES, layers)._all(x)

    subject = load(Sealed)
    assert pairs(subject) == {("tanh", "identity")}
    with pytest.raises(Failure, match=r"^writing parameters raised IndexError"):
        subject.fresh.forward(network(subject, *SIZES), PARAMS, X)


def test_a_class_without_forward_is_told_so() -> None:
    class Mute:
        def __init__(self, sizes: list[int]) -> None:
            self.weights = [np.ones((a, b)) for a, b in pairwise(sizes)]

    said = r"Mute is not understood: no method gives its outputs; looked for forward, predict_proba, predict, feedforward and"
    with pytest.raises(Unusable, match=said):
        load(Mute)


def test_a_class_without_parameters_is_not_understood() -> None:
    class Empty:
        def __init__(self, sizes: list[int]) -> None:
            self.sizes = tuple(map(str, sizes))

        def forward(self, x: Array) -> Array:
            return x

    with pytest.raises(Unusable, match=r"Empty is not understood: no parameters of sizes .* are found in it"):
        load(Empty)


def test_parameters_that_cannot_be_written_are_not_understood() -> None:
    @dataclass(frozen=True)
    class Frozen:
        sizes: list[int]
        weights: Array = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "weights", np.ones(self.sizes[:2]))
            self.weights.setflags(write=False)

        def forward(self, x: Array) -> Array:
            return x @ self.weights

    with pytest.raises(Unusable, match=r"Frozen is not understood: "):
        load(Frozen)


def test_a_bias_in_a_row_of_the_weights_cannot_be_left_out_by_saying_so() -> None:
    class Rowed:
        def __init__(self, n_in: int, n_out: int) -> None:
            self.W = np.random.randn(n_in + 1, n_out)

        def forward(self, x: Array) -> Array:
            return np.tanh(np.hstack([x, np.ones((len(x), 1))]) @ self.W)

    assert load(Rowed).claims.families[0].biases == ("each", "each")
    with pytest.raises(Unusable, match="Rowed is not understood: "):
        load(Rowed, Hints(biases="none"))
