"""Values on a pipe: JSON for the structure, then the raw numbers of the arrays; reading a message can run no code."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from math import prod
from struct import Struct
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof.kept import Kept
from backproof.subjects.answers import described
from backproof.subjects.manner import Manner
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Claims, Family, Fitted, Layer, Loss, Network, Penalty, Rule, Sizes

MOST_TEXT, MOST_NUMBERS = 2**26, 2**30  # bytes of a message's JSON, and of all its arrays
_PREFIX = Struct("<4sQQ")  # mark, bytes of JSON, bytes of arrays
CUT_SHORT = _PREFIX.size  # bytes, of which fewer are no message yet
_MARK = b"bp1\n"
_JSON = json.JSONEncoder(separators=(",", ":"))
_RECORDS: dict[type, tuple[str, ...]] = {Layer: Layer._fields} | {
    record: tuple(part.name for part in fields(record))
    for record in (Activation, Claims, Family, Fitted, Hints, Loss, Manner, Network, Penalty, Rule, Sizes)
}
_KINDS = [np.dtype(code).newbyteorder("<") for code in "?bBhHiIlLqQefdg"]  # the types of numbers that travel
_TYPES = {kind.str: kind for kind in _KINDS}
_NAMES = {kind: name for name, kind in _TYPES.items()}
_BUILD: dict[str, Callable[..., object]] = {record.__name__: record for record in _RECORDS}
_PLAIN: tuple[type, ...] = (type(None), bool, int, float, str)
ALIVE = _PREFIX.pack(_MARK, 4, 0) + b"null"  # the child's sign of life during a long call; no reply is null
CUT_OFF = 113  # the exit status of a child that finds its pipes closed
_KNOWN = {*_PLAIN, *_RECORDS, tuple, frozenset, np.ndarray, np.generic}
Take: TypeAlias = Callable[[int], memoryview]


class Garbled(Exception):
    """The bytes are not a message, or too many; the sentence continues "what arrived ..."."""


class Readable(Protocol):
    """A pipe, buffered: fewer bytes than asked for mean its end."""

    def read(self, size: int, /) -> bytes:
        """So many bytes."""
        ...


@dataclass(frozen=True, repr=False)
class Unfit:
    """A value that has no form on the pipe, by its description."""

    what: str

    def __repr__(self) -> str:
        return self.what


def packed(value: object) -> bytes:
    """The message that stands for a value; what has no form arrives as Unfit."""
    frames = list[bytes]()
    text = _JSON.encode(_tree(value, frames)).encode()
    numbers = sum(map(len, frames))
    if len(text) > MOST_TEXT or numbers > MOST_NUMBERS:
        raise Garbled("is larger than 1 GiB")
    return b"".join((_PREFIX.pack(_MARK, len(text), numbers), text, *frames))


def whole(prefix: bytes | bytearray) -> int:
    """How many bytes a message has in all, from its first CUT_SHORT or more; Garbled if it is none."""
    if not prefix.startswith(_MARK):
        raise Garbled("is not a message")
    _, text, numbers = _PREFIX.unpack_from(prefix)
    if text > MOST_TEXT or numbers > MOST_NUMBERS:
        raise Garbled("is larger than 1 GiB")
    return _PREFIX.size + int(text) + int(numbers)


def received(pipe: Readable) -> bytes | None:
    """The next message, its prefix included; None at the end of the pipe."""
    prefix = pipe.read(CUT_SHORT)
    if len(prefix) < CUT_SHORT and _MARK.startswith(prefix[:4]):
        return None
    size = whole(prefix)
    message = prefix + pipe.read(size - CUT_SHORT)
    return message if len(message) == size else None


class Codec:
    """The speech of the judge's own child processes."""

    farewell = b""

    def packed(self, value: object) -> bytes:
        """The message that stands for a value."""
        return packed(value)

    def cut(self, got: bytearray) -> bytes | None:
        """The message at the front."""
        size = whole(got) if len(got) >= CUT_SHORT else 0
        if not size or len(got) < size:
            return None
        message = bytes(memoryview(got)[:size])
        del got[:size]
        return message

    def ended(self, got: bytearray) -> None:
        """Of a message that was cut off nothing is said."""
        if not _MARK.startswith(bytes(got[:4])):
            whole(got)

    def understood(self, message: bytes) -> object:
        """The value that a message stands for."""
        return unpacked(message)


CODEC = Codec()


def unpacked(message: bytes) -> object:
    """The value that a message stands for; Garbled if it stands for none."""
    _, text, _ = _PREFIX.unpack_from(message)
    start = _PREFIX.size + text
    try:
        return _value(json.loads(message[_PREFIX.size : start]), _taking(memoryview(message)[start:]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as trouble:
        raise Garbled("is not a message") from trouble


def _tree(value: object, frames: list[bytes]) -> object:
    """JSON for a value: tuples are lists, all else is an object whose "is" says what; arrays go to the frames."""
    kind: type = type(value)
    if kind is np.ndarray:
        return _array(value, frames)  # type: ignore[arg-type]  # it is one
    if kind is tuple:
        return [_tree(part, frames) for part in value]  # type: ignore[attr-defined]  # it is one
    if kind not in _KNOWN:
        kind = next((base for base in kind.__mro__ if base in _KNOWN), object)
    if kind in _PLAIN:
        return value if type(value) is kind else kind(value)
    if isinstance(value, Network):
        return {"is": "Network", "text": _TEXTS.answer("text", (value,), lambda: _network_text(value))}
    if isinstance(value, Layer):
        return {"is": "Layer", "W": _tree(value.W, frames), "b": _tree(value.b, frames)}
    if kind in _RECORDS:
        return {"is": kind.__name__} | {name: _tree(getattr(value, name), frames) for name in _RECORDS[kind]}
    if isinstance(value, tuple):
        return [_tree(part, frames) for part in value]
    if isinstance(value, frozenset):
        return {"is": "set", "of": [_tree(part, frames) for part in sorted(value, key=repr)]}
    return _array(np.asarray(value), frames) if kind is not object else {"is": "unfit", "what": described(value)}


_TEXTS = Kept(2**20)  # of the very same networks: to compare them by value takes longer than all else


@lru_cache(maxsize=1024)
def _network_text(net: Network) -> str:
    """The same networks come again and again: their JSON is kept, as text inside the JSON."""
    return _JSON.encode({name: _tree(getattr(net, name), []) for name in _RECORDS[Network]})


@lru_cache(maxsize=1024)
def _network(text: str) -> object:
    nothing = _taking(memoryview(b""))
    return _BUILD["Network"](**{name: _value(part, nothing) for name, part in json.loads(text).items()})


def _array(array: NDArray[Any], frames: list[bytes]) -> dict[str, object]:
    """Its type and shape, the numbers in the frames; a bare number of numpy's has no axes."""
    name = _NAMES.get(array.dtype)
    if name is None:
        kind = array.dtype.newbyteorder("<")
        name, array = _NAMES.get(kind), array.astype(kind, copy=False)
        if name is None:
            return {"is": "unfit", "what": described(array)}
    frames.append(array.tobytes())
    return {"is": "array", "type": name, "shape": array.shape}


def _taking(numbers: memoryview) -> Take:
    """Takes so many bytes from the front, each time it is called."""
    position = 0

    def take(size: int) -> memoryview:
        nonlocal position
        position += size
        return numbers[position - size : position]

    return take


def _value(tree: Any, take: Take) -> object:
    """The tree is only the sender's word: whatever does not fit raises, and `unpacked` says Garbled."""
    if isinstance(tree, list):
        return tuple([_value(part, take) for part in tree])
    if not isinstance(tree, dict):
        return tree
    what = tree.pop("is")
    if what == "array":
        return _numbers(tree["type"], tree["shape"], take)
    if what == "Layer":
        return Layer(_value(tree["W"], take), _value(tree["b"], take))  # type: ignore[arg-type]  # as the sender says
    if what == "set":
        return frozenset(_value(part, take) for part in tree["of"])
    if what == "unfit":
        return Unfit(str(tree["what"]))
    if what == "Network":
        return _network(tree["text"])
    return _BUILD[what](**{name: _value(part, take) for name, part in tree.items()})


def _numbers(name: str, shape: list[int], take: Take) -> NDArray[Any]:
    """An array of its own memory, so that whoever gets it may write into it."""
    if min(shape, default=0) < 0:
        raise ValueError(shape)
    kind = _TYPES[name]
    return np.ndarray(shape, kind, take(kind.itemsize * prod(shape))).copy()
