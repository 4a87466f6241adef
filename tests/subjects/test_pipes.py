"""Messages go to a child and back whole, however large, in time or not at all; also where a thread must carry them."""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from queue import Empty
from typing import BinaryIO

import numpy as np
import pytest

from backproof.subjects import spawned
from backproof.subjects.codec import ALIVE, Garbled, packed, received, unpacked
from backproof.subjects.pipes import Pipes
from backproof.subjects.worker import Worker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes cannot be waited for")
ECHO = (
    "import sys; from backproof.subjects.codec import received\n"
    "while (m := received(sys.stdin.buffer)) is not None: sys.stdout.buffer.write(m); sys.stdout.buffer.flush()"
)
SOON = 0.05


@pytest.fixture
def ends() -> Iterator[tuple[Pipes, BinaryIO, BinaryIO]]:
    """A wire, and the child's ends of its pipes."""
    (reading, into), (out, writing) = os.pipe(), os.pipe()
    with (
        os.fdopen(into, "wb") as inlet, os.fdopen(out, "rb") as outlet,
        os.fdopen(reading, "rb") as child_in, os.fdopen(writing, "wb", buffering=0) as child_out,
    ):  # fmt: skip
        yield Pipes(inlet, outlet), child_in, child_out


def test_a_message_arrives_and_its_reply_too(ends: tuple[Pipes, BinaryIO, BinaryIO]) -> None:
    wire, child_in, child_out = ends
    wire.put(packed("question"))
    with pytest.raises(Empty):
        wire.get(SOON)
    message = received(child_in)
    assert message is not None and unpacked(message) == "question"
    child_out.write(ALIVE + packed("answer")[:7])
    assert wire.get(SOON) == ALIVE
    with pytest.raises(Empty):
        wire.get(SOON)
    child_out.write(packed("answer")[7:])
    assert wire.get(SOON) == packed("answer")


@pytest.mark.parametrize(("said", "heard"), [(b"", None), (packed("cut")[:9], None), (packed("cut")[:-1], None)])
def test_a_child_that_hangs_up_says_nothing_more(
    ends: tuple[Pipes, BinaryIO, BinaryIO], said: bytes, heard: bytes | None
) -> None:
    wire, _, child_out = ends
    child_out.write(said)
    child_out.close()
    assert wire.get(SOON) is heard


@pytest.mark.parametrize("said", [b"hello", b"hello, this is no message at all"])
def test_what_is_no_message_is_told(ends: tuple[Pipes, BinaryIO, BinaryIO], said: bytes) -> None:
    wire, _, child_out = ends
    child_out.write(said)
    child_out.close()
    assert isinstance(wire.get(SOON), Garbled)
    with pytest.raises(Garbled):
        received(BytesIO(said))


def test_a_child_that_reads_no_more_has_hung_up(ends: tuple[Pipes, BinaryIO, BinaryIO]) -> None:
    wire, child_in, _ = ends
    child_in.close()
    wire.put(packed("question"))
    assert wire.get(SOON) is None
    wire.put(None)
    wire.put(None)
    assert wire.get(SOON) is None


@pytest.mark.parametrize("platform", [sys.platform, "win32"])
def test_large_messages_go_both_ways(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    worker, large = Worker((sys.executable, "-c", ECHO)), np.arange(300_000.0)
    try:
        for _ in range(2):
            answer = worker.exchange((large, "end"), 60.0)
            assert isinstance(answer, tuple) and (answer[0] == large).all() and answer[1] == "end"
    finally:
        worker.end()


def test_the_process_begun_ahead_is_the_first_that_is_used() -> None:
    spawned.ahead()
    spare = spawned._SPARE[0]
    worker = Worker()
    try:
        assert vars(worker)["_process"] is spare and not spawned._SPARE
    finally:
        worker.end()


def test_a_process_that_nobody_wanted_is_ended() -> None:
    spawned.ahead()
    spare = spawned._SPARE[0]
    spawned.dismiss()
    assert spare.returncode is not None and not spawned._SPARE
