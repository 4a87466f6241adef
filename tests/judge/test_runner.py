"""A verdict for every clause, with its reason; folded under its root; never green by omission; the same one twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Outside, Undecided, Unmet, Violation
from backproof.pool import GRID_SHAPES, LAST_SHAPES
from backproof.properties import training
from backproof.registry import EVERYWHERE, Property, properties
from backproof.runner import STATUSES, Judgement, Tally, Verdict, folded, judge, put
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof_impl.reference import Reference
from backproof_spec import Claims
from backproof_spec.clauses import clauses

from .miniatures import (
    CrashesFarOut,
    ForwardRaises,
    GradientRaises,
    HiddenBiasesForgotten,
    LossRoundedAway,
    LossTwice,
    OnlyForward,
    RaisesAfterTheFirstStep,
    RaisesFarOut,
    RaisesFarOutAndIsWrongThere,
    RaisesOnTinyInputs,
    Right,
    hanging,
)

GRID = len(GRID_SHAPES) + len(LAST_SHAPES)


def judged(kind: object, known: dict[str, str] | None = None) -> Judgement:
    return judge(kind if isinstance(kind, Subject) else load(kind), examples=2, known=known)


def verdict(of: Judgement, slug: str) -> Verdict:
    (found,) = (one for one in of.verdicts if one.clause.slug == slug)
    return found


@pytest.fixture(scope="module", autouse=True)
def untrained() -> Iterator[None]:
    """Training says nothing of the runner and takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "FAMILIES", 0)
        yield


@pytest.fixture(scope="module")
def right() -> Judgement:
    return judged(Right)


@pytest.fixture(scope="module")
def forgotten() -> Judgement:
    return judged(HiddenBiasesForgotten)


def test_a_right_subject_conforms(right: Judgement) -> None:
    assert right.outcome == "conforms" and not right.roots and not right.unsettled
    assert right.scope == "gradient"


def test_every_clause_has_one_verdict_in_the_order_of_the_specification(right: Judgement) -> None:
    assert [one.clause.slug for one in right.verdicts] == list(clauses())
    assert sum(len(right.having(status)) for status in STATUSES) == len(clauses())


def test_a_held_clause_counts_its_cases_and_names_its_properties(right: Judgement) -> None:
    found = verdict(right, "grad-value")
    assert found.status == "held" and found.cases == GRID + 2 and found.reason == ""
    assert found.properties == ("gradient_is_the_closed_form_gradient_of_the_declared_loss",)


def test_what_is_not_on_offer_is_not_applicable(right: Judgement) -> None:
    assert verdict(right, "step-rate").status == "not applicable"
    assert verdict(right, "step-rate").reason == "the subject offers no step"
    assert verdict(right, "softmax-sum").reason == "no network of the subject is in the clause's domain"


def test_a_subject_that_shows_only_its_outputs_is_not_judged() -> None:
    found = judged(OnlyForward)
    assert not found.having("violated") and len(found.having("held")) > 5
    assert found.outcome == "not judged" and found.scope == "black box"


def test_a_violation_carries_its_case_and_its_numbers(forgotten: Judgement) -> None:
    found = verdict(forgotten, "grad-biases")
    assert forgotten.outcome == "violates" and found.status == "violated" and found.under is None
    assert found.finding is not None and found.finding.violation.place is not None
    assert str(found.finding.violation.place) == "db1[0]" and found.finding.violation.got == 0
    assert found.reason == found.finding.violation.message
    assert found.finding.case.net.sizes == (1, 1, 1) and found.finding.case.n == 1


def test_a_consequence_is_folded_under_its_root(forgotten: Judgement) -> None:
    assert verdict(forgotten, "grad-value").status == "violated"
    assert verdict(forgotten, "grad-value").under == "grad-biases"
    assert [one.clause.slug for one in forgotten.roots] == ["grad-biases"]


def test_the_verdict_is_the_same_twice(forgotten: Judgement) -> None:
    again = judged(HiddenBiasesForgotten)
    assert [(v.status, v.reason, v.under, v.cases) for v in again.verdicts] == [
        (v.status, v.reason, v.under, v.cases) for v in forgotten.verdicts
    ]
    assert [v.finding.case.net for v in again.having("violated") if v.finding] == [
        v.finding.case.net for v in forgotten.having("violated") if v.finding
    ]


def test_folding_follows_the_chain_to_its_end() -> None:
    slugs = ("forward-affine", "forward-layers", "loss-value")
    chain = [Verdict(clauses()[slug], "violated") for slug in slugs]
    assert [one.under for one in folded(chain)] == [None, "forward-affine", "forward-affine"]
    held = [replace(chain[0], status="held"), *chain[1:]]
    assert [one.under for one in folded(held)] == [None, None, "forward-layers"]


def test_a_failure_becomes_a_verdict() -> None:
    found = judged(GradientRaises)
    assert verdict(found, "shape-weights").status == "violated"
    assert verdict(found, "shape-weights").reason.startswith("gradient raised ZeroDivisionError: no samples")
    assert verdict(found, "grad-value").status == "not judged"
    assert verdict(found, "grad-value").reason.startswith("needs shape-weights: gradient raised")
    assert [one.clause.slug for one in found.having("violated")] == ["shape-weights"]


def test_a_hang_becomes_a_verdict() -> None:
    found = judged(hanging())
    assert verdict(found, "shape-weights").reason == "gradient did not answer within 1 s"
    assert found.outcome == "violates"


def test_a_forward_that_raises_leaves_the_rest_not_judged() -> None:
    found = judged(ForwardRaises)
    assert verdict(found, "shape-forward").reason.startswith("forward raised IndexError: list index out of range")
    assert {verdict(found, slug).status for slug in ("forward-affine", "activation-value", "grad-value")} == {"not judged"}


def test_a_call_that_raises_far_out_is_advised_against_and_nobody_is_accused() -> None:
    found = judged(RaisesFarOut)
    assert found.outcome == "conforms"
    for slug in ("activation-far", "activation-derivative-far"):
        assert verdict(found, slug).status == "advised"
        assert verdict(found, slug).reason.startswith("forward raised OverflowError: math range error")
    finding = verdict(found, "activation-far").finding
    assert finding is not None and finding.case.name.startswith("made smaller from: units at z")


def test_a_call_that_raises_far_out_hides_no_wrong_number() -> None:
    found = judged(RaisesFarOutAndIsWrongThere)
    assert verdict(found, "activation-far").status == "violated"
    assert verdict(found, "activation-far").reason.startswith("y[0, 0] is ")


def test_a_call_that_ends_the_process_far_out_is_a_violation() -> None:
    found = judged(CrashesFarOut)
    assert verdict(found, "activation-far").status == "violated"
    assert verdict(found, "activation-far").reason == "forward was killed"


def test_a_call_that_fails_on_the_cases_of_another_clause_is_held_against_the_one_that_wants_an_answer() -> None:
    found = judged(RaisesOnTinyInputs)
    assert verdict(found, "shape-forward").status == "violated"
    assert verdict(found, "shape-forward").reason.startswith("forward raised FloatingPointError: underflow")
    finding = verdict(found, "shape-forward").finding
    assert finding is not None and 0 < abs(finding.case.x).max() < 1e-30
    assert "numeric-tiny" not in {one.clause.slug for one in found.having("violated")}


def test_a_training_that_fails_where_it_led_to_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "FAMILIES", 1)
    found = judged(RaisesAfterTheFirstStep)
    assert found.having("violated") == []
    assert verdict(found, "train-loss-falls").status == "not judged"


def test_a_must_that_stays_undecided_is_not_green() -> None:
    found = judged(LossRoundedAway)
    assert verdict(found, "grad-direction").status == "undecided"
    assert verdict(found, "grad-direction").reason.startswith("flat: ")
    assert verdict(found, "grad-direction") in found.unsettled
    without = replace(found, verdicts=tuple(v for v in found.verdicts if v.status != "violated"))
    assert without.outcome == "not judged"


def test_a_known_violation_is_known_and_green() -> None:
    found = judged(LossTwice, {"loss-value": "the half is left out", "grad-scale": "so it is"})
    assert verdict(found, "loss-value").status == "known" and verdict(found, "loss-value").reason == "the half is left out"
    assert verdict(found, "loss-value").finding is not None
    assert found.outcome == "conforms"
    assert judged(LossTwice).outcome == "violates"


def test_a_known_violation_that_holds_is_a_violation_of_the_list() -> None:
    found = judged(Right, {"loss-value": "the half is left out"})
    assert found.outcome == "violates"
    assert verdict(found, "loss-value").reason == "expected to be violated (the half is left out), but it holds"


def test_advice_does_not_change_the_outcome() -> None:
    class FollowsAnother(Right):
        """Follows y - t, reports squared error."""

        @property
        def claims(self) -> Claims:
            loss, reported = replace(Right.families[0].loss[0], name="matching"), Right.families[0].loss[0]
            outputs = (replace(Right.families[0].output[0], name="sigmoid"),)
            return Claims("another", (replace(Right.families[0], loss=(loss,), reported=reported, output=outputs),))

    found = judged(FollowsAnother)
    assert verdict(found, "loss-matching").status == "advised" and found.outcome == "conforms"
    known = judged(FollowsAnother, {"loss-matching": "on purpose"})
    assert verdict(known, "loss-matching").status == "known"


def test_progress_is_told() -> None:
    told: list[tuple[int, int, str]] = []
    judge(load(OnlyForward), examples=0, progress=lambda done, of, name: told.append((done, of, name)))
    assert [done for done, _, _ in told] == list(range(len(properties())))
    assert told[0][1:] == (len(properties()), properties()[0].name)


@pytest.mark.parametrize(("raised", "field", "said"), [
    (Undecided("kink"), "undecided", "kink"), (Outside("no rate"), "outside", "no rate"),
    (Unmet("shape-loss", "it is None"), "unmet", "needs shape-loss: it is None"),
    (NotOffered("loss"), "unmet", "not on offer: loss"),
])  # fmt: skip
def test_what_a_property_raises_is_kept_apart(raised: Exception, field: str, said: str) -> None:
    def check(_: object, case: Case) -> None:
        if case.name == "no hidden layer":
            raise raised

    tally = put(Property("loss-value", check, EVERYWHERE, frozenset(), None), *asked_and_cases())
    assert getattr(tally, field) == [said]
    assert (tally.held, tally.applicable, tally.finding) == (GRID - 1, GRID, None)


def asked_and_cases() -> tuple[Asked, list[Case]]:
    from backproof.pool import pool

    asked = Asked(load(Right))
    return asked, list(pool(asked.claims, 0, 0))


def test_a_failure_that_no_property_catches_is_a_finding() -> None:
    def check(_: object, case: Case) -> None:
        raise Failure("crashed", "the process died")

    tally: Tally = put(Property("loss-value", check, EVERYWHERE, frozenset(), None), *asked_and_cases())
    assert tally.finding is not None and tally.finding.violation.message == "the process died"


def test_the_first_violation_ends_the_cases() -> None:
    seen: list[str] = []

    def check(_: object, case: Case) -> None:
        seen.append(case.name)
        raise Violation("always")

    made = Property("loss-value", check, EVERYWHERE, frozenset(), lambda _: ())
    tally = put(made, *asked_and_cases())
    assert len(seen) == 1 and tally.held == 0 and tally.finding is not None


def test_the_scope_is_what_is_on_offer() -> None:
    whole = judged(Right)
    steps = replace(load(Reference), claims=replace(load(Reference).claims, operations=frozenset({"forward", "step"})))
    assert replace(whole, subject=steps).scope == "step"
