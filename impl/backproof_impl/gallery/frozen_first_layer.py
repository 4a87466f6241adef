"""Lists of weights and of column biases, mini-batches: a backward loop that ends before it reaches the first layer."""

from functools import partial
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from backproof_impl.gallery.held_out import accuracy, split
from backproof_impl.gallery.seeded import seeded
from backproof_impl.gallery.versions import exhibits
from backproof_spec.values import Activation, Array, Claims, Family, Labels, Layer, Loss, Network, Params, Rule, Sizes

Pair: TypeAlias = tuple[Array, Array]  # an input column (d_0, 1) and a target column (d_L, 1)
Arrays: TypeAlias = list[Array]


def sigmoid(z: Array) -> Array:
    value: Array = np.exp(-np.logaddexp(0.0, -z))
    return value


def sigmoid_deriv(z: Array) -> Array:
    return sigmoid(z) * (1 - sigmoid(z))


def cost_deriv(output: Array, target: Array) -> Array:
    return output - target


def conv_to_col(row: Array) -> Array:
    return row.reshape(-1, 1)


def create_tgt_vec(label: int, classes: int) -> Array:
    """A column of zeros, and a one at the label."""
    column = np.zeros((classes, 1))
    column[label] = 1.0
    return column


class BatchNet:
    """Weights (d_l, d_{l-1}) and biases (d_l, 1), standard normal at first."""

    def __init__(self, sizes: list[int]) -> None:
        self.wts: Arrays = [np.random.randn(rows, columns) for columns, rows in pairwise(sizes)]
        self.bias: Arrays = [np.random.randn(rows, 1) for rows in sizes[1:]]

    def feed(self, column: Array) -> Array:
        """The output column (d_L, 1)."""
        for w, b in zip(self.wts, self.bias, strict=True):
            column = sigmoid(w @ column + b)
        return column

    def kept(self, test: Array) -> Arrays:
        """What is kept of the layers' outputs before the first layer is computed: not the input."""
        return []

    def walked_back(self) -> range:
        """How far from the end the loop goes: one layer short."""
        return range(2, len(self.wts))

    def divisor(self, train_set: list[list[Pair]], batch: list[Pair]) -> int:
        """The size of the first batch, whichever batch it is."""
        return len(train_set[0])

    def derivatives(self, test: Array, outp: Array) -> tuple[Arrays, Arrays]:
        """Of one sample's cost, by weights and by biases."""
        del_w, del_b = zeros_like(self.wts), zeros_like(self.bias)
        pre_sig, post_sig, column = Arrays(), self.kept(test), test
        for w, b in zip(self.wts, self.bias, strict=True):
            pre_sig.append(w @ column + b)
            column = sigmoid(pre_sig[-1])
            post_sig.append(column)
        delta = cost_deriv(post_sig[-1], outp) * sigmoid_deriv(pre_sig[-1])
        del_w[-1], del_b[-1] = delta @ post_sig[-2].T, delta
        for i in self.walked_back():
            delta = self.wts[-i + 1].T @ delta * sigmoid_deriv(pre_sig[-i])
            del_w[-i], del_b[-i] = delta @ post_sig[-i - 1].T, delta
        return del_w, del_b

    def backprop(self, train_set: list[list[Pair]], eta: float) -> None:
        """One step for each batch."""
        for batch in train_set:
            sum_w, sum_b = zeros_like(self.wts), zeros_like(self.bias)
            for test, outp in batch:
                del_w, del_b = self.derivatives(test, outp)
                sum_w = [total + d for total, d in zip(sum_w, del_w, strict=True)]
                sum_b = [total + d for total, d in zip(sum_b, del_b, strict=True)]
            rate = eta / self.divisor(train_set, batch)
            self.wts = [w - rate * d for w, d in zip(self.wts, sum_w, strict=True)]
            self.bias = [b - rate * d for b, d in zip(self.bias, sum_b, strict=True)]


def zeros_like(arrays: Arrays) -> Arrays:
    return [np.zeros_like(array) for array in arrays]


class BatchNetAnswered(BatchNet):
    """Other initial weights: of both signs, smaller the more inputs there are."""

    def __init__(self, sizes: list[int]) -> None:
        self.wts = [np.random.uniform(-1, 1, (rows, columns)) / np.sqrt(columns) for columns, rows in pairwise(sizes)]
        self.bias = [np.zeros((rows, 1)) for rows in sizes[1:]]


class BatchNetMended(BatchNet):
    """The input is kept, the loop ends at the first layer, and a batch is divided by its own size."""

    def kept(self, test: Array) -> Arrays:
        return [test]

    def walked_back(self) -> range:
        return range(2, len(self.wts) + 1)

    def divisor(self, train_set: list[list[Pair]], batch: list[Pair]) -> int:
        return len(batch)


class BatchMachine:
    """A BatchNet as it is asked: rows become columns, and all rows are one batch."""

    def __init__(self, program: BatchNet) -> None:
        self.program = program

    def write(self, params: Params, /) -> None:
        self.program.wts = [layer.W.T.copy() for layer in params]
        self.program.bias = [conv_to_col(layer.b.copy()) for layer in params]

    def read(self) -> Params:
        return tuple(Layer(w.T, b[:, 0]) for w, b in zip(self.program.wts, self.program.bias, strict=True))

    def forward(self, x: Array, /) -> Array:
        return np.hstack([self.program.feed(conv_to_col(row)) for row in x]).T

    def step(self, x: Array, t: Array, rule: Rule, /) -> None:
        batch = [(conv_to_col(row), conv_to_col(target)) for row, target in zip(x, t, strict=True)]
        self.program.backprop([batch], rule.rate)

    def targets(self, labels: Labels, /) -> Array:
        classes = len(self.program.bias[-1])
        return np.hstack([create_tgt_vec(int(label), classes) for label in labels]).T


def claimed(name: str) -> Claims:
    """Any sizes with a hidden layer; half the squared error, the mean over the rows of a batch."""
    sigmoids = (Activation("sigmoid"),)
    return Claims(name, (Family(sigmoids, sigmoids, (Loss("squared_error"),), sizes=Sizes(depth=(1, None))),))


class Posted:
    program: type[BatchNet] = BatchNet
    claims = claimed("frozen first layer, as posted")

    def make(self, net: Network, seed: int, /) -> BatchMachine:
        with seeded(seed):
            return BatchMachine(self.program(list(net.sizes)))


class Answered(Posted):
    program = BatchNetAnswered
    claims = claimed("frozen first layer, as answered")


class Mended(Posted):
    program = BatchNetMended
    claims = claimed("frozen first layer, mended")


def batches(x: Array, labels: Labels, rows: int) -> list[list[Pair]]:
    """Pairs of columns, as many to a batch; the last batch has what is left."""
    pairs = [(conv_to_col(row), create_tgt_vec(int(label), 10)) for row, label in zip(x, labels, strict=True)]
    return [pairs[first : first + rows] for first in range(0, len(pairs), rows)]


def trained(program: type[BatchNet]) -> str:
    """Thirty epochs in batches of ten at rate 1, on grey values as they are, 0 to 16."""
    data = split()
    with seeded(0):
        net = program([64, 30, 10])
    train_set = batches(data.x, data.labels, 10)
    for _ in range(30):
        net.backprop(train_set, 1.0)
    y = np.hstack([net.feed(conv_to_col(row)) for row in data.x_held]).T
    return accuracy(y, data.labels_held)


EXHIBITS = exhibits(
    program="004",
    title="digits, 64-30-10, lists of weights and column biases, mini-batches",
    module=__name__,
    task="accuracy on the digits",
    posted=("step-every-layer",),
    answered=("step-every-layer",),
    achieves=(partial(trained, BatchNet), partial(trained, BatchNetAnswered), partial(trained, BatchNetMended)),
)
