"""A gradient held against finite differences of the subject's own loss: its direction, and its scale apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backproof.asked import JudgedLossAndGradient
from backproof.case import Case
from backproof.must import Place, Undecided, Violation
from backproof.oracle import closed, scale
from backproof.oracle.bounded import wide
from backproof.oracle.directional import Slope, direction, inner, magnitude, moved, slope
from backproof_spec import Layer, Params

MORE = 4  # directions, once the first one disagrees


@dataclass(frozen=True)
class Finding:
    """What is wrong, if anything: the direction, or only the scale."""

    direction: Violation | None = None
    scale: Violation | None = None


@dataclass(frozen=True)
class Measured:
    """One direction: what the gradient says, what differences of the loss say, and how far they may be apart."""

    claimed: float
    slope: Slope
    bound: float
    along: Params
    penalty: float  # the declared penalty's part of the slope, which no reduction scales

    def off(self, c: float) -> float:
        """By how much claimed = c * slope fails, the penalty apart, in units of the bound."""
        return abs(self.claimed - self.penalty - c * (self.slope.value - self.penalty)) / (max(1.0, abs(c)) * self.bound)


@dataclass(frozen=True)
class Line:
    """The subject's loss along a line through the case's parameters."""

    subject: JudgedLossAndGradient
    case: Case
    v: Params

    def __call__(self, offsets: NDArray[np.float64]) -> NDArray[np.float64]:
        """The losses (k,) at offsets (k,)."""
        stack = tuple(moved(self.case.params, self.v, float(s)) for s in offsets)
        return self.subject.losses(self.case.net, stack, self.case.x, self.case.t)


def _allowance(subject: JudgedLossAndGradient, case: Case, g: Params, v: Params) -> float:
    """How far rounding may carry <g, v>: each entry's own bound, and what recovering it from a step cost."""
    slack = subject.slack(case.params, g)
    bound = inner(tuple(Layer(np.asarray(s.W), np.asarray(s.b)) for s in slack), _sizes(v))
    stand_in = case.net if closed.has_closed_form(case.net) else closed.as_squared_error(case.net)
    want = closed.gradient(stand_in, case.params, case.x, _dense(case), subject.r)
    bound += inner(tuple(Layer(w.W.error, w.b.error) for w in want), _sizes(v))
    return bound + 8 * subject.r.u * magnitude(g, v)


def _dense(case: Case) -> NDArray[np.floating]:
    return np.asarray(closed.rows(case.net, case.t), dtype=case.x.dtype)


def _sizes(v: Params) -> Params:
    return tuple(Layer(np.abs(wide(layer.W)), np.abs(wide(layer.b))) for layer in v)


def _measure(
    subject: JudgedLossAndGradient, case: Case, g: Params, rng: np.random.Generator, only: tuple[int, str] | None = None
) -> Measured:
    v = _alive(case, direction(case.params, rng, only))
    found = slope(Line(subject, case, v), subject.claims.dtype == "float32")
    bound = found.bound + _allowance(subject, case, g, v)
    return Measured(inner(g, v), found, bound, v, inner(closed.penalty_gradient(case.net, case.params, case.n), v))


def _alive(case: Case, v: Params) -> Params:
    """The direction without the biases that the network does not have, shared biases moving together."""
    layers = []
    for l, layer in enumerate(v, start=1):
        b = np.zeros_like(layer.b) if case.net.bias(l) == "none" else layer.b
        layers.append(Layer(layer.W, np.full_like(b, b[0]) if case.net.bias(l) == "shared" else b))
    return tuple(layers)


def against_own_loss(subject: JudgedLossAndGradient, case: Case) -> Finding:
    """What finite differences of the subject's own loss say of its gradient on this case; measured once, kept as a note."""
    noted = subject.notes.get(case)
    if not isinstance(noted, Finding | Undecided):
        try:
            noted = _compared(subject, case)
        except Undecided as undecided:
            noted = undecided
        subject.notes[case] = noted
    if isinstance(noted, Undecided):
        raise noted
    return noted


def _gradient(subject: JudgedLossAndGradient, case: Case) -> Params:
    """The subject's gradient; a shared bias, whose entries are one number, divided among them."""
    g = subject.gradient(case.net, case.params, case.x, case.t)
    if "shared" not in case.net.biases:
        return g
    return tuple(Layer(p.W, p.b / len(p.b)) if case.net.bias(l) == "shared" else p for l, p in enumerate(g, start=1))


def _compared(subject: JudgedLossAndGradient, case: Case) -> Finding:
    """One direction over all tensors; where it disagrees, fresh ones: a violation needs two that agree that it is one."""
    g = _gradient(subject, case)
    if not all(np.isfinite(p).all() for layer in g for p in layer):
        return Finding(Violation("the gradient is not finite", Place("gradient")))
    rng = np.random.default_rng(case.net.sizes)
    first = _measure(subject, case, g, rng)
    if first.off(1.0) <= 1:
        if first.bound > 1e-2 * magnitude(g, first.along):
            raise Undecided("flat: the bound is as large as the derivative itself")
        return Finding()
    fresh = [_measure(subject, case, g, rng) for _ in range(MORE)]
    if sum(one.off(1.0) > 1 for one in fresh) < min(2, sum(p.size for layer in g for p in layer)):
        raise Undecided("noise: one direction disagrees, fresh ones do not")
    return _judge(subject, case, g, [first, *fresh], rng)


def _judge(subject: JudgedLossAndGradient, case: Case, g: Params, seen: list[Measured], rng: np.random.Generator) -> Finding:
    best = max(seen, key=lambda one: abs(one.slope.value - one.penalty) / one.bound)
    below = best.slope.value - best.penalty
    c = (best.claimed - best.penalty) / below if below else 0.0
    fresh = [_measure(subject, case, g, rng) for _ in range(2)]
    worst = max(seen, key=lambda one: one.off(1.0))
    if c > 0 and all(one.off(c) <= 2 for one in [*seen, *fresh]):
        words = scale.name(c, case.n, case.net.sizes[-1])
        return Finding(
            scale=Violation(
                f"the gradient is {c:.6g} times that of the subject's own loss{f' ({words})' if words else ''}",
                Place("gradient"),
                worst.claimed,
                worst.slope.value,
                worst.bound,
            )
        )
    place = _where(subject, case, g, rng)
    return Finding(
        direction=Violation(
            f"along a random direction the gradient says {worst.claimed:.8g}, finite differences of the subject's own loss "
            f"say {worst.slope.value:.8g} (off by {abs(worst.claimed - worst.slope.value):.2g}, bound {worst.bound:.2g}); "
            f"wrong in {place}",
            place,
            worst.claimed,
            worst.slope.value,
            worst.bound,
        )
    )


def _where(subject: JudgedLossAndGradient, case: Case, g: Params, rng: np.random.Generator) -> Place:
    """The first tensor, from the output back, along which the gradient is wrong."""
    for l in range(case.net.depth, 0, -1):
        for name in ("W", "b"):
            if name == "b" and case.net.bias(l) == "none":
                continue
            try:
                if _measure(subject, case, g, rng, (l, name)).off(1.0) > 1:
                    return Place(f"d{name}", l)
            except Undecided:
                continue
    return Place("gradient")
