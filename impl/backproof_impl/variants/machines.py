"""Programs with state that answer the protocol of machines: made for one network, written to, asked and read."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backproof_impl import families, optimisers
from backproof_impl.reference import Reference
from backproof_impl.variants.registry import variant
from backproof_spec.values import Array, Claims, Labels, Layer, Network, Params, Rule, Targets

REFERENCE = Reference()


class Kept:
    """A machine that keeps its parameters, and what its optimiser remembers, from step to step."""

    def __init__(self, net: Network, params: Params) -> None:
        self.net, self.params, self.memories = net, params, optimisers.fresh(params)

    def write(self, params: Params, /) -> None:
        """Set the parameters; the optimiser forgets."""
        self.params, self.memories = optimisers.copied(params), optimisers.fresh(params)

    def read(self) -> Params:
        """The parameters as they are now."""
        return optimisers.copied(self.params)

    def forward(self, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return REFERENCE.forward(self.net, self.params, x)

    def loss(self, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        return REFERENCE.loss(self.net, self.params, x, t)

    def gradient(self, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""
        return REFERENCE.gradient(self.net, self.params, x, t)

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        """One update on the batch, in place."""
        self.memories = REFERENCE.update(rule, self.params, self.gradient(x, t), self.memories)

    def targets(self, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        return REFERENCE.targets(self.net, labels)

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        """Train on the whole batch; the loss after each epoch."""
        return tuple(self._epoch(x, t, rule) for _ in range(epochs))

    def _epoch(self, x: Array, t: Targets, rule: Rule) -> float:
        self.step(x, t, rule)
        return self.loss(x, t)


@variant
class MachineWithMemory:
    """A machine with state: parameters stay in it between calls, and so do the momenta of its optimiser."""

    @property
    def claims(self) -> Claims:
        """Those of the reference."""
        return families.claims("machine-with-memory")

    def make(self, net: Network, seed: int, /) -> Kept:
        """A fresh machine."""
        return Kept(net, REFERENCE.initial(net, seed))


class Live(Kept):
    """Its parameters are views of one vector, and so is everything that it gives out."""

    theta: NDArray[np.float64]

    def __init__(self, net: Network, params: Params) -> None:
        super().__init__(net, params)
        self.write(params)

    def write(self, params: Params, /) -> None:
        self.theta = np.concatenate([np.ravel(p) for layer in params for p in layer])
        self.params, self.memories = tuple(self._views(params)), optimisers.fresh(params)

    def read(self) -> Params:
        return self.params

    def _views(self, params: Params) -> Iterator[Layer]:
        start = 0
        for W, b in params:
            middle, end = start + W.size, start + W.size + b.size
            yield Layer(self.theta[start:middle].reshape(W.shape), self.theta[middle:end])
            start = end


@variant
class LiveViews:
    """What is read is no copy but the parameters themselves, views of one long vector that the next step moves on."""

    @property
    def claims(self) -> Claims:
        """Those of the reference."""
        return families.claims("live-views")

    def make(self, net: Network, seed: int, /) -> Live:
        """A fresh machine."""
        return Live(net, REFERENCE.initial(net, seed))
