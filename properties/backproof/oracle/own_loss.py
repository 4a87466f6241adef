"""A gradient held against differences of the subject's own loss: its direction, and its scale apart."""

from dataclasses import dataclass
from functools import cached_property
from math import log2

import numpy as np

from backproof.asked import JudgedLossAndGradient
from backproof.case import Case
from backproof.must import Place, Undecided, Violation
from backproof.oracle import closed, scale
from backproof.oracle.bounded import wide
from backproof.oracle.directional import ASIDE, Answer, Claim, Directional
from backproof.oracle.line import Phi, Values
from backproof.oracle.locate import Location, located
from backproof.oracle.tensors import Tensors, direction, flat, inner, layered, moved
from backproof_spec import Array, Layer, Network, Params, Targets

NEARBY = 3  # fresh points, where the case itself is on a kink
LOGARITHM = 2.0**-20  # of a slope: what 1e-12 to 1e-8 in a logarithm leaves there, of outputs that are not small
CONSTANT = 2.0**-24  # it leaves its share of the probability beside it in each row's part: 6 times 1e-8, as rows may cancel


@dataclass(frozen=True)
class Finding:
    """What is wrong, if anything: the direction, or only the scale."""

    direction: Violation | None = None
    scale: Violation | None = None


@dataclass(frozen=True)
class Own:
    """The claim that a subject's gradient belongs to its own loss, on one case."""

    subject: JudgedLossAndGradient
    case: Case
    g: Params

    def claim(self) -> Claim:
        """The claim, for the oracle that knows nothing of networks."""
        return Claim(
            gradient=flat(self.divided()),
            line=self.line,
            sizes=self.sizes,
            u=2.0**-24 if self.subject.claims.dtype == "float32" else 2.0**-53,
            units=8 * self.subject.r.u,
            rounding=self.rounding,
            alive=self.alive,
            aside=self.aside,
            offset=self.offset,
            slopes=None if closed.has_closed_forward(self.case.net) else self.slopes,
        )

    def slopes(self, v: Tensors, offsets: Values) -> Values:
        """<gradient, v> at offsets along v: how it wanders shows its rounding, where no closed form says what that may be.

        At the point itself it is the gradient as it was given: numbers that lie elsewhere in memory are summed in other orders.
        """
        return np.array([inner(flat(self._along(v, float(s)).divided()), v) for s in offsets])

    def _along(self, v: Tensors, s: float) -> "Own":
        if s == 0.0:
            return self
        there = self.case.at(layered(moved(flat(self.case.params), v, s)))
        return Own(self.subject, there, self.subject.gradient(there.net, there.params, there.x, there.t))

    def offset(self, v: Tensors) -> float:
        """The penalty's part of the slope, which no wrong factor scales; 0 where the factor of all is the subject's own."""
        if not scale.is_known(self.subject):
            return 0.0
        return inner(flat(closed.penalty_gradient(self.case.net, self.case.params, self.case.n)), v)

    @property
    def sizes(self) -> list[float]:
        """1 / sqrt(fan_in), rounded to a power of two, for W and b of each layer."""
        return [2.0 ** -round(log2(len(layer.W)) / 2) for layer in self.case.params for _ in layer]

    @property
    def names(self) -> list[str]:
        """dW1, db1, dW2, ..."""
        return [f"d{name}{l}" for l in range(1, self.case.net.depth + 1) for name in ("W", "b")]

    def line(self, v: Tensors) -> Phi:
        """The subject's losses along a direction, asked in one call."""
        x = flat(self.case.params)

        def phi(offsets: Values) -> Values:
            stack = tuple(layered(moved(x, v, float(s))) for s in offsets)
            return self.subject.losses(self.case.net, stack, self.case.x, self.case.t)

        return phi

    def alive(self, v: Tensors) -> Tensors:
        """The direction without the biases that the network does not have, shared biases moving together."""
        layers = []
        for l, layer in enumerate(layered(v), start=1):
            b = np.zeros_like(layer.b) if self.case.net.bias(l) == "none" else layer.b
            layers.append(Layer(layer.W, np.full_like(b, b[0]) if self.case.net.bias(l) == "shared" else b))
        return flat(tuple(layers))

    def aside(self, rng: np.random.Generator) -> Claim:
        """The same claim at parameters nearby."""
        return self.nearby(rng).claim()

    def nearby(self, rng: np.random.Generator) -> "Own":
        """The same at parameters nearby; Undecided where the gradient is no number there."""
        v = self.alive(direction(flat(self.case.params), self.sizes, rng))
        there = self.case.at(layered(moved(flat(self.case.params), v, ASIDE)))
        g = self.subject.gradient(there.net, there.params, there.x, there.t)
        if not all(np.isfinite(p).all() for layer in g for p in layer):
            raise Undecided("not finite: the gradient at a point nearby")
        return Own(self.subject, there, g)

    def divided(self) -> Params:
        """The gradient; a shared bias, whose entries are one number, divided among them."""
        return tuple(
            Layer(p.W, p.b / len(p.b)) if self.case.net.bias(l) == "shared" else p for l, p in enumerate(self.g, start=1)
        )

    def rounding(self, v: Tensors) -> float:
        """How far rounding may carry <g, v>: each entry's own bound, and what recovering it from a step cost."""
        case, subject, sizes = self.case, self.subject, tuple(np.abs(wide(p)) for p in v)
        bound = inner(flat(subject.slack(case.params, self.g)), sizes)
        if not closed.has_closed_forward(case.net):
            return bound
        want = closed.gradient(*self._stand_in, subject.r)
        bound += inner(tuple(p.error for layer in want for p in layer), sizes)
        return bound + self._constant * inner(tuple(np.abs(wide(p)) for p in flat(self.g)), sizes)

    @cached_property
    def _constant(self) -> float:
        """The share of a gradient that it may leave out, where nobody knows the loss, and its logarithm may be one of outputs."""
        case, name = self.case, self.case.net.activations[-1].name
        if not case.net.loss.name.startswith("other:") or name not in ("sigmoid", "softmax"):
            return 0.0
        y = closed.forward(case.net, case.params, case.x, self.subject.r).a[-1].value
        least = float(min(y.min(), (1 - y).min()) if name == "sigmoid" else y.min())
        return CONSTANT / max(least, CONSTANT)

    @cached_property
    def _stand_in(self) -> tuple[Network, Params, Array, Targets]:
        """What the closed form is asked with: the case, or the same with squared error where its loss has no closed form."""
        case = self.case
        if closed.has_closed_form(case.net):
            return case.net, case.params, case.x, case.t
        t = np.asarray(closed.rows(case.net, case.t), dtype=case.x.dtype)
        return closed.as_squared_error(case.net), case.params, case.x, t

    def place(self, where: Location) -> Place:
        """The tensor and the entry, if there is one to name."""
        if where.tensor is None:
            return Place("gradient")
        index = where.entries[0].index if len(where.entries) == 1 else ()
        return Place("dW" if where.tensor % 2 == 0 else "db", where.tensor // 2 + 1, index)


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


def _compared(subject: JudgedLossAndGradient, case: Case) -> Finding:
    """At the case's own parameters, or, where these are on a kink, at some nearby."""
    g = subject.gradient(case.net, case.params, case.x, case.t)
    if not all(np.isfinite(p).all() for layer in g for p in layer):
        return Finding(Violation("the gradient is not finite", Place("gradient")))
    own, rng = Own(subject, case, g), np.random.default_rng(case.net.sizes)
    for _ in range(NEARBY):
        try:
            return _found(own, rng)
        except Undecided as why:
            if not str(why).startswith("kink"):
                raise
            own = own.nearby(rng)
    return _found(own, rng)


def _found(own: Own, rng: np.random.Generator) -> Finding:
    oracle = Directional(own.claim(), rng)
    answer = oracle.ask()
    if answer.held or _is_left_by_a_logarithm(own.case, answer):
        return Finding()
    if answer.factor is not None:
        return Finding(scale=_scaled(own.case, answer, answer.factor))
    return Finding(direction=_wrong(own, oracle, answer))


def _is_left_by_a_logarithm(case: Case, answer: Answer) -> bool:
    """Whether a loss that nobody knows may have so small a constant in it that its gradient leaves out."""
    small = all(abs(one.residual) <= LOGARITHM * max(abs(one.claimed), abs(one.true)) for one in answer.seen)
    return small and bool(answer.seen) and case.net.loss.name.startswith("other:")


def _scaled(case: Case, answer: Answer, c: float) -> Violation:
    worst = max(answer.seen, key=lambda one: one.off())
    words = scale.name(c, case.n, case.net.sizes[-1])
    return Violation(
        f"the gradient is {c:.6g} times that of the subject's own loss{f' ({words})' if words else ''}",
        Place("gradient"),
        worst.claimed,
        worst.true,
        worst.bound,
    )


def _wrong(own: Own, oracle: Directional, answer: Answer) -> Violation:
    worst = max(answer.seen, key=lambda one: one.off())
    where = located(oracle, answer, own.names)
    return Violation(
        f"{where.words}: along a random direction the gradient says {worst.claimed:.8g}, finite differences of the subject's "
        f"own loss say {worst.true:.8g} (off by {abs(worst.residual):.2g}, bound {worst.bound:.2g})",
        own.place(where),
        worst.claimed,
        worst.true,
        worst.bound,
    )
