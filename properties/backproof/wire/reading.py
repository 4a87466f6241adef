"""What a program answered, as values: numbers as they came, and what is none by what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.subjects.codec import Unfit
from backproof.wire.numbers import NoArray, Numbers, array
from backproof_spec import Fitted, Layer

Reply = tuple[dict[str, Any], bytearray]  # the line, and what came behind it
Answer = tuple[Any, ...]  # ("answer", value), ("failure", kind, sentence), ("not offered", what), ...
LONGEST = 200  # characters of a message that are kept
KINDS = ("unsupported", "refused", "failed")  # of errors


@dataclass
class Call:
    """One call under way: the lines that make it up, and what their answers come to."""

    ids: list[int]
    reading: Callable[[list[Reply]], Answer]


@dataclass
class Frames:
    """What came behind a line, taken from the front; and of what type nested lists are."""

    raw: bytearray
    dtype: str
    at: int = 0

    def take(self, size: int) -> memoryview:
        """So many bytes more. Raises NoArray."""
        if self.at + size > len(self.raw):
            raise NoArray(f"a frame of {size} bytes, of which {len(self.raw) - self.at} came")
        self.at += size
        return memoryview(self.raw)[self.at - size : self.at]


def read(operation: str, reply: Reply, dtype: str, reading: Callable[[Any, Frames], Any]) -> Answer:
    """The answer in a reply; or what the program says went wrong."""
    told, raw = reply
    if "answer" not in told:
        kind, why = error_of(told)
        return ("not offered", operation) if kind == "unsupported" else ("failure", "raised", f"{operation} {kind}: {why}")
    try:
        return ("answer", reading(told["answer"], Frames(raw, dtype)))
    except NoArray as trouble:
        return ("answer", Unfit(str(trouble)))


def array_of(value: Any, frames: Frames) -> Numbers:
    """The array; NoArray if it is none."""
    return array(value, frames.dtype, frames.take)


def params_of(value: Any, frames: Frames) -> object:
    """Layers; where a pair should be and none is, what is there instead."""
    if not isinstance(value, list):
        return Unfit(f"{value!r:.60}")
    return tuple(_layer(pair, frames) for pair in value)


def _layer(pair: Any, frames: Frames) -> object:
    if not isinstance(pair, dict) or not {"W", "b"} <= set(pair):
        return Unfit(f"{pair!r:.60}")
    return Layer(array_of(pair["W"], frames), array_of(pair["b"], frames))


def fitted_of(value: Any, frames: Frames) -> object:
    """Outputs, parameters if there are any, losses."""
    if not isinstance(value, dict) or "output" not in value:
        return Unfit(f"{value!r:.60}")
    output = array_of(value["output"], frames)
    params = None if value.get("params") is None else params_of(value["params"], frames)
    losses = tuple(float(array_of(one, frames)) for one in value.get("losses", ()))
    return Fitted(output, params, losses)  # type: ignore[arg-type]  # looked at again by whoever asked


def joined(each: list[Call], replies: list[Reply]) -> Answer:
    """Losses in one array; or what went wrong with the first that is none."""
    told = [call.reading([reply]) for call, reply in zip(each, replies, strict=True)]
    odd = next((one for one in told if one[0] != "answer" or np.size(one[1]) != 1 or isinstance(one[1], Unfit)), None)
    return odd or ("answer", np.array([float(np.asarray(value).reshape(-1)[0]) for _, value in told]))


def error_of(told: dict[str, Any]) -> tuple[str, str]:
    """The kind and the message of an answer that is an error."""
    error = told.get("error")
    if not isinstance(error, dict):
        return "failed", f"it answered {told!r:.60}, without answer and without error"
    kind, message = error.get("kind"), " ".join(str(error.get("message", "")).split())
    return kind if kind in KINDS else "failed", message[:LONGEST]
