"""What deltas a subject's gradient bears witness to, on one row: from dW, from db, and from what flows back.

With one row, dW_l = a_{l-1}^T delta_l and db_l = delta_l. Where these disagree, or the layer below was made from another
delta than either, the subject holds several deltas for one layer, and one can be named.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backproof.asked import JudgedGradient
from backproof.case import Case
from backproof.oracle import closed, declared
from backproof.oracle.bounded import Bounded, Rounding, Wide, wide
from backproof.oracle.scale import unscale
from backproof_spec import Layer


@dataclass(frozen=True)
class Witness:
    """A delta (1, d_l) that a part of the gradient was made from, within its error."""

    source: Literal["dW", "db", "closed form"]
    value: Wide
    error: Wide

    def agrees(self, other: Bounded) -> bool:
        """Whether both may be the same number."""
        return bool((np.abs(self.value - other.value) <= self.error + other.error).all())


@dataclass(frozen=True)
class Witnesses:
    """All that bears witness in one gradient on one row."""

    done: closed.Pass
    truth: tuple[Bounded, ...]  # delta_1 ... delta_L, scaled as the declared loss is
    seen: tuple[tuple[Witness, ...], ...]  # of each layer
    outer: tuple[bool, ...]  # whether dW_l is an outer product with the layer's input at all

    def at(self, l: int) -> tuple[Witness, ...]:
        """What the gradient of layer l, counted from 1, says of delta_l."""
        return self.seen[l - 1]

    def above(self, l: int) -> tuple[Witness, ...]:
        """What layer l may have been given from above: the subject's own deltas there, or the true one."""
        true = self.truth[l]
        return (*self.seen[l], Witness("closed form", true.value, true.error))


def _from_weights(a: Bounded, dW: Wide, error: Wide, d_error: Wide) -> tuple[Witness, bool]:
    """Least squares over the layer's inputs, and whether it fits."""
    row = a.value[0]
    square = max(float(row @ row), float(np.finfo(np.float64).tiny))
    delta = row @ dW / square
    off = (np.abs(row) @ error + a.error[0] @ np.abs(dW)) / square + 2 * d_error
    fits = np.abs(dW - np.outer(row, delta)) <= 2 * error + np.outer(np.abs(row) + a.error[0], off)
    return Witness("dW", delta[None], off[None]), bool(fits.all())


def witnesses(subject: JudgedGradient, case: Case) -> Witnesses:
    """The witnesses of one gradient on a case of one row; looked for once."""
    key = ("witnesses", id(case))
    noted = subject.notes.get(key)
    if not isinstance(noted, tuple):
        noted = subject.notes[key] = (_witnesses(subject, case), case)  # the case as well: an id is its own only while it lives
    seen: Witnesses = noted[0]
    return seen


def _witnesses(subject: JudgedGradient, case: Case) -> Witnesses:
    net, r = case.net, subject.r
    done = closed.forward(net, case.params, case.x, r)
    c = closed.scale(net.loss, 1, net.sizes[-1])
    true = tuple(_times(c, delta) for delta in closed.deltas(net, case.params, done, case.t, r))
    want = declared.gradient(subject, case)
    got = declared.finite(subject.gradient(net, case.params, case.x, case.t), case)
    got, slack = unscale(subject, got, subject.slack(case.params, got), want)
    seen, outer = [], []
    for l, (g, w, s) in enumerate(zip(got, want, slack, strict=True), start=1):
        penalty = _penalty_part(case, l, done.a[l - 1], true[l - 1], want)
        from_w, fits = _from_weights(
            done.a[l - 1], wide(g.W) - penalty.W, w.W.error + s.W + 8 * r.u * np.abs(wide(g.W)), true[l - 1].error[0]
        )
        here = [from_w] if float(np.abs(done.a[l - 1].value).max()) > 2.0**-10 else []
        if net.bias(l) == "each":
            b = (wide(g.b) - penalty.b)[None]
            here.append(Witness("db", b, w.b.error[None] + wide(s.b)[None] + 8 * r.u * np.abs(b)))
        seen.append(() if _still(subject, g, w, s) else tuple(here))
        outer.append(fits)
    return Witnesses(done, true, tuple(seen), tuple(outer))


def _still(subject: JudgedGradient, got: Layer, want: closed.Gradient, slack: Layer) -> bool:
    """Whether a layer did not move at all in the step that was to show its gradient: it bears no witness to a delta."""
    moved = bool(got.W.any() or got.b.any())
    should = bool((np.abs(want.W.value) > want.W.error + slack.W).any())  # at a tie it may rest, and where rounding swallows it
    return should and not moved and "gradient" not in subject.claims.operations


def _times(c: float, delta: Bounded) -> Bounded:
    return Bounded(c * delta.value, abs(c) * delta.error)


def _penalty_part(case: Case, l: int, a: Bounded, delta: Bounded, want: tuple[closed.Gradient, ...]) -> Layer:
    """What the declared penalty adds to the gradient of layer l."""
    if not (case.net.penalty.l1 or case.net.penalty.l2):
        return Layer(np.zeros_like(want[l - 1].W.value), np.zeros_like(want[l - 1].b.value))
    return Layer(want[l - 1].W.value - np.outer(a.value[0], delta.value[0]), want[l - 1].b.value - delta.value[0])


def recursion(subject: JudgedGradient, case: Case, l: int, up: Witness, down: Witness) -> bool:
    """Whether the delta of layer l is (delta above @ W.T) * f'(z), for these two witnesses."""
    z = closed.forward(case.net, case.params, case.x, subject.r).z[l - 1]
    want = closed.hidden_delta(case.net, case.params, l, _rough(up, subject.r), z, subject.r)
    return down.agrees(want)


def _rough(up: Witness, r: Rounding) -> Bounded:
    """A delta of the subject's own: as it showed it, and 64 roundings of its own size either way."""
    return Bounded(up.value, up.error + 64 * r.u * np.abs(up.value))
