"""Lines in what arrives: those with an id are answers, with raw bytes behind them; all others are chatter."""

import json
from dataclasses import dataclass
from typing import Any

from backproof.subjects.codec import Garbled
from backproof.wire.reading import Reply

MOST = 2**30  # bytes of one line, or behind one
FLOOD = 2**24  # bytes of chatter between an answer and the next


@dataclass
class Lines:
    """Takes answers off the front of a buffer."""

    _chatter: int = 0
    _searched: int = 0

    def next(self, got: bytearray) -> Reply | None:
        """The next answer, and the bytes behind it; None if it is not whole yet. Garbled if it will never be one."""
        while (end := got.find(b"\n", self._searched)) >= 0:
            told = _object(bytes(memoryview(got)[:end]))
            whole = end + 1 + (0 if told is None else _behind(told))
            if len(got) < whole:
                self._searched = end
                return None
            frames = bytearray(memoryview(got)[end + 1 : whole])  # of its own, so that arrays in it can be written to
            del got[:whole]
            self._searched = 0
            if told is not None:
                self._chatter = 0
                return told, frames
            self._flooded(whole)
        self._searched = len(got)
        if len(got) > MOST:
            raise Garbled("is a line of more than 1 GiB")
        return None

    def _flooded(self, size: int) -> None:
        self._chatter += size
        if self._chatter > FLOOD:
            raise Garbled(f"is {FLOOD >> 20} MiB of lines that are no answers")


def _object(line: bytes) -> dict[str, Any] | None:
    """The JSON object in a line, if it has an id; None of chatter."""
    if b'"id"' not in line:
        return None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and "id" in told else None


def _behind(told: dict[str, Any]) -> int:
    size = told.get("bytes", 0)
    if type(size) is not int or not 0 <= size <= MOST:
        raise Garbled(f"says that {size!r:.40} bytes follow")
    return size
