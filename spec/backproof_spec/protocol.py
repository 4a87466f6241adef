"""How an implementation is asked: stateless, of values; or as a machine with state, made for one network."""

from typing import Protocol, runtime_checkable

from backproof_spec.values import Array, Claims, Fitted, Labels, Network, Params, Rule, Targets


@runtime_checkable
class Implementation(Protocol):
    """What the judge sees. `claims` is read-only, so that frozen dataclasses qualify."""

    @property
    def claims(self) -> Claims:
        """What the subject says of itself."""
        ...

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        ...


@runtime_checkable
class HasLoss(Implementation, Protocol):
    """It reports the loss of a batch."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The objective on the batch, penalty included; or the reported loss, without penalty, where that differs."""
        ...


@runtime_checkable
class HasGradient(Implementation, Protocol):
    """It gives the gradient of its objective."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer, shaped as the parameters."""
        ...


@runtime_checkable
class HasStep(Implementation, Protocol):
    """It makes one update: the first of a fresh optimiser."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one update on the batch."""
        ...


@runtime_checkable
class HasDescent(HasStep, Protocol):
    """It makes several updates with one optimiser, which remembers."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many updates on the batch, by an optimiser that was fresh before the first."""
        ...


@runtime_checkable
class HasInitial(Implementation, Protocol):
    """It draws its own initial parameters."""

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial parameters; the same for the same seed, where the subject is seeded."""
        ...


@runtime_checkable
class HasTargets(Implementation, Protocol):
    """It makes target rows out of class numbers."""

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        ...


@runtime_checkable
class HasFit(Implementation, Protocol):
    """It trains from its own start."""

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        """Outputs at the query rows after training on x and t; epochs goes through as given."""
        ...


@runtime_checkable
class Machine(Protocol):
    """What people have: an object with state, made for one network."""

    def write(self, params: Params, /) -> None:
        """Set the parameters."""
        ...

    def read(self) -> Params:
        """The parameters as they are now."""
        ...

    def forward(self, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        ...


@runtime_checkable
class LossMachine(Machine, Protocol):
    """A machine that reports its loss."""

    def loss(self, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        ...


@runtime_checkable
class GradientMachine(Machine, Protocol):
    """A machine that gives its gradient."""

    def gradient(self, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""
        ...


@runtime_checkable
class StepMachine(Machine, Protocol):
    """A machine that updates its parameters."""

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        """One update on the batch."""
        ...


@runtime_checkable
class TargetsMachine(Machine, Protocol):
    """A machine that makes target rows out of class numbers."""

    def targets(self, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        ...


@runtime_checkable
class FitMachine(Machine, Protocol):
    """A machine that trains from where it stands."""

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        """Train; the losses it reported, one an epoch, or ()."""
        ...


@runtime_checkable
class Maker(Protocol):
    """What the bridge and most adapters are."""

    @property
    def claims(self) -> Claims:
        """What the subject says of itself; operations may be left out."""
        ...

    def make(self, net: Network, seed: int, /) -> Machine:
        """A fresh machine for the network, with its own initial parameters drawn from the seed."""
        ...
