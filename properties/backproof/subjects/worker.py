"""One child process: a value goes out and one comes back, in time or not at all; what it started ends with it."""

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import IO, Protocol, TypeAlias, cast

from backproof.subjects.codec import ALIVE, CODEC, CUT_OFF, Garbled
from backproof.subjects.errors import FailureKind
from backproof.subjects.pipes import Pipes, possible
from backproof.subjects.spawned import COMMAND as COMMAND
from backproof.subjects.spawned import data, started, sweep
from backproof.subjects.speech import Speech

_PULSE, _GRACE = 0.5, 2.0  # seconds between looks at a silent child; seconds that dying may take
_SAID = 4000  # bytes that are kept of what the child prints
_SIGNALS = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "aborted",
    "SIGFPE": "arithmetic error",
    "SIGBUS": "bus error",
    "SIGILL": "illegal instruction",
    "SIGKILL": "killed, by hand or for lack of memory",
    "SIGTERM": "terminated",
}
Reply: TypeAlias = bytes | Garbled | None  # None: the child hung up


class Outward(Protocol):
    """Where messages to the child go."""

    def put(self, message: bytes | None, /) -> None:
        """The next one; None: there are no more."""
        ...


class Inward(Protocol):
    """Where its replies come from."""

    def get(self, *, timeout: float) -> Reply:
        """The next one; Empty if there is none in time."""
        ...


class Trouble(Exception):
    """No answer came; the sentence continues the name of what was asked: "did not return within 20 s"."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind


class Worker:
    """The child process, from its start to its end."""

    def __init__(self, command: tuple[str, ...] = COMMAND, speech: Speech = CODEC) -> None:
        self._process, self._speech = started(command), speech
        self._out, self._back, threads = _line(self._process, speech)
        self._said = bytearray()
        listener = _thread(_listen, self._process.stderr, self._said)
        self.end = weakref.finalize(self, _end, os.getpid(), self._process, self._out, (*threads, listener))

    def exchange(self, value: object, limit: float) -> object:
        """The reply to a value; a sign of life grants another `limit` seconds. Trouble ends the process."""
        self.post(value)
        return self.collect(limit)

    def post(self, value: object) -> None:
        """Send a value, once the reply to the last is there."""
        try:
            self._out.put(self._speech.packed(value))
        except BaseException:
            self.end()
            raise

    def collect(self, limit: float) -> object:
        """The reply to what was posted."""
        try:
            reply: Reply = ALIVE
            while reply == ALIVE:
                reply = self._reply(limit)
            if reply is None:
                raise self._post_mortem()
            return self._understood(reply)
        except BaseException:
            self.end()
            raise

    def _understood(self, reply: bytes | Garbled) -> object:
        try:
            if isinstance(reply, bytes):
                return self._speech.understood(reply)
        except Garbled as trouble:
            reply = trouble
        raise Trouble("answer", f"wrote into the pipe to the judge: what arrived {reply}")

    def data(self) -> int:
        """Bytes of data that it has, of those that are limited; 0 where that cannot be told."""
        return data(self._process.pid)

    def last_words(self) -> str:
        """The last line that the child printed, or nothing; complete once the child has ended."""
        lines = self._said.decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def _reply(self, limit: float) -> Reply:
        deadline = monotonic() + limit
        while (left := deadline - monotonic()) > 0:
            with suppress(Empty):
                return self._back.get(timeout=min(left, _PULSE))
            if self._dead():  # and somebody else holds its end of the pipe
                return None
        raise Trouble("hung", f"did not return within {limit:g} s")

    def _post_mortem(self) -> Trouble:
        """What became of the child, from how it ended."""
        deadline = monotonic() + _GRACE
        while not self._dead() and monotonic() < deadline:
            sleep(0.005)
        alive = not self._dead()
        self.end()
        status = self._process.returncode
        if alive or status == CUT_OFF:
            return Trouble("crashed", "closed the pipe to the judge")
        return Trouble("crashed", obituary(status))

    def _dead(self) -> bool:
        """Whether it ended; on POSIX it is not reaped yet, so that nobody else can get its number."""
        if sys.platform == "win32":
            return self._process.poll() is not None
        with suppress(ChildProcessError):
            options = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self._process.pid, options) is not None
        return True


def obituary(status: int) -> str:
    """How a process ended, from its exit status; negative is a signal."""
    if status >= 0:
        return f"ended the process (exit status {status})"
    name = next((known.name for known in signal.Signals if known == -status), "")
    meaning = _SIGNALS.get(name, name)
    return f"was killed by signal {-status}" + (f" ({meaning})" if meaning else "")


def _thread(work: Callable[..., None], *given: object) -> Thread:
    thread = Thread(target=work, args=given, daemon=True)
    thread.start()
    return thread


def _line(process: subprocess.Popen[bytes], speech: Speech) -> tuple[Outward, Inward, tuple[Thread, ...]]:
    """Queues of messages to the child and of its replies; where a pipe cannot be waited for, a thread is between them."""
    if possible():
        pipes = Pipes(cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout), speech)
        return pipes, pipes, ()
    out, back = SimpleQueue[bytes | None](), SimpleQueue[Reply]()
    return out, back, (_thread(_carry, out, back, process.stdin, process.stdout, speech),)


def _carry(
    out: SimpleQueue[bytes | None], back: SimpleQueue[Reply], inlet: IO[bytes], outlet: IO[bytes], speech: Speech
) -> None:
    """Messages to the child and back, until there are no more; blocking here never blocks the judge."""
    got = bytearray()
    with suppress(OSError), inlet, outlet:
        while (message := out.get()) is not None:
            back.put(_carried(message, back, inlet, lambda: _next(outlet, speech, got)))


def _carried(message: bytes, back: SimpleQueue[Reply], inlet: IO[bytes], heard: Callable[[], bytes | None]) -> Reply:
    """The reply to a message; signs of life are handed on at once."""
    try:
        inlet.write(message)
        inlet.flush()
        while (reply := heard()) == ALIVE:
            back.put(reply)
        return reply
    except Garbled as trouble:
        return trouble
    except OSError:
        return None


def _next(outlet: IO[bytes], speech: Speech, got: bytearray) -> bytes | None:
    """The next reply, read until it is whole; None at the end of the pipe."""
    while (reply := speech.cut(got)) is None:
        more = os.read(outlet.fileno(), 2**16)
        if not more:
            speech.ended(got)
            return None
        got += more
    return reply


def _listen(prints: IO[bytes], said: bytearray) -> None:
    """Keep the end of what the child prints, and let it print on."""
    with prints:
        while chunk := os.read(prints.fileno(), 2**16):
            said += chunk
            del said[:-_SAID]


def _end(
    owner: int, process: subprocess.Popen[bytes], out: Outward, threads: tuple[Thread, ...]
) -> None:
    """Kill the process and its group, and wait for it; a fork of the judge leaves it alone."""
    if os.getpid() != owner:
        return
    out.put(None)
    with suppress(ProcessLookupError, PermissionError):
        process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    sweep(process.pid)
    for thread in threads:
        thread.join(_PULSE)
