"""Whatever a subject does in its process, the judge gets an answer or a clear sentence, and nothing is left behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

import numpy as np
import pytest

from backproof.subjects import session as session_module
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.session import LOOK, Question, Remote, open_session
from backproof.subjects.stack import stacked
from backproof.subjects.subject import Everything, Hints, Subject
from backproof.subjects.worker import Worker, obituary
from backproof_spec import Activation, Array, Claims, Fitted, Layer, Loss, Network, Params, Rule

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups and /proc are asked")

MINIATURES = Path(__file__).parent / "miniatures"
SINS = MINIATURES / "sins.py"
LIMIT = 1.0
SGD = Rule(0.1)
NET = Network((3, 4, 2), (Activation("tanh"), Activation("identity")), Loss("squared_error"))
SHALLOW = Network((3, 2), (Activation("identity"),), Loss("squared_error"))
Opener = Callable[..., Subject]


def values(net: Network) -> tuple[Params, Array, Array]:
    """Parameters, x (5, 3) and t (5, 2)."""
    draw = np.random.default_rng(0).normal
    sizes = zip(net.sizes, net.sizes[1:], strict=False)
    return tuple(Layer(draw(size=(a, b)), draw(size=b)) for a, b in sizes), draw(size=(5, 3)), draw(size=(5, 2))


PARAMS, X, T = values(NET)


def marked(mark: str) -> list[int]:
    """Processes whose environment holds the mark, this one left out."""
    found = list[int]()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                found += [int(entry.name)] if mark.encode() in (entry / "environ").read_bytes() else []
            except OSError:
                continue
    return found


def gone(mark: str, within: float = 3.0) -> bool:
    """Whether no such process is left, at the latest after some seconds."""
    end = monotonic() + within
    while marked(mark) and monotonic() < end:
        sleep(0.02)
    return not marked(mark)


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """What all processes of this test carry in their environment."""
    text = f"backproof-test-{uuid.uuid4()}"
    monkeypatch.setenv("BACKPROOF_TEST_MARK", text)
    return text


@pytest.fixture
def opened(mark: str) -> Iterator[Opener]:
    """Opens subjects; at the end they are closed, and nothing of them is left."""
    subjects = list[Subject]()

    def opening(name: str = "Honest", limit: float = LIMIT, start: float = 30.0) -> Subject:
        target = name if name.endswith(".py") else f"{SINS}:{name}"
        subjects.append(open_session(target, Hints(), limit, start))
        return subjects[-1]

    yield opening
    for subject in subjects:
        subject.close()
    assert gone(mark)


def failure(call: Callable[[], object]) -> tuple[str, str]:
    """Kind and sentence of the failure of a call."""
    with pytest.raises(Failure) as caught:
        call()
    return caught.value.kind, caught.value.message


def asked(one: Everything, operation: str) -> Any:
    """The answer of an operation of the network of this module."""
    given: dict[str, tuple[Any, ...]] = {
        "forward": (NET, PARAMS, X),
        "loss": (NET, PARAMS, X, T),
        "losses": (NET, (PARAMS, PARAMS), X, T),
        "gradient": (NET, PARAMS, X, T),
        "step": (NET, PARAMS, X, T, SGD),
        "descend": (NET, PARAMS, X, T, SGD, 3),
        "touched": ("forward", NET, PARAMS, X, T, SGD),
        "initial": (NET, 7),
        "targets": (NET, np.array([1, 0, 1])),
    }
    if operation == "fit":
        return one.fit(NET, X, T, X, seed=3, epochs=4, rule=SGD)
    return getattr(one, operation)(*given[operation])


def numbers(answer: Any) -> bytes:
    """All the numbers of an answer, bit by bit."""
    if isinstance(answer, Fitted):
        return numbers((answer.output, answer.params, answer.losses))
    return b"".join(map(numbers, answer)) if isinstance(answer, tuple) else np.asarray(answer).tobytes()


OPERATIONS = ["forward", "loss", "losses", "gradient", "step", "descend", "touched", "initial", "targets", "fit"]


# --- what is right stays right ---------------------------------------------------------------------------------------


def test_every_operation_answers_as_in_process_bit_by_bit(opened: Opener) -> None:
    near, far = load(f"{SINS}:Honest", Hints()), opened("Honest")
    for operation in OPERATIONS:
        for one, other in ((near.fresh, far.fresh), (near.kept, far.kept)):
            want, got = asked(one, operation), asked(other, operation)
            assert type(got) is type(want)
            assert numbers(got) == numbers(want), operation


def test_what_the_subject_says_of_itself_arrives(opened: Opener) -> None:
    near, far = load(f"{SINS}:Honest", Hints()), opened("Honest")
    assert far.claims == near.claims == far.fresh.claims == far.kept.claims
    assert isinstance(far.claims, Claims) and "gradient" in far.claims.operations
    assert (far.assumed, far.unscaled, far.target) == (near.assumed, near.unscaled, near.target)


def test_an_operation_that_is_not_there_is_not_offered(opened: Opener) -> None:
    subject = opened("OnlyForward")
    assert subject.claims.operations == {"forward"}
    for operation in set(OPERATIONS) - {"forward", "touched"}:
        with pytest.raises(NotOffered):
            asked(subject.fresh, operation)


def test_the_environment_is_fixed_and_nothing_can_be_read(opened: Opener) -> None:
    assert asked(opened("Environment").fresh, "loss") == 11100.0  # three times one thread, hash seed 0, 0 letters


def test_warnings_of_the_environment_are_no_errors(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    assert np.isnan(asked(opened("ReturnsNaN").fresh, "forward")).all()


def test_a_file_of_the_working_directory_hides_no_module(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(os.path.abspath(path) for path in sys.path if path))
    monkeypatch.chdir(tmp_path)
    assert asked(opened("Honest").fresh, "forward").shape == (5, 2)


def test_slow_losses_do_not_hang_as_long_as_each_is_in_time(opened: Opener) -> None:
    subject = opened("SlowLosses", limit=1.0)
    assert subject.fresh.losses(NET, (PARAMS,) * 5, X, T).shape == (5,)  # 1.5 s


# --- what is wrong gets a sentence -----------------------------------------------------------------------------------

SENTENCES = {
    "Exits": ("crashed", "forward ended the process (exit status 3)"),
    "Segfaults": ("crashed", "forward was killed by signal 11 (segmentation fault)"),
    "Aborts": ("crashed", "forward was killed by signal 6 (aborted)"),
    "Hangs": ("hung", "forward did not return within 1 s"),
    "HangsDeaf": ("hung", "forward did not return within 1 s"),
    "Quits": ("exited", "forward ended the program: SystemExit('bye')"),
    "Interrupts": ("raised", "forward raised KeyboardInterrupt"),
    "Scribbles": ("answer", "forward wrote into the pipe to the judge: what arrived is not a message"),
    "Forges": ("answer", "forward wrote into the pipe to the judge: what arrived is no reply"),
    "Floods": ("answer", "forward wrote into the pipe to the judge: what arrived is larger than 1 GiB"),
    "ReturnsNone": ("answer", "forward returned None, should be an array (5, 2)"),
    "ReturnsList": ("answer", "forward returned a list of 5, should be an array (5, 2)"),
    "ReturnsObjects": ("answer", "forward returned an array (5, 2) of object, should be an array (5, 2)"),
    "ClosesFiles": ("crashed", "forward closed the pipe to the judge"),
    "Recurses": ("raised", "forward raised RecursionError: maximum recursion depth exceeded"),
    "Devours": ("raised", "forward raised MemoryError: Unable to allocate 8.00 PiB"),
    "RaisesMute": ("raised", "forward raised "),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sin_is_a_failure_and_the_next_call_is_answered(name: str, opened: Opener) -> None:
    subject = opened(name)
    kind, sentence = failure(lambda: asked(subject.fresh, "forward"))
    assert (kind, sentence[: len(SENTENCES[name][1])]) == SENTENCES[name]
    assert np.array_equal(asked(subject.fresh, "targets"), [[0, 1], [1, 0], [0, 1]])


def test_text_is_no_loss(opened: Opener) -> None:
    subject = opened("ReturnsText")
    assert failure(lambda: asked(subject.fresh, "loss")) == ("answer", "loss returned '3.846', should be one number")


def test_messages_hold_no_addresses(opened: Opener) -> None:
    subject = opened("ThirdTime")
    asked(subject.fresh, "forward"), asked(subject.kept, "forward")
    kind, sentence = failure(lambda: asked(subject.fresh, "forward"))
    assert kind == "raised"
    assert sentence.startswith("forward raised RuntimeError: <object object at 0x...> has had enough (sins.py:")
    assert asked(subject.fresh, "forward").shape == (5, 2)


def test_nan_is_an_answer(opened: Opener) -> None:
    assert np.isnan(asked(opened("ReturnsNaN").fresh, "forward")).all()


def test_prints_are_kept_apart(opened: Opener, capfd: pytest.CaptureFixture[str]) -> None:
    subject = opened("Chatters")
    assert np.array_equal(asked(subject.fresh, "forward"), asked(load(f"{SINS}:Honest").fresh, "forward"))
    subject.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["Forks", "ReturnsTwice", "Threads", "ClosesStandard", "Monkeypatches", "Forgets"])
def test_what_does_not_touch_the_answer_is_survived(name: str, opened: Opener) -> None:
    subject, net = opened(name), SHALLOW
    params, x, _ = values(net)
    for rows in (x, 2 * x, 3 * x):
        assert np.array_equal(subject.fresh.forward(net, params, rows), rows @ params[0].W + params[0].b)
    assert np.tanh(0.0) == 0.0


def test_inputs_that_are_changed_in_the_child_are_reported_and_stay_here(opened: Opener) -> None:
    subject, lent = opened("Mutates"), X.copy()
    assert subject.fresh.touched("forward", NET, PARAMS, lent, T, SGD) == ("x",)
    assert np.array_equal(lent, X)


def test_a_subject_that_drifts_is_seen_to_drift(opened: Opener) -> None:
    subject = opened("Drifts")
    first, second = asked(subject.fresh, "forward"), asked(subject.fresh, "forward")
    assert np.allclose(second - first, 1.0)


def test_steps_and_fits_are_given_more_time(opened: Opener) -> None:
    subject = opened("Hangs", limit=0.2)
    assert failure(lambda: asked(subject.fresh, "fit")) == ("hung", "fit did not return within 1 s")
    assert failure(lambda: subject.fresh.losses(NET, (PARAMS,), X, T)) == ("hung", "loss did not return within 0.2 s")


# --- what cannot be loaded is not judged -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "end"),
    [
        ("hangs_at_import.py", "within 2 s; its import, constructor, forward, loss, gradient or step may never end"),
        ("exits_at_import.py", "ends the program when it is imported: SystemExit(4) (exits_at_import.py:5)"),
        ("dies_at_import.py", "ended the process (exit status 7); the last that it printed: the library is too old"),
        ("crashes_at_import.py", "cannot be loaded: loading it was killed by signal 11 (segmentation fault)"),
        ("interrupts_at_import.py", "cannot be loaded: KeyboardInterrupt"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_imported_is_unusable(file: str, end: str, opened: Opener, mark: str) -> None:
    with pytest.raises(Unusable) as caught:
        opened(str(MINIATURES / file), start=2.0)
    assert str(caught.value).endswith(end)
    assert gone(mark)


def test_a_name_that_is_not_there_is_unusable_with_the_loader_s_sentence(opened: Opener) -> None:
    with pytest.raises(Unusable) as here:
        load(f"{SINS}:Honets")
    with pytest.raises(Unusable) as there:
        opened("Honets")
    assert str(there.value) == str(here.value)


# --- beginning anew, and the end -------------------------------------------------------------------------------------


def test_after_too_many_ends_nothing_is_asked_any_more(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RESTARTS", 2)
    subject = opened("Exits")
    ends = [failure(lambda: asked(subject.fresh, "forward"))[1] for _ in range(3)]
    assert ends == ["forward ended the process (exit status 3)"] * 3
    with pytest.raises(NotOffered, match="forward was not asked: the process of the subject was already begun anew 2 times"):
        asked(subject.fresh, "forward")


def test_what_thousands_of_calls_add_up_to_is_no_lack_of_memory_of_any(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RESTARTS", 0)  # it is no crash, and does not count as one
    subject, right = opened("Hoards"), asked(load(f"{SINS}:Honest").fresh, "forward")
    for side in (subject.fresh, subject.kept) * 200:
        assert np.array_equal(asked(side, "forward"), right)


def test_calls_that_are_asked_in_one_message_count_each(opened: Opener) -> None:
    subject = opened("Hoards")
    session = cast(Remote, subject.fresh).session
    for _ in range(400 // LOOK):
        session.post((Question("fresh", "forward", (NET, PARAMS, X), LIMIT),) * LOOK)
        replies = session.collect(LIMIT)
        assert replies is not None and [reply[0] for reply in cast(tuple[tuple[str], ...], replies)] == ["answer"] * LOOK


def test_what_fails_in_a_process_that_holds_much_is_asked_again_in_a_new_one(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "RESTARTS", 0)
    subject = opened("Threads")  # some 500 of them are as many as it can have
    asked(subject.fresh, "forward")
    for _ in range(3):
        assert len(subject.fresh.losses(NET, (PARAMS,) * 300, X, T)) == 300


def test_many_calls_that_hold_much_together_are_asked_one_by_one(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RESTARTS", 0)
    subject = opened("Threads")
    asked(subject.fresh, "forward")
    session = cast(Remote, subject.fresh).session
    session.post((Question("fresh", "losses", (NET, stacked((PARAMS,) * 300), X, T), LIMIT),) * 3)
    assert session.collect(LIMIT) is None
    asked(subject.fresh, "forward")


def test_what_is_large_from_the_beginning_is_not_begun_anew_for_it(opened: Opener) -> None:
    subject = opened("Heavy")
    answers = [asked(subject.fresh, "forward")[0, 0] for _ in range(3 * LOOK)]
    assert np.allclose(np.diff(answers), 1.0)


def test_a_subject_that_cannot_be_loaded_again_fails_with_that_reason(opened: Opener, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    shutil.copy(SINS, file)
    subject = open_session(f"{file}:Exits", Hints(), LIMIT)
    file.unlink()
    assert failure(lambda: asked(subject.fresh, "forward")) == ("crashed", "forward ended the process (exit status 3)")
    for operation in ("forward", "loss"):
        with pytest.raises(NotOffered, match=f"{operation} was not asked: there is no file {re.escape(str(file))}"):
            asked(subject.fresh, operation)


def test_a_closed_subject_does_not_answer_and_closing_twice_is_harmless(opened: Opener, mark: str) -> None:
    subject = opened("Forks")
    asked(subject.fresh, "forward")
    assert len(marked(mark)) == 2
    subject.close()
    subject.close()
    assert gone(mark)
    with pytest.raises(NotOffered, match="loss was not asked: the session is closed"):
        asked(subject.fresh, "loss")


def test_a_subject_that_is_forgotten_is_ended(mark: str) -> None:
    subject: Subject | None = open_session(f"{SINS}:Honest", Hints(), LIMIT)
    assert subject is not None and len(marked(mark)) == 1
    subject = None
    assert gone(mark)


JUDGE = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_session as here
subject = here.open_session(f"{{here.SINS}}:{{sys.argv[1]}}", here.Hints(), 60.0)
print("ready", flush=True)
here.asked(subject.fresh, "forward")
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("name", ["Hangs", "Forks"])
def test_the_subject_ends_with_its_judge(name: str, end: signal.Signals, mark: str) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", JUDGE, name], stdin=pipe, stdout=pipe) as judge:
        assert judge.stdout is not None and judge.stdout.readline() == b"ready\n"
        sleep(0.3)
        assert len(marked(mark)) >= 2
        judge.send_signal(end)
    assert gone(mark)


def test_the_subject_ends_when_its_judge_leaves_without_closing(mark: str) -> None:
    done = subprocess.run([sys.executable, "-c", JUDGE, "Forks"], stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"ready\n", b"")
    assert gone(mark)


def test_neither_threads_nor_files_pile_up_in_the_judge(opened: Opener) -> None:
    subject = opened("Exits")
    failure(lambda: asked(subject.fresh, "forward"))
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    for _ in range(5):
        failure(lambda: asked(subject.fresh, "forward"))
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before


def test_an_interrupted_call_leaves_no_answer_for_the_next(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = opened("Drifts")

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "_reply", interrupted)
        with pytest.raises(KeyboardInterrupt):
            asked(subject.fresh, "forward")
    assert np.allclose(asked(subject.fresh, "forward"), asked(load(f"{SINS}:Honest").fresh, "forward") + 1)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (0, "ended the process (exit status 0)"),
        (-9, "was killed by signal 9 (killed, by hand or for lack of memory)"),
        (-2, "was killed by signal 2 (SIGINT)"),
        (-99, "was killed by signal 99"),
    ],
)
def test_an_exit_status_is_put_into_words(status: int, sentence: str) -> None:
    assert obituary(status) == sentence
