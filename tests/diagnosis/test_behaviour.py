"""A fault that no single answer shows is named by what properties make of it: held, violated in the same words, or open."""

from dataclasses import replace
from math import inf, nan

import pytest
from tests.diagnosis.judged import FAMILY, narrowed
from tests.diagnosis.offering import with_faults

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis.behaviour import Outcome, behind, explains, is_exact, outcome
from backproof.diagnosis.programs import Programs
from backproof.pool import Shape, build
from backproof.registry import Property, properties_of
from backproof.runner import Judgement, Verdict
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof_impl.faults.composed import composed
from backproof_spec.composing import Part

LACKS, ZEROS, EQUAL = (Part(f) for f in ("hidden-delta-lacks-derivative", "zero-initial-weights", "all-equal-initial-weights"))


@pytest.mark.parametrize(
    ("one", "other", "exact", "alike"),
    [
        (Outcome("held"), Outcome("held"), True, True),
        (Outcome("held"), Outcome("Undecided"), False, False),
        (Outcome("violated", "a"), Outcome("violated", "b"), False, False),
        (Outcome("violated", "a", (1.0,)), Outcome("violated", "a", (2.0,)), True, False),
        (Outcome("violated", "a", (1.0,)), Outcome("violated", "a", (2.0,)), False, True),
        (Outcome("violated", "a", (1.0, 2.0)), Outcome("violated", "a", (1.0 + 1e-9, 2.0)), True, True),
        (Outcome("violated", "a", (nan,)), Outcome("violated", "a", (nan,)), True, True),
        (Outcome("violated", "a", (inf,)), Outcome("violated", "a", (-inf,)), True, False),
        (Outcome("violated", "a", (inf,)), Outcome("violated", "a", (1.0,)), True, False),
    ],
)
def test_two_outcomes_tell_of_the_same_or_not(one: Outcome, other: Outcome, exact: bool, alike: bool) -> None:
    assert one.like(other, exact) is alike


def test_numbers_of_draws_are_not_exact() -> None:
    assert is_exact("grad-value") and is_exact("train-fit") and not is_exact("repeatable") and not is_exact("train-gates")


def put(slug: str, *names: str) -> Outcome:
    """The first property of the clause, put to a program with these faults."""
    subject = load(narrowed(composed(tuple(map(Part, names)))))
    case = build(subject.claims, FAMILY, Shape("three rows", (2,), 2, 2, 3), 1)
    return outcome(next(iter(properties_of(slug))), Asked(subject, once=True), case)


def test_a_property_holds_or_is_violated_in_words_without_their_numbers() -> None:
    assert put("loss-value") == Outcome("held")
    twice = put("loss-value", "loss-twice-the-declared")
    assert twice.kind == "violated" and "#" in twice.words and len(twice.numbers) == 2
    assert twice.numbers[0] == pytest.approx(2 * twice.numbers[1])
    assert not any(digit in twice.words for digit in "0123456789")


def raising(asked: object, case: Case) -> None:
    """Put to a program that raises."""
    raise Failure("raised", "gradient raised IndexError: 7 is out of bounds (net.py:3)")


def test_trouble_is_a_violation_without_what_the_program_says_itself() -> None:
    found = replace(next(iter(properties_of("loss-value"))), check=raising)
    assert isinstance(found, Property)
    assert outcome(found, Asked(load(narrowed(composed(())))), None) == Outcome("violated", "gradient raised")  # type: ignore[arg-type]  # not looked at


def judged(*names: str) -> tuple[Programs, Judgement]:
    judgement = with_faults(*names, more=("initial",))
    return Programs(judgement.subject), judgement


def first(judgement: Judgement) -> Verdict:
    return judgement.roots[0]


def test_a_finding_is_explained_by_faults_that_violate_the_clause_there_as_well() -> None:
    programs, judgement = judged("hidden-delta-lacks-derivative")
    assert explains(programs, (LACKS,), first(judgement))
    assert not explains(programs, (), first(judgement)) and not explains(programs, (ZEROS,), first(judgement))


def test_faults_that_do_not_go_together_and_what_was_not_found_explain_nothing() -> None:
    programs, judgement = judged("hidden-delta-lacks-derivative")
    assert not explains(programs, (LACKS, LACKS), first(judgement))
    assert not explains(programs, (LACKS,), replace(first(judgement), finding=None))


def test_behind_a_finding_is_the_fault_of_which_every_property_says_the_same() -> None:
    programs, judgement = judged("zero-initial-weights")
    symmetry = next(v for v in judgement.roots if v.clause.slug == "initial-symmetry")
    assert behind(programs, (), symmetry) == [ZEROS]
    assert ZEROS not in behind(programs, (ZEROS,), symmetry)
    assert behind(replace(programs, without=frozenset({ZEROS.fault})), (), symmetry) == []
    assert behind(programs, (), replace(symmetry, finding=None)) == []


def test_zeros_and_equal_numbers_are_told_apart() -> None:
    programs, judgement = judged("all-equal-initial-weights")
    assert behind(programs, (), next(v for v in judgement.roots if v.clause.slug == "initial-symmetry")) == [EQUAL]


def test_properties_that_the_subject_cannot_be_put_to_are_left_out() -> None:
    judgement = with_faults("bias-gradient-for-each-row")  # no start and no training, of which the clause speaks as well
    biases = next(v for v in judgement.roots if v.clause.slug == "shape-biases")
    assert Part("bias-gradient-for-each-row") in behind(Programs(judgement.subject), (), biases)
