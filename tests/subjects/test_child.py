"""The child's side of the pipe, in this process: messages go in, messages come out."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.subjects import child
from backproof.subjects.child import Heart, serve
from backproof.subjects.codec import ALIVE, packed, received, unpacked
from backproof.subjects.stack import stacked
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Claims, Layer, Loss, Network, Params, Rule

SINS = Path(__file__).parent / "miniatures" / "sins.py"
NET = Network((3, 2), (Activation("identity"),), Loss("squared_error"))
PARAMS: Params = (Layer(np.ones((3, 2)), np.zeros(2)),)
X, T = np.array([[1.0, 2.0, 3.0]]), np.array([[5.0, 8.0]])  # y = (6, 6): the loss is (1 + 4) / 2


def conversation(name: str, *requests: object) -> list[Any]:
    """The replies to the introduction of a subject and to the requests."""
    target = f"{SINS}:{name}" if name.isidentifier() else str(SINS.parent / name)
    inward, outward = io.BytesIO(b"".join(map(packed, ((target, Hints()), *requests)))), io.BytesIO()
    serve(inward, outward)
    outward.seek(0)
    replies = list[Any]()
    while (message := received(outward)) is not None:
        replies.append(unpacked(message))
    return replies


def test_the_subject_introduces_itself_and_answers() -> None:
    first, y, losses, after = conversation(
        "Honest",
        ("fresh", "forward", (NET, PARAMS, X)),
        ("kept", "losses", (NET, stacked((PARAMS, PARAMS)), X, T)),
        ("fresh", "fit", (NET, X, T, X, 0, 2, Rule(0.0))),
    )
    assert first[0] == "subject" and isinstance(first[1], Claims)
    assert y[0] == "answer" and y[1].tolist() == [[6.0, 6.0]]
    assert losses[0] == "answer" and losses[1].tolist() == [2.5, 2.5]
    assert after[0] == "answer" and after[1].losses[0] == after[1].losses[1]


def test_nobody_to_introduce_is_the_end() -> None:
    (only,) = conversation("interrupts_at_import.py", ("fresh", "forward", (NET, PARAMS, X)))
    assert only == ("unusable", f"{SINS.parent / 'interrupts_at_import.py'} cannot be loaded: KeyboardInterrupt")
    empty = io.BytesIO()
    serve(io.BytesIO(), empty)
    assert empty.getvalue() == b""


@pytest.mark.parametrize(
    ("name", "operation", "reply"),
    [
        ("Quits", "forward", ("failure", "exited", "forward ended the program: SystemExit('bye')")),
        ("Interrupts", "forward", ("failure", "raised", "forward raised KeyboardInterrupt")),
        ("ReturnsNone", "forward", ("failure", "answer", "forward returned None, should be an array (1, 2)")),
        ("RaisesMute", "forward", ("failure", "raised", "forward raised ValueError: no words")),
        ("Honest", "no_such_operation", ("failure", "raised", "no_such_operation raised AttributeError")),
    ],
)
def test_trouble_is_told_and_the_conversation_goes_on(name: str, operation: str, reply: tuple[str, ...]) -> None:
    _, trouble, shape = conversation(
        name, ("fresh", operation, (NET, PARAMS, X)), ("fresh", "targets", (NET, np.array([0])))
    )
    assert (*trouble[:2], trouble[2][: len(reply[2])]) == reply
    assert shape[0] == "answer"


def test_what_is_not_there_is_not_offered() -> None:
    assert conversation("OnlyForward", ("fresh", "loss", (NET, PARAMS, X, T)))[1] == ("not offered", "loss")


def test_an_answer_that_is_too_large_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backproof.subjects.codec.MOST_NUMBERS", 96)
    small, large = (Network((inputs, 2), NET.activations, NET.loss) for inputs in (5, 6))  # 96 and 112 bytes
    _, fits, fails = conversation("Honest", ("fresh", "initial", (small, 0)), ("fresh", "initial", (large, 0)))
    assert fits[0] == "answer"
    assert fails == ("failure", "answer", "the answer of initial is larger than 1 GiB")


def test_a_heart_beats_only_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    times, beats = iter([0.0, 0.1, 0.3, 0.3, 0.4, 0.6, 0.6]), list[bytes]()
    monkeypatch.setattr(child, "monotonic", lambda: next(times))
    heart = Heart(beats.append)
    for _ in range(4):
        heart()
    assert beats == [ALIVE, ALIVE]
