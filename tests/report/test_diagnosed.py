"""What a diagnosis says on a page, word for word."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from backproof.diagnosis.diagnose import Diagnosis, Named
from backproof.diagnosis.unknown import Unknown
from backproof.diagnosis.worked import Row, Worked
from backproof.report import text
from backproof.report.diagnosed import lines, place
from backproof.subjects.subject import Hints
from backproof_spec.composing import Part

from .diagnoses import JUDGED, LACKS, NAMELESS, NET, ONE, SIGN, TWO, real, row
from .made import CASE, judgement, violated


def said(found: Diagnosis, width: int = 80) -> str:
    """The page of a diagnosis."""
    return "".join(f"{line.text}\n" for line in lines(found, width))


def flat(found: Diagnosis) -> str:
    return " ".join(said(found).split())


def test_a_fault_is_named_with_its_proof_a_case_worked_by_hand_and_the_right_equation() -> None:
    assert said(ONE) == """\
diagnosis
   The error is sent back through W, but not through the activation.
   fault     hidden-delta-lacks-derivative (hidden delta)
   right     delta1 = (delta2 @ W2.T) * (1 - a1**2)
   mend it   multiply delta @ W.T by f'(z) of the layer below
   proof     a program with this fault gives the same numbers on fresh cases, to
             3e-16; the nearest other, derivative-at-activation, is off by 0.57
   worked    1-1; tanh; squared error; 1 row; W1 = [[0.5]], b1 = [0]; x = [[1]],
             t = [[0.25]]
             right: z1 = 0.5, y = 0.25
             delta1 is -0.125, should be 0.333333: here they part
   read      backproof explain hidden-delta-lacks-derivative
"""


def test_two_faults_are_named_one_below_the_other_and_proven_together() -> None:
    assert said(TWO) == """\
diagnosis: 2 faults at once
   The gradient of the biases has the opposite sign of that of the weights.
   fault     bias-gradient-wrong-sign (bias gradient of the output layer)
   right     db2 = delta2.sum(axis=0)
   mend it   db is +delta.sum(axis=0): the minus belongs to the update
   The error is sent back through W, but not through the activation.
   fault     hidden-delta-lacks-derivative (hidden delta)
   mend it   multiply delta @ W.T by f'(z) of the layer below
   proof     a program with these faults gives the same numbers on fresh cases,
             exactly; the nearest other, hidden-delta-lacks-derivative, is off
             by 0.25
   read      backproof explain bias-gradient-wrong-sign, and so of the other
"""


def test_two_faults_of_which_each_has_its_own_proof_are_proven_apart() -> None:
    both = flat(Diagnosis((Named((SIGN,), 0.0), Named((Part("zero-initial-weights"),)))))
    assert both.count(" proof ") == 2
    assert "proof a program with this fault gives the same numbers on fresh cases, exactly proof every property" in both


def test_faults_that_cannot_be_told_apart_are_named_together_with_the_reason() -> None:
    others = Part("value-form-at-preactivation"), Part("derivative-always-tanh", 2)
    reason = "they part only with another output activation, such as sigmoid"
    found = Diagnosis((Named((Part("tanh-derivative-at-preactivation"), *others), 0.0, inf, apart=reason),))
    assert said(found) == """\
diagnosis
   The derivative of tanh is 1 - z**2.
   fault     tanh-derivative-at-preactivation (activation)
   or        value-form-at-preactivation, derivative-always-tanh in layer 2:
             they part only with another output activation, such as sigmoid
   mend it   tanh' = 1 - a**2, with a = tanh(z)
   proof     a program with this fault gives the same numbers on fresh cases,
             exactly
   read      backproof explain tanh-derivative-at-preactivation
"""


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("bias-left-out",), "or bias-left-out: why"),
        (("bias-left-out",) * 3, "or bias-left-out: why"),
        (("a", "b", "c", "d", "e"), "or a, b, c, d, e: why"),
        (("a", "b", "c", "d", "e", "f"), "or a, b, c, d, 2 more: why"),
    ],
)
def test_of_a_large_set_four_are_told_by_name(names: tuple[str, ...], told: str) -> None:
    assert told in flat(Diagnosis((Named((LACKS, *map(Part, names)), 0.0, apart="why"),)))


def test_of_a_fault_without_a_name_the_stage_the_layer_what_is_right_and_its_looks_are_told() -> None:
    assert said(Diagnosis((), unknown=NAMELESS)) == """\
diagnosis: no known fault, alone or with others, does what this program does
   first     what is wrong first is the hidden delta of layer 2, in a network of
             2-3-2-1
   right are outputs, loss
   looks     dW2 is 3 times what it should be
   looks     dW2 does not depend on the targets
   right     delta2 = (delta3 @ self.W3.T) * a2 * (1 - a2)
"""


def test_a_stage_of_no_layer_is_told_alone() -> None:
    assert said(Diagnosis((), unknown=Unknown("step"))) == """\
diagnosis: no known fault, alone or with others, does what this program does
   first     what is wrong first is the step
"""
    assert "is the bias gradient of layer 1\n" in said(Diagnosis((), unknown=Unknown("bias gradient", 1)))
    assert "is the batch\n" in said(Diagnosis((), unknown=Unknown("batch", None, NET)))


def test_beside_a_fault_without_a_name_others_are_named() -> None:
    both = said(replace(ONE, unknown=NAMELESS))
    assert both == said(Diagnosis((), unknown=NAMELESS)) + said(ONE)


def test_what_the_named_faults_do_not_explain_is_told() -> None:
    open_ = tuple(violated(slug) for slug in ("repeatable", "grad-value"))
    assert (
        "   besides   this does not explain repeatable, grad-value: there is more that is\n"
        "             wrong\n"
        "   read      backproof explain hidden-delta-lacks-derivative\n"
    ) in said(replace(ONE, open=open_))
    five = tuple(violated(slug) for slug in ("repeatable", "grad-value", "grad-batch", "loss-batch", "kept-as-fresh"))
    assert "this does not explain repeatable, grad-value, grad-batch, 2 more: there is" in flat(replace(ONE, open=five))
    assert "besides" not in said(ONE)


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert said(Diagnosis(())) == ""


@pytest.mark.parametrize(
    ("layer", "told"),
    [(None, "step"), (1, "step of layer 1"), (2, "step of layer 2"), (-1, "step of the output layer"),
     (-2, "step of the last hidden layer")],
)  # fmt: skip
def test_a_place_is_a_stage_and_where_it_is_known_its_layer(layer: int | None, told: str) -> None:
    assert place(Part("first-layer-frozen", layer), "step") == told


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (Named((LACKS,)), "proof every property of the clauses that it breaks says the same of a program with this fault, "
                          "case by case read"),
        (Named((LACKS,), 0.0, inf), "on fresh cases, exactly read"),
        (Named((LACKS,), 4.4e-15, inf), "on fresh cases, to 4e-15 read"),
        (Named((LACKS,), 0.0, 5.123e-8, "the right program"), "exactly; the nearest other, the right program, is off by 5.1e-08"),
        (Named((LACKS,), 0.0, None, "the right program"), "on fresh cases, exactly read"),
    ],
)  # fmt: skip
def test_the_proof_is_as_good_as_the_agreement(one: Named, told: str) -> None:
    assert told in flat(Diagnosis((one,)))


def working(*rows: Row, rate: float | None = None) -> str:
    """What is told between the case and the last line."""
    told = flat(replace(ONE, worked=Worked(CASE, rows, rate)))
    return told.split("t = [[0.25]] ")[1].removesuffix(f" read backproof explain {LACKS}")


def test_an_array_of_up_to_four_numbers_is_told_whole_and_of_a_larger_one_the_entry_that_is_off_most() -> None:
    few, many = np.array([[1.0, 2.0], [3.0, 4.0]]), np.arange(6.0).reshape(2, 3)
    rows = row("a", 1, many, many, False), row("dW", 2, few + np.eye(2), few), row("dW", 1, many + 10 * (many == 5), many)
    assert working(*rows) == (
        "right: a1 = an array (2, 3) dW2 is [[2, 2], [3, 5]], should be [[1, 2], [3, 4]]: here they part "
        "dW1[1, 2] is 15, should be 5"
    )


def test_a_value_of_another_shape_is_told_by_it() -> None:
    assert working(row("loss", 2, [2.0], 2.0)) == "loss has shape (1,), should have (): here they part"
    assert working(row("db", 1, [[2.0, 1.0]], [2.0, 1.0])) == "db1 has shape (1, 2), should have (2,): here they part"


def test_what_is_no_number_is_told_as_such() -> None:
    assert working(row("z", 1, [[nan, inf]], [[1, 2]])) == "z1 is [[nan, inf]], should be [[1, 2]]: here they part"
    six = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert working(row("db", 1, np.where(six == 4, nan, six + 100), six)) == "db1[3] is nan, should be 4: here they part"


def test_right_values_after_the_first_wrong_one_are_left_out_and_wrong_ones_end_after_four() -> None:
    names = [("loss", 2), ("delta", 2), ("dW", 2), ("db", 2), ("delta", 1), ("dW", 1), ("db", 1)]
    rows = [row(name, l, 2.0, 1.0, name != "dW") for name, l in names]
    assert working(*rows) == (
        "loss is 2, should be 1: here they part delta2 is 2, should be 1 db2 is 2, should be 1 delta1 is 2, should be 1"
    )


def test_a_step_is_told_with_its_rate() -> None:
    found = working(row("dW", 1, 3.0, 3.0, False), row("W", 1, 2.0, 0.5), row("b", 1, 1.0, 0.5), rate=0.5)
    assert found == "right: dW1 = 3 W1 is 2, should be 0.5: here they part (after a step at rate 0.5) b1 is 1, should be 0.5"


@pytest.mark.parametrize("name", JUDGED)
def test_no_line_of_a_real_diagnosis_is_wider_than_the_page_and_every_character_is_plain(name: str) -> None:
    for width in (80, 132):
        page = said(real(name)[1], width).splitlines()
        assert page and all(len(line) <= width and line.isascii() and line == line.rstrip() for line in page)


def test_the_diagnosis_stands_below_the_verdict_and_above_all_that_it_was_made_from() -> None:
    one = judgement(violated("grad-value"), assumed=("rows",))
    page = [line.text for line in text.lines(one, Hints(), 80, diagnosis=ONE)]
    diagnosis = said(ONE).splitlines()
    assert page[0] == "VIOLATES  net.py:Net" and page[2] == ""
    assert page[3 : 3 + len(diagnosis)] == diagnosis
    again, blank, scope = page[3 + len(diagnosis) : 6 + len(diagnosis)]
    assert again.startswith("   replay    backproof replay bp2-") and blank == "" and scope.startswith("  scope     ")
    assert page.index("  assumed   rows") < next(i for i, line in enumerate(page) if line.startswith("1. grad-value"))
    without = [line.text for line in text.lines(one, Hints(), 80)]
    assert without == page[:2] + page[5 + len(diagnosis) :]


def test_a_diagnosis_of_what_has_no_finding_cannot_be_replayed() -> None:
    one = judgement(replace(violated("grad-value"), finding=None))
    assert not any("replay" in line.text for line in text.lines(one, Hints(), 80, diagnosis=ONE))
