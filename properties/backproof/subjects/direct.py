"""An implementation as the judge asks it: arrays copied in and out, trouble made a Failure, absence NotOffered."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backproof.subjects.answers import array_answer, changed, changed_params, copied, number_answer, params_answer
from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import losses_one_by_one, rounds
from backproof.subjects.traces import left, named
from backproof_spec import (
    Array,
    Claims,
    Fitted,
    HasDescent,
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
_PRESENT: tuple[tuple[Operation, type], ...] = (
    ("forward", Implementation),
    ("loss", HasLoss),
    ("gradient", HasGradient),
    ("step", HasStep),
    ("descend", HasDescent),
    ("initial", HasInitial),
    ("targets", HasTargets),
    ("fit", HasFit),
)


def offered(implementation: Implementation) -> frozenset[Operation]:
    """An operation is on offer when its method is there."""
    return frozenset(name for name, protocol in _PRESENT if isinstance(implementation, protocol))


class Direct:
    """Everything, asked of an implementation; `build` gives the object for each call, a new one or always the same."""

    def __init__(self, build: Callable[[], Implementation], claims: Claims) -> None:
        self._build, self._claims, self._calls = build, claims, 0

    @property
    def claims(self) -> Claims:
        """What the subject says of itself, operations filled in."""
        return self._claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        answer = self._ask("forward", lambda s: s.forward(net, copied(params), x.copy()))
        return array_answer(answer, "forward", (len(x), net.sizes[-1]))

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The objective on the batch."""
        return number_answer(self._ask("loss", lambda s: _method(s, "loss")(net, copied(params), x.copy(), t.copy())), "loss")

    def losses(
        self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /
    ) -> NDArray[np.float64]:
        """The loss (len(stack),) at each of the parameters."""
        return losses_one_by_one(self, net, stack, x, t)

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""
        answer = self._ask("gradient", lambda s: _method(s, "gradient")(net, copied(params), x.copy(), t.copy()))
        return params_answer(answer, "gradient", net)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one update."""
        answer = self._ask("step", lambda s: _method(s, "step")(net, copied(params), x.copy(), t.copy(), rule))
        return params_answer(answer, "step", net)

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial parameters."""
        return params_answer(self._ask("initial", lambda s: _method(s, "initial")(net, seed), seed), "initial", net)

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        answer = self._ask("targets", lambda s: _method(s, "targets")(net, labels.copy()))
        return array_answer(answer, "targets", (len(labels), net.sizes[-1]))

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        """Outputs at the query rows after training from the subject's own start."""

        def call(s: Implementation) -> object:
            return _method(s, "fit")(net, x.copy(), t.copy(), query.copy(), seed=seed, epochs=epochs, rule=rule)

        answer = self._ask("fit", call, seed)
        if not isinstance(answer, Fitted):
            raise Failure("answer", f"fit returned a {type(answer).__name__}, should be Fitted")
        after = None if answer.params is None else params_answer(answer.params, "fit", net)
        output = array_answer(answer.output, "fit, output,", (len(query), net.sizes[-1]))
        return Fitted(output, after, tuple(number_answer(value, "fit, losses,") for value in answer.losses))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many steps, by one object; by its gradient if it has no step."""
        if "descend" in self._claims.operations and len(x) <= (self._claims.batch or len(x)):
            given = net, copied(params), x.copy(), t.copy(), rule, steps
            return params_answer(self._ask("descend", lambda s: _method(s, "descend")(*given)), "descend", net)
        what: Operation = "step" if "step" in self._claims.operations else "gradient"

        def call(s: Implementation) -> Params:
            p, method = params, _method(s, what)
            for some_x, some_t in rounds(x, t, self._claims.batch, steps):
                given = net, copied(p), some_x, some_t
                if what == "step":
                    p = params_answer(method(*given, rule), what, net)
                else:
                    p = descended(p, params_answer(method(*given), what, net), rule)
            return p

        return self._ask(what, call)

    def touched(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation changed though it was only lent."""
        p, lent_x, lent_t = copied(params), x.copy(), t.copy()
        calls: dict[Operation, Callable[[Implementation], object]] = {
            "forward": lambda s: s.forward(net, p, lent_x),
            "loss": lambda s: _method(s, "loss")(net, p, lent_x, lent_t),
            "gradient": lambda s: _method(s, "gradient")(net, p, lent_x, lent_t),
            "step": lambda s: _method(s, "step")(net, p, lent_x, lent_t, rule),
            "descend": lambda s: _method(s, "descend")(net, p, lent_x, lent_t, rule, 2),
            "initial": lambda s: _method(s, "initial")(net, 0),
            "targets": lambda s: _method(s, "targets")(net, np.asarray(lent_t, dtype=np.intp)),
            "fit": lambda s: _method(s, "fit")(net, lent_x, lent_t, x.copy(), seed=0, epochs=1, rule=rule),
        }
        whole = self._ask("construction", lambda s: s)
        self._on(whole, operation, calls[operation])
        return (*lent(x, lent_x, t, lent_t), *changed_params(params, p))

    def left(self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> tuple[str, ...]:
        """Names of what the operation used up of the caller's, shares with it, or overwrites later."""
        p, lent_x, lent_t = copied(params), x.copy(), t.copy()
        lent_to: dict[Operation, tuple[object, ...]] = {
            "forward": (lent_x,), "step": (lent_x, lent_t, rule), "fit": (lent_x, lent_t, x.copy()), "initial": (),
        }  # fmt: skip
        given = lent_to.get(operation, (lent_x, lent_t))
        named_too: dict[str, object] = {"seed": 0, "epochs": 2, "rule": rule} if operation == "fit" else {}
        whole = self._ask("construction", lambda s: s)

        def call(s: Implementation) -> tuple[str, ...]:
            method = _method(s, operation)
            at, other = _places(operation, p)
            return left(
                lambda: method(net, *at, *given, **named_too), lambda: method(net, *other, *given, **named_too),
                named(p, x=lent_x, t=lent_t),
            )  # fmt: skip

        return self._on(whole, operation, call)

    def _ask(self, what: str, call: Callable[[Implementation], Answer], seed: int | None = None) -> Answer:
        """The answer of an object that was constructed from the seed; calls draw from another place each time."""
        self._calls += 1
        with lent_generators():
            seed_generators(0 if seed is None else seed)
            whole = asked("construction", self._build)
            seed_generators(self._calls if seed is None else seed)
            return asked(what, lambda: call(whole))

    def _on(self, whole: Implementation, what: str, call: Callable[[Implementation], Answer]) -> Answer:
        with lent_generators():
            return asked(what, lambda: call(whole))


def lent(x: Array, lent_x: Array, t: Targets, lent_t: Targets) -> tuple[str, ...]:
    """ "x" and "t", if they differ from what was lent."""
    return (*(("x",) if changed(x, lent_x) else ()), *(("t",) if changed(t, lent_t) else ()))


def descended(params: Params, gradient: Params, rule: Rule) -> Params:
    """params - rate * gradient."""
    return tuple(
        Layer(p.W - rule.rate * g.W, p.b - rule.rate * g.b) for p, g in zip(params, gradient, strict=True)
    )


def _places(operation: Operation, params: Params) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """What two calls of the operation differ in: parameters, or the seed, or nothing."""
    if operation == "fit":
        return (), ()
    return ((0,), (1,)) if operation == "initial" else ((params,), (elsewhere(params),))


def elsewhere(params: Params) -> Params:
    """Other parameters, at which other answers are right."""
    return tuple(Layer(-p.W / 2, -p.b / 2) for p in params)


def _method(subject: Implementation, operation: Operation) -> Callable[..., object]:
    """The operation's method; NotOffered where it is absent. (An isinstance of a protocol would compute claims each time.)"""
    found = getattr(subject, operation, None)
    if not callable(found):
        raise NotOffered(operation)
    method: Callable[..., object] = found
    return method
