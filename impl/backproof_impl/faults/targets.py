"""Faults of the targets: class numbers become the wrong rows."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Labels, Network


@fault(breaks="targets-one-hot", remedy="class number k belongs in column k, counted from 0")
class OneHotOffByOne(Reference):
    """Class number k becomes a row with its 1 in the column before k."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return np.roll(super().one_hot(net, labels), -1, axis=1)


@fault(breaks="targets-one-hot", remedy="make one row a label, with 1 in that label's column")
class LabelsAsNumbers(Reference):
    """The class number itself is the target of every output."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return np.repeat(labels[:, None].astype(np.float64), net.sizes[-1], axis=1)
