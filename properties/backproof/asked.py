"""A subject being asked: each answer is checked for its shape before a property sees it.

What a property may rely on is in the Protocols below: the type of its `subject` says which operations it needs. Where only
`step` is on offer, the gradient is recovered from one step, and `slack` says how much that costs in digits.

A run puts many properties to the same cases: asked `once`, a subject is asked for each answer once. Properties that compare
two answers to one question make an Asked of their own, which asks every time.
"""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from backproof.kept import Kept
from backproof.must import Call, Unmet
from backproof.oracle import from_step
from backproof.oracle.bounded import Rounding, rounding
from backproof.subjects.errors import Failure
from backproof.subjects.subject import Subject
from backproof_spec import (
    Array,
    Claims,
    Fitted,
    HasFit,
    HasGradient,
    HasInitial,
    HasLoss,
    HasStep,
    HasTargets,
    Implementation,
    Labels,
    Layer,
    Network,
    Operation,
    Params,
    Rule,
    Targets,
)

Answer = TypeVar("Answer")
PATIENCE = 2  # hangs or crashes of one operation, after which it is not asked again


class Judged(Implementation, Protocol):
    """Anything under test: its forward, and the arithmetic that it claims."""

    subject: Subject
    r: Rounding
    notes: dict[object, object]  # what was measured already: two clauses may share a measurement


class JudgedLoss(Judged, HasLoss, Protocol):
    """It reports a loss; along a line in one call."""

    def losses(self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /) -> NDArray[np.float64]:
        """The loss at each of the parameters."""
        ...


class JudgedGradient(Judged, HasGradient, Protocol):
    """It gives a gradient, or a step from which one is recovered."""

    def slack(self, params: Params, gradient: Params, /) -> Params:
        """What measuring the gradient may have added to its error, entry by entry."""
        ...


class JudgedLossAndGradient(JudgedLoss, JudgedGradient, Protocol):
    """Both, so that one can be held against the other."""


class JudgedStep(Judged, HasStep, Protocol):
    """It makes a step."""


class JudgedGradientAndStep(JudgedGradient, JudgedStep, Protocol):
    """Both, so that one can be held against the other."""


class JudgedDescent(Judged, Protocol):
    """It can be trained from given parameters, by its own steps or by its gradient."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many full-batch steps."""
        ...


class JudgedUpdates(JudgedDescent, Protocol):
    """It makes several updates with one optimiser, which remembers."""

    def updates(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, number: int, /) -> Params:
        """The parameters after that many of its own updates."""
        ...


class JudgedInitial(Judged, HasInitial, Protocol):
    """It draws initial parameters."""


class JudgedTargets(Judged, HasTargets, Protocol):
    """It makes target rows."""


class JudgedFit(Judged, HasFit, Protocol):
    """It trains from its own start."""


class JudgedFitAndInitial(JudgedFit, JudgedInitial, Protocol):
    """Both, so that where training begins can be seen."""


def offers(subject: Subject, operation: str) -> bool:
    """Whether a property's need is met: by the operation itself, or by what it can be made from."""
    on = subject.claims.operations
    if operation == "gradient":
        return "gradient" in on or ("step" in on and recovery_rate(subject.claims) is not None)
    if operation == "descend":
        return ("step" in on and plain_steps(subject.claims)) or ("gradient" in on and "step" not in on)
    return ("descend" if operation == "updates" else operation) in on


def plain_steps(claims: Claims) -> bool:
    """Whether a step is plain descent, whatever was stepped before: other rules have a memory by right."""
    return any(rule.name == "sgd" for rule in claims.rules)


def recovery_rate(claims: Claims) -> float | None:
    """The power of two, at most 1, at which a step shows the gradient with the fewest digits lost; None: no such rate."""
    if claims.rates is None:
        return 1.0  # the rate is the subject's own: the direction is all that is judged
    least, most = claims.rates
    for k in range(40):
        if least <= 2.0**-k <= most:
            return 2.0**-k
    return None


class Asked:
    """A subject asked through its fresh objects, or through its kept one."""

    def __init__(self, subject: Subject, kept: bool = False, once: bool = False) -> None:
        self.subject = subject
        self._answers = Kept() if once else None
        self.r = rounding(subject.claims)
        self.notes: dict[object, object] = {}
        self._lost: dict[str, int] = {}  # hangs and crashes, by operation
        self._ask = subject.kept if kept else subject.fresh
        self._by_step = "gradient" not in subject.claims.operations

    @property
    def claims(self) -> Claims:
        """What the subject says of itself."""
        return self.subject.claims

    def _asking(self, slug: str, operation: str, call: Callable[[], Answer], given: Call | None = None) -> Answer:
        """The answer; a failure is the matter of the clause `slug`, and an operation that hung or crashed twice is let be."""
        if self._lost.get(operation, 0) >= PATIENCE:
            raise Unmet(slug, f"{operation} was not asked again: it hung or crashed {PATIENCE} times", costly=True)
        try:
            return call()
        except Failure as failure:
            costly = failure.kind in ("hung", "crashed")
            self._lost[operation] = self._lost.get(operation, 0) + costly
            raise Unmet(slug, failure.message, costly, given) from None

    def _once(self, what: Hashable, about: tuple[object, ...], ask: Callable[[], Answer]) -> Answer:
        """The answer, as it was the first time if that is kept; a failure never is."""
        return ask() if self._answers is None else self._answers.answer(what, about, ask)

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs (n, d_L), of that shape."""
        return self._once("forward", (net, params, x), lambda: self._forward(net, params, x))

    def _forward(self, net: Network, params: Params, x: Array) -> Array:
        y = self._asking("shape-forward", "forward", lambda: self._ask.forward(net, params, x), Call(net, params, x))
        if y.shape != (len(x), net.sizes[-1]):
            raise Unmet("shape-forward", f"forward returned the shape {y.shape}, not {(len(x), net.sizes[-1])}")
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The loss, a finite number."""
        return self._once("loss", (net, params, x, t), lambda: float(self.losses(net, (params,), x, t)[0]))

    def losses(self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /) -> NDArray[np.float64]:
        """The loss at each of the parameters, finite numbers; asked each time."""
        given = Call(net, stack[0], x, t)
        values = self._asking("shape-loss", "losses", lambda: self._ask.losses(net, stack, x, t), given)
        if not np.isfinite(values).all():
            raise Unmet("shape-loss", "loss is not a finite number")
        return values

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """Layers (dW, db), shaped as the parameters."""
        if not self._by_step:
            return self._once("gradient", (net, params, x, t), lambda: self._gradient(net, params, x, t))
        g, room = self._once("gradient", (net, params, x, t), lambda: self._recovered(net, params, x, t))
        self.notes["slack", id(g)] = (g, room)  # with the gradient itself: an id is its own only while it lives
        return g

    def _gradient(self, net: Network, params: Params, x: Array, t: Targets) -> Params:
        given = Call(net, params, x, t)
        answer = self._asking("shape-weights", "gradient", lambda: self._ask.gradient(net, params, x, t), given)
        return shaped(net, answer, "gradient")

    def _recovered(self, net: Network, params: Params, x: Array, t: Targets) -> tuple[Params, Params]:
        """The gradient that steps show, and what that cost."""
        if self.claims.rates is None:
            return from_step.recovered(params, lambda _: self.step(net, params, x, t, Rule(1.0)), 1.0, 1.0, self.r.u)
        rate, least = recovery_rate(self.claims) or 1.0, self.claims.rates[0]
        return from_step.recovered(params, lambda r: self.step(net, params, x, t, Rule(r)), rate, least, self.r.u)

    def slack(self, params: Params, gradient: Params, /) -> Params:
        """What recovering the gradient from steps cost; nothing where the subject gives its gradient."""
        noted = self.notes.get(("slack", id(gradient)))
        if isinstance(noted, tuple) and noted[0] is gradient:
            room: Params = noted[1]
            return room
        return tuple(Layer(np.zeros_like(p.W), np.zeros_like(p.b)) for p in params)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one step, of the same shapes."""
        return self._once(("step", rule), (net, params, x, t), lambda: self._step(net, params, x, t, rule))

    def _step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule) -> Params:
        given = Call(net, params, x, t)
        answer = self._asking("shape-weights", "step", lambda: self._ask.step(net, params, x, t, rule), given)
        return shaped(net, answer, "step")

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many steps, of the same shapes."""
        what = ("descend", rule, steps)
        return self._once(what, (net, params, x, t), lambda: self._descend(net, params, x, t, rule, steps))

    def _descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int) -> Params:
        return shaped(
            net, self._asking("shape-weights", "descend", lambda: self._ask.descend(net, params, x, t, rule, steps)), "step"
        )

    def updates(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, number: int, /) -> Params:
        """The parameters after that many updates by one optimiser, of the same shapes."""
        return self.descend(net, params, x, t, rule, number)

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial parameters, of the architecture's shapes."""
        return shaped(net, self._asking("shape-weights", "initial", lambda: self._ask.initial(net, seed)), "initial")

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows as the subject makes them; a Failure passes through."""
        return self._ask.targets(net, labels)

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        """What training returned."""
        return self._asking("shape-forward", "fit", lambda: self._ask.fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule))

    def touched(self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> tuple[str, ...]:
        """What the operation changed though it was only lent."""
        return self._asking("shape-forward", "touched", lambda: self._ask.touched(operation, net, params, x, t, rule))

    def left(self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> tuple[str, ...]:
        """What the operation used up, shares, or overwrites later."""
        return self._asking("shape-forward", "left", lambda: self._ask.left(operation, net, params, x, t, rule))


def shaped(net: Network, answer: Params, operation: str) -> Params:
    """The answer, if every array has the architecture's shape.

    A bias that never left zero but has a wrong shape is read as zeros of the right one: its shape is another clause's matter.
    """
    if len(answer) != net.depth:
        raise Unmet("shape-weights", f"{operation} returned {len(answer)} layers, not {net.depth}")
    layers = []
    for l, (layer, d_in, d_out) in enumerate(zip(answer, net.sizes, net.sizes[1:], strict=False), start=1):
        if layer.W.shape != (d_in, d_out):
            raise Unmet("shape-weights", f"{operation}: the shape of W{l} is {layer.W.shape}, not {(d_in, d_out)}")
        b = layer.b if layer.b.shape == (d_out,) or layer.b.any() else np.zeros(d_out, layer.W.dtype)
        if b.shape != (d_out,):
            raise Unmet("shape-biases", f"{operation}: the shape of b{l} is {b.shape}, not {(d_out,)}")
        layers.append(Layer(layer.W, b))
    return tuple(layers)
