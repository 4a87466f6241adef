"""What stands behind the wire answers as it does in process: the same numbers, and one line for whatever goes wrong."""

import json
import os
import select
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from threading import Thread
from typing import Any

import jsonschema
import numpy as np
import pytest

from backproof.subjects.direct import Direct
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints, Subject
from backproof.wire.serve import serve
from backproof.wire.speech import Spoken
from backproof_spec import Activation, Array, Claims, Fitted, Layer, Loss, Network, Params, Rule

LINES = jsonschema.Draft202012Validator(json.loads((files("backproof_spec") / "wire.schema.json").read_text(encoding="utf-8")))
NET = Network((2, 3, 2), (Activation("tanh"), Activation("softmax")), Loss("cross_entropy"))
DRAW = np.random.default_rng(0).normal
PARAMS: Params = tuple(Layer(DRAW(size=(a, b)), DRAW(size=b)) for a, b in ((2, 3), (3, 2)))
X, T, RULE = DRAW(size=(4, 2)), np.eye(2)[[0, 1, 1, 0]], Rule(0.5)
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "forward": ((NET, PARAMS, X), {}),
    "loss": ((NET, PARAMS, X, T), {}),
    "gradient": ((NET, PARAMS, X, T), {}),
    "step": ((NET, PARAMS, X, T, RULE), {}),
    "descend": ((NET, PARAMS, X, T, RULE, 3), {}),
    "initial": ((NET, 7), {}),
    "targets": ((NET, np.array([1, 0, 1])), {}),
    "fit": ((NET, X, T, X), {"seed": 7, "epochs": 2, "rule": RULE}),
    "touched": (("gradient", NET, PARAMS, X, T, RULE), {}),
    "left": (("forward", NET, PARAMS, X, T, RULE), {}),
}
Talk = Callable[[bytes], dict[str, Any]]


class Wired:
    """A subject of this process behind real pipes, and what speaks to it."""

    def __init__(self, subject: Subject, frames: bool) -> None:
        (there, self._into), (self._out, back) = os.pipe(), os.pipe()
        self._thread = Thread(target=self._serve, args=(subject, there, back), daemon=True)
        self._thread.start()
        self._lines = os.fdopen(self._out, "rb", buffering=0)
        self.spoken = Spoken("what is served")
        described = self.spoken.packed(("what is served", Hints()))
        self.said = self._told(described if frames else described.replace(b'"frames":true', b'"frames":false'))

    @staticmethod
    def _serve(subject: Subject, there: int, back: int) -> None:
        with os.fdopen(there, "rb") as inward, os.fdopen(back, "wb") as outward:
            serve(subject, inward, outward)

    def send(self, message: bytes) -> None:
        """As it is."""
        os.write(self._into, message)

    def reply(self) -> bytearray:
        """The next line, and what is behind it; within ten seconds."""
        assert select.select([self._out], [], [], 10)[0], "no answer came"
        line = self._lines.readline()
        return bytearray(line + self._lines.read(json.loads(line).get("bytes", 0)))

    def ask(self, operation: str, given: tuple[Any, ...], named: dict[str, Any], side: str = "fresh") -> Any:
        """The value that is answered."""
        kind, value = self._told(self.spoken.packed((side, operation, (*given, *named.values()))))
        assert kind == "answer"
        return value

    def _told(self, message: bytes) -> Any:
        LINES.validate(json.loads(message.partition(b"\n")[0]))
        self.send(message)
        got = self.reply()
        LINES.validate(json.loads(got.partition(b"\n")[0]))
        while self.spoken.cut(got) != b"answered":
            pass
        return self.spoken.understood(b"")

    def end(self) -> None:
        """Hang up; it ends of itself."""
        os.close(self._into)
        self.is_over()
        self._lines.close()

    def is_over(self) -> None:
        """It has ended, or does at once."""
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture(params=[True, False], ids=["raw frames", "plain JSON"])
def wired(request: pytest.FixtureRequest) -> Iterator[Wired]:
    one = Wired(load("reference"), request.param)
    yield one
    one.end()


@pytest.fixture
def talk() -> Iterator[Talk]:
    """Sends lines, and reads the one answer."""
    one = Wired(load("reference"), True)

    def talking(message: bytes) -> dict[str, Any]:
        one.send(message)
        told: dict[str, Any] = json.loads(one.reply().partition(b"\n")[0])
        LINES.validate(told)
        return told

    yield talking
    one.end()


def numbers(value: object) -> list[Any]:
    """All that an answer consists of."""
    if isinstance(value, Fitted):
        return [value.output, *numbers(value.params), *value.losses]
    return [part for one in value for part in numbers(one)] if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("side", ["fresh", "kept"])
@pytest.mark.parametrize("operation", CALLS)
def test_a_served_subject_answers_as_in_process(wired: Wired, operation: str, side: str) -> None:
    given, named = CALLS[operation]
    here = getattr(getattr(load("reference"), side), operation)(*given, **named)
    there = wired.ask(operation, given, named, side)
    assert len(numbers(here)) == len(numbers(there))
    for one, other in zip(numbers(here), numbers(there), strict=True):
        assert np.array_equal(one, other)


def test_parameters_that_were_sent_are_known_by_name(wired: Wired) -> None:
    first, again = (wired.ask("forward", *CALLS["forward"]) for _ in range(2))
    assert np.array_equal(first, again)


def test_losses_along_a_line_are_read_as_one_array(wired: Wired) -> None:
    stack: Params = tuple(Layer(np.stack([p.W, 2 * p.W]), np.stack([p.b, p.b])) for p in PARAMS)
    singles = [wired.ask("loss", (NET, tuple(Layer(p.W[k], p.b[k]) for p in stack), X, T), {}) for k in range(2)]
    wired.send(wired.spoken.packed(("fresh", "losses", (NET, stack, X, T))))
    got = bytearray()
    while wired.spoken.cut(got) != b"answered":
        got += wired.reply()
    told: Any = wired.spoken.understood(b"")
    assert told[1].tolist() == [float(np.asarray(one)) for one in singles]


def line(**parts: object) -> bytes:
    return json.dumps({"id": 9} | parts).encode() + b"\n"


NET_JSON = {"sizes": [1, 1], "activations": ["identity"], "loss": "squared_error"}
ONE = {"net": NET_JSON, "params": [{"W": [[2.0]], "b": [1.0]}], "x": [[3.0]]}


@pytest.mark.parametrize(
    ("parts", "kind", "why"),
    [
        ({"do": "predict"}, "unsupported", "'predict' is no operation"),
        ({"do": ["forward"]}, "unsupported", "is no operation"),
        ({"do": "forward"}, "refused", "net"),
        (ONE | {"do": "forward", "net": NET_JSON | {"loss": "square_error"}}, "refused", "square_error"),
        (ONE | {"do": "forward", "params": "p7"}, "refused", "p7"),
        (ONE | {"do": "forward", "x": [[3.0], []]}, "refused", "unequal length"),
        (ONE | {"do": "forward", "x": [["three"]]}, "refused", "three"),
        (ONE | {"do": "forward", "x": {"frame": "<f8", "shape": [1, 1]}}, "refused", "8 bytes, of which 0 came"),
        (ONE | {"do": "forward", "x": {"frame": "<f2", "shape": [1, 1]}}, "refused", "<f2"),
        (ONE | {"do": "forward", "x": {"dtype": "float16", "data": [[1.0]]}}, "refused", "float16"),
        (ONE | {"do": "forward", "x": [[3.0, 4.0]]}, "failed", "raised"),
    ],
)
def test_what_cannot_be_answered_is_told_and_the_next_is_answered(talk: Talk, parts: dict[str, Any], kind: str, why: str) -> None:
    told = talk(line(**parts))
    assert told["id"] == 9 and told["error"]["kind"] == kind and why in told["error"]["message"]
    assert "answer" in talk(line(do="forward", **ONE))


@pytest.mark.parametrize("chatter", [b"hello\n", b"[1]\n", b'{"do": "forward"}\n', b"\n", b"\xff\n"])
def test_a_line_without_an_id_is_passed_over(talk: Talk, chatter: bytes) -> None:
    assert talk(chatter + line(do="forward", **ONE))["id"] == 9


@pytest.mark.parametrize("none", [0, None])
def test_no_bytes_behind_a_line_may_be_said(talk: Talk, none: int | None) -> None:
    assert "answer" in talk(line(do="forward", bytes=none, **ONE))


def test_stop_is_not_answered_and_ends_it() -> None:
    one = Wired(load("reference"), True)
    one.send(line(do="stop") + line(do="forward", **ONE))
    one.is_over()
    one.end()


@dataclass
class Sevens:
    """Answers nothing but sevens."""

    claims: Claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.full((len(x), net.sizes[-1]), 7.0)


def test_the_kept_object_is_asked_where_it_is_meant() -> None:
    plain = load("reference")
    sevens = Direct(lambda: Sevens(plain.claims), plain.claims)
    one = Wired(Subject("two objects", plain.claims, plain.fresh, sevens), True)
    assert (one.ask("forward", *CALLS["forward"], side="kept") == 7.0).all()
    assert (one.ask("forward", *CALLS["forward"]) != 7.0).all()
    one.end()
