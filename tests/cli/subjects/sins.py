"""The reference on two small families, and what it would be with one sin each; Small has none."""

import os
import sys
import time
from typing import Any

import numpy as np

from backproof_impl.reference import Pass, Reference
from backproof_spec import Activation, Array, Claims, Family, Layer, Loss, Network, Params, Sizes, Targets

CALLS = [0]


class Small(Reference):
    """Right."""

    @property
    def claims(self) -> Claims:
        """tanh, then a line; squared error; too few inputs for gates, whose training takes a second."""
        sizes = Sizes(inputs=(1, 1), depth=(0, 2), width=(1, 4), outputs=(1, 3))
        return Claims("small", (Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),), sizes=sizes),))


class LacksDerivative(Small):
    """The error is sent back through W, but not through the activation."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return delta @ above.W.T


class Raises(Small):
    """It does not cope with one row."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        if len(x) == 1:
            raise ValueError("needs two rows\nat least")
        return super().forward(net, params, x)


class AlwaysRaises(Small):
    """Nothing can be had from it."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise RuntimeError("not today")


class Exits(Small):
    """It ends the program."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        sys.exit(0)


class Dies(Small):
    """It takes the process along."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        os._exit(0)


class Hangs(Small):
    """It does not come back."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        time.sleep(600)
        return params


class WrongShape(Small):
    """One row, whatever was asked."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        first: Array = super().forward(net, params, x)[0]
        return first


class GivesNone(Small):
    """It forgot to return."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Any:
        return None


class GivesNaN(Small):
    """Not a number anywhere."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return super().forward(net, params, x) * np.nan


class GivesList(Small):
    """Lists, not arrays."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Any:
        return super().forward(net, params, x).tolist()


class LosesInfinity(Small):
    """A loss that is not finite."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float("-inf")


class ChangesArguments(Small):
    """It scales the inputs where they are."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        found = super().forward(net, params, x)
        x *= 0.5
        return found


class TwoThings(ChangesArguments):
    """The loss is twice what it should be, besides."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return 2 * super().loss(net, params, x, t)


class Forgets(Small):
    """Another answer each time."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        CALLS[0] += 1
        return super().forward(net, params, x) + 1e-3 * CALLS[0]


class Talks(Small):
    """It prints what it does, in colour."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        print("\x1b[31mforward\x1b[0m", len(x))
        return super().forward(net, params, x)


class OnlyForward:
    """Nothing but outputs: too little to judge a gradient by."""

    claims = Small().claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return Small().forward(net, params, x)


class SmallStart(Small):
    """Initial weights that are far too small: against a SHOULD, and no MUST."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return super().initial_weights(net, l, rng) * 1e-3


class ClaimsRaise(Small):
    """It does not know what it is."""

    @property
    def claims(self) -> Claims:
        raise RuntimeError("who am I?")


class ConstructorRaises(Small):
    """It cannot be made."""

    def __init__(self) -> None:
        raise ValueError("no licence")


class NeedsSizes(Small):
    """Its constructor asks for more than nothing."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes


class NoForward:
    """A class, but no network."""
