"""The child as a process by itself, without the group of its own that the judge starts it in: how it begins and how it ends."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any, TypeAlias

import numpy as np
import pytest

from backproof.subjects.codec import CUT_OFF, packed, received, unpacked
from backproof.subjects.subject import Hints
from backproof.subjects.worker import COMMAND
from backproof_spec import Activation, Layer, Loss, Network, Params

SINS = Path(__file__).parent / "miniatures" / "sins.py"
NET = Network((3, 2), (Activation("identity"),), Loss("squared_error"))
PARAMS: Params = (Layer(np.ones((3, 2)), np.zeros(2)),)
X = np.array([[1.0, 2.0, 3.0]])
CALL = packed(("fresh", "forward", (NET, PARAMS, X)))
_PATIENCE = 20.0
Child: TypeAlias = "subprocess.Popen[bytes]"
Starter: TypeAlias = Callable[[str], Child]


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    return tmp_path / "printed"


@pytest.fixture
def start(printed: Path) -> Iterator[Starter]:
    begun = list[Child]()

    def starting(name: str) -> Child:
        pipe = subprocess.PIPE
        with printed.open("wb") as prints:
            child = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=prints)
        begun.append(child)
        tell(child, packed((f"{SINS}:{name}", Hints())))
        assert heard(child)[0] == "subject"
        return child

    yield starting
    for child in begun:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):  # what could not be written any more
                assert pipe is not None
                pipe.close()


def tell(child: Child, message: bytes) -> None:
    assert child.stdin is not None
    child.stdin.write(message)
    child.stdin.flush()


def heard(child: Child) -> Any:
    assert child.stdout is not None
    message = received(child.stdout)
    assert message is not None
    return unpacked(message)


def hang_up(child: Child) -> None:
    assert child.stdin is not None
    child.stdin.close()


def test_it_ends_when_the_judge_hangs_up(start: Starter) -> None:
    child = start("Honest")
    tell(child, CALL)
    assert heard(child)[1].tolist() == [[6.0, 6.0]]
    hang_up(child)
    assert child.wait(_PATIENCE) == 0


def test_it_ends_although_a_call_never_returns(start: Starter) -> None:
    child = start("Hangs")
    tell(child, CALL)
    sleep(0.5)
    assert child.poll() is None
    hang_up(child)
    assert child.wait(_PATIENCE) == 0


def test_it_ends_when_nobody_reads_its_answers(start: Starter) -> None:
    child = start("Honest")
    assert child.stdout is not None
    child.stdout.close()
    tell(child, CALL)
    assert child.wait(_PATIENCE) == 0


def test_what_the_subject_prints_goes_to_standard_error_and_never_fails_for_its_letters(start: Starter, printed: Path) -> None:
    child = start("Chatters")
    tell(child, CALL)
    assert heard(child)[0] == "answer"
    hang_up(child)
    assert child.wait(_PATIENCE) == 0
    assert printed.read_bytes().endswith(b"from a shell\n")
    assert child.stdout is not None and child.stdout.read() == b""


def test_a_subject_that_closes_every_file_cuts_it_off(start: Starter) -> None:
    child = start("ClosesFiles")
    tell(child, CALL)
    assert child.wait(_PATIENCE) == CUT_OFF


def test_a_fork_of_it_has_nothing_to_say(start: Starter) -> None:
    child = start("ReturnsTwice")
    for _ in range(2):
        tell(child, CALL)
        assert heard(child)[0] == "answer"
    hang_up(child)
    assert child.wait(_PATIENCE) == 0
