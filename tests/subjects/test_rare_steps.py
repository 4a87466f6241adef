"""Steps of rare habits: each is read for what it is, or judged as plain descent."""

import numpy as np
import pytest
from tests.subjects.rare import PARAMS, SIZES, Arrays, Logistic, Losing, Plain, Stepping, T, X, loss_of, network, plain

from backproof.subjects.errors import NotOffered
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof_spec import Array, Rule, Targets

PLAIN = (Rule(0.0),)


def steps_are_judged(subject: Subject) -> bool:
    return "step" in subject.claims.operations and subject.claims.rules == PLAIN and subject.claims.batch is None


class AfterOne(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        if len(x) == 1:
            raise ValueError("one row is no batch")
        super().step(x, t, lr)


class Bounded(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        if np.abs(t).max() > 8:
            raise ValueError("targets are between -8 and 8")
        super().step(x, t, lr)


@pytest.mark.parametrize("kind", [Stepping, AfterOne, Bounded])
def test_steps_that_cannot_be_probed_are_judged_as_plain_descent(kind: type[Plain]) -> None:
    subject = load(kind)
    assert steps_are_judged(subject)
    after = subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))
    np.testing.assert_allclose(after[0].W, PARAMS[0].W - 0.5 * plain(SIZES, PARAMS)._slopes(X, T)[0][0])


def test_a_step_that_blows_up_is_left_to_be_judged() -> None:
    class Explodes(Plain):
        def train(self, x: Array, t: Array) -> None:
            self._descend(*self._slopes(x, t), 0.25 if len(x) < 3 else np.inf)

    subject = load(Explodes)
    assert steps_are_judged(subject)
    assert not np.isfinite(subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))[0].W).any()


def test_momentum_for_weights_alone_is_an_optimisers_memory() -> None:
    class Halfway(Stepping):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            self.velocity: Arrays = [np.zeros_like(W) for W in self.weights]

        def step(self, x: Array, t: Array, lr: float) -> None:
            dW, db = self._slopes(x, t)
            self.velocity = [0.5 * v + d for v, d in zip(self.velocity, dW, strict=True)]
            self._descend(self.velocity, db, lr)

    subject = load(Halfway)
    assert "step: it has an optimiser's memory: steps are not judged, the gradient is" in subject.assumed
    assert "step" not in subject.claims.operations


def test_steps_towards_class_numbers_are_judged_as_plain_descent() -> None:
    class Classes(Logistic):
        def _delta(self, y: Array, t: Targets) -> Array:
            return super()._delta(y, np.eye(y.shape[1])[t])

        def gradients(self, x: Array, labels: Array) -> tuple[Arrays, Arrays]:
            return self._slopes(x, labels)

        def step(self, x: Array, labels: Array, lr: float) -> None:
            self._descend(*self._slopes(x, labels), lr)

    subject = load(Classes)
    assert loss_of(subject).targets == "index"
    assert steps_are_judged(subject)


def test_what_is_not_there_is_not_offered_and_the_maker_says_so_too() -> None:
    subject, net = load(Losing), network(load(Losing), *SIZES)
    assert vars(subject.fresh)["_maker"].claims == subject.claims
    with pytest.raises(NotOffered, match=r"^step$"):
        subject.fresh.step(net, PARAMS, X, T, Rule(0.5))
