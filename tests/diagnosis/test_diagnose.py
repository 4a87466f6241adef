"""What a failed subject does wrong is named if it is known, alone or with others; nobody who is right is diagnosed."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from tests.diagnosis.judged import Narrow, faulty, judged, narrowed
from tests.diagnosis.offering import offering, with_faults

from backproof.diagnosis.diagnose import Diagnosis, diagnose
from backproof.diagnosis.programs import is_drawn, known
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.faults.composed import composed
from backproof_spec import Activation, Array, Family, Loss, Operation
from backproof_spec.composing import Part

TAN = Activation("tanh")
TRAINING: tuple[Operation, ...] = ("descend", "fit", "initial", "step")


@cache
def found(*names: str, more: tuple[Operation, ...] = ()) -> Diagnosis:
    """What is said of a class with these faults, if it offers outputs, loss and gradient, and more."""
    diagnosis = diagnose(with_faults(*names, more=more))
    assert diagnosis is not None
    return diagnosis


def names(diagnosis: Diagnosis) -> list[list[str]]:
    return [[str(part) for part in one.candidates] for one in diagnosis.named]


def test_who_is_right_is_not_diagnosed() -> None:
    assert judged(Narrow).outcome == "conforms" and diagnose(judged(Narrow)) is None


def test_who_could_not_be_judged_is_not_diagnosed() -> None:
    assert diagnose(replace(judged(Narrow), verdicts=())) is None


@pytest.mark.parametrize(("name", "more"), [
    ("hidden-delta-lacks-derivative", ()), ("bias-left-out", ()), ("loss-twice-the-declared", ()), ("bias-gradient-averaged", ()),
    ("first-layer-frozen", ("step",)), ("outputs-transposed", ()),
])  # fmt: skip
def test_a_fault_that_shows_in_numbers_is_named_with_its_proof(name: str, more: tuple[Operation, ...]) -> None:
    diagnosis = found(name, more=more)
    assert names(diagnosis)[0][0] == name and diagnosis.unknown is None and diagnosis.open == ()
    (one,) = diagnosis.named
    assert one.residual == 0.0 and (one.runner_up or 1.0) > 1e-3


@pytest.mark.parametrize("name", ["loss-over-all-pairs", "loss-of-the-last-row", "parameters-move-within-the-batch"])
def test_what_is_said_is_the_same_each_time_as_no_distance_to_drawn_answers_is(name: str) -> None:
    said, again = (diagnose(with_faults(name)) for _ in range(2))
    assert said is not None and again is not None and said.named == again.named and said.named[0].second
    assert not any(is_drawn(Part(drawn)) for drawn in known() if drawn in said.named[0].second)


@pytest.mark.parametrize(("name", "more"), [
    ("zero-initial-weights", ("initial",)), ("all-equal-initial-weights", ("initial",)), ("gradients-never-cleared", ()),
    ("inputs-scaled-in-place", ()), ("noise-left-on", ()), ("dropout-left-on", ()), ("one-epoch-only", TRAINING),
    ("nothing-is-kept", TRAINING), ("first-sample-skipped", TRAINING),
])  # fmt: skip
def test_a_fault_that_shows_in_behaviour_is_named(name: str, more: tuple[Operation, ...]) -> None:
    assert names(found(name, more=more)) == [[name]]


@pytest.mark.parametrize("name", ["hidden-delta-lacks-derivative", "one-epoch-only"])
def test_it_is_named_as_well_if_everything_is_on_offer(name: str) -> None:
    diagnosis = diagnose(faulty(name))
    assert diagnosis is not None and names(diagnosis) == [[name]]


@pytest.mark.parametrize(("name", "hidden", "output"), [
    ("elu-by-masks", Activation("elu", alpha=0.5), Activation("identity")),
    ("elu-derivative-by-masks", Activation("elu", alpha=0.5), Activation("identity")),
    ("relu-derivative-by-quotient", Activation("relu"), Activation("identity")),
    ("only-the-targets-class", Activation("sigmoid"), Activation("sigmoid")),
])  # fmt: skip
def test_a_fault_that_only_rare_cases_show_is_named(name: str, hidden: Activation, output: Activation) -> None:
    family = Family((hidden,), (output,), (Loss("squared_error"),))
    diagnosis = diagnose(with_faults(name, family=family))
    assert diagnosis is not None and names(diagnosis)[0][0] == name and diagnosis.named[0].residual == 0.0


@pytest.mark.parametrize(("pair", "more"), [
    (("bias-gradient-wrong-sign", "hidden-delta-lacks-derivative"), ()),
    (("bias-subtracted", "weight-gradient-of-last-sample"), ()),
    (("errors-cancel", "first-layer-frozen"), ("step",)),
    (("hidden-delta-skips-weights", "zero-initial-weights"), ("initial",)),
    (("mean-error-squared", "targets-shuffled-apart"), ()),  # the first hides where the second begins
])  # fmt: skip
def test_two_faults_at_once_are_both_named(pair: tuple[str, str], more: tuple[Operation, ...]) -> None:
    assert sorted(one[0] for one in names(found(*pair, more=more))) == sorted(pair)


def test_a_fault_in_one_layer_is_named_with_its_layer() -> None:
    program = narrowed(composed((Part("bias-gradient-wrong-sign", 1),)))
    diagnosis = diagnose(offering(program))
    assert diagnosis is not None and names(diagnosis)[0][0] == "bias-gradient-wrong-sign in layer 1"


def test_faults_that_cannot_be_told_apart_are_named_together_with_the_reason() -> None:
    narrow = Family((TAN,), (TAN,), (Loss("squared_error"),))
    diagnosis = diagnose(with_faults("tanh-derivative-at-preactivation", family=narrow))
    assert diagnosis is not None
    (one,) = diagnosis.named
    assert [part.fault for part in one.candidates] == ["tanh-derivative-at-preactivation", "value-form-at-preactivation"]
    assert one.apart == "they part only with other hidden activations, such as tanh"


def test_the_right_equation_is_written_as_the_subject_writes() -> None:
    assert found("hidden-delta-lacks-derivative").named[0].equation == "delta1 = (delta2 @ W2.T) * (1 - a1**2)"
    assert found("bias-gradient-averaged").named[0].equation.startswith("db")


def test_the_clauses_that_are_explained_are_told_from_those_that_are_not() -> None:
    diagnosis = diagnose(judgement := with_faults("hidden-delta-lacks-derivative"))
    violated = {verdict.clause.slug for verdict in judgement.having("violated")}
    assert diagnosis is not None and diagnosis.explained == violated and diagnosis.open == ()


def test_the_same_is_said_twice() -> None:
    pair = "bias-gradient-wrong-sign", "hidden-delta-lacks-derivative"
    again = diagnose(with_faults(*pair))
    assert again is not None and (again.named, again.explained) == (found(*pair).named, found(*pair).explained)


def test_a_fault_that_nobody_is_to_think_of_is_not_named() -> None:
    diagnosis = diagnose(with_faults("bias-gradient-wrong-sign"), frozenset({"bias-gradient-wrong-sign"}))
    assert diagnosis is not None and diagnosis.named == ()


def test_the_catalogue_is_that_of_the_entry_point() -> None:
    assert known()["bias-left-out"].stage == "forward"


class LogarithmOfOutputs:
    """As most people write a classifier: softmax of the logits as they are, and the logarithm of what comes out."""

    def __init__(self, sizes: list[int]) -> None:
        rng = np.random.default_rng(0)
        self.weights = [rng.normal(0, m**-0.5, (m, n)) for m, n in pairwise(sizes)]
        self.biases = [np.zeros(n) for n in sizes[1:]]

    def softmax(self, z: Array) -> Array:
        e = np.exp(z)
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for l, (W, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            z = self.a[-1] @ W + b
            self.a.append(self.softmax(z) if l == len(self.weights) else np.tanh(z))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(-np.mean(np.sum(t * np.log(self.forward(x)), axis=1)))

    def gradients(self, x: Array, t: Array) -> tuple[list[Array], list[Array]]:
        delta, dW, db = (self.forward(x) - t) / len(x), list[Array](), list[Array]()
        for a, W in zip(reversed(self.a[:-1]), reversed(self.weights), strict=True):
            dW, db = [a.T @ delta, *dW], [delta.sum(axis=0), *db]
            delta = delta @ W.T * (1 - a**2)
        return dW, db


def test_what_follows_an_output_that_is_no_number_hides_no_fault() -> None:
    diagnosis = diagnose(judge(load(LogarithmOfOutputs), examples=0))
    assert diagnosis is not None and names(diagnosis) == [["softmax-overflows"]]
    assert diagnosis.unknown is None and diagnosis.open == ()
