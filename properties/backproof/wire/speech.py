"""The judge's side of the wire: calls become lines, and what comes back becomes answers, whatever it is.

Every call has an id of its own, and several are sent at once where none needs the answer of another. A line without an id is
chatter. Where both sides agreed in `describe`, arrays travel raw behind the line, and parameters that were sent stay with the
program under a name.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from backproof.subjects.codec import ALIVE, Garbled
from backproof.subjects.errors import NotOffered, Unusable
from backproof.subjects.hinted import hinted
from backproof.subjects.manner import Manner
from backproof.subjects.subject import Hints, chunks
from backproof.wire import values
from backproof.wire.framing import Lines
from backproof.wire.numbers import Numbers, framed, nested
from backproof.wire.reading import Answer, Call, Frames, Reply, array_of, error_of, fitted_of, joined, params_of, read
from backproof_spec import Claims, Layer, Network, Params, Rule

VERSION = 1
DONE = b"answered"  # what is cut off the pipe when every call under way has its answer


@dataclass
class Agreed:
    """What `describe` settled."""

    claims: Claims
    frames: bool = False
    holds: int = 0  # parameters that the program keeps by name
    descends: bool = False  # it makes several steps in one call
    looks: bool = False  # it tells what it did to arrays that it was lent


@dataclass
class Spoken:
    """The speech of a program that is spoken to in lines."""

    name: str
    agreed: Agreed | None = None
    _id: int = 0
    _calls: list[Call] = field(default_factory=list)
    _waiting: list[int] = field(default_factory=list)
    _replies: dict[int, Reply] = field(default_factory=dict)
    _many: bool = False
    _held: "OrderedDict[int, tuple[str, Params]]" = field(default_factory=OrderedDict)
    _lines: Lines = field(default_factory=Lines)

    @property
    def farewell(self) -> bytes:
        """A program that is no longer needed is told so."""
        return b'{"id":0,"do":"stop"}\n'

    def packed(self, value: object) -> bytes:
        """The lines of a call: of one that names the subject, of one operation, or of many at once."""
        self._calls, self._many = [], False
        match value:
            case (str(), Hints() as hints):
                return self._described(hints)
            case (str() as side, "many", tuple() as calls):
                self._many = True
                return b"".join(self._asked(side, operation, given) for operation, given in calls)
            case (str() as side, str() as operation, tuple() as given):
                return self._asked(side, operation, given)
        raise ValueError(value)

    def cut(self, got: bytearray) -> bytes | None:
        """DONE when all answers are there, a sign of life when one more is; chatter is dropped."""
        before = len(self._waiting)
        while self._waiting and (reply := self._lines.next(got)) is not None:
            self._enter(*reply)
        if not self._waiting:
            return DONE
        return ALIVE if len(self._waiting) < before else None

    def ended(self, got: bytearray) -> None:
        """Nothing was going to come of what is left."""

    def understood(self, _: bytes) -> object:
        """What became of the call, or of each of many."""
        told = [call.reading([self._replies.pop(one) for one in call.ids]) for call in self._calls]
        return ("answer", tuple(told)) if self._many else told[0]

    def _enter(self, told: dict[str, Any], frames: bytearray) -> None:
        if told["id"] not in self._waiting:
            raise Garbled(f"is an answer to {told['id']!r:.40}, which was not asked; {self._waiting[0]} was")
        self._waiting.remove(told["id"])
        self._replies[told["id"]] = (told, frames)

    def _put(self, parts: dict[str, str], frames: list[memoryview]) -> bytes:
        """One line, and what follows it. Parts are JSON already."""
        self._id += 1
        self._waiting.append(self._id)
        size = sum(map(len, frames))
        told = {"id": str(self._id)} | parts | ({"bytes": str(size)} if size else {})
        return b"".join((("{" + ",".join(f'"{name}":{text}' for name, text in told.items()) + "}\n").encode(), *frames))

    def _described(self, hints: Hints) -> bytes:
        self.agreed, self._held = None, OrderedDict()
        line = self._put({"do": '"describe"', "wire": str(VERSION), "frames": "true"}, [])
        self._calls.append(Call([self._id], lambda replies: self._introduced(replies[0][0], hints)))
        return line

    def _introduced(self, told: dict[str, Any], hints: Hints) -> Answer:
        try:
            if "answer" not in told:
                raise Unusable(f"{self.name} did not describe itself: {error_of(told)[1]}")
            said = told["answer"]
            claims = hinted(self.name, values.claims(said), hints)
            if said.get("wire", VERSION) != VERSION:
                raise Unusable(f"{self.name} speaks version {said['wire']!r:.20} of the wire; this is version {VERSION}")
        except Unusable as trouble:
            return ("unusable", str(trouble))
        except (TypeError, ValueError, KeyError, AttributeError) as trouble:
            return ("unusable", f"{self.name}: what it answered to describe is no claims: {trouble}")
        frames, holds = said.get("frames") is True, said.get("holds", 0)
        on, most = claims.operations, holds if frames and type(holds) is int and holds > 0 else 0
        claims = replace(claims, operations=on | {"descend"}) if "step" in on else claims  # by steps of one object
        self.agreed = Agreed(claims, frames, most, "descend" in on, said.get("looks") is True)
        return ("subject", claims, tuple(map(str, said.get("assumed", ()))), False, Manner())

    def _asked(self, side: str, operation: str, given: tuple[Any, ...]) -> bytes:
        """The lines of one operation, and how to read their answers."""
        asking: Callable[..., bytes] | None = getattr(self, f"_ask_{operation}", None)
        try:
            if asking is None:
                raise NotOffered(f"{operation} is not asked over the wire")
            return asking(side, *given)
        except NotOffered as absent:
            why = str(absent)
            self._calls.append(Call([], lambda _: ("not offered", why)))
            return b""

    def _ask(self, side: str, operation: str, net: Network, reading: Callable[[Any, Frames], Any], /, **given: Any) -> bytes:
        line = self._say(side, operation, net, given)
        self._calls.append(Call([self._id], lambda replies: self._read(operation, replies[0], reading)))
        return line

    def _say(self, side: str, operation: str, net: Network, given: dict[str, Any]) -> bytes:
        frames = list[memoryview]()
        parts = {"do": f'"{operation}"', "object": f'"{side}"', "net": _text(net)}
        return self._put(parts | {name: self._json(value, frames) for name, value in given.items()}, frames)

    def _json(self, value: Any, frames: list[memoryview]) -> str:
        if isinstance(value, np.ndarray):
            return self._array(value, frames)
        if isinstance(value, tuple):
            return self._params(value, frames)
        return _rule(value) if isinstance(value, Rule) else json.dumps(value)

    def _array(self, value: Numbers, frames: list[memoryview]) -> str:
        if self.agreed is not None and self.agreed.frames:
            told = framed(value, frames)
            return f'{{"frame":"{told["frame"]}","shape":{told["shape"]}}}'
        return json.dumps(nested(value))

    def _params(self, params: Params, frames: list[memoryview]) -> str:
        """By their name, if the program has them; else with a name, if it keeps any."""
        most = self.agreed.holds if self.agreed is not None else 0
        key = id(params)
        if key in self._held:
            self._held.move_to_end(key)
            return f'"{self._held[key][0]}"'
        layers = ",".join(f'{{"W":{self._array(p.W, frames)},"b":{self._array(p.b, frames)}}}' for p in params)
        if not most:
            return f"[{layers}]"
        name = f"p{len(self._held)}" if len(self._held) < most else self._held.popitem(last=False)[1][0]
        self._held[key] = (name, params)  # the parameters are kept too, so that their id stays theirs
        return f'{{"hold":"{name}","layers":[{layers}]}}'

    def _read(self, operation: str, reply: Reply, reading: Callable[[Any, Frames], Any]) -> Answer:
        return read(operation, reply, self.agreed.claims.dtype if self.agreed is not None else "float64", reading)

    def _ask_forward(self, side: str, net: Network, params: Params, x: Numbers) -> bytes:
        return self._ask(side, "forward", net, array_of, params=params, x=x)

    def _ask_loss(self, side: str, net: Network, params: Params, x: Numbers, t: Numbers) -> bytes:
        return self._ask(side, "loss", net, array_of, params=params, x=x, t=t)

    def _ask_losses(self, side: str, net: Network, stack: Params, x: Numbers, t: Numbers) -> bytes:
        """One after the other along the line of parameters, all sent at once."""
        first, lines = len(self._calls), b""
        for k in range(len(stack[0].W)):
            lines += self._ask_loss(side, net, tuple(Layer(p.W[k], p.b[k]) for p in stack), x, t)
        each, self._calls[first:] = self._calls[first:], []
        self._calls.append(Call([one for call in each for one in call.ids], lambda replies: joined(each, replies)))
        return lines

    def _ask_gradient(self, side: str, net: Network, params: Params, x: Numbers, t: Numbers) -> bytes:
        return self._ask(side, "gradient", net, params_of, params=params, x=x, t=t)

    def _ask_step(self, side: str, net: Network, params: Params, x: Numbers, t: Numbers, rule: Rule) -> bytes:
        return self._ask(side, "step", net, params_of, params=params, x=x, t=t, rule=rule)

    def _ask_descend(self, side: str, net: Network, params: Params, x: Numbers, t: Numbers, rule: Rule, steps: int) -> bytes:
        """Steps of one object: the first is told where to begin, the others go on from there."""
        assert self.agreed is not None  # nothing is asked before
        if self.agreed.descends:
            return self._ask(side, "descend", net, params_of, params=params, x=x, t=t, rule=rule, steps=steps)
        if "step" not in self.agreed.claims.operations:
            raise NotOffered("step")
        lines, ids = b"", list[int]()
        for some_x, some_t in chunks(x, t, self.agreed.claims.batch) * steps:
            start = {} if ids else {"params": params}
            lines += self._say("same" if ids else side, "step", net, {**start, "x": some_x, "t": some_t, "rule": rule})
            ids.append(self._id)
        self._calls.append(Call(ids, self._last))
        return lines

    def _last(self, replies: list[Reply]) -> Answer:
        """The answer of the last step, or what went wrong in the first that did."""
        told = [self._read("step", reply, params_of) for reply in replies]
        return next((one for one in told if one[0] != "answer"), told[-1])

    def _ask_touched(self, side: str, *given: Any) -> bytes:
        return self._look(side, "touched", *given)

    def _ask_left(self, side: str, *given: Any) -> bytes:
        return self._look(side, "left", *given)

    def _look(self, side: str, what: str, of: str, net: Network, params: Params, x: Numbers, t: Numbers, rule: Rule) -> bytes:
        """What became of arrays that the program was lent; across a process there is nothing that the judge could lend."""
        if self.agreed is None or not self.agreed.looks:
            raise NotOffered(f"{of} with arguments that it could change: they lie in another process")
        given = {"params": params, "x": x, "t": t, "rule": rule}
        return self._ask(side, what, net, lambda names, _: tuple(map(str, names)), operation=of, **given)

    def _ask_initial(self, side: str, net: Network, seed: int) -> bytes:
        return self._ask(side, "initial", net, params_of, seed=seed)

    def _ask_targets(self, side: str, net: Network, labels: Numbers) -> bytes:
        return self._ask(side, "targets", net, array_of, labels=labels)

    def _ask_fit(
        self, side: str, net: Network, x: Numbers, t: Numbers, query: Numbers, seed: int, epochs: int, rule: Rule
    ) -> bytes:
        return self._ask(side, "fit", net, fitted_of, x=x, t=t, query=query, seed=seed, epochs=epochs, rule=rule)


_texts: "OrderedDict[int, tuple[Network, str]]" = OrderedDict()


def _text(net: Network) -> str:
    """The JSON of a network; those of the last ones are kept, since to make it takes longer than all else."""
    if id(net) not in _texts:
        _texts[id(net)] = (net, json.dumps(values.tree(net)))
        if len(_texts) > 512:
            _texts.popitem(last=False)
    return _texts[id(net)][1]


@lru_cache(maxsize=512)
def _rule(rule: Rule) -> str:
    return json.dumps(values.tree(rule))
