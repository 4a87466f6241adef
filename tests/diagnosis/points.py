"""Where a program is looked at, beside a right one: ordinary cases, and the odd ones that some faults need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from tests.diagnosis.ordinary import SETTINGS, Form, Make, Setting, Stepping, Whole, ordinary

from backproof.case import Case
from backproof.pool import Shape, build
from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.direct import elsewhere
from backproof_impl.faults.composed import composed
from backproof_impl.reference import Reference
from backproof_spec import Layer
from backproof_spec.composing import Part

Answer: TypeAlias = "np.ndarray[Any, Any] | str"  # an array as it came, or the kind of trouble
Parts: TypeAlias = tuple[Part, ...]
SHAPES = (
    Shape("two hidden layers", (4, 3), 3, 2, 5), Shape("all equal", (3, 3), 3, 3, 3), Shape("one output", (3,), 2, 1, 4),
    Shape("one row", (3, 2), 4, 3, 1), Shape("no hidden layer", (), 3, 2, 4),
)  # fmt: skip
ROUNDINGS = 2.0**14  # of the largest number in an array, and of 1 / 64: what two right ways to one number may differ by
BESIDE = (0, 5)  # places in SETTINGS that are tried where no point shows anything


def odd(case: Case) -> Iterator[Case]:
    """The case far out, at ties, next to zero, with equal rows, with integers, with a NaN, and of one class."""
    x, integral = case.x, np.round(4 * case.x).astype(np.int64)
    yield replace(case, x=x * x.dtype.type(2**10))
    yield replace(case, x=0 * x, params=tuple(Layer(p.W, 0 * p.b) for p in case.params))
    yield replace(case, x=x * x.dtype.type(1e-310 if x.dtype == np.float64 else 1e-40))
    yield replace(case, x=x[[0] * case.n])
    yield replace(case, x=integral, t=np.round(case.t).astype(np.int64))  # type: ignore[arg-type]  # integers, as people give them
    yield replace(case, x=np.where(np.arange(x.size).reshape(x.shape) == 0, np.nan, x).astype(x.dtype))
    yield replace(case, t=case.t[[-1] * case.n])


@lru_cache(maxsize=256)
def plain_points(setting: Setting, form: Form) -> tuple[Case, ...]:
    """Ordinary cases of a class of this setting."""
    claims = setting.claims(form)
    return tuple(build(claims, claims.families[0], shape, 70 + i) for i, shape in enumerate(SHAPES))


def odd_points(setting: Setting, form: Form) -> tuple[Case, ...]:
    """The others."""
    return tuple(odd(plain_points(setting, form)[0]))


def same(one: Answer, other: Answer, roundings: float = ROUNDINGS) -> bool:
    """One number, to so many roundings; or one kind of trouble."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one == other
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    a, b = one.astype(np.float64), other.astype(np.float64)
    finite = np.isfinite(a) & np.isfinite(b)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    u = float(np.finfo(one.dtype).eps) / 2 if one.dtype.kind == "f" else 0.0
    size = float(np.abs(np.stack([a[finite], b[finite]])).max(initial=0.0))
    return bool((np.abs(a[finite] - b[finite]) <= roundings * u * max(size, 1 / 64)).all())


def alike(some: Sequence[Answer], others: Sequence[Answer], roundings: float = ROUNDINGS) -> bool:
    """All of them."""
    return len(some) == len(others) and all(same(a, b, roundings) for a, b in zip(some, others, strict=True))


@dataclass(frozen=True)
class Looked:
    """One object of a class, asked what the class offers; what was lent is looked at as well."""

    whole: Stepping
    case: Case

    def answers(self) -> Iterator[Answer]:
        """Outputs, loss, gradients, and where a step leads at two rates, on this case."""
        for call in ("forward", "loss", "gradients", "step", "still"):
            if hasattr(self.whole, call) or call == "still":
                yield from self._asked(call)

    def _asked(self, call: str) -> Iterator[Answer]:
        whole, turned = self.whole, self.whole.turned
        whole.put(tuple(Layer(p.W.copy(), p.b.copy()) for p in self.case.params))
        x, t = turned(self.case.x.copy()), turned(self.case.t.copy())
        try:
            yield from map(np.asarray, self._answer(call, x, t))
        except Exception as trouble:  # noqa: BLE001 - a fault may raise anything
            yield type(trouble).__name__
        yield from (np.array(x), np.array(t), *(p.copy() for layer in whole.params for p in layer))

    def _answer(self, call: str, x: Any, t: Any) -> list[Any]:
        whole = self.whole
        if call == "forward":
            return [whole.forward(x)]
        if isinstance(whole, Whole) and call == "loss":
            return [whole.loss(x, t)]
        if isinstance(whole, Whole) and call == "gradients":
            return [part for pair in whole.gradients(x, t) for part in pair]
        whole.step(x, t, 0.0 if call == "still" else 0.5)
        return []


def answers(make: Make, setting: Setting, form: Form, cases: Sequence[Case], start: bool = True) -> tuple[Answer, ...]:
    """What a class of these programs gives: its start; then each case on an object that was used elsewhere before."""
    kind, found = ordinary(make, setting, form), list[Answer]()
    with quiet(), lent_generators():
        for case in cases:
            try:
                whole = kind(list(case.net.sizes), 7)
            except Exception as trouble:  # noqa: BLE001 - likewise
                found.append(type(trouble).__name__)
                continue
            found += [p.copy() for layer in whole.params for p in layer] if start else []
            other = case.at(elsewhere(case.params)).rows(list(range(max(1, case.n - 1))))
            found += [one for at in (case, other) for one in Looked(whole, at).answers()]
    return tuple(found)


@lru_cache(maxsize=256)
def _right(setting: Setting, form: Form, plainly: bool) -> tuple[Answer, ...]:
    return answers(Reference, setting, form, plain_points(setting, form) if plainly else odd_points(setting, form))


def differs(parts: Parts, setting: Setting, form: Form, plainly: bool = True) -> bool:
    """Whether a class with these faults shows anything there."""
    cases = plain_points(setting, form) if plainly else odd_points(setting, form)
    return not alike(answers(composed(parts), setting, form, cases), _right(setting, form, plainly))


def differs_at(parts: Parts, setting: Setting, form: Form, cases: Sequence[Case], roundings: float = ROUNDINGS) -> bool:
    """Whether a class with these faults differs from the right one by more than so many roundings, on these cases."""
    some, others = (answers(make, setting, form, cases) for make in (composed(parts), Reference))
    return not alike(some, others, roundings)


def settings_for(parts: Parts, form: Form, most: int = 3) -> list[Setting]:
    """Where to look for the fault: where it differs at ordinary points, at odd ones, or else in plain settings."""
    plain = list[Setting]()
    for setting in SETTINGS:
        plain += [setting] if differs(parts, setting, form) else []
        if len(plain) == most:
            return plain
    strange = [one for one in SETTINGS if one not in plain and differs(parts, one, form, plainly=False)]
    return [*plain, *strange, *([] if plain or strange else [SETTINGS[i] for i in BESIDE])][:most]
