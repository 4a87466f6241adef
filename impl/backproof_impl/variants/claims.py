"""The reference with other claims, and what follows from them."""

from dataclasses import replace

import numpy as np

from backproof_impl.reference import Reference
from backproof_impl.variants.registry import variant
from backproof_spec.values import Activation, Array, Claims, Family, Loss, Network


@variant
class InSingle(Reference):
    """All of it in float32, and it says so."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, dtype="float32")


@variant
class SingleRows(Reference):
    """It takes one sample at a time, and says so."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, batch=1)


@variant
class SmallRatesOnly(Reference):
    """Rates above 1 are outside what it claims."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, rates=(0.0, 1.0))


@variant
class OtherStarts(Reference):
    """Initial weights are normal numbers, where the reference has uniform ones."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        fan_in, width = net.sizes[l - 1], net.sizes[l]
        return rng.normal(0, fan_in**-0.5, (fan_in, width))


@variant
class ReadsATable(Reference):
    """The sigmoid is read from a table of steps of 1/256 between -8 and 8, and so accurate it says it is."""

    @property
    def claims(self) -> Claims:
        pairs = (("identity", Loss("squared_error")), ("sigmoid", Loss("squared_error")))
        table = (
            Family((Activation("sigmoid"),), (Activation(name),), (loss,), accuracy=2.0**-10, z_max=8.0)
            for name, loss in pairs
        )
        return replace(super().claims, families=tuple(table))

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if net.activations[l - 1].name == "identity":
            return z
        return super().activate(net, l, np.clip(np.round(z * 256) / 256, -8, 8))


@variant
class ReportsSquaredError(Reference):
    """The delta is y - t, and the loss that is printed is the squared error, and it says so."""

    @property
    def claims(self) -> Claims:
        sigmoids = (Activation("sigmoid"),)
        family = Family(sigmoids, sigmoids, (Loss("matching"),), reported=Loss("squared_error", outputs="mean"))
        return replace(super().claims, families=(family,))


@variant
class OneBiasALayer(Reference):
    """All units of a layer share one bias, and it says so."""

    @property
    def claims(self) -> Claims:
        one = Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),), biases=("shared", "shared"))
        return replace(super().claims, families=(one,))
