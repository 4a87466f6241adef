"""A penalty on weights is read off the losses of a class: it is judged with it, and an epsilon beside it is no fault."""

import numpy as np
import pytest
from tests.subjects.habits import conforms, roots

from backproof.subjects.loading import load
from backproof.subjects.ordinary.penalties import NO_PENALTY, Losses, read_penalty
from backproof.subjects.subject import Hints
from backproof_spec import Array, Params, Penalty


class Penalised:
    """Two layers of leaky units and softmax, class numbers, an epsilon in the logarithm, and half of lam times the squares."""

    lam, factor = 1e-3, 1.0
    dtype: type = np.float64
    b1: Array
    b2: Array

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.W2 = (np.random.randn(*of).astype(self.dtype) / 2 for of in ((n_in, n_hidden), (n_hidden, n_out)))
        self.b1, self.b2 = (np.zeros(n, dtype=self.dtype) for n in (n_hidden, n_out))

    def forward(self, x: Array) -> Array:
        self.z1 = x @ self.W1 + self.b1
        self.h = np.where(self.z1 > 0, self.z1, self.dtype(0.01) * self.z1)
        z = self.h @ self.W2 + self.b2
        e = np.exp(z - z.max(1, keepdims=True))
        return np.asarray(e / e.sum(1, keepdims=True))

    def shares(self, n: int) -> tuple[float, float, float, float]:
        """What W1, b1, W2 and b2 are penalised by."""
        return self.lam, 0.0, self.lam, 0.0

    def loss(self, x: Array, y: Array) -> float:
        p = self.forward(x)[np.arange(len(y)), y]
        of = zip(self.shares(len(y)), (self.W1, self.b1, self.W2, self.b2), strict=True)
        return float(-np.log(p + 1e-9).mean() + sum(share / 2 * (w**2).sum() for share, w in of))

    def gradients(self, x: Array, y: Array) -> list[Array]:
        d2 = self.forward(x)
        d2[np.arange(len(y)), y] -= 1
        d2 /= len(y)
        d1 = d2 @ self.W2.T * np.where(self.z1 > 0, 1, 0.01).astype(self.dtype)
        given, ws = (x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)), (self.W1, self.b1, self.W2, self.b2)
        shares = (self.dtype(self.factor * share) for share in self.shares(len(y)))
        return [g + share * w for g, share, w in zip(given, shares, ws, strict=True)]


class OfBiases(Penalised):
    def shares(self, n: int) -> tuple[float, float, float, float]:
        return (0.02,) * 4


class OverSamples(Penalised):
    lam = 0.3

    def shares(self, n: int) -> tuple[float, float, float, float]:
        return self.lam / n, 0.0, self.lam / n, 0.0


class Single(Penalised):
    dtype = np.float32


class Logits(Penalised):
    """Its forward ends before the softmax that its loss takes."""

    def forward(self, x: Array) -> Array:
        self.z1 = x @ self.W1 + self.b1
        self.h = np.where(self.z1 > 0, self.z1, 0.01 * self.z1)
        return np.asarray(self.h @ self.W2 + self.b2)

    def softmax(self, x: Array) -> Array:
        return Penalised.forward(self, x)

    def loss(self, x: Array, y: Array) -> float:
        p = self.softmax(x)[np.arange(len(y)), y]
        return float(-np.log(p).mean() + self.lam / 2 * ((self.W1**2).sum() + (self.W2**2).sum()))

    def gradients(self, x: Array, y: Array) -> list[Array]:
        d2 = self.softmax(x)
        d2[np.arange(len(y)), y] -= 1
        d2 /= len(y)
        d1 = d2 @ self.W2.T * np.where(self.z1 > 0, 1, 0.01)
        return [x.T @ d1 + self.lam * self.W1, d1.sum(0), self.h.T @ d2 + self.lam * self.W2, d2.sum(0)]


@pytest.mark.parametrize(
    ("kind", "penalty"),
    [
        (Penalised, Penalty(l2=1e-3)), (OfBiases, Penalty(l2=0.02, biases=True)), (Single, Penalty(l2=1e-3)),
        (OverSamples, Penalty(l2=0.3, per_sample=True)), (Logits, Penalty(l2=1e-3)),
    ],
)  # fmt: skip
def test_it_is_read_to_the_last_digit_and_the_class_conforms(kind: type[Penalised], penalty: Penalty) -> None:
    (family,) = load(kind).claims.families
    assert (family.loss[0].name, family.penalty) == ("cross_entropy", (penalty,))
    conforms(kind)


def test_what_was_read_is_told() -> None:
    assert any("and 0.001 / 2 times the sum of squares of weights, read off" in said for said in load(Penalised).assumed)
    assert any("0.02 / 2 times the sum of squares of weights and biases, read" in said for said in load(OfBiases).assumed)
    assert any("0.3 / 2 times the sum of squares of weights over samples, read" in said for said in load(OverSamples).assumed)


@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0, -1.0])
def test_a_gradient_with_another_share_of_it_is_accused(factor: float) -> None:
    class Wrong(Penalised):
        pass

    Wrong.factor = factor
    assert "grad-weights" in roots(Wrong)


class FirstLayerAlone(Penalised):
    def shares(self, n: int) -> tuple[float, float, float, float]:
        return self.lam, 0.0, 0.0, 0.0


class NoFewDigits(Penalised):
    lam = 0.01 / 3


class BySizes(Penalised):
    """Not squares: the sizes of weights."""

    def loss(self, x: Array, y: Array) -> float:
        p = self.forward(x)[np.arange(len(y)), y]
        return float(-np.log(p).mean() + self.lam * (np.abs(self.W1).sum() + np.abs(self.W2).sum()))

    def gradients(self, x: Array, y: Array) -> list[Array]:
        before, self.lam = self.lam, 0.0
        g = super().gradients(x, y)
        self.lam = before
        return [g[0] + self.lam * np.sign(self.W1), g[1], g[2] + self.lam * np.sign(self.W2), g[3]]


@pytest.mark.parametrize("kind", [FirstLayerAlone, NoFewDigits, BySizes])
def test_what_is_no_penalty_of_the_specification_is_not_read_as_one(kind: type[Penalised]) -> None:
    (family,) = load(kind).claims.families
    assert (family.loss[0].name, family.penalty) == ("other:loss", (Penalty(),))


def test_without_a_penalty_none_is_read_and_what_the_user_says_is_taken() -> None:
    class Plain(Penalised):
        lam = 0.0

    assert load(Plain).claims.families[0].penalty == (Penalty(),)
    assert load(Penalised, Hints(l2=0.5)).claims.families[0].penalty == (Penalty(l2=0.5),)


class Fused(Penalised):
    """Its gradient is that of y - t, under a squared error of softmax: what is reported is not what is followed."""

    def loss(self, x: Array, y: Array) -> float:
        off = self.forward(x) - np.eye(self.W2.shape[1])[y]
        return float((off**2).sum() / len(y) / 2 + self.lam / 2 * ((self.W1**2).sum() + (self.W2**2).sum()))


def test_beside_a_loss_that_is_not_followed_none_is_read() -> None:
    (family,) = load(Fused).claims.families
    assert (family.loss[0].name, family.reported, family.penalty) == ("other:loss", None, (Penalty(),))


def penalised(*shares: float, power: int = 2, each: float = 1.0) -> Losses:
    """Losses of .7 and, layer by layer, a share of the weights to that power, for three samples `each` as much."""

    def losses(params: Params, n: int) -> float:
        total = sum(s * float((np.abs(p.W) ** power).sum()) for s, p in zip(shares, params, strict=True))
        return 0.7 + total * (1.0 if n == 1 else each)

    return losses


def read(losses: Losses) -> Penalty:
    return read_penalty(losses, (2, 3, 2), ("each", "each"))


def test_losses_of_one_constant_for_all_squares_show_it() -> None:
    assert read(penalised(0.05, 0.05)) == Penalty(l2=0.1)
    assert read(penalised(0.05, 0.05, each=1 / 3)) == Penalty(l2=0.1, per_sample=True)


@pytest.mark.parametrize(
    "losses",
    [
        penalised(0.0, 0.0), penalised(0.05, 0.0), penalised(0.05, 0.0500001), penalised(0.05, 0.05, power=1),
        penalised(0.05, 0.05, power=3), penalised(0.05, 0.05, each=0.5), penalised(-0.05, -0.05), penalised(0.1 / 3, 0.1 / 3),
        lambda params, n: float("nan"),
    ],
)  # fmt: skip
def test_losses_that_show_no_such_constant_show_no_penalty(losses: Losses) -> None:
    assert read(losses) == NO_PENALTY


def test_hidden_biases_of_which_a_half_is_penalised_show_no_penalty() -> None:
    def losses(params: Params, n: int) -> float:
        return penalised(0.05, 0.05)(params, n) + 0.025 * float((params[0].b ** 2).sum())

    assert read(losses) == NO_PENALTY


def test_a_constant_in_the_logarithm_of_a_loss_that_stays_unknown_is_let_pass_for_small_outputs_as_well() -> None:
    conforms(FirstLayerAlone)

    class Wrong(FirstLayerAlone):
        factor = 0.5

    assert "grad-direction" in roots(Wrong)
