"""Faults of the targets: class numbers become the wrong rows."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Labels, Network, Targets


@fault(breaks="targets-one-hot", remedy="class number k belongs in column k, counted from 0")
class OneHotOffByOne(Reference):
    """Class number k becomes a row with its 1 in the column before k."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return np.roll(super().one_hot(net, labels), -1, axis=1)


@fault(breaks="targets-one-hot", remedy="class number k belongs in column k, counted from 0")
class OneHotOneTooFar(Reference):
    """Class number k becomes a row with its 1 in the column after k, as if columns were counted from 1."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return np.roll(super().one_hot(net, labels), 1, axis=1)


@fault(breaks="targets-one-hot", remedy="make one row a label, with 1 in that label's column")
class LabelsAsNumbers(Reference):
    """The class number itself is the target of every output."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return np.repeat(labels[:, None].astype(np.float64), net.sizes[-1], axis=1)


@fault(breaks="targets-one-hot", remedy="make every row d_L wide, whichever classes the batch happens to hold")
class OneHotAsWideAsTheLabels(Reference):
    """Target rows are as wide as the largest class number in the batch asks for."""

    def targets(self, net: Network, labels: Labels, /) -> Array:
        return np.eye(int(labels.max()) + 1)[labels]


@fault(breaks="targets-one-hot", remedy="make one column for each class: d_L of them, none left out")
class FirstClassHasNoColumn(Reference):
    """The first class is coded by a row of zeros without a column of its own, as for a regression."""

    def targets(self, net: Network, labels: Labels, /) -> Array:
        return super().targets(net, labels)[:, 1:]


@fault(breaks="targets-one-hot", remedy="number the classes once for all data, not anew in every batch")
class ClassesNumberedAnewInEveryBatch(Reference):
    """Classes are numbered by those that occur in the batch, so a class changes its column from batch to batch."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return super().one_hot(net, np.unique(labels, return_inverse=True)[1].reshape(labels.shape))


@fault(breaks="targets-one-hot", remedy="use 1 at the class and 0 elsewhere: -1 is a target for tanh")
class OneHotFromMinusOneToOne(Reference):
    """The other classes get the target -1 instead of 0."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return 2 * super().one_hot(net, labels) - 1


@fault(breaks="targets-one-hot", remedy="use 1 and 0, or declare the smoothed rows as targets")
class LabelsSmoothedUndeclared(Reference):
    """A tenth of every target is spread over all classes."""

    def one_hot(self, net: Network, labels: Labels) -> Array:
        return 0.9 * super().one_hot(net, labels) + 0.1 / net.sizes[-1]


@fault(breaks="loss-value", remedy="keep the targets floating-point numbers")
class TargetsTruncatedToIntegers(Reference):
    """Targets are stored in an integer array, which cuts their fractions off."""

    def rows(self, net: Network, run: Pass, t: Targets) -> Array:
        return np.trunc(super().rows(net, run, t))


@fault(breaks="loss-value", remedy="permute the rows of x and t by one and the same permutation")
class TargetsShuffledApart(Reference):
    """Inputs and targets are shuffled apart, so that a row meets the target of another."""

    def rows(self, net: Network, run: Pass, t: Targets) -> Array:
        return np.roll(super().rows(net, run, t), 1, axis=0)


@fault(breaks="loss-value", remedy="scale the targets once, by a constant of the whole data set, and scale outputs back")
class TargetsScaledByTheirLargest(Reference):
    """The targets of each batch are divided by the largest of them."""

    def rows(self, net: Network, run: Pass, t: Targets) -> Array:
        rows = super().rows(net, run, t)
        return rows / (np.abs(rows).max() or 1.0)
