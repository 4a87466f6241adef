"""Programs that take one sample at a time: they are judged on one, or on the mean of several."""

import numpy as np
import pytest
from tests.subjects.rare import PARAMS, SIZES, Arrays, Plain, T, X, half, network, plain

from backproof.subjects.loading import load
from backproof_spec import Array, Layer, Rule


class Single(Plain):
    """One sample, without an axis for samples."""

    def _all(self, x: Array) -> Arrays:
        if np.ndim(x) != 1:
            raise ValueError("one sample, please")
        return super()._all(x)

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum() / 2)

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        found, dW, db = self._all(x), Arrays(), Arrays()
        delta = found[-1] - t
        for a, W in zip(reversed(found[:-1]), reversed(self.weights), strict=True):
            dW.insert(0, np.outer(a, delta))
            db.insert(0, delta)
            delta = (W @ delta) * (1 - a**2)
        return dW, db


def test_the_loss_of_samples_taken_one_at_a_time_is_their_mean() -> None:
    subject = load(Single)
    assert subject.claims.batch == 1
    assert "forward: forward, one sample at a time (single)" in subject.assumed
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(half(plain(SIZES, PARAMS).forward(X), T))


def test_a_step_that_refuses_two_rows_takes_one_at_a_time() -> None:
    class Refusing(Plain):
        def train(self, x: Array, t: Array, lr: float) -> None:
            if len(x) != 1:
                raise ValueError("one row, please")
            self._descend(*self._slopes(x, t), lr)

    subject = load(Refusing)
    assert subject.claims.batch == 1 and "one sample a step" in subject.assumed
    (first, _) = subject.fresh.step(network(subject, *SIZES), PARAMS, X[:1], T[:1], Rule(0.5))
    dW, _ = plain(SIZES, PARAMS)._slopes(X[:1], T[:1])
    np.testing.assert_allclose(first.W, PARAMS[0].W - 0.5 * dW[0])


@pytest.mark.parametrize("columns", [False, True])
def test_a_step_that_takes_a_list_of_pairs_gets_one(columns: bool) -> None:
    class Pairs(Plain):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            if columns:
                self.weights = [W.T.copy() for W in self.weights]
                self.biases = [b[:, None] for b in self.biases]

        def forward(self, x: Array) -> Array:
            return self._turned()._all(x.T)[-1].T if columns else super().forward(x)

        def _turned(self) -> Plain:
            params = tuple(Layer(W.T, b[:, 0]) for W, b in zip(self.weights, self.biases, strict=True))
            return plain((3, 7, 2), params)

        def update_mini_batch(self, mini_batch: list[tuple[Array, Array]], eta: float) -> None:
            assert mini_batch[0][0].ndim == (2 if columns else 1)
            x, t = (np.stack([pair[i].ravel() for pair in mini_batch]) for i in (0, 1))
            dW, db = (self._turned() if columns else self)._slopes(x, t)
            if columns:
                dW, db = [d.T for d in dW], [d[:, None] for d in db]
            self._descend(dW, db, eta)

    subject = load(Pairs)
    assert "step: update_mini_batch(pairs, rate)" in subject.assumed
    assert subject.claims.batch is None
    after = subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))
    dW, db = plain(SIZES, PARAMS)._slopes(X, T)
    for p, q, w, b in zip(PARAMS, after, dW, db, strict=True):
        np.testing.assert_allclose(q.W, p.W - 0.5 * w)
        np.testing.assert_allclose(q.b, p.b - 0.5 * b)
