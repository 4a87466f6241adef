"""Losses of rare habits, and arguments of losses: each is read for what it is, or the user is believed."""

import numpy as np
import pytest
from tests.subjects.rare import ALWAYS, PARAMS, SIZES, ZOO, Logistic, Losing, Plain, Reporting, T, X, loss_of, network, plain

from backproof.runner import judge
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_spec import Array


def test_a_loss_that_is_none_of_the_specification_is_taken_as_the_only_judge() -> None:
    class Absolute(Plain):
        def loss(self, x: Array, t: Array) -> float:
            return float(np.abs(self.forward(x) - t).mean())

    subject = load(Absolute)
    assert loss_of(subject).name == "other:loss"
    assert "the loss that loss returns is none that is known: gradients are judged against it alone" in subject.assumed
    want = np.abs(plain(SIZES, PARAMS).forward(X) - T).mean()
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(want)


@pytest.mark.parametrize(("name", "violated"), [("Huber", set()), ("FaultyHuber", {"grad-direction"})])
def test_a_loss_that_is_not_known_is_asked_for_targets_that_every_loss_takes(name: str, violated: set[str]) -> None:
    subject = load(f"{ZOO / 'logits.py'}:{name}")
    assert [family.loss[0].targets for family in subject.claims.families] == ["one_hot"]
    assert {one.clause.slug for one in judge(subject, examples=5).having("violated")} == violated


@pytest.mark.parametrize("hints", [Hints(), Hints(loss="squared_error")])
def test_a_loss_alone_is_read_off_and_may_be_said_as_well(hints: Hints) -> None:
    subject = load(Losing, hints)
    assert "loss: squared_error, mean over samples, sum over outputs, read off its values" in subject.assumed
    assert subject.claims.operations == ALWAYS | {"loss"}


def test_a_loss_that_does_not_come_for_one_row_is_not_read_off() -> None:
    class Several(Losing):
        def forward(self, x: Array) -> Array:
            if len(x) == 1:
                raise ValueError("one row is no batch")
            return super().forward(x)

    subject = load(Several)
    assert loss_of(subject).name == "other:loss"
    assert loss_of(load(Losing)).name == "squared_error"


def entropy(y: Array, t: Array) -> float:
    return float(-(t * np.log(y)).sum() / len(t))


class OfOutputs(Logistic):
    def loss(self, y: Array, target: Array) -> float:
        return entropy(y, target)


class OfTargets(Logistic):
    def loss(self, target: Array, y: Array) -> float:
        return entropy(y, target)


class OfLetters(Logistic):
    def loss(self, a: Array, b: Array) -> float:
        return entropy(self.forward(a), b)


class OfDefaults(Logistic):
    def loss(self, x: Array | None = None, t: Array | None = None) -> float:
        assert x is not None and t is not None
        return entropy(self.forward(x), t)


@pytest.mark.parametrize(
    ("kind", "call"),
    [(OfOutputs, "forward, then loss(y, t)"), (OfTargets, "loss(t, y)"), (OfLetters, "loss(x, t)"), (OfDefaults, "loss(x, t)")],
)
def test_arguments_of_a_loss_are_told_apart_by_their_names_or_by_trial(kind: type[Plain], call: str) -> None:
    subject, want = load(kind), entropy(plain(SIZES, PARAMS, Logistic).forward(X), T)
    assert loss_of(subject) == loss_of(load(Reporting))
    assert f"loss: {call}" in subject.assumed
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(want)
