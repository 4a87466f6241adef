"""Right programs of fixed, wide sizes: sums of many terms, small epsilons in logs, long training, and none of them accused."""

import numpy as np
import pytest

from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_spec import Array


class Classifier:
    """Softmax over logistic units, y - t, as the book has it."""

    sizes, epsilon = (64, 30, 10), 0.0

    def __init__(self) -> None:
        a, b, c = self.sizes
        self.W1, self.b1 = np.random.randn(a, b) / a**0.5, np.zeros(b)
        self.W2, self.b2 = np.random.randn(b, c) / b**0.5, np.zeros(c)

    def forward(self, x: Array) -> Array:
        self.h = self.unit(x @ self.W1 + self.b1)
        z = self.h @ self.W2 + self.b2
        e = np.exp(z - z.max(1, keepdims=True))
        y: Array = e / e.sum(1, keepdims=True)
        return y

    def unit(self, z: Array) -> Array:
        a: Array = 1 / (1 + np.exp(-z))
        return a

    def slope(self) -> Array:
        return self.h * (1 - self.h)

    def loss(self, x: Array, t: Array) -> float:
        return float(-np.mean(np.sum(t * np.log(self.forward(x) + self.epsilon), 1)))

    def gradient(self, x: Array, t: Array) -> tuple[Array, ...]:
        d = (self.forward(x) - t) / len(x)
        e = d @ self.W2.T * self.slope()
        return x.T @ e, e.sum(0), self.h.T @ d, d.sum(0)


class ManyOutputs(Classifier):
    """An epsilon moves every term of the loss to the same side."""

    sizes, epsilon = (8, 6, 10), 1e-9


class Rectified(Classifier):
    """Wide enough that outputs of a careless trial are below any epsilon."""

    epsilon = 1e-9

    def unit(self, z: Array) -> Array:
        a: Array = np.maximum(z, 0)
        return a

    def slope(self) -> Array:
        return (self.h > 0).astype(float)


@pytest.mark.parametrize("kind", [Classifier, ManyOutputs, Rectified])
def test_a_right_classifier_of_fixed_sizes_conforms(kind: type[Classifier]) -> None:
    judgement = judge(load(kind), examples=0)
    assert judgement.outcome == "conforms", [(v.clause.slug, v.reason) for v in (*judgement.roots, *judgement.unsettled)]
    assert not judgement.subject.claims.families[0].loss[0].name.startswith("other:")


class HalfADelta(Rectified):
    def slope(self) -> Array:
        return super().slope() / 2


def test_a_wrong_one_violates() -> None:
    assert [v.clause.slug for v in judge(load(HalfADelta), examples=0).roots] == ["grad-hidden-delta"]
