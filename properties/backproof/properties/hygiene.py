"""Hygiene: what is lent comes back unchanged, and an object that was used before answers like a fresh one."""

from collections.abc import Callable

import numpy as np

from backproof.asked import Asked, Judged, plain_steps, recovery_rate
from backproof.case import Case
from backproof.domain import closed_form, moderate, on_the_grid, reported_known
from backproof.must import Place, Unmet, Violation, must, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, wide
from backproof.registry import holds
from backproof.subjects.traces import GENERATORS, OVERWRITTEN
from backproof_spec import Array, Operation, Rule

DRAWN: tuple[Operation, ...] = ("initial", "fit")  # from a generator of its own, where it is given a seed
TRAINED: tuple[Operation, ...] = ("descend", "fit")
REPEATED: tuple[Operation, ...] = ("forward", "loss", "gradient", "step")


def _offered(subject: Judged) -> list[Operation]:
    return [operation for operation in REPEATED if operation in subject.claims.operations]


@holds("arguments-untouched", where=moderate)
def arguments_come_back_unchanged(subject: Judged, case: Case) -> None:
    """No operation changes the arrays that it is given."""
    rule = Rule(recovery_rate(subject.claims) or 0.0)
    for operation in (*_offered(subject), *(one for one in TRAINED if one in subject.claims.operations)):
        asked = Asked(subject.subject)
        names = asked.touched(operation, case.net, case.params, case.x, case.t, rule)
        must(
            not names,
            f"{operation} changed {', '.join(names)}, which it was only lent",
            Place(names[0] if names else ""),
        )


@holds("answers-owned", where=moderate & on_the_grid)
def an_answer_shares_no_memory_and_stays_as_it_was(subject: Judged, case: Case) -> None:
    """What an operation returns shares no memory with its arguments, and a later call does not change it."""
    for operation in _offered(subject):
        names = [name for name in _left(subject, operation, case) if name not in GENERATORS]
        found = "is overwritten by the next call" if names and names[0] == OVERWRITTEN else f"has {', '.join(names)}"
        must(not names, f"the answer of {operation} {found}", Place(operation))


@holds("generator-untouched", where=moderate & on_the_grid)
def global_generators_are_left_alone(subject: Judged, case: Case) -> None:
    """No operation draws from the global random generators, or seeds them."""
    for operation in (*_offered(subject), *(one for one in DRAWN if one in subject.claims.operations)):
        names = [name for name in _left(subject, operation, case) if name in GENERATORS]
        must(not names, f"{operation} draws from {' and '.join(names)}, or seeds it", Place(operation))


def _left(subject: Judged, operation: Operation, case: Case) -> tuple[str, ...]:
    rule = Rule(recovery_rate(subject.claims) or 0.0)
    return Asked(subject.subject).left(operation, case.net, case.params, case.x, case.t, rule)


def _answer(asked: Asked, operation: Operation, case: Case) -> list[tuple[str, Array]]:
    args = (case.net, case.params, case.x)
    if operation == "forward":
        return [("y", asked.forward(*args))]
    if operation == "loss":
        return [("loss", np.asarray(asked.loss(*args, case.t)))]
    if operation == "gradient":
        layers, prefix = asked.gradient(*args, case.t), "d"
    else:
        layers, prefix = asked.step(*args, case.t, Rule(recovery_rate(asked.claims) or 0.0)), ""
    return [(f"{prefix}{name}{l}", p) for l, layer in enumerate(layers, 1) for name, p in zip("Wb", layer, strict=True)]


def _errors(subject: Judged, operation: Operation, case: Case) -> list[Array]:
    args = (case.net, case.params, case.x)
    if operation == "forward":
        return [closed.forward(*args, subject.r).a[-1].error]
    if operation == "loss":
        return [closed.loss(*args, case.t, subject.r).error]
    rate = 1.0 if operation == "gradient" else recovery_rate(subject.claims) or 1.0
    bounds = [part.error for layer in closed.gradient(*args, case.t, subject.r) for part in layer]
    sizes = [2 * subject.r.u * np.abs(wide(p)) for layer in case.params for p in layer]
    return [rate * bound + size for bound, size in zip(bounds, sizes, strict=True)]


def _same(subject: Judged, case: Case, first: Asked, second: Callable[[], Asked], operations: list[Operation], why: str) -> None:
    for operation in operations:
        before = _answer(first, operation, case)
        after = _answer(second(), operation, case)
        for (name, one), (_, other), error in zip(before, after, _errors(subject, operation, case), strict=True):
            if not np.isfinite(one).all():
                raise Unmet("shape-forward", f"{operation} gives numbers that are not finite")
            want = Bounded(wide(one), wide(4 * error + 16 * subject.r.u * np.abs(wide(one))))
            must_equal(other, want, Place(name), why=f"as {operation} {why}")


@holds("repeatable", where=closed_form & reported_known & moderate)
def the_same_call_gives_the_same_answer(subject: Judged, case: Case) -> None:
    """The same call on a fresh object, made twice, gives the same answer within rounding."""
    asked = Asked(subject.subject)
    _same(subject, case, asked, lambda: Asked(subject.subject), _offered(subject), "answered the first time")


@holds("kept-as-fresh", where=closed_form & reported_known & moderate)
def a_used_object_answers_like_a_fresh_one(subject: Judged, case: Case) -> None:
    """An object used before, at other parameters, on other batches and in other orders, answers like a fresh one."""
    kept, other = Asked(subject.subject, kept=True), _elsewhere(case)
    operations = [one for one in _offered(subject) if one != "step" or plain_steps(subject.claims)]
    for operation in reversed(operations):
        _answer(Asked(subject.subject), operation, other)  # where a fresh object fails too, use has nothing to do with it
        try:
            _answer(kept, operation, other)
        except Unmet as unmet:
            _answer(Asked(subject.subject), operation, other)  # where a fresh one fails as well, this is no matter of memory
            raise Violation(f"a used object fails: {unmet.reason}", costly=unmet.costly) from None
    _same(subject, case, Asked(subject.subject), lambda: kept, operations, "of a fresh object answered")


def _elsewhere(case: Case) -> Case:
    """Other parameters, and the rows in another order."""
    params = tuple(type(p)(-p.W[::-1].copy(), p.b[::-1].copy()) for p in case.params)
    return case.at(params).rows(list(range(case.n))[::-1])
