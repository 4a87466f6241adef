"""Right programs that are not what they look like at first are not accused, and what is judged of them is said."""

from pathlib import Path

import pytest

from backproof.runner import Judgement, judge
from backproof.subjects.loading import load

FILE = Path(__file__).parent / "zoo" / "kinds.py"


def judged(name: str) -> Judgement:
    return judge(load(f"{FILE}:{name}"), examples=5)


def accused(judgement: Judgement) -> list[tuple[str, str]]:
    return [(v.clause.slug, v.reason) for v in judgement.having("violated")]


@pytest.mark.parametrize(("name", "other"), [("TwoKinds", "relu"), ("AndSelu", "elu (scale=1.0507, alpha=1.67326)")])
def test_a_program_with_hidden_layers_of_two_kinds_is_judged_with_one(name: str, other: str) -> None:
    judgement = judged(name)
    assert accused(judgement) == [] and judgement.outcome == "conforms"
    assert f"of two hidden layers one is {other}: only networks of one are judged" in judgement.subject.assumed
    assert judgement.subject.claims.families[0].sizes.depth == (1, 1)


def test_a_second_hidden_layer_that_is_of_no_kind_is_wrong() -> None:
    judgement = judged("OddSecond")
    assert judgement.outcome == "violates"
    assert judgement.subject.claims.families[0].sizes.depth == (0, None)


@pytest.mark.parametrize("name", ["Above", "AboveOutput", "AboveD", "AboveError"])
def test_what_wants_the_gradient_from_above_is_given_no_targets(name: str) -> None:
    judgement = judged(name)
    assert accused(judgement) == [] and judgement.outcome == "conforms"
    assert "gradient" not in judgement.subject.claims.operations and "step" in judgement.subject.claims.operations


def test_a_constant_in_the_logarithm_of_a_loss_that_is_not_known_is_let_pass() -> None:
    judgement = judged("WithPenalty")
    assert judgement.subject.claims.families[0].loss[0].name == "other:loss"
    assert accused(judgement) == [] and judgement.outcome == "conforms"
    assert "grad-direction" in {slug for slug, _ in accused(judged("WithPenaltyForgotten"))}


def test_a_loss_of_bits_that_is_not_known_is_asked_for_bits() -> None:
    judgement = judged("BitsOnly")
    assert judgement.subject.claims.families[0].loss[0].name == "other:loss"
    assert accused(judgement) == [] and judgement.outcome == "conforms"
