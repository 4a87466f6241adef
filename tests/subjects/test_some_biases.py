"""Biases that only the hidden layers hold, or only the output layer: those that are there are judged."""

import numpy as np
import pytest
from tests.subjects.habits import Arrays, conforms, roots

from backproof.subjects.loading import load
from backproof_spec import Array


class HiddenOnly:
    """tanh and a linear output without bias, as lists."""

    share = 1.0

    def __init__(self, sizes: list[int]) -> None:
        pairs = zip(sizes, sizes[1:], strict=False)
        self.W: Arrays = [np.random.randn(a, b) / a for a, b in pairs]
        self.b: Arrays = [np.random.randn(b) for b in sizes[1:-1]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.W, self.b, strict=False):
            self.a.append(np.tanh(self.a[-1] @ W + b))
        return np.asarray(self.a[-1] @ self.W[-1])

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradient(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        delta, dW, db = self.forward(x) - t, Arrays(), Arrays()
        for l in range(len(self.W) - 1, -1, -1):
            dW.insert(0, self.a[l].T @ delta)
            if l < len(self.b):
                db.insert(0, delta.sum(axis=0) * self.share)
            delta = delta @ self.W[l].T * (1 - self.a[l] ** 2)
        return dW, db


class HiddenOnlyTwice(HiddenOnly):
    share = 2.0


class OutputOnly:
    """Two layers, by name; the hidden one has no bias."""

    share = 1.0

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1 = np.random.randn(n_in, n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1)
        return np.asarray(self.h @ self.W2 + self.b2)

    def step(self, x: Array, t: Array, lr: float) -> None:
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        self.W1 -= lr * x.T @ d1
        self.W2 -= lr * self.h.T @ d2
        self.b2 -= lr * d2.sum(axis=0) * self.share


class OutputOnlyTwice(OutputOnly):
    share = 2.0


@pytest.mark.parametrize(("right", "wrong", "held", "biases"), [
    (HiddenOnly, HiddenOnlyTwice, "W[l], (in, out); biases: b[l], of hidden layers only", ("each", "none")),
    (OutputOnly, OutputOnlyTwice, "Wl, (in, out); biases: bl, of the output layer only", ("none", "each")),
])  # fmt: skip
def test_biases_of_some_layers_are_read_and_judged(right: type, wrong: type, held: str, biases: tuple[str, str]) -> None:
    conforms(right, f"parameters: {held}")
    assert load(right).claims.families[0].biases == biases
    assert "grad-biases" in roots(wrong)


def test_they_are_read_at_every_depth() -> None:
    assert load(HiddenOnly).claims.families[0].sizes.depth == (0, None)


class Bounded(OutputOnly):
    """It holds a vector besides, of the size of the hidden layer, which takes no part in outputs."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        super().__init__(n_in, n_hidden, n_out)
        self.bounds = np.ones(n_hidden)


class BoundedTwice(Bounded):
    share = 2.0


class Scaled(OutputOnly):
    """It holds vectors that take no part in outputs, and no bias."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        super().__init__(n_in, n_hidden, n_out)
        self.__dict__.pop("b2")
        self.bounds, self.highest = np.ones(n_hidden), np.ones(n_out)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1)
        return np.asarray(self.h @ self.W2)

    def step(self, x: Array, t: Array, lr: float) -> None:
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.W2.T * (1 - self.h**2) * self.share
        self.W1 -= lr * x.T @ d1
        self.W2 -= lr * self.h.T @ d2


class ScaledTwice(Scaled):
    share = 2.0


def test_a_vector_that_takes_no_part_in_outputs_is_no_bias() -> None:
    conforms(Bounded, "parameters: Wl, (in, out); biases: bl, of the output layer only")
    assert "grad-biases" in roots(BoundedTwice)
    conforms(Scaled, "parameters: Wl, (in, out); no biases")
    assert roots(ScaledTwice)
