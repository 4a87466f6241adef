"""Negative controls: a check that a subject has passed must fail once an error is planted, and where it was planted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof import control
from backproof.asked import Asked
from backproof.case import Case
from backproof.control import PLANTED, Tampered, failed
from backproof.must import Place, Undecided, Violation
from backproof.pool import pool
from backproof.registry import Property, properties
from backproof.runner import judge, put
from backproof.subjects.loading import load
from backproof_impl.reference import Reference

BY_NAME = {found.name: found for found in properties()}
GRADIENT = "gradient_is_the_closed_form_gradient_of_the_declared_loss"


def asked() -> Asked:
    return Asked(load(Reference))


def cases(one: Asked, found: Property) -> list[Case]:
    return [case for case in pool(one.claims, 0, 0) if found.where.holds(case)][:12]


@pytest.mark.parametrize("name", PLANTED)
def test_each_oracle_finds_what_was_planted_in_the_reference(name: str) -> None:
    one, found = asked(), BY_NAME[name]
    assert failed(found, one, cases(one, found)) == ""


def checking(name: str, check: Callable[..., object]) -> Property:
    """The property of that name, with another check under it."""
    found = BY_NAME[name]

    def other(subject: Any, case: Case) -> None:
        check(subject, case)

    other.__name__ = found.name
    return replace(found, check=other)


def test_every_planted_property_exists_and_the_others_have_no_control() -> None:
    assert set(PLANTED) <= set(BY_NAME)
    one, other = asked(), next(found for name, found in BY_NAME.items() if name not in PLANTED)
    assert failed(replace(other, check=lambda subject, case: None), one, cases(one, other)) == ""


def test_a_check_that_sees_nothing_is_powerless() -> None:
    one, blind = asked(), checking(GRADIENT, lambda subject, case: subject.gradient(*asks(case)))
    why = failed(blind, one, cases(one, blind))
    assert why.startswith("control: an error of an eighth, planted in dW") and why.endswith(", was not found")


def asks(case: Case) -> tuple[object, ...]:
    return case.net, case.params, case.x, case.t


def test_a_check_that_looks_elsewhere_is_powerless() -> None:
    def astray(subject: Tampered, case: Case) -> None:
        subject.gradient(case.net, case.params, case.x, case.t)
        raise Violation("something", Place("db", 1, (0,)))

    one, wrong = asked(), checking(GRADIENT, astray)
    assert failed(wrong, one, cases(one, wrong)).endswith(" was found in db1[0]")


def test_a_check_that_cannot_tell_is_powerless() -> None:
    def unsure(subject: Tampered, case: Case) -> None:
        subject.gradient(case.net, case.params, case.x, case.t)
        raise Undecided("noise: too much of it")

    one, wrong = asked(), checking(GRADIENT, unsure)
    assert failed(wrong, one, cases(one, wrong)).endswith(" could not be judged: noise: too much of it")


def test_where_nothing_held_there_is_nothing_to_control() -> None:
    one, found = asked(), BY_NAME[GRADIENT]
    assert failed(found, one, []) == ""


def test_what_held_without_power_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    one, blind = asked(), checking("loss_is_the_declared_one", lambda subject, case: None)
    tally = put(blind, one, cases(one, blind))
    assert tally.held and tally.powerless.startswith("control: ")
    said = {"loss-value": "control: nothing is seen"}
    monkeypatch.setattr(control, "failed", lambda found, asked, held: said.get(found.slug, ""))
    verdict = next(v for v in judge(load(Reference), examples=0).verdicts if v.clause.slug == "loss-value")
    assert (verdict.status, verdict.reason) == ("undecided", "control: nothing is seen")


def test_a_tampered_subject_is_off_in_one_place_and_remembers_nothing() -> None:
    one, found = asked(), BY_NAME[GRADIENT]
    one.notes["measured"] = "before"
    case = cases(one, found)[3]
    tampered = Tampered(one, "dW")
    wrong, right = (who.gradient(case.net, case.params, case.x, case.t) for who in (tampered, one))
    off = [(l, np.argwhere(a.W != b.W).tolist()) for l, (a, b) in enumerate(zip(wrong, right, strict=True), start=1)]
    ((l, (index,)),) = [(l, found) for l, found in off if found]
    assert tampered.planted == Place("dW", l, tuple(index))
    assert all((a.b == b.b).all() for a, b in zip(wrong, right, strict=True))
    assert tampered.notes == {} and tampered.slack(case.params, wrong)[0].W.shape == case.params[0].W.shape
