"""Why two faults are one on a subject: what would part them is told, as far as it is not on offer."""

from dataclasses import replace

import pytest
from tests.diagnosis.judged import FAMILY, Narrow

from backproof.diagnosis.apart import ALIKE, EVERYWHERE, reason
from backproof.subjects.loading import load
from backproof_spec import Claims, Family, Loss, Operation, Sizes
from backproof_spec.composing import Part

CLAIMS = load(Narrow).claims
STEPS: frozenset[Operation] = frozenset({"step", "descend", "fit"})
SUMMED = replace(FAMILY, loss=(Loss("squared_error", samples="sum"),))
MODEST = replace(CLAIMS, operations=CLAIMS.operations - STEPS)


def told(claims: Claims, one: str, other: str | None = None) -> str:
    """What parts a fault from another, or from the right program, on a subject of these claims."""
    return reason(replace(load(Narrow), claims=claims), (Part(one),), () if other is None else (Part(other),))


def of(family: Family) -> Claims:
    return replace(CLAIMS, families=(family,))


@pytest.mark.parametrize(
    ("claims", "fault", "why"),
    [
        (MODEST, "first-layer-frozen", "they part only in what step gives, which is not on offer"),
        (CLAIMS, "relu-derivative-always-one", "they part only with other hidden activations, such as relu"),
        (CLAIMS, "softmax-twice", "with another output activation, such as "),
        (CLAIMS, "cross-entropy-in-bits", "with another loss, such as "),
        (of(SUMMED), "gradient-summed-for-mean", "they part only with another reduction or factor of the loss"),
        (CLAIMS, "penalty-left-out-of-gradient", "they part only with another penalty"),
        (replace(CLAIMS, batch=1), "last-row-dropped", "they part only on more rows at once"),
        (of(replace(FAMILY, sizes=Sizes(depth=(1, 1)))), "hidden-errors-sent-back-for-deltas", "with other sizes, such as "),
        (of(replace(FAMILY, sizes=Sizes(inputs=(7, 7)))), "bias-left-out", "they part only with other sizes, such as "),
        (of(replace(FAMILY, sizes=Sizes(outputs=(7, None)))), "bias-left-out", "they part only with other sizes, such as "),
        (of(replace(FAMILY, sizes=Sizes(depth=(0, 0)))), "hidden-bias-left-out", "they part only with other sizes, such as "),
        (of(replace(FAMILY, sizes=Sizes(exactly=((7, 1),)))), "bias-left-out", "they part only with other sizes, such as "),
    ],
)
def test_what_is_not_on_offer_would_part_them(claims: Claims, fault: str, why: str) -> None:
    assert why in told(claims, fault)


@pytest.mark.parametrize(("claims", "fault"), [(CLAIMS, "first-layer-frozen"), (of(FAMILY), "bias-left-out")])
def test_what_is_on_offer_is_not_told_as_missing(claims: Claims, fault: str) -> None:
    assert told(claims, fault) == "they part only on cases of another kind"


def test_two_faults_are_parted_by_what_shows_one_of_them() -> None:
    why = told(MODEST, "first-layer-frozen", "last-layer-frozen")
    assert why.startswith("they part only in what step gives, which is not on offer")


@pytest.mark.parametrize(("one", "other"), [("bias-left-out", "bias-left-out"), ("answers-promoted", None)])
def test_what_computes_the_same_is_told_to_be_the_same(one: str, other: str | None) -> None:
    assert told(CLAIMS, one, other) == EVERYWHERE


def test_of_starts_only_the_properties_tell() -> None:
    assert told(CLAIMS, "zero-initial-weights", "all-equal-initial-weights") == ALIKE


def test_biases_that_are_not_held_are_told() -> None:
    unbiased = of(replace(FAMILY, biases=("none", "none")))
    assert told(unbiased, "bias-left-out") == "they part only with biases held in another way"
