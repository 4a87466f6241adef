"""A subject in a process of its own: it is loaded once, and then every message that arrives is a call into it."""

import faulthandler
import io
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic
from typing import Any, BinaryIO

import numpy as np

from backproof.subjects.calling import Generators, sentence
from backproof.subjects.codec import ALIVE, CUT_OFF, Garbled, packed, received, unpacked
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.stack import unstacked
from backproof.subjects.subject import Everything, Hints, Subject

_BEAT = 0.2  # seconds between signs of life
_ENDING = Lock()  # whoever holds it ends the process, and the other threads wait for that


def main() -> None:
    """Serve the judge at the other end of standard input and output until it hangs up."""
    inward, outward = taken_pipes()
    settle(inward)
    Generators.shared = False
    try:
        serve(inward, outward)
    except BrokenPipeError:  # the judge is gone
        end()
    except OSError:
        os._exit(CUT_OFF)
    end()


def taken_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes from and to the judge, moved from where the subject reads and prints; programs it starts lack them.

    From now on it reads nothing, and prints to standard error.
    """
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    os.dup2(2, 1)
    return inward, outward


def settle(inward: BinaryIO) -> None:
    """Interrupts are for the judge; warnings are no errors; no print fails for its letters; no judge, no process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.disable()
    warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.platform != "win32":
        Thread(target=_leash, args=(inward.fileno(),), daemon=True).start()


def end() -> None:
    """The process ends, once, whatever threads it has, and with it all that it started."""
    _ENDING.acquire()
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _leash(inward: int) -> None:
    """Wait until the judge is gone, also during a call that never returns."""
    if sys.platform != "win32":
        waiting = select.poll()
        waiting.register(inward, 0)
        if any(event & select.POLLHUP for _, event in waiting.poll()):
            end()


def serve(inward: BinaryIO, outward: BinaryIO) -> None:
    """The first message names the subject, the others are calls; a fork of the process has nothing to say."""
    home = os.getpid()

    def send(message: bytes) -> None:
        if os.getpid() != home:
            os._exit(0)
        outward.write(message)
        outward.flush()

    first = received(inward)
    subject = None if first is None else introduced(unpacked(first), send)
    while subject is not None and (message := received(inward)) is not None:
        send(replied(subject, unpacked(message), Heart(send)))


def introduced(request: Any, send: Callable[[bytes], None]) -> Subject | None:
    """The subject, after its claims were sent; None, after it was sent why there is none."""
    target, hints = request
    try:
        subject = safely_loaded(target, hints)
        send(packed(("subject", subject.claims, subject.assumed, subject.unscaled, subject.manner)))
    except Unusable as trouble:
        send(packed(("unusable", str(trouble))))
        return None
    return subject


def safely_loaded(target: str, hints: Hints) -> Subject:
    """As `load`; whatever else is raised meanwhile is Unusable too."""
    try:
        return load(target, hints)
    except Unusable:
        raise
    except BaseException as trouble:
        raise Unusable(f"{target} cannot be loaded: {_told(trouble)}") from trouble


def replied(subject: Subject, request: Any, alive: Callable[[], None]) -> bytes:
    """The message that answers a call, whatever the subject does, as long as the process lives."""
    side, operation, given = request
    try:
        return packed(outcome(getattr(subject, side), operation, given, alive))
    except Garbled as trouble:
        return packed(("failure", "answer", f"the answer of {operation} {trouble}"))
    except BaseException as trouble:  # noqa: BLE001 - the judge is told, and goes on
        return packed(("failure", "raised", f"{operation} raised {_told(trouble)}"))


def outcome(one: Everything, operation: str, given: tuple[Any, ...], alive: Callable[[], None]) -> tuple[object, ...]:
    """What became of a call."""
    try:
        return "answer", answered(one, operation, given, alive)
    except NotOffered as trouble:
        return "not offered", str(trouble)
    except Failure as trouble:
        return "failure", trouble.kind, trouble.message
    except SystemExit as end:
        return "failure", "exited", f"{operation} ended the program: {_told(end)}"
    except BaseException as trouble:  # noqa: BLE001 - the judge is told, and goes on
        return "failure", "raised", f"{operation} raised {_told(trouble)}"


def answered(one: Everything, operation: str, given: tuple[Any, ...], alive: Callable[[], None]) -> object:
    """The operation's answer; many losses, or many calls, in one call give signs of life in between."""
    if operation == "many":
        return _many(one, given, alive)
    if operation == "losses":
        return _losses(one, given, alive)
    if operation == "fit":
        *values, seed, epochs, rule = given
        return one.fit(*values, seed=seed, epochs=epochs, rule=rule)
    operate: Callable[..., object] = getattr(one, operation)
    return operate(*given)


def _many(one: Everything, calls: tuple[Any, ...], alive: Callable[[], None]) -> object:
    replies = list[tuple[object, ...]]()
    for operation, given in calls:
        replies.append(outcome(one, operation, given, alive))
        alive()
    return tuple(replies)


def _losses(one: Everything, given: tuple[Any, ...], alive: Callable[[], None]) -> object:
    net, stack, x, t = given
    values = list[float]()
    for params in unstacked(stack):
        values.append(one.loss(net, params, x, t))
        alive()
    return np.array(values, dtype=np.float64)


class Heart:
    """Tells the judge now and then that the call is getting on, so that only a loss that hangs counts as hanging."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send, self._last = send, monotonic()

    def __call__(self) -> None:
        """One beat, if the last was long enough ago."""
        if monotonic() > self._last + _BEAT:
            self._last = monotonic()
            self._send(ALIVE)


def _told(trouble: BaseException) -> str:
    """The error's sentence, even where the error cannot be asked for it."""
    try:
        return sentence(trouble)
    except Exception:  # noqa: BLE001 - its __str__ is the subject's
        return type(trouble).__name__


if __name__ == "__main__":
    main()
