"""The programs that a failed subject is held against: the right one, and the right one with known faults in it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import entry_points
from typing import TypeVar

from backproof.subjects.direct import Direct
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.subject import Subject
from backproof_spec import Array, Implementation, Network, Params, Rule, Targets
from backproof_spec.catalogue import KnownFault
from backproof_spec.composing import Composed, Composer, Part

FAULTS, COMPOSER = "backproof.faults", "backproof.composer"
KEPT_AS_FRESH, REPEATABLE = "kept-as-fresh", "repeatable"
Parts = tuple[Part, ...]
Answer = TypeVar("Answer")
LAYERS = (1, -1, 2, -2)  # where a fault may sit alone: the first, the output's, the second, the one before the output's


@cache
def known() -> dict[str, KnownFault]:
    """The catalogue, by name. Raises Unusable where there is none."""
    found = {one.name: one for point in entry_points(group=FAULTS) for one in point.load()()}
    if not found:
        raise Unusable(f"no programs are registered under {FAULTS}: install backproof again, its entry points are missing")
    return found


def is_drawn(part: Part) -> bool:
    """Whether the answers of a program with this fault are drawn anew each time: no distance to it is ever the same."""
    return known()[part.fault].breaks == REPEATABLE


def has_a_past(parts: Parts) -> bool:
    """Whether what a kept object answers may depend on what it was asked before."""
    return any(known()[part.fault].breaks == KEPT_AS_FRESH for part in parts)


@cache
def composer() -> Composer:
    """What makes programs of faults. Raises Unusable where there is none."""
    for point in entry_points(group=COMPOSER):
        made: Composer = point.load()
        return made
    raise Unusable(f"nothing is registered under {COMPOSER}: install backproof again, its entry points are missing")


def made(parts: Parts) -> Callable[[], Composed] | None:
    """A constructor of programs with these faults; None where they do not go together."""
    try:
        return composer()(parts)
    except ValueError:
        return None


class Suspect(Direct):
    """A program of ours, asked thousands of times: it needs no seed for each call, and no warning of its own is silenced.

    It steps down its gradient where the subject has a rule of its own, of which the direction is all that is judged.
    """

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one step."""
        return super().step(net, params, x, t, replace(rule, name="sgd") if rule.name == "own" else rule)

    def _ask(self, what: str, call: Callable[[Implementation], Answer], seed: int | None = None) -> Answer:
        try:
            return call(self._build())
        except (Failure, NotOffered):
            raise
        except Exception as trouble:
            raise Failure("raised", f"{what} raised {type(trouble).__name__}") from trouble


@dataclass(frozen=True)
class Programs:
    """Programs with faults, asked as the subject is: with its claims, on fresh objects or on a kept one."""

    subject: Subject
    without: frozenset[str] = frozenset()  # faults that nobody is to think of

    def seen(self, parts: Parts, start: bool = False) -> Subject | None:
        """The program with these faults in the subject's place; None where they do not go together.

        start: it trains from the subject's own initial parameters.
        """
        made_ = made(parts)
        if made_ is None:
            return None
        build = partial(self._started, made_) if start else made_
        claims, one = self.subject.claims, build()
        name = " and ".join(map(str, parts)) or "the right program"
        return Subject(name, claims, Suspect(build, claims), Suspect(lambda: one, claims), unscaled=self.subject.unscaled)

    def _started(self, build: Callable[[], Composed]) -> Composed:
        one = build()
        one.__dict__["initial"] = self.subject.fresh.initial
        return one

    def anywhere(self) -> list[Part]:
        """Every fault, wherever it can be."""
        return [Part(name) for name in known() if name not in self.without]

    def comparable(self) -> list[Part]:
        """Every fault, wherever it can be, whose answers can be compared."""
        return [part for part in self.anywhere() if not is_drawn(part)]

    def confined(self) -> list[Part]:
        """Every fault that can sit in one layer alone, in each of them, and whose answers can be compared."""
        parts = [Part(one.fault, layer) for one in self.comparable() for layer in LAYERS]
        return [part for part in parts if made((part,)) is not None]
