"""Whatever a program does instead of answering: a verdict in one sentence, in time, nothing left behind, and the run goes on."""

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from time import monotonic

import pytest
from tests.cli.running import run

from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects import session
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints

HOSTILE = Path(__file__).parent / "miniatures" / "hostile.py"
PLAIN = files("backproof.wire") / "templates" / "python"
LIMIT = 1.0
Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
MODES = {
    "crashes": "ended the process (exit status 7)",
    "segfaults": "was killed by signal 11 (segmentation fault)",
    "hangs": "did not return within 1 s",
    "late": "did not return within 1 s",
    "half-a-line": "did not return within 1 s",
    "floods": "16 MiB of lines that are no answers",
    "one-endless-line": "did not return within 1 s",
    "nan": "is not finite",
    "wrong-id": "which was not asked",
    "out-of-order": "did not return within 1 s",
    "allocates": "ended the process",
    "closes-stdin": "ended the process",
    "other-answers": "answered the first time",
    "no-json": "did not return within 1 s",
    "endless-bytes": "bytes follow",
    "exits": "ended the process (exit status 1)",
}
HARMLESS = ("chatters", "ignores-stop", "forks")


def target(mode: str) -> str:
    return f"cmd:{sys.executable} {HOSTILE} {mode} {PLAIN}"


def judged(mode: str) -> tuple[Judgement, float]:
    """The judgement, and how many seconds it took."""
    begun = monotonic()
    subject = open_session(target(mode), Hints(), LIMIT)
    try:
        return judge(subject, 0, SMOKE, shrink=False, thin=True), monotonic() - begun
    finally:
        subject.close()


def alive() -> set[str]:
    """Command lines of all processes that run the miniature."""
    found = set[str]()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(HOSTILE) in line and state != "Z":
            found.add(line)
    return found


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(session, "RESTARTS", 3)  # each of which waits for as long
    yield
    assert alive() == set()


@pytest.mark.parametrize("mode", MODES)
def test_misbehaviour_is_a_verdict_in_a_sentence(mode: str) -> None:
    judgement, seconds = judged(mode)
    assert judgement.outcome == "violates"
    said = [verdict.finding.violation.message for verdict in judgement.having("violated") if verdict.finding is not None]
    assert any(MODES[mode] in sentence for sentence in said), said
    assert seconds < 30


@pytest.mark.parametrize("mode", HARMLESS)
def test_what_harms_nobody_is_no_matter(mode: str) -> None:
    assert judged(mode)[0].outcome == "conforms"


def test_the_run_goes_on_to_the_next_subject(capsys: Capture) -> None:
    limits = ("--smoke", "--time-limit", "1")
    ran = run(capsys, "check", target("crashes"), "cmd:no-such-program", "reference", *limits)
    assert ran.status == 1 and "no-such-program is not there" in ran.err
    assert f"VIOLATES  {target('crashes')}" in ran.out and "CONFORMS  reference" in ran.out
