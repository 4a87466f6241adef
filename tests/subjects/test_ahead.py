"""Calls made ahead in one message: each answers once, none is lost where one fails, and a subject is judged as without them."""

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.subjects.child import answered
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof.subjects.session import Remote, Session
from backproof.subjects.subject import Hints, Subject
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params

NET = Network((1, 1), (Activation("identity"),), Loss("squared_error"))
PARAMS: Params = (Layer(np.ones((1, 1)), np.zeros(1)),)
CASES = [Case(NET, PARAMS, np.full((2, 1), float(k)), np.ones((2, 1))) for k in range(3)]
REFERENCE = load(Reference)


class Here(Session):
    """A session in this process, which notes what it is asked."""

    def __init__(self, subject: Subject, dies: bool = False) -> None:
        super().__init__("here", Hints(), 1.0, 1.0)
        self.subject, self.dies, self.seen = subject, dies, list[str]()

    def ask(self, side: str, operation: str, given: tuple[object, ...], what: str, limit: float) -> object:
        self.seen.append(operation)
        if operation == "many" and self.dies:
            raise Failure("crashed", "many calls ended the process")
        return answered(self.subject.fresh, operation, given, lambda: None)


class Refuses(Reference):
    """Has no answer for the second case."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """The outputs."""
        if x[0, 0] == 1:
            raise ValueError("not this one")
        return super().forward(net, params, x)


def remote(session: Here) -> tuple[Remote, Asked]:
    one = Remote(session, "fresh", session.subject.claims)
    return one, Asked(Subject("here", session.subject.claims, one, one), once=True)


def test_calls_are_made_in_one_message_and_answered_as_they_would_be_alone() -> None:
    session = Here(REFERENCE)
    _, asked = remote(session)
    asked.foresee(CASES, gradient=True)
    assert session.seen == ["many"]
    for case in CASES:
        assert (asked.forward(case.net, case.params, case.x) == REFERENCE.fresh.forward(case.net, case.params, case.x)).all()
        asked.gradient(case.net, case.params, case.x, case.t)
    assert session.seen == ["many"]


def test_an_answer_is_given_once() -> None:
    session = Here(REFERENCE)
    one, asked = remote(session)
    asked.foresee(CASES[:1], gradient=False)
    for _ in range(2):
        one.forward(NET, PARAMS, CASES[0].x)
    assert session.seen == ["many", "forward"]


def test_what_is_known_is_not_asked_ahead() -> None:
    session = Here(REFERENCE)
    _, asked = remote(session)
    asked.forward(NET, PARAMS, CASES[0].x)
    asked.foresee(CASES[:1], gradient=False)
    assert session.seen == ["forward"]


def test_a_call_that_fails_is_made_again_in_its_turn() -> None:
    session = Here(load(Refuses))
    one, asked = remote(session)
    asked.foresee(CASES, gradient=False)
    for case in (CASES[0], CASES[2]):
        one.forward(NET, PARAMS, case.x)
    with pytest.raises(Failure, match="not this one"):
        one.forward(NET, PARAMS, CASES[1].x)
    assert session.seen == ["many", "forward"]


def test_where_a_call_takes_the_process_along_none_are_made_ahead_any_more() -> None:
    session = Here(REFERENCE, dies=True)
    _, asked = remote(session)
    for _ in range(2):
        asked.foresee(CASES, gradient=True)
    assert session.seen == ["many"]
    asked.forward(NET, PARAMS, CASES[0].x)
    assert session.seen == ["many", "forward"]


def test_large_networks_are_asked_about_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Here(REFERENCE)
    _, asked = remote(session)
    monkeypatch.setattr("backproof.asked.FORESEEN", 10)
    asked.foresee(CASES, gradient=True)
    assert session.seen == []


def test_nothing_is_foreseen_of_a_subject_in_this_process() -> None:
    asked = Asked(REFERENCE, once=True)
    asked.foresee(CASES, gradient=True)
    assert (asked.forward(NET, PARAMS, CASES[0].x) == 0).all()
