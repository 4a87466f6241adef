"""Faults of the output's activation."""

import math

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Network, Params


def is_softmax(net: Network, l: int) -> bool:
    """Whether layer l ends in a softmax."""
    return net.activations[l - 1].name == "softmax"


@fault(breaks="softmax-sum", remedy="sum over the classes of each row: axis=1 where rows are samples")
class SoftmaxOverBatch(Reference):
    """Softmax is taken down the columns, over the samples of the batch."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, z.T).T if is_softmax(net, l) else super().activate(net, l, z)


@fault(breaks="softmax-sum", remedy="divide each row by its own sum")
class SoftmaxOverWholeArray(Reference):
    """Softmax divides by the sum over the whole batch."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        whole = z.reshape(1, -1) if is_softmax(net, l) else z
        return super().activate(net, l, whole).reshape(z.shape)


@fault(breaks="activation-value", remedy="apply softmax once; a loss that applies it wants logits")
class SoftmaxTwice(Reference):
    """Softmax is applied to the output of softmax."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return activations.softmax(a) if is_softmax(net, l) else a


@fault(breaks="activation-value", remedy="predict with the outputs as they are: they went through softmax already")
class SoftmaxAgainInPrediction(Reference):
    """Predictions apply softmax to the outputs, which are those of a softmax; training does not."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y = super().forward(net, params, x)
        return activations.softmax(y) if is_softmax(net, net.depth) else y


@fault(breaks="softmax-large", remedy="subtract the row's largest logit before exp")
class SoftmaxOverflows(Reference):
    """Softmax takes exp of the logits as they are, and divides infinity by infinity when they are large."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(net.activations[l - 1].slope * z)
            return np.asarray(e / e.sum(axis=1, keepdims=True))


@fault(breaks="softmax-large", remedy="subtract the row's largest logit before exp")
class SoftmaxRaises(Reference):
    """Softmax calls math.exp of the logits as they are, which raises OverflowError when they are large."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        e = np.vectorize(math.exp, otypes=[z.dtype])(net.activations[l - 1].slope * z)
        return np.asarray(e / e.sum(axis=1, keepdims=True))


@fault(breaks="softmax-sum", remedy="divide exp(z) by its sum over the row")
class SoftmaxNotNormalised(Reference):
    """The exponentials of softmax are not divided by their sum."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        f = net.activations[l - 1]
        return np.exp(f.slope * (z - z.max(axis=1, keepdims=True))) if is_softmax(net, l) else super().activate(net, l, z)


@fault(breaks="softmax-large", remedy="protect the logarithm, not the outputs: log(max(y, eps))")
class SoftmaxClippedFromBelow(Reference):
    """Softmax outputs below 0.01 are lifted to 0.01, so that no logarithm meets 0."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return np.maximum(a, 0.01) if is_softmax(net, l) else a


@fault(breaks="softmax-apart", remedy="take off the largest logit of each row: z.max(axis=1, keepdims=True)")
class LargestLogitOfTheBatch(Reference):
    """Softmax takes off the largest logit of the whole batch from every row."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        e = np.exp(net.activations[l - 1].slope * (z - z.max()))
        with np.errstate(all="ignore"):
            y: Array = e / e.sum(axis=1, keepdims=True)
        return y


@fault(breaks="softmax-range", remedy="divide exp(z) by the sum of exp(z)")
class LogitsDividedByTheirSum(Reference):
    """The logits themselves are divided by their sum, without the exponential."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(z / z.sum(axis=1, keepdims=True))


@fault(breaks="softmax-shift", remedy="divide exp(z) by the sum of exp(z), not sigmoids by theirs")
class SigmoidsDividedByTheirSum(Reference):
    """Sigmoids divided by their sum stand in for softmax."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        s = activations.sigmoid(net.activations[l - 1].slope * z)
        with np.errstate(invalid="ignore"):
            return np.asarray(s / s.sum(axis=1, keepdims=True))


@fault(breaks="activation-value", remedy="multiply the logits by the declared slope, one over the temperature")
class SoftmaxTemperatureIgnored(Reference):
    """Softmax takes the logits as they are, whatever the temperature."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return activations.softmax(z) if is_softmax(net, l) else super().activate(net, l, z)


@fault(breaks="activation-value", remedy="use exp: the base is e")
class SoftmaxOfBaseTwo(Reference):
    """Softmax is made of powers of 2 instead of e."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, np.log(2.0) * z if is_softmax(net, l) else z)


@fault(breaks="sigmoid-range", remedy="declare scale 2 and offset -1, or return the sigmoid itself")
class SigmoidSpreadToMinusOne(Reference):
    """The sigmoid of the output is spread to the interval from -1 to 1, which nobody declared."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return 2 * a - 1 if l == net.depth and net.activations[l - 1].name == "sigmoid" else a
