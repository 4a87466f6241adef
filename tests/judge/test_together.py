"""Many cases at once: few messages, the kept object in its order, nothing lost where a call fails, and the same judgement."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Violation
from backproof.registry import EVERYWHERE, Property
from backproof.runner import put
from backproof.subjects.child import replied
from backproof.subjects.codec import unpacked
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof.subjects.session import Question, Remote, Session
from backproof.subjects.subject import Hints, Subject
from backproof.together import LARGE, Together
from backproof.trial import MANY, Trial
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params

NET = Network((1, 1), (Activation("identity"),), Loss("squared_error"))
PARAMS: Params = (Layer(np.ones((1, 1)), np.zeros(1)),)
CASES = [Case(NET, PARAMS, np.full((2, 1), float(k)), np.ones((2, 1)), str(k)) for k in range(6)]


class Here(Session):
    """A session in this process, which notes what it is sent."""

    def __init__(self, subject: Subject, dies: bool = False) -> None:
        super().__init__("here", Hints(), 1.0, 1.0)
        self.subject, self.dies, self.seen, self.posted = subject, dies, list[str](), tuple[object, ...]()

    def ask(self, side: str, operation: str, given: tuple[object, ...], what: str, limit: float) -> object:
        if self.instead is not None:
            return super().ask(side, operation, given, what, limit)
        self.seen.append(operation)
        reply = unpacked(replied(self.subject, (side, operation, given), lambda: None))
        assert isinstance(reply, tuple)
        if reply[0] == "failure":
            raise Failure(reply[1], reply[2])
        return reply[1]

    def post(self, questions: tuple[Question, ...]) -> None:
        assert not self.posted, "the reply to the last message is not there yet"
        self.seen.append(f"{len(questions)} times {questions[0].operation}")
        self.posted = tuple(("fresh", one.operation, one.given) for one in questions)

    def collect(self, limit: float) -> tuple[object, ...] | None:
        calls, self.posted = self.posted, ()
        return None if self.dies else tuple(unpacked(replied(self.subject, call, lambda: None)) for call in calls)


class Refuses(Reference):
    """Has no answer for the second case."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """The outputs."""
        if x[0, 0] == 1:
            raise ValueError("not this one")
        return super().forward(net, params, x)


def session(kind: object = Reference, dies: bool = False) -> tuple[Here, Asked]:
    here = Here(load(kind), dies)
    fresh, kept = (Remote(here, side, here.subject.claims) for side in ("fresh", "kept"))
    return here, Asked(Subject("here", here.subject.claims, fresh, kept), once=True)


def together(asked: Asked) -> Together:
    found = Together.of(asked)
    assert found is not None
    return found


def statement(check: Callable[[Any, Case], None]) -> Property:
    return Property("grad-value", check, EVERYWHERE, frozenset(), None)


def compares(asked: Asked, case: Case) -> None:
    """Asks for two things."""
    assert (asked.forward(NET, case.params, case.x) == case.x).all()
    asked.gradient(NET, case.params, case.x, case.t)


def test_a_group_asks_in_one_message_and_another_goes_on_meanwhile() -> None:
    here, asked = session()
    tally = put(statement(compares), asked, CASES, together=together(asked))
    assert tally.held == 6 and tally.finding is None
    assert here.seen == ["3 times forward", "3 times forward", "3 times gradient", "3 times gradient"]


def test_a_subject_in_this_process_is_asked_one_by_one() -> None:
    assert Together.of(Asked(load(Reference))) is None


def test_a_call_that_fails_is_the_matter_of_its_own_case() -> None:
    _, asked = session(Refuses)
    tally = put(statement(compares), asked, CASES, together=together(asked))
    assert (tally.held, len(tally.unmet)) == (5, 1) and "not this one" in tally.unmet[0]


def test_where_a_call_takes_the_process_along_each_is_made_in_its_turn_from_then_on() -> None:
    here, asked = session(dies=True)
    side_by_side = together(asked)
    for _ in range(2):
        assert put(statement(lambda a, c: a.losses(NET, (PARAMS,), c.x, c.t)), asked, CASES, together=side_by_side).held == 6
    assert here.seen == ["3 times losses", *12 * ["losses"]]


def test_the_kept_object_is_asked_in_the_order_of_the_cases() -> None:
    here, asked = session()

    def asks(a: Asked, case: Case) -> None:
        Asked(a.subject, kept=True).forward(NET, PARAMS, case.x)

    assert put(statement(asks), asked, CASES, together=together(asked)).held == 6
    assert here.seen == 6 * ["forward"]


def test_the_first_case_that_fails_is_the_finding_and_no_group_comes_after_it() -> None:
    here, asked = session()
    many = [Case(NET, PARAMS, np.full((2, 1), float(k)), np.ones((2, 1)), str(k)) for k in range(500)]

    def fails(a: Asked, case: Case) -> None:
        if a.forward(NET, PARAMS, case.x)[0, 0] >= 2:
            raise Violation("too large")

    tally = put(statement(fails), asked, many, shrink=False, together=together(asked))
    assert tally.finding is not None and tally.finding.case is many[2] and tally.applicable == 3
    assert len(here.seen) == 2


def test_a_large_case_asks_alone() -> None:
    here, asked = session()
    large = Case(NET, PARAMS, np.zeros((LARGE // 8 + 1, 1)), np.zeros((LARGE // 8 + 1, 1)))
    put(statement(compares), asked, [CASES[0], large, CASES[1]], together=together(asked))
    assert here.seen[:2] == ["1 times forward", "1 times forward"]


def test_the_same_question_asked_twice_is_two_calls() -> None:
    here, asked = session()

    def repeats(a: Asked, case: Case) -> None:
        for _ in range(2):
            Asked(a.subject).forward(NET, PARAMS, case.x)

    assert put(statement(repeats), asked, CASES[:2], together=together(asked)).held == 2
    assert here.seen == 4 * ["1 times forward"]


def test_a_case_that_asks_without_end_is_put_alone() -> None:
    here, asked = session()

    def asks(a: Asked, case: Case) -> None:
        for _ in range(MANY + 1):
            Asked(a.subject).forward(NET, PARAMS, case.x)

    assert put(statement(asks), asked, CASES[:1], together=together(asked)).held == 1
    assert here.seen == MANY * ["1 times forward"] + (MANY + 1) * ["forward"]


def test_an_interrupt_is_no_outcome_and_no_reply_is_left_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    here, asked = session()
    dropped = list[int]()
    monkeypatch.setattr(here, "drop", lambda: dropped.append(1))

    def interrupted(a: Asked, case: Case) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(statement(interrupted), asked, CASES, together=together(asked))
    assert dropped and here.instead is None


def test_what_was_learnt_before_is_not_told_again() -> None:
    known = list[object]()

    def work() -> None:
        if not known:
            known.append(trial.ask(one))
        known.append(trial.ask(two))

    one, two = (Question("fresh", "forward", (np.full(2, k),), 1.0) for k in (1.0, 2.0))
    trial = Trial(work)
    for reply in ("first", "second"):
        trial.attempt()
        trial.tell(reply)
    trial.attempt()
    assert trial.is_settled and known == ["first", "second"]
