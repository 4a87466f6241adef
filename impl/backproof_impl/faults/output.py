"""Faults of the output's activation."""

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Network


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


@fault(breaks="softmax-large", remedy="subtract the row's largest logit before exp")
class SoftmaxOverflows(Reference):
    """Softmax takes exp of the logits as they are, and divides infinity by infinity when they are large."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        if not is_softmax(net, l):
            return super().activate(net, l, z)
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(net.activations[l - 1].slope * z)
            return np.asarray(e / e.sum(axis=1, keepdims=True))
