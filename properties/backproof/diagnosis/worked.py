"""A counterexample worked by hand: every value on the way, what is right beside what the subject has, and where the two part."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from backproof.case import Case
from backproof.diagnosis.agreement import numbers
from backproof.diagnosis.probes import questions
from backproof.diagnosis.programs import Parts, Programs, made
from backproof.diagnosis.table import Table
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, Rounding, rounding, wide
from backproof.subjects.answers import copied
from backproof.subjects.direct import descended
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Subject
from backproof_spec import Array, Layer, Params, Rule
from backproof_spec.composing import Composed

ROOM = 64.0  # roundings of the closed form within which two values are one
RATE = 0.5  # of the step that is shown where the gradient is right


@dataclass(frozen=True)
class Row:
    """One value on the way."""

    quantity: str  # z, a, y, loss, delta, dW, db, or W and b after a step
    layer: int
    has: Array  # what the subject has
    want: Array  # what is right
    wrong: bool

    @property
    def name(self) -> str:
        """z1, y, dW2."""
        return self.quantity if self.quantity in ("y", "loss") else f"{self.quantity}{self.layer}"

    @property
    def worst(self) -> tuple[int, ...]:
        """The entry that is off most."""
        off = np.nan_to_num(np.abs(self.has - self.want), nan=np.inf)
        return tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))


@dataclass(frozen=True)
class Worked:
    """All values of one small case."""

    case: Case
    rows: tuple[Row, ...]
    rate: float | None = None  # of the step, where it is one

    @property
    def parting(self) -> Row:
        """The first value that is wrong: its equation is."""
        return next(row for row in self.rows if row.wrong)


def worked(subject: Subject, parts: Parts, cases: Iterable[Case], by: tuple[Rule, ...] = ()) -> Worked | None:
    """The first of the cases, the smallest before the others, on which these faults, and the subject with them, go wrong.

    by: rules by which the subject is asked for several steps as well.
    """
    build = made(parts)
    if build is None:
        return None
    for case in sorted(cases, key=lambda one: sum(p.size for layer in one.params for p in layer) * one.n):
        if not closed.has_closed_form(case.net):
            continue
        try:
            found = _on(subject, build(), case)
        except (Failure, NotOffered, ValueError, ArithmeticError):
            continue
        if found is not None and _is_the_subjects(subject, parts, case, by):
            return found
    return None


def parting(subject: Subject, build: Callable[[], Composed], case: Case) -> Row | None:
    """The first value of such a program that is wrong on the case."""
    try:
        found = _on(subject, build(), case) if closed.has_closed_form(case.net) else None
    except (Failure, NotOffered, ValueError, ArithmeticError):
        return None
    return None if found is None else found.parting


def _is_the_subjects(subject: Subject, parts: Parts, case: Case, by: tuple[Rule, ...]) -> bool:
    """Whether what can be seen of the subject on this case is what these faults give."""
    return Table.of(Programs(subject), questions(subject.claims, case, by)).agrees(parts)


def _on(subject: Subject, program: Composed, case: Case) -> Worked | None:
    r = rounding(subject.claims)
    rows = tuple(_rows(program, case, r))
    if any(row.wrong for row in rows):
        return Worked(case, rows)
    if "step" not in subject.claims.operations or subject.claims.rates is None:
        return None
    rate = max(subject.claims.rates[0], min(RATE, subject.claims.rates[1]))
    stepped = tuple(_stepped(program, case, Rule(rate), r))
    return Worked(case, (*rows, *stepped), rate) if any(row.wrong for row in stepped) else None


def _rows(program: Composed, case: Case, r: Rounding) -> Iterator[Row]:
    """The forward pass, the loss, then layer by layer back."""
    net, params, x, t = case.net, case.params, case.x, case.t
    done = closed.forward(net, params, x, r)
    deltas, c = closed.deltas(net, params, done, t, r), closed.scale(net.loss, case.n, net.sizes[-1])
    gradient = closed.gradient(net, params, x, t, r)
    noted = program.trace(net, copied(params), x.copy(), t.copy())
    often = Counter((one.quantity, one.layer) for one in noted)  # row by row, or in several passes: no one value can be shown
    has = {(one.quantity, one.layer): np.asarray(one.value) for one in noted if often[one.quantity, one.layer] == 1}
    for l in range(1, net.depth + 1):
        yield from _row("z", l, has.get(("z", l)), done.z[l - 1])
        yield from _row("y" if l == net.depth else "a", l, has.get(("a", l)), done.a[l])
    loss = np.asarray(program.loss(net, copied(params), x.copy(), t.copy()))
    yield from _row("loss", net.depth, loss, closed.loss(net, params, x, t, r))
    for l in range(net.depth, 0, -1):
        delta = deltas[l - 1]
        yield from _row("delta", l, has.get(("delta", l)), Bounded(c * delta.value, abs(c) * delta.error))
        yield from _row("dW", l, has.get(("dW", l)), gradient[l - 1].W)
        yield from _row("db", l, has.get(("db", l)), gradient[l - 1].b)


def _row(quantity: str, l: int, has: Array | None, want: Bounded) -> Iterator[Row]:
    if has is None:
        return
    right = np.asarray(want.value, dtype=np.float64)
    same = has.shape == right.shape and numbers(has, right, ROOM * float(np.max(want.error, initial=0.0)), 2.0**-53).agree
    yield Row(quantity, l, has, right, not same)


def _stepped(program: Composed, case: Case, rule: Rule, r: Rounding) -> Iterator[Row]:
    """The parameters after one step of plain gradient descent."""
    want = closed.gradient(case.net, case.params, case.x, case.t, r)
    g: Params = tuple(Layer(w.W.value, w.b.value) for w in want)
    right = descended(tuple(Layer(wide(p.W), wide(p.b)) for p in case.params), g, rule)
    has = program.step(case.net, copied(case.params), case.x.copy(), case.t.copy(), rule)
    for l in range(case.net.depth, 0, -1):
        for name, got, to, w in zip("Wb", has[l - 1], right[l - 1], want[l - 1], strict=True):
            room = rule.rate * w.error + 2 * r.u * np.abs(to)
            yield from _row(name, l, np.asarray(got), Bounded(to, room))
