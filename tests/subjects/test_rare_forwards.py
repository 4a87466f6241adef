"""Outputs and activations of rare habits: each is read for what it is, or the sentence says what was not understood."""

import inspect
from typing import Any

import numpy as np
import pytest
from tests.subjects.rare import (
    ALWAYS,
    PARAMS,
    SIZES,
    Arrays,
    Logistic,
    Losing,
    Plain,
    Stepping,
    X,
    loss_of,
    network,
    pairs,
    plain,
)

from backproof.runner import judge
from backproof.subjects.errors import Failure, Unusable
from backproof.subjects.loading import load
from backproof_spec import Array


@pytest.mark.parametrize("far", ["raises", "nan", "clips"])
def test_an_activation_that_gives_nothing_further_out_is_believed_and_one_that_goes_on_otherwise_is_not(far: str) -> None:
    class Near(Plain):
        def forward(self, x: Array) -> Array:
            if far == "raises" and np.abs(x).max() > 4:
                raise ValueError("inputs are between -4 and 4")
            y = super().forward(np.clip(x, -1, 1) if far == "clips" else x)
            return np.full_like(y, np.nan) if far == "nan" and np.abs(x).max() > 4 else y

    if far != "clips":
        assert pairs(load(Near)) == {("tanh", "identity")}
        return
    with pytest.raises(Unusable, match="agree with tanh near 0, and no longer where pre-activations are larger"):
        load(Near)


def test_a_mapping_has_methods_whose_signature_nobody_knows() -> None:
    class Net(dict[str, Array]):
        def __init__(self, n_in: int, n_out: int) -> None:
            super().__init__(W=np.random.randn(n_in, n_out), b=np.zeros(n_out))

        def forward(self, x: Array) -> Array:
            return np.tanh(x @ self["W"] + self["b"])

        def gradients(self, x: Array, t: Array) -> dict[str, Array]:
            y = self.forward(x)
            delta = (y - t) * (1 - y**2)
            return {"dW": x.T @ delta, "db": delta.sum(axis=0)}

    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(Net(1, 1).update)
    subject = load(Net)
    assert subject.claims.operations == ALWAYS | {"gradient"}
    assert (loss_of(subject).name, loss_of(subject).samples) == ("squared_error", "sum")


def test_outputs_that_are_no_numbers_for_some_rows_are_a_failure() -> None:
    class Tired(Plain):
        def forward(self, x: Array) -> Any:
            return super().forward(x) if len(x) < 20 else "too many"

    subject = load(Tired)
    with pytest.raises(Failure, match=r"^forward returned 'too many', should be an array$") as failed:
        subject.fresh.forward(network(subject, *SIZES), PARAMS, np.ones((20, 3)))
    assert failed.value.kind == "answer"


def test_a_forward_that_answers_once_only_is_understood_by_fresh_objects() -> None:
    class Once(Plain):
        used = False

        def forward(self, x: Array) -> Array:
            if self.used:
                raise RuntimeError("already run")
            self.used = True
            return super().forward(x)

    subject, net = load(Once), network(load(Once), *SIZES)
    for _ in range(2):
        np.testing.assert_allclose(subject.fresh.forward(net, PARAMS, X), plain(SIZES, PARAMS).forward(X))
    subject.kept.forward(net, PARAMS, X)
    with pytest.raises(Failure, match="already run"):
        subject.kept.forward(net, PARAMS, X)


def test_a_program_of_classes_that_refuses_one_output_in_forward_keeps_its_reading() -> None:
    class Classes(Logistic):
        def _last(self, z: Array) -> Array:
            if z.shape[1] < 2:
                raise ValueError("one class is no choice")
            return super()._last(z)

    subject = load(Classes)
    assert pairs(subject) == {("tanh", "softmax")}
    np.testing.assert_allclose(
        subject.fresh.forward(network(subject, *SIZES), PARAMS, X), plain(SIZES, PARAMS, Logistic).forward(X)
    )


class NanStep(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        super().step(x, t, lr)
        for p in self.weights + self.biases:
            p *= np.nan


class ZeroStep(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        for p in self.weights + self.biases:
            p[...] = 0


class CheckedAndIgnored(Losing):
    """Its step refuses tiny rates, and then takes none of those it is given."""

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)

    def step(self, x: Array, t: Array, lr: float) -> None:
        if lr < 0.001:
            raise ValueError("a rate is at least 0.001")
        self._descend(*self._slopes(x, t), 1.0)


@pytest.mark.parametrize(("kind", "slug"), [
    (NanStep, "shape-weights"), (ZeroStep, "step-direction"), (CheckedAndIgnored, "train-trajectory"),
])  # fmt: skip
def test_a_step_that_destroys_the_parameters_or_ignores_its_rate_is_judged(kind: type[Plain], slug: str) -> None:
    judgement = judge(load(kind), examples=0)
    assert "step" in judgement.subject.claims.operations
    assert slug in [verdict.clause.slug for verdict in judgement.roots]


class OneRowGradient(Losing):
    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        assert len(x) == 1
        return self._slopes(x, t)


def test_a_gradient_that_takes_one_row_only_is_judged_on_one_row() -> None:
    judgement = judge(load(OneRowGradient), examples=0)
    assert judgement.outcome == "conforms" and judgement.subject.claims.batch == 1
