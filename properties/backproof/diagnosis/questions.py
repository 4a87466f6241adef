"""What a failed subject and every suspect are asked: the same calls on the same cases, and what came of them, part by part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from backproof.case import Case
from backproof.subjects.direct import elsewhere
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Everything, Subject
from backproof_spec import Array, Operation, Params, Rule

Level: TypeAlias = tuple[int, ...]
PLAIN = Rule(0.0)
FORWARD, LOSS, BACKWARD, STEP, DESCENT, TARGETS, KEPT = range(7)
LEVELS: dict[str, int] = {
    "forward": FORWARD, "loss": LOSS, "gradient": BACKWARD, "step": STEP, "descend": DESCENT, "targets": TARGETS, "kept": KEPT,
}  # fmt: skip
TURNS = 4  # of a kept object
TELLING = (0.0, 0.5, 0.25)  # 0 also of what takes no rate


class Seen(NamedTuple):
    """One part of an answer: how far down the computation it lies, what it is called, and its value or why there is none."""

    level: Level  # earlier ones do not depend on later ones
    name: str  # "y", "loss", "dW2", "b1 after a step at rate 0.5"
    value: Array | str


@dataclass(frozen=True, eq=False)
class Question:
    """One call; "kept": those calls of one kept object that are its turn."""

    operation: Operation | Literal["kept"]
    case: Case
    rule: Rule = PLAIN
    steps: int = 1
    alone: bool = False  # a step that stands for the gradient, which is not on offer
    before: "Question | None" = None  # the turn of a kept object that must have been its last

    @property
    def turn(self) -> int:
        """How many a kept object has had before."""
        return 0 if self.before is None else self.before.turn + 1

    def put(self, to: Subject) -> tuple[Seen, ...]:
        """What comes of it; what is not on offer gives nothing, trouble gives its kind."""
        try:
            return tuple(self._put(to.fresh) if self.operation != "kept" else self._kept(to))
        except NotOffered:
            return ()
        except Failure as trouble:
            return (Seen(self.first, self.operation, trouble.kind),)

    @property
    def first(self) -> Level:
        """The earliest level that it looks at."""
        return (BACKWARD if self.alone else LEVELS[self.operation],)

    @property
    def telling(self) -> bool:
        """Whether it shows most of what a fault changes: of several steps, one rate does."""
        return self.alone or self.rule.rate in TELLING

    def _put(self, to: Everything) -> Iterator[Seen]:
        case = self.case
        at = case.net, case.params, case.x
        match self.operation:
            case "forward":
                yield Seen((FORWARD,), "y", to.forward(*at))
            case "loss":
                yield Seen((LOSS,), "loss", np.asarray(to.loss(*at, case.t)))
            case "gradient":
                yield from _layers(BACKWARD, "d", "", to.gradient(*at, case.t))
            case "step":
                moved = to.step(*at, case.t, self.rule)
                yield from _layers(self.first[0], "", f" after a step at rate {self.rule.rate:g}", _moves(case.params, moved))
            case "descend":
                moved = to.descend(*at, case.t, self.rule, self.steps)
                yield from _layers(DESCENT, "", f" after {self.steps} steps of {self.rule.name}", _moves(case.params, moved))
            case "targets":
                yield Seen((TARGETS,), "target rows", to.targets(case.net, case.t.astype(np.int64)))

    def _kept(self, subject: Subject) -> Iterator[Seen]:
        """Outputs, gradient and step of one object: by turns at the first parameters, at others, for fewer rows, at the first."""
        first, on = self.case, subject.claims.operations
        other = first.at(elsewhere(first.params)) if self.turn in (1, 2) else first
        case = other.rows(list(range(max(1, first.n - 1)))) if self.turn == 2 else other
        for operation in ("forward", "gradient", "step"):
            if operation in on:
                asked = Question(operation, case, self.rule)
                for one in asked._put(subject.kept):
                    yield Seen((KEPT, *one.level), f"{one.name} of a kept object, time {self.turn + 1}", one.value)


def turns(case: Case, rule: Rule) -> Iterator[Question]:
    """All that a kept object is asked about a case, in order."""
    last = None
    for _ in range(TURNS):
        last = Question("kept", case, rule, before=last)
        yield last


def _layers(level: int, before: str, after: str, params: Params) -> Iterator[Seen]:
    """Biases before weights, the output layer first: in the order in which a backward pass comes by."""
    for k, (W, b) in enumerate(reversed(params)):
        l = len(params) - k
        yield Seen((level, k, 0), f"{before}b{l}{after}", b)
        yield Seen((level, k, 1), f"{before}W{l}{after}", W)


def _moves(before: Params, after: Params) -> Params:
    """How far the parameters moved; those of another shape as they are."""
    pairs = ((p, q) for p, q in zip(before, after, strict=True))
    return tuple(type(p)(*(_move(o, n) for o, n in zip(p, q, strict=True))) for p, q in pairs)


def _move(old: Array, new: Array) -> Array:
    """A bias that never left zero is read as zeros of the right shape: its own shape is another matter."""
    if np.shape(new) == np.shape(old):
        return new - old
    return np.zeros_like(old) if not new.any() and not old.any() else new
