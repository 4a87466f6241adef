"""The pipes to a child and back, without threads: what cannot be written or read yet is waited for, never longer than allowed."""

import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from time import monotonic
from typing import IO

from backproof.subjects.codec import CODEC, Garbled
from backproof.subjects.speech import Speech

_MOST = 2**20  # bytes taken from the pipe at a time; where the system lets it, it holds as many, and usually 2**16


def possible() -> bool:
    """Whether pipes can be waited for here."""
    return sys.platform != "win32"


class Pipes:
    """To the judge a queue of messages to the child, and one of its replies; all is carried while a reply is waited for."""

    def __init__(self, inlet: IO[bytes], outlet: IO[bytes], speech: Speech = CODEC) -> None:
        self._speech = speech
        self._pipes, self._in, self._out = (inlet, outlet), inlet.fileno(), outlet.fileno()
        self._unsent, self._got = memoryview(b""), bytearray()
        for end in (self._in, self._out):
            os.set_blocking(end, False)
            _widen(end)
        self._waiting = {sending: _polling(self._out, self._in if sending else None) for sending in (False, True)}

    def put(self, message: bytes | None) -> None:
        """The next message to the child, once the reply to the last is there; None hangs up."""
        if message is not None:
            self._unsent = memoryview(message)
            with suppress(OSError):  # the child is gone: the reply says so
                self._send()
            return
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.close()

    def get(self, timeout: float) -> bytes | Garbled | None:
        """The next reply, whole; None when the child hung up. Empty if there is none in time."""
        deadline = monotonic() + timeout
        try:
            while (reply := self._speech.cut(self._got)) is None:
                self._send()
                self._wait(deadline)
                if not self._take():
                    self._speech.ended(self._got)
                    return None
        except Garbled as trouble:
            return trouble
        except OSError:
            return None
        return reply

    def _send(self) -> None:
        with suppress(BlockingIOError):
            while self._unsent:
                self._unsent = self._unsent[os.write(self._in, self._unsent) :]

    def _wait(self, deadline: float) -> None:
        """Until there is something to read, or room to write what is left."""
        if not self._waiting[bool(self._unsent)](max(0.0, 1000 * (deadline - monotonic()))):
            raise Empty

    def _take(self) -> bool:
        """Read what is there; whether there may be more."""
        with suppress(BlockingIOError):
            more = os.read(self._out, _MOST)
            self._got += more
            return bool(more)
        return True


def _widen(pipe: int) -> None:
    """Let large arrays go through in few pieces."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # the user's pipes may hold no more in all
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _MOST)


def _polling(out: int, into: int | None) -> Callable[[float], object]:
    """Waits so many milliseconds for something to read, or for room to write as well."""
    if sys.platform == "win32":
        raise NotImplementedError
    waiting = select.poll()
    waiting.register(out, select.POLLIN)
    if into is not None:
        waiting.register(into, select.POLLOUT)
    return waiting.poll
