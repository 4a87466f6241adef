"""The subject's side of the wire: any subject of Python answers calls that come as lines."""

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import numpy as np

from backproof.subjects.calling import seed_generators
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.subject import Everything, Subject
from backproof.wire import values
from backproof.wire.numbers import NoArray, Numbers, array, framed, nested, number
from backproof.wire.reading import Frames
from backproof.wire.speech import VERSION
from backproof_spec import Fitted, Layer, Network, Params, Rule

Read = TypeVar("Read")
HOLDS = 8  # parameters that are kept by name
LOOKS = ("touched", "left")  # what became of arrays that were lent, where the subject runs
KEPT = 64  # networks and rules whose JSON is known already


def serve(subject: Subject, inward: BinaryIO, outward: BinaryIO) -> None:
    """Answer line by line, until `stop` or the end of the pipe."""
    server = Server(subject)
    while line := inward.readline():
        asked = _request(line)
        if asked is None:
            continue
        raw = bytearray(inward.read(asked.get("bytes") or 0))
        if asked.get("do") == "stop":
            return
        for piece in server.answered(asked, raw):
            outward.write(piece)
        outward.flush()


def _request(line: bytes) -> dict[str, Any] | None:
    try:
        asked = json.loads(line)
    except ValueError:
        return None
    return asked if isinstance(asked, dict) and "id" in asked else None


class Server:
    """What one subject was asked, and what it has been lent by name."""

    def __init__(self, subject: Subject) -> None:
        self._subject, self._frames = subject, False
        self._held = dict[str, Params]()
        self._known = OrderedDict[tuple[object, str], Any]()

    def answered(self, asked: dict[str, Any], raw: bytearray) -> list[bytes | memoryview]:
        """The line that answers, and what follows it."""
        frames = list[memoryview]()
        told: dict[str, Any] = {"id": asked["id"]}
        try:
            told["answer"] = self._answer(asked, Frames(raw, self._subject.claims.dtype), frames)
        except NotOffered as trouble:
            told["error"] = {"kind": "unsupported", "message": str(trouble)}
        except Failure as trouble:
            told["error"] = {"kind": "failed", "message": trouble.message}
        except (Unusable, NoArray, KeyError, TypeError, ValueError) as trouble:
            told["error"] = {"kind": "refused", "message": f"{type(trouble).__name__}: {trouble}"}
        if "answer" in told and frames:
            told["bytes"] = sum(map(len, frames))
        return [f"{json.dumps(told)}\n".encode(), *(frames if "answer" in told else ())]

    def _answer(self, asked: dict[str, Any], raw: Frames, frames: list[memoryview]) -> Any:
        operation = asked.get("do")
        if operation == "describe":
            return self._described(asked)
        method: Callable[..., Any] | None = getattr(self, f"_{operation}", None) if isinstance(operation, str) else None
        if method is None or operation not in (*values.OPERATIONS, *LOOKS):
            raise NotOffered(f"{operation!r:.40} is no operation")
        to = self._subject.kept if asked.get("object") == "kept" else self._subject.fresh
        return self._told(method(to, self._read(values.network, asked["net"]), asked, raw), frames)

    def _described(self, asked: dict[str, Any]) -> Any:
        self._frames, self._held = asked.get("frames") is True, {}
        told = {"wire": VERSION} | values.tree(self._subject.claims) | {"assumed": list(self._subject.assumed)}
        return told | {"looks": True} | ({"frames": True, "holds": HOLDS} if self._frames else {})

    def _read(self, reading: Callable[[Any], Read], given: Any) -> Read:
        """The same networks and rules come again and again."""
        key = reading, repr(given)
        if key not in self._known:
            self._known[key] = reading(given)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        found: Read = self._known[key]
        return found

    def _params(self, given: Any, raw: Frames) -> Params:
        """Parameters that are held by name, or come now, with a name to hold them by or without."""
        if isinstance(given, str):
            return self._held[given]
        layers = given["layers"] if isinstance(given, dict) else given
        params = tuple(Layer(self._array(one["W"], raw), self._array(one["b"], raw)) for one in layers)
        if isinstance(given, dict):
            self._held[given["hold"]] = params
        return params

    def _array(self, given: Any, raw: Frames) -> Numbers:
        return array(given, raw.dtype, raw.take)

    def _targets_of(self, given: Any, raw: Frames) -> Numbers:
        """Rows; or class numbers, which have one axis only."""
        t = self._array(given, raw)
        return t.astype(np.int64) if t.ndim == 1 else t

    def _told(self, value: Any, frames: list[memoryview]) -> Any:
        if isinstance(value, tuple) and not all(isinstance(part, Layer) for part in value):
            return list(value)
        if isinstance(value, tuple):
            return [{"W": self._told(p.W, frames), "b": self._told(p.b, frames)} for p in value]
        if isinstance(value, Fitted):
            output = self._told(value.output, frames)  # frames lie in the order of the line
            params = None if value.params is None else self._told(value.params, frames)
            return {"output": output, "params": params, "losses": [*map(number, value.losses)]}
        if isinstance(value, np.ndarray):
            return framed(value, frames) if self._frames else self._typed(value)
        return number(value)

    def _typed(self, value: Numbers) -> Any:
        usual = value.dtype == self._subject.claims.dtype
        return nested(value) if usual else {"dtype": str(value.dtype), "data": nested(value)}

    def _forward(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Numbers:
        return to.forward(net, self._params(asked["params"], raw), self._array(asked["x"], raw))

    def _loss(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> float:
        params, x = self._params(asked["params"], raw), self._array(asked["x"], raw)
        return to.loss(net, params, x, self._targets_of(asked["t"], raw))

    def _gradient(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Params:
        params, x = self._params(asked["params"], raw), self._array(asked["x"], raw)
        return to.gradient(net, params, x, self._targets_of(asked["t"], raw))

    def _step(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Params:
        params = self._params(asked["params"], raw)
        x, t = self._array(asked["x"], raw), self._targets_of(asked["t"], raw)
        return to.step(net, params, x, t, self._read(values.rule, asked["rule"]))

    def _descend(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Params:
        params = self._params(asked["params"], raw)
        x, t = self._array(asked["x"], raw), self._targets_of(asked["t"], raw)
        return to.descend(net, params, x, t, self._read(values.rule, asked["rule"]), asked["steps"])

    def _touched(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> tuple[str, ...]:
        return to.touched(asked["operation"], net, *self._lent(asked, raw))

    def _left(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> tuple[str, ...]:
        return to.left(asked["operation"], net, *self._lent(asked, raw))

    def _lent(self, asked: dict[str, Any], raw: Frames) -> tuple[Params, Numbers, Numbers, Rule]:
        params = self._params(asked["params"], raw)
        return params, self._array(asked["x"], raw), self._targets_of(asked["t"], raw), self._read(values.rule, asked["rule"])

    def _initial(self, to: Everything, net: Network, asked: dict[str, Any], _: Frames) -> Params:
        seed_generators(asked["seed"])
        return to.initial(net, asked["seed"])

    def _targets(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Numbers:
        return to.targets(net, self._array(asked["labels"], raw).astype(np.int64))

    def _fit(self, to: Everything, net: Network, asked: dict[str, Any], raw: Frames) -> Fitted:
        x, t = self._array(asked["x"], raw), self._targets_of(asked["t"], raw)
        query, rule = self._array(asked["query"], raw), self._read(values.rule, asked["rule"])
        return to.fit(net, x, t, query, seed=asked["seed"], epochs=asked["epochs"], rule=rule)
