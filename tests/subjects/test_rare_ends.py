"""What seldom becomes of a child process, or of what it says, is told as it is."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from time import monotonic, sleep

import numpy as np
import pytest

from backproof.subjects import session as session_module
from backproof.subjects.errors import Failure, Unusable
from backproof.subjects.session import Remote, Session, open_session
from backproof.subjects.subject import Hints
from backproof.subjects.worker import Trouble, Worker, _end
from backproof_spec import Activation, Claims, Family, Layer, Loss, Network, Params, Rule

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are left unreaped, and pipes inherited")

LINE = Activation("identity")
NET = Network((1, 1), (LINE,), Loss("squared_error"))
CLAIMS = Claims("said", (Family((LINE,), (LINE,), (NET.loss,)),))
PARAMS: Params = (Layer(np.ones((1, 1)), np.zeros(1)),)
X = np.ones((2, 1))
RULE = Rule(0.1)
Starter = Callable[[str], Worker]


@pytest.fixture
def started() -> Iterator[Starter]:
    """Starts children that run a line of Python; at the end they are ended."""
    workers = list[Worker]()

    def starting(line: str) -> Worker:
        workers.append(Worker((sys.executable, "-c", line)))
        return workers[-1]

    yield starting
    for worker in workers:
        worker.end()


def process(worker: Worker) -> subprocess.Popen[bytes]:
    found = vars(worker)["_process"]
    assert isinstance(found, subprocess.Popen)
    return found


def ended(worker: Worker, within: float = 5.0) -> bool:
    """Whether the child ends, and is left unreaped."""
    end = monotonic() + within
    while not worker._dead() and monotonic() < end:
        sleep(0.01)
    return worker._dead()


def trouble(worker: Worker) -> tuple[str, str]:
    with pytest.raises(Trouble) as caught:
        worker.exchange("a question", 5.0)
    return caught.value.kind, str(caught.value)


# --- processes -------------------------------------------------------------------------------------------------------


def test_a_child_that_died_is_seen_though_its_own_child_holds_the_pipe(started: Starter) -> None:
    worker = started("import os, subprocess, sys; subprocess.Popen(['sleep', '30']); sys.stdin.read(1); os._exit(3)")
    assert trouble(worker) == ("crashed", "ended the process (exit status 3)")


def test_a_child_that_was_dead_before_it_was_asked_is_told_as_dead(started: Starter) -> None:
    worker = started("import os; os._exit(4)")
    assert ended(worker)
    assert trouble(worker) == ("crashed", "ended the process (exit status 4)")


def test_a_child_that_somebody_else_reaped_has_ended(started: Starter) -> None:
    worker = started("import os; os._exit(5)")
    os.waitpid(process(worker).pid, 0)
    assert worker._dead()
    assert trouble(worker)[0] == "crashed"


def test_where_processes_cannot_be_left_unreaped_the_exit_status_is_told_too(
    started: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = started("import os; os._exit(6)")
    monkeypatch.setattr(sys, "platform", "win32")
    assert ended(worker)
    assert process(worker).returncode == 6
    assert trouble(worker) == ("crashed", "ended the process (exit status 6)")


def test_a_message_of_the_right_length_that_holds_no_value_is_told(started: Starter) -> None:
    worker = started("import struct, sys; sys.stdout.buffer.write(struct.pack('<4sQQ', b'bp1\\n', 3, 0) + b'{]}')")
    kind, said = trouble(worker)
    assert kind == "answer"
    assert said.startswith("wrote into the pipe to the judge: what arrived ")
    assert ended(worker)


def test_a_fork_of_the_judge_leaves_the_child_alone(started: Starter) -> None:
    worker = started("import sys; sys.stdin.read()")
    out = SimpleQueue[bytes | None]()
    _end(os.getpid() + 1, process(worker), out, ())
    assert out.empty() and not worker._dead()
    _end(os.getpid(), process(worker), out, ())
    assert out.get_nowait() is None and process(worker).returncode == -9


# --- replies ---------------------------------------------------------------------------------------------------------


class Says(Session):
    """A session in which everything is answered with the same."""

    def __init__(self, answer: object) -> None:
        super().__init__("said", Hints(), 1.0, 1.0)
        self._answer = answer

    def ask(self, side: str, operation: str, given: tuple[object, ...], what: str, limit: float) -> object:
        return self._answer


def message(answer: object, call: Callable[[Remote], object]) -> str:
    with pytest.raises(Failure) as caught:
        call(Remote(Says(answer), "fresh", CLAIMS))
    assert caught.value.kind == "answer"
    return caught.value.message


def test_losses_of_another_number_than_was_asked_for_are_a_failure() -> None:
    said = message(np.ones(3), lambda one: one.losses(NET, (PARAMS, PARAMS), X, X))
    assert said == "losses returned an array (3,) of float64, should be an array (2,)"


def test_training_that_answers_with_something_else_is_a_failure() -> None:
    said = message(None, lambda one: one.fit(NET, X, X, X, seed=0, epochs=1, rule=RULE))
    assert said == "fit returned None, should be Fitted"


def test_names_of_what_was_touched_come_in_a_tuple() -> None:
    said = message("W1", lambda one: one.touched("step", NET, PARAMS, X, X, RULE))
    assert said == "what step touched is 'W1', should be names"
    names = Remote(Says(("W1", "x")), "fresh", CLAIMS).touched("step", NET, PARAMS, X, X, RULE)
    assert names == ("W1", "x")


def test_a_subject_that_introduces_itself_with_something_else_is_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[Worker]()

    class Strange(Worker):
        def __init__(self) -> None:
            super().__init__((sys.executable, "-c", "import sys; sys.stdin.read()"))
            begun.append(self)

        def exchange(self, value: object, limit: float) -> object:
            return "good morning"

    monkeypatch.setattr(session_module, "Worker", Strange)
    with pytest.raises(Unusable, match=r"^net.py cannot be loaded: loading it wrote into the pipe to the judge: .* is no reply$"):
        open_session("net.py", Hints())
    assert process(begun[0]).returncode == -9
