"""A maker of machines as the judge asks it: on a fresh machine for each call, or on one kept machine a network."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backproof.subjects.answers import array_answer, changed_params, copied, number_answer, params_answer
from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.direct import descended, elsewhere, lent
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import losses_one_by_one, rounds
from backproof.subjects.traces import left
from backproof_spec import (
    Array,
    Claims,
    FitMachine,
    Fitted,
    GradientMachine,
    Labels,
    Layer,
    LossMachine,
    Machine,
    Maker,
    Network,
    Operation,
    Params,
    Rule,
    StepMachine,
    Targets,
    TargetsMachine,
)

Answer = TypeVar("Answer")
_METHODS: tuple[tuple[Operation, type[Machine]], ...] = (
    ("loss", LossMachine),
    ("gradient", GradientMachine),
    ("step", StepMachine),
    ("targets", TargetsMachine),
    ("fit", FitMachine),
)


def machine_operations(machine: Machine) -> frozenset[Operation]:
    """An operation is on offer when the machine has its method; forward and initial always are."""
    always: frozenset[Operation] = frozenset({"forward", "initial"})
    found: frozenset[Operation] = always | {name for name, protocol in _METHODS if isinstance(machine, protocol)}
    return found | {"descend"} if "step" in found else found  # by the steps of one machine, which remembers


class Stateless:
    """Everything, asked of machines."""

    def __init__(self, maker: Maker, claims: Claims, keep: bool = False) -> None:
        self._maker, self._claims, self._keep = maker, claims, keep
        self._kept, self._calls = dict[Network, Machine](), 0

    @property
    def claims(self) -> Claims:
        """What the subject says of itself, operations filled in."""
        return self._claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        answer = self._ask("forward", net, params, lambda m: m.forward(x.copy()))
        return array_answer(answer, "forward", (len(x), net.sizes[-1]))

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        answer = self._ask("loss", net, params, lambda m: _loss(m)(x.copy(), t.copy()))
        return number_answer(answer, "loss")

    def losses(
        self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /
    ) -> NDArray[np.float64]:
        """The loss (len(stack),) at each of the parameters."""
        return losses_one_by_one(self, net, stack, x, t)

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""

        def call(m: Machine) -> Params:
            return params_answer(_gradient(m)(x.copy(), t.copy()), "gradient", net)

        return self._ask("gradient", net, params, call)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one update."""

        def call(m: Machine) -> Params:
            _step(m)(x.copy(), t.copy(), rule)
            return params_answer(m.read(), "step", net)

        return self._ask("step", net, params, call)

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial parameters."""
        with lent_generators():
            return params_answer(asked("initial", self._make(net, seed).read), "initial", net)

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        answer = self._ask(
            "targets", net, None, lambda m: _targets(m)(labels.copy())
        )
        return array_answer(answer, "targets", (len(labels), net.sizes[-1]))

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        """Outputs at the query rows after training from the subject's own start; always by a fresh machine."""
        with lent_generators():
            m = self._make(net, seed)
            losses = asked("fit", lambda: _fit(m)(x.copy(), t.copy(), epochs=epochs, rule=rule))
            output = array_answer(asked("forward", lambda: m.forward(query.copy())), "forward", (len(query),))
            return Fitted(output, _readable(m, net), tuple(number_answer(value, "fit, losses,") for value in losses))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many steps, by one machine; by its gradient if it has no step."""

        def call(m: Machine) -> Params:
            if "step" in self._claims.operations:
                for some_x, some_t in rounds(x, t, self._claims.batch, steps):
                    _step(m)(some_x, some_t, rule)
                return params_answer(m.read(), "step", net)
            p = params
            for some_x, some_t in rounds(x, t, self._claims.batch, steps):
                p = descended(p, params_answer(_gradient(m)(some_x, some_t), "gradient", net), rule)
                written(m, p)
            return p

        return self._ask("step", net, params, call)

    def touched(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation changed: lent arrays; and parameters, where it should only have looked."""
        lent_x, lent_t = x.copy(), t.copy()
        calls: dict[Operation, Callable[[Machine], object]] = {
            "forward": lambda m: m.forward(lent_x),
            "loss": lambda m: _loss(m)(lent_x, lent_t),
            "gradient": lambda m: _gradient(m)(lent_x, lent_t),
            "step": lambda m: _step(m)(lent_x, lent_t, rule),
            "descend": lambda m: [_step(m)(lent_x, lent_t, rule) for _ in range(2)],
            "initial": lambda m: None,
            "targets": lambda m: _targets(m)(np.asarray(lent_t, dtype=np.intp)),
            "fit": lambda m: _fit(m)(lent_x, lent_t, epochs=1, rule=rule),
        }

        def call(m: Machine) -> tuple[str, ...]:
            before = copied(m.read())
            calls[operation](m)
            moved = () if operation in {"step", "descend", "fit"} else changed_params(before, m.read())
            return (*lent(x, lent_x, t, lent_t), *moved)

        return self._ask(operation, net, params, call)

    def left(self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> tuple[str, ...]:
        """Names of what the operation used up of the caller's, shares with it, or overwrites later."""
        lent_x, lent_t = x.copy(), t.copy()
        calls: dict[Operation, Callable[[Machine], object]] = {
            "forward": lambda m: m.forward(lent_x),
            "loss": lambda m: _loss(m)(lent_x, lent_t),
            "gradient": lambda m: _gradient(m)(lent_x, lent_t),
            "step": lambda m: _step(m)(lent_x, lent_t, rule),
            "initial": lambda m: None,  # a constructor may draw from the global generators
            "fit": lambda m: None,  # so may a training that was given no seed
        }

        def call(m: Machine) -> tuple[str, ...]:
            def again() -> None:
                written(m, elsewhere(params))
                calls[operation](m)

            return left(lambda: calls[operation](m), again, {"x": lent_x, "t": lent_t})

        return self._ask(operation, net, params, call)

    def _ask(self, what: str, net: Network, params: Params | None, call: Callable[[Machine], Answer]) -> Answer:
        """The answer of a machine that holds the parameters; calls draw from another place each time."""
        self._calls += 1
        with lent_generators():
            m = self._machine(net)
            if params is not None:
                asked("writing parameters", lambda: written(m, params))
            seed_generators(self._calls)
            return asked(what, lambda: call(m))

    def _machine(self, net: Network) -> Machine:
        """A fresh one, or the kept one of this network."""
        if not self._keep:
            return self._make(net, 0)
        if net not in self._kept:
            self._kept[net] = self._make(net, 0)
        return self._kept[net]

    def _make(self, net: Network, seed: int) -> Machine:
        seed_generators(seed)
        return asked("construction", lambda: self._maker.make(net, seed))


def written(machine: Machine, params: Params) -> None:
    """Write the parameters, and see that the machine holds exactly these; layers without biases may read as zeros."""
    machine.write(copied(params))
    for l, (want, got) in enumerate(zip(params, machine.read(), strict=True), start=1):
        # zero biases of another shape are a matter of shape-biases; what they add is right
        if not (_holds(got.W, want.W) and (_holds(got.b, want.b) or _both_zero(got.b, want.b))):
            off = f"parameters of layer {l} were written but read back differently: {_off(got, want)}"
            raise Failure("answer", off)


def _holds(got: object, want: Array) -> bool:
    return isinstance(got, np.ndarray) and np.array_equal(got, want, equal_nan=True)


def _both_zero(got: object, want: Array) -> bool:
    return isinstance(got, np.ndarray) and not got.any() and not want.any()


def _off(got: Layer, want: Layer) -> str:
    """The first entry that differs, or the shapes."""
    for name, g, w in (("W", np.asarray(got.W), want.W), ("b", np.asarray(got.b), want.b)):
        if g.shape != w.shape:
            return f"{name} has shape {g.shape}, should have {w.shape}"
        if not _holds(g, w):
            i = tuple(int(k) for k in np.argwhere(g != w)[0])
            return f"{name}[{', '.join(map(str, i))}] is {g[i]!s}, should be {w[i]!s}"
    return "not arrays"


def _loss(machine: Machine) -> Callable[[Array, Targets], object]:
    if not isinstance(machine, LossMachine):
        raise NotOffered("loss")
    return machine.loss


def _gradient(machine: Machine) -> Callable[[Array, Targets], object]:
    if not isinstance(machine, GradientMachine):
        raise NotOffered("gradient")
    return machine.gradient


def _step(machine: Machine) -> Callable[[Array, Targets, Rule], None]:
    if not isinstance(machine, StepMachine):
        raise NotOffered("step")
    return machine.step


def _targets(machine: Machine) -> Callable[[Labels], object]:
    if not isinstance(machine, TargetsMachine):
        raise NotOffered("targets")
    return machine.targets


def _fit(machine: Machine) -> Callable[..., tuple[float, ...]]:
    if not isinstance(machine, FitMachine):
        raise NotOffered("fit")
    return machine.fit


def _readable(machine: Machine, net: Network) -> Params | None:
    """The parameters after training, where they can be read."""
    try:
        return params_answer(asked("reading parameters", machine.read), "fit", net)
    except NotOffered:
        return None
