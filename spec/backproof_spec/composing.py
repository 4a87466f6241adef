"""Programs made of known faults, one or several, anywhere or in one layer: what a failed program is held against."""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol, TypeAlias

from backproof_spec.protocol import HasDescent, HasFit, HasGradient, HasInitial, HasLoss, HasTargets
from backproof_spec.values import Array, Network, Params, Targets

Quantity: TypeAlias = Literal["z", "a", "loss", "delta", "dW", "db"]


def of_layer(layer: int) -> str:
    """Layer 1; counted from the end, the output layer, the last hidden layer."""
    return {-1: "the output layer", -2: "the last hidden layer"}.get(layer, f"layer {layer}")


class Part(NamedTuple):
    """A fault of the catalogue, and where it sits."""

    fault: str  # its name
    layer: int | None = None  # 1 is the first, -1 the output's; None: wherever it can

    def __str__(self) -> str:
        return self.fault if self.layer is None else f"{self.fault} in {of_layer(self.layer)}"


class Result(NamedTuple):
    """What one equation gave, on the way from x to the gradient."""

    quantity: Quantity
    layer: int  # counted from 1; the loss stands beside the output layer
    value: Array


class Composed(HasLoss, HasGradient, HasDescent, HasInitial, HasTargets, HasFit, Protocol):
    """The reference with these faults in it."""

    def trace(self, net: Network, params: Params, x: Array, t: Targets, /) -> tuple[Result, ...]:
        """Every z, a, delta, dW and db of one gradient, in the order in which they were worked out."""
        ...


Composer: TypeAlias = Callable[[tuple[Part, ...]], Callable[[], Composed]]
"""Makes a constructor of such programs; found through the entry point group `backproof.composer`.

Raises ValueError where a fault is unknown, cannot be put into one layer alone, or does not go together with another.
"""
