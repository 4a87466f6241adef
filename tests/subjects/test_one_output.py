"""One output by construction: weights that are a vector, a bias that is a number, outputs (n,)."""

import numpy as np
import pytest
from tests.subjects.habits import conforms, roots

from backproof.subjects.loading import load
from backproof_spec import Array


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


class Logistic:
    """Logistic regression, as it is taught."""

    share = 1.0

    def __init__(self, n_features: int) -> None:
        self.w, self.b = np.zeros(n_features), 0.0

    def predict_proba(self, X: Array) -> Array:
        return sigmoid(X @ self.w + self.b)

    def loss(self, X: Array, y: Array) -> float:
        p = self.predict_proba(X)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def gradient(self, X: Array, y: Array) -> object:
        error = self.predict_proba(X) - y
        return X.T @ error / len(X), float(error.mean()) * self.share


class HalfABias(Logistic):
    share = 0.5


class WithTheLoss(Logistic):
    """The loss comes first."""

    def gradient(self, X: Array, y: Array) -> object:
        error = self.predict_proba(X) - y
        return self.loss(X, y), X.T @ error / len(X), float(error.mean()) * self.share


class WithTheLossAndHalfABias(WithTheLoss):
    share = 0.5


class Stepping(Logistic):
    """It moves, and hands out nothing."""

    gradient = None  # type: ignore[assignment]  # taken away

    def fit(self, X: Array, y: Array, lr: float) -> None:
        error = self.predict_proba(X) - y
        self.w -= lr * X.T @ error / len(X)
        self.b -= lr * error.mean() * self.share


class SteppingByHalf(Stepping):
    share = 0.5


@pytest.mark.parametrize(("right", "wrong"), [
    (Logistic, HalfABias), (WithTheLoss, WithTheLossAndHalfABias), (Stepping, SteppingByHalf),
])  # fmt: skip
def test_logistic_regression_is_read_and_judged(right: type[object], wrong: type[object]) -> None:
    conforms(right, "parameters: w, (in, out), those of a single output a vector; biases: b", "one output and no more")
    assert load(right).claims.families[0].biases == ("each", "each")
    assert roots(wrong)


class Perceptron:
    """The bias is the last weight; two inputs."""

    last = 1.0

    def __init__(self) -> None:
        self.w = np.zeros(3)

    def predict(self, x: Array) -> Array:
        return np.asarray(np.tanh(x @ self.w[:-1] + self.w[-1]))

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.predict(x) - t) ** 2).mean())

    def gradient(self, x: Array, t: Array) -> Array:
        y = self.predict(x)
        d = 2 * (y - t) * (1 - y**2) / len(x)
        return np.append(x.T @ d, d.sum() * self.last)


class PerceptronWithoutBias(Perceptron):
    last = 0.0


def test_a_vector_that_ends_with_the_bias_is_read_and_judged() -> None:
    conforms(Perceptron, "sizes: (2, 1) and no others")
    assert roots(PerceptronWithoutBias)


class Flat:
    """No argument says how many outputs there are: there is one, and it comes as (n,)."""

    def __init__(self, n_in: int, n_hidden: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, 1), np.zeros(1)

    def forward(self, x: Array) -> Array:
        self.h = np.tanh(x @ self.W1 + self.b1)
        return sigmoid(self.h @ self.W2 + self.b2).ravel()

    def loss(self, x: Array, y: Array) -> float:
        p = self.forward(x)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))

    def gradients(self, x: Array, y: Array) -> tuple[Array, ...]:
        d2 = (self.forward(x) - y)[:, None] / len(y)
        d1 = self.sent_back(d2)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)

    def sent_back(self, d2: Array) -> Array:
        return np.asarray(d2 @ self.W2.T * (1 - self.h**2))


class FlatWithoutSlope(Flat):
    def sent_back(self, d2: Array) -> Array:
        return np.asarray(d2 @ self.W2.T)


class Vector(Flat):
    """The weights of the output are a vector, its bias is a number, and two inputs and hidden units are given."""

    def __init__(self) -> None:
        super().__init__(2, 2)
        self.W2, self.b2 = self.W2.ravel(), 0.0  # type: ignore[assignment]  # a number

    def gradients(self, x: Array, y: Array) -> tuple[Array, ...]:
        d2 = (self.forward(x) - y) / len(y)
        d1 = self.sent_back(d2)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum()

    def sent_back(self, d2: Array) -> Array:
        return np.asarray(np.outer(d2, self.W2) * (1 - self.h**2))


class VectorWithoutSlope(Vector):
    def sent_back(self, d2: Array) -> Array:
        return np.outer(d2, self.W2)


class VectorInHalves(Vector):
    """All weights, then all biases: of two inputs and two hidden units, shapes do not tell which are which."""

    def gradients(self, x: Array, y: Array) -> tuple[Array, ...]:
        dW1, db1, dw2, db2 = super().gradients(x, y)
        return dW1, dw2, db1, db2


class VectorInHalvesWithoutSlope(VectorInHalves):
    sent_back = VectorWithoutSlope.sent_back


@pytest.mark.parametrize(("right", "wrong"), [
    (Flat, FlatWithoutSlope), (Vector, VectorWithoutSlope), (VectorInHalves, VectorInHalvesWithoutSlope),
])  # fmt: skip
def test_one_output_behind_hidden_units_is_read_and_judged(right: type[object], wrong: type[object]) -> None:
    conforms(right)
    assert "activation-derivative" in roots(wrong)


def test_no_more_outputs_are_claimed_than_the_class_makes() -> None:
    assert load(Flat).claims.families[0].sizes.outputs == (1, 1)
    assert load(Vector).claims.families[0].sizes.exactly == ((2, 2, 1),)


class Column(Logistic):
    """The gradient of a vector comes as a column, which cannot be subtracted from it."""

    def gradient(self, X: Array, y: Array) -> object:
        error = self.predict_proba(X) - y
        return (X.T @ error / len(X))[:, None], float(error.mean())


def test_a_gradient_that_does_not_lie_as_the_weights_do_is_not_passed() -> None:
    subject = load(Column)
    assert "gradient" not in subject.claims.operations
    assert any("gradient(x, t) is not understood" in said for said in subject.assumed)
