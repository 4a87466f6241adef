"""Digits, 64-30-10: logistic units, one step for each sample; the trained outputs are all 1."""

from functools import partial

import numpy as np

from backproof_impl.gallery.held_out import accuracy, split
from backproof_impl.gallery.seeded import seeded
from backproof_impl.gallery.versions import exhibits
from backproof_spec.values import (
    Activation,
    Array,
    Claims,
    Family,
    Labels,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Sizes,
)


class DigitNet:
    """Layers of weights; the first has a row for the bias, and every hidden layer a unit more than was asked for."""

    def __init__(self, layers: list[int], alpha: float = 0.1) -> None:
        self.layers, self.alpha = layers, alpha
        self.weights: list[Array] = []
        for l in range(1, len(layers) - 1):
            self.weights.append(np.random.uniform(-0.2, 0.2, (layers[l - 1] + 1, layers[l] + 1)))
        self.weights.append(np.random.uniform(-0.2, 0.2, (layers[-2] + 1, layers[-1])))

    def activation(self, z: Array) -> Array:
        """The logistic function, without overflow."""
        value: Array = np.exp(-np.logaddexp(0.0, -z))
        return value

    def derivative(self, z: Array) -> Array:
        """Right for a pre-activation z; learning hands it activations."""
        return self.activation(z) * (1 - self.activation(z))

    def target(self, number: int) -> Array:
        """The class number itself, which every output is compared with."""
        return np.full(self.layers[-1], float(number))

    def activations(self, example: Array) -> list[Array]:
        """Of every layer, the input (d_0 + 1,) first."""
        activations = [example]
        for weights in self.weights:
            activations.append(self.activation(activations[-1] @ weights))
        return activations

    def learn_example(self, example: Array, target: Array) -> None:
        """Forwards, deltas backwards, then all weights."""
        activations = self.activations(example)
        deltas = [(target - activations[-1]) * self.derivative(activations[-1])]
        for layer in range(len(activations) - 2, 0, -1):
            deltas.append(deltas[-1] @ self.weights[layer].T * self.derivative(activations[layer]))
        deltas.reverse()
        for l, delta in enumerate(deltas):
            self.weights[l] += self.alpha * np.outer(activations[l], delta)

    def learn(self, x: Array, targets: Array) -> None:
        """One epoch, in the order given."""
        for example, target in zip(with_ones(x), targets, strict=True):
            self.learn_example(example, target)

    def predict(self, x: Array) -> Array:
        """Outputs (n, d_L)."""
        return np.array([self.activations(example)[-1] for example in with_ones(x)])


def with_ones(x: Array) -> Array:
    """x (n, d_0) with a first column of ones."""
    return np.concatenate([np.ones((len(x), 1)), x], axis=1)


class DigitNetAnswered(DigitNet):
    """One output a class, and tanh instead of the logistic function."""

    def activation(self, z: Array) -> Array:
        return np.tanh(z)

    def derivative(self, z: Array) -> Array:
        """Of tanh, and still handed activations."""
        return 1 - np.tanh(z) ** 2

    def target(self, number: int) -> Array:
        return one_of(self.layers[-1], number)


class DigitNetMended(DigitNet):
    """One output a class; the derivative expects the activation that it is handed."""

    def derivative(self, a: Array) -> Array:
        return a * (1 - a)

    def target(self, number: int) -> Array:
        return one_of(self.layers[-1], number)


def one_of(classes: int, number: int) -> Array:
    """Zeros (classes,), and a one at the number."""
    target = np.zeros(classes)
    target[number] = 1.0
    return target


class DigitMachine:
    """A DigitNet as it is asked."""

    def __init__(self, program: DigitNet) -> None:
        self.program = program

    def write(self, params: Params, /) -> None:
        first, *later = params
        self.program.weights = [np.vstack([first.b, first.W]), *(layer.W.copy() for layer in later)]

    def read(self) -> Params:
        first, *later = self.program.weights
        return (Layer(first[1:], first[0]), *(Layer(W, np.zeros(W.shape[1])) for W in later))

    def forward(self, x: Array, /) -> Array:
        return self.program.predict(x)

    def step(self, x: Array, t: Array, rule: Rule, /) -> None:
        self.program.alpha = rule.rate
        self.program.learn(x, t)

    def targets(self, labels: Labels, /) -> Array:
        return np.array([self.program.target(int(number)) for number in labels])


def claimed(name: str, activation: Activation) -> Claims:
    """One step a sample, squared error; only the first layer has a bias, hence at most one hidden layer.

    That layer is a unit wider than its author counts: the unit was meant as a bias, and is learnt like any other.
    """
    loss, own = (Loss("squared_error"),), (activation,)
    wide = Sizes(depth=(1, 1), width=(2, None), outputs=(2, None))
    hidden = Family(own, own, loss, biases=("each", "none"), sizes=wide)
    flat = Family(own, own, loss, sizes=Sizes(depth=(0, 0), outputs=(2, None)))
    return Claims(name, (hidden, flat), batch=1)


class Posted:
    program: type[DigitNet] = DigitNet
    claims = claimed("digits per sample, as posted", Activation("sigmoid"))

    def make(self, net: Network, seed: int, /) -> DigitMachine:
        """Of the hidden units that the network has, the author asks for all but one."""
        layers = [net.sizes[0], *(width - 1 for width in net.sizes[1:-1]), net.sizes[-1]]
        with seeded(seed):
            return DigitMachine(self.program(layers))


class Answered(Posted):
    program = DigitNetAnswered
    claims = claimed("digits per sample, as answered", Activation("tanh"))


class Mended(Posted):
    program = DigitNetMended
    claims = claimed("digits per sample, mended", Activation("sigmoid"))


def trained(program: type[DigitNet]) -> str:
    """Twenty epochs on grey values as they are, 0 to 16, at rate .04."""
    data = split()
    with seeded(0):
        net = program([64, 30, 10], alpha=0.04)
    targets = np.array([net.target(int(number)) for number in data.labels])
    for _ in range(20):
        net.learn(data.x, targets)
    return accuracy(net.predict(data.x_held), data.labels_held)


EXHIBITS = exhibits(
    program="000",
    title="digits, 64-30-10, one step for each sample",
    module=__name__,
    task="accuracy on the digits",
    posted=("targets-one-hot", "activation-derivative"),
    answered=("activation-derivative",),
    achieves=(partial(trained, DigitNet), partial(trained, DigitNetAnswered), partial(trained, DigitNetMended)),
)
