"""Whatever a class does instead of answering: a verdict in one sentence, in time, and no process is left."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from tests.cli.running import run

from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects import session
from backproof.subjects.session import open_session
from backproof.subjects.spawned import MARK
from backproof.subjects.subject import Hints

SINS = Path(__file__).parent / "miniatures" / "sins.py"
LIMIT = 1.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
SENTENCES = {
    "Exits": "ended the process",
    "Segfaults": "was killed by signal 11 (segmentation fault)",
    "Aborts": "was killed by signal 6",
    "Hangs": "did not return within 1 s",
    "HangsDeaf": "did not return within 1 s",
    "Devours": "raised MemoryError",
    "Recurses": "maximum recursion depth exceeded",
    "ReturnsNaN": "not finite",
    "Mutates": "changed",
    "Drifts": "answered the first time",
    "Forgets": "forward returned the shape",
    "Monkeypatches": "forward raised ValueError",  # it has only itself to hurt
    "Cheats": "of numbers that fill their format",
}
HARMLESS = ("Honest", "Chatters", "Threads", "ClosesStandard")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(session, "RESTARTS", 3)  # each of which waits for as long
    yield
    assert set(started_here()) == set()


def started_here() -> Iterator[str]:
    """Processes that live and bear the mark of those that this one began, whoever their parent is by now."""
    mark = f"{MARK}={os.getpid()}-".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            if state != "Z" and any(part.startswith(mark) for part in (process / "environ").read_bytes().split(b"\0")):
                yield process.name
        except OSError:
            continue


def judged(name: str) -> tuple[Judgement, float]:
    """The judgement, and how many seconds it took."""
    begun = monotonic()
    subject = open_session(f"{SINS}:{name}", Hints(), LIMIT)
    try:
        return judge(subject, 0, SMOKE, shrink=False, thin=True), monotonic() - begun
    finally:
        subject.close()


@pytest.mark.parametrize("name", SENTENCES)
def test_misbehaviour_is_a_verdict_in_a_sentence(name: str) -> None:
    judgement, seconds = judged(name)
    assert judgement.outcome == "violates"
    said = [verdict.finding.violation.message for verdict in judgement.having("violated") if verdict.finding is not None]
    assert any(SENTENCES[name] in sentence for sentence in said), said
    assert np.tanh(0.0) == 0.0
    assert all("\n" not in sentence for sentence in said)
    assert seconds < 60


@pytest.mark.parametrize("name", HARMLESS)
def test_what_harms_nobody_is_no_matter(name: str) -> None:
    assert judged(name)[0].outcome == "conforms"


@pytest.mark.parametrize("name", ["Hangs", "Exits", "Forgets"])
def test_the_command_gives_its_verdict_and_goes_on(capsys: Capture, name: str) -> None:
    ran = run(capsys, "check", f"{SINS}:{name}", "reference", "--smoke", "--time-limit", "1")
    assert ran.status == 1 and f"VIOLATES  {SINS}:{name}" in ran.out and "CONFORMS  reference" in ran.out
