"""The digits in two parts, four fifths to learn from and one fifth to be judged by."""

from typing import NamedTuple

import numpy as np

from backproof_impl.digits import load_digits
from backproof_spec.values import Array, Labels


class Split(NamedTuple):
    """Grey values 0 to 16 and class numbers, shuffled by a fixed seed."""

    x: Array  # (1437, 64)
    labels: Labels  # (1437,)
    x_held: Array  # (360, 64)
    labels_held: Labels  # (360,)


def split() -> Split:
    """The same two parts every time."""
    x, labels = load_digits()
    order = np.random.default_rng(0).permutation(len(x))
    learnt, held = order[360:], order[:360]
    return Split(x[learnt], labels[learnt], x[held], labels[held])


def accuracy(y: Array, labels: Labels) -> str:
    """ "accuracy .739": the share of rows of y (n, 10) whose largest output is at the class number."""
    share = float(np.mean(y.argmax(axis=1) == labels))
    return f"accuracy {share:.3f}".replace("0.", ".")
