"""The recognised class as a maker of machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backproof.subjects.errors import NotOffered
from backproof.subjects.ordinary.calls import Asked, GradientCall, LossCall, StepCall
from backproof.subjects.ordinary.constructor import Constructor
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.operations import Forward
from backproof_spec import Activation, Array, Claims, Network, Params, Rule, Targets

Options = Mapping[str, object]


@dataclass(frozen=True)
class Recognised:
    """How an object is made and called."""

    constructor: Constructor
    layout: Layout
    forward: Forward
    loss: LossCall | None = None
    gradient: GradientCall | None = None
    step: StepCall | None = None
    fit: StepCall | None = None
    options: Mapping[tuple[Activation | None, Activation], Options] = field(default_factory=dict)

    def build(self, net: Network, seed: int) -> object:
        """An object for the network."""
        options = (chosen for pair, chosen in self.options.items() if _serves(pair, net))
        return self.constructor.build(net.sizes, seed, spread(self.constructor, next(options, {}), net.depth))


def _serves(pair: tuple[Activation | None, Activation], net: Network) -> bool:
    """Whether options for these activations make the network; without a hidden layer only the output counts."""
    return pair[1] == net.activations[-1] and (net.depth == 1 or pair[0] == net.activations[0])


def spread(constructor: Constructor, options: Options, depth: int) -> dict[str, object]:
    """Names of activations, repeated for each layer where the constructor wants a list: (hidden, output) -> L names."""
    listed = {a.name for a in constructor.has("activations")}
    result = dict[str, object]()
    for name, value in options.items():
        pair = value if name in listed and isinstance(value, tuple) else None
        result[name] = [pair[0]] * (depth - 1) + [pair[1]] if pair else value
    return result


class OrdinaryMachine:
    """One object, made for one network."""

    def __init__(self, recognised: Recognised, net: Network, seed: int) -> None:
        self._how, self._net = recognised, net
        self._whole = recognised.build(net, seed)

    @property
    def whole(self) -> object:
        """The program's own object."""
        return self._whole

    def write(self, params: Params, /) -> None:
        """Set the parameters, in place where they can be."""
        self._how.layout.write(self._whole, params)

    def read(self) -> Params:
        """The parameters as they are now."""
        return self._how.layout.read(self._whole, self._net.sizes)

    def forward(self, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        return self._how.forward(self._whole, x, self._net.sizes[-1])

    def loss(self, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        if self._how.loss is None:
            raise NotOffered("loss")
        return self._how.loss(self._whole, self._asked(x, t))

    def gradient(self, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""
        if self._how.gradient is None:
            raise NotOffered("gradient")
        return self._how.gradient(self._whole, self._asked(x, t), self._net.sizes)

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        """One update on the batch."""
        if self._how.step is None:
            raise NotOffered("step")
        self._how.step(self._whole, self._asked(x, t, rule.rate))

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        """Train from where it stands."""
        if self._how.fit is None:
            raise NotOffered("fit")
        size = max(min(2, len(x)), len(x) // 4)  # several batches, the last one smaller
        self._how.fit(self._whole, replace(self._asked(x, t, rule.rate), epochs=epochs, size=size))
        return ()

    def _asked(self, x: Array, t: Targets, rate: float = 0.0) -> Asked:
        flat = self._how.forward.flat and t.ndim == 2 and t.shape[1] == 1
        return Asked(self._how.forward, x, t[:, 0] if flat else t, rate)


class OrdinaryMaker:
    """Makes machines of a recognised class."""

    def __init__(self, recognised: Recognised, claims: Claims) -> None:
        self._recognised, self._claims = recognised, claims

    @property
    def claims(self) -> Claims:
        """What is claimed of it."""
        return self._claims

    @property
    def recognised(self) -> Recognised:
        """How it is called."""
        return self._recognised

    def make(self, net: Network, seed: int, /) -> OrdinaryMachine:
        """A fresh machine."""
        return OrdinaryMachine(self._recognised, net, seed)


__all__ = ["OrdinaryMachine", "OrdinaryMaker", "Recognised"]
