"""The right equation is the one of the first wrong value, in the subject's own names; or of the fault's stage; or none."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.judged import FAMILY, narrowed

from backproof.case import Case
from backproof.diagnosis.formula import right as formula
from backproof.diagnosis.programs import known
from backproof.diagnosis.remedy import OF_ROW, OF_STAGE, equation, of_stage
from backproof.pool import Shape, build
from backproof.subjects.loading import load
from backproof.subjects.manner import Manner
from backproof.subjects.subject import Subject
from backproof_impl.faults.composed import composed
from backproof_impl.reference import Reference
from backproof_spec import Activation, Loss
from backproof_spec.composing import Part, Quantity

SUBJECT = load(narrowed(Reference))
DEEP = build(SUBJECT.claims, FAMILY, Shape("two hidden layers", (3, 4), 2, 2, 3), 1)
FLAT = build(SUBJECT.claims, FAMILY, Shape("no hidden layer", (), 2, 2, 3), 2)


def right(name: str, *cases: Case, layer: int | None = None) -> str:
    """The equation beside that fault."""
    part = Part(name, layer)
    return equation(load(narrowed(composed((part,)))), part, known()[name], cases or (DEEP,))


def unlike(case: Case, **changes: object) -> Case:
    return replace(case, net=replace(case.net, **changes))  # type: ignore[arg-type]  # tests change any


@pytest.mark.parametrize(
    ("fault", "layer", "line"),
    [
        ("hidden-delta-lacks-derivative", None, "delta2 = (delta3 @ W3.T) * (1 - a2**2)"),
        ("hidden-delta-lacks-derivative", 1, "delta1 = (delta2 @ W2.T) * (1 - a1**2)"),
        ("weight-gradient-from-preactivation", None, "dW3 = a2.T @ delta3"),
        ("bias-gradient-wrong-sign", 2, "db2 = delta2.sum(axis=0)"),
        ("delta-is-target-minus-output", None, "delta3 = (y - t) * y * (1 - y) / len(x)"),
        ("bias-left-out", None, "z1 = x @ W1 + b1"),
        ("loss-twice-the-declared", None, "loss = 0.5 * ((y - t)**2).sum() / len(x)"),
        ("first-layer-frozen", None, "W1 -= rate * dW1; b1 -= rate * db1"),
        ("last-layer-frozen", None, "W3 -= rate * dW3; b3 -= rate * db3"),
    ],
)
def test_it_is_the_equation_of_the_first_wrong_value_and_its_layer(fault: str, layer: int | None, line: str) -> None:
    assert right(fault, layer=layer) == line


def test_it_is_told_for_the_first_case_on_which_the_fault_shows() -> None:
    assert right("hidden-delta-lacks-derivative", FLAT, DEEP) == "delta2 = (delta3 @ W3.T) * (1 - a2**2)"
    assert right("delta-is-target-minus-output", FLAT, DEEP).startswith("delta1 = (y - t)")


def test_where_a_fault_shows_on_no_case_it_is_the_equation_of_its_stage() -> None:
    assert right("softplus-derivative-tanh") == "df3 = y * (1 - y)"  # nothing is softplus there
    assert right("gradients-never-cleared") == ""  # in no equation


@pytest.mark.parametrize("rule", ["momentum", "nesterov", "rmsprop", "adam"])
def test_a_fault_of_a_rule_is_mended_by_its_rule(rule: str) -> None:
    faults = [one.name for one in known().values() if one.breaks == f"rule-{rule}"]
    assert faults and {right(name) for name in faults} == {formula(rule, None, DEEP.net, SUBJECT.manner)}


def test_it_is_written_as_the_subject_writes() -> None:
    columns = Manner(("w[0]", "w[1]", "w[2]"), ("b[0]", "b[1]", "b[2]"), "out-in", "columns", "column")
    part = Part("bias-left-out")
    subject: Subject = replace(load(narrowed(composed((part,)))), manner=columns)
    assert equation(subject, part, known()[part.fault], [DEEP]) == "z1 = w[0] @ x + b[0]"


OTHER = (
    unlike(DEEP, activations=(Activation("other:swish"), *DEEP.net.activations[1:])),
    unlike(DEEP, loss=Loss("other:hinge")),
)


@pytest.mark.parametrize("other", OTHER, ids=["another activation", "another loss"])
def test_of_a_network_that_the_specification_does_not_know_nothing_is_said(other: Case) -> None:
    assert right("bias-left-out", other) == "" and of_stage(SUBJECT, "forward", 1, other.net) == ""
    assert right("bias-left-out", other, DEEP) == "z1 = x @ W1 + b1"


@pytest.mark.parametrize(
    ("stage", "layer", "line"),
    [
        ("hidden delta", 1, "delta1 = (delta2 @ W2.T) * (1 - a1**2)"),
        ("hidden delta", 2, "delta2 = (delta3 @ W3.T) * (1 - a2**2)"),
        ("weight gradient", 3, "dW3 = a2.T @ delta3"),
        ("weight gradient", 9, "dW3 = a2.T @ delta3"),  # it was found on a deeper network
        ("bias gradient", 1, "db1 = delta1.sum(axis=0)"),
        ("output delta", None, "delta3 = (y - t) * y * (1 - y) / len(x)"),
        ("loss", None, "loss = 0.5 * ((y - t)**2).sum() / len(x)"),
        ("hygiene", None, ""),
        ("shapes", 2, ""),
    ],
)
def test_a_stage_has_its_equation_or_none(stage: str, layer: int | None, line: str) -> None:
    assert of_stage(SUBJECT, stage, layer, DEEP.net) == line


def test_every_quantity_of_a_worked_case_and_every_stage_that_has_an_equation_is_known() -> None:
    assert set(OF_ROW) >= set(Quantity.__args__) | {"y", "W", "b"}  # type: ignore[attr-defined]  # a Literal has them
    assert {one.stage for one in known().values()} - set(OF_STAGE) == {
        "initial", "optimiser", "fitting", "shapes", "hygiene", "numerics",
    }  # fmt: skip


def test_what_is_right_has_no_first_wrong_value() -> None:
    perfect = DEEP.aiming(np.asarray(Reference().forward(DEEP.net, DEEP.params, DEEP.x)))
    assert right("delta-is-target-minus-output", perfect) == "delta3 = (y - t) * y * (1 - y) / len(x)"  # by its stage
