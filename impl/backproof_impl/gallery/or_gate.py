"""A gate, any number of hidden layers: biases shaped by the batch, and a gradient made of products of sums."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from backproof_impl.gallery.seeded import seeded
from backproof_impl.gallery.versions import exhibits
from backproof_spec.values import Activation, Array, Claims, Family, Layer, Loss, Network, Params, Rule, Sizes


class GateLayer:
    """Weights, biases, a rate of its own, and the local gradient that the last forward pass left behind."""

    def __init__(self, bias_height: int, inputs: int, height: int) -> None:
        self.epsilon = 1e-6
        self.weights: Array = np.random.randn(inputs, height) * 0.01
        self.biases: Array = np.zeros((bias_height, 1))
        self.local_gradient: Array = np.zeros((inputs, height))

    def activation(self, z: Array) -> Array:
        return 1 / (1 + np.exp(-z))

    def activation_prime(self, z: Array) -> Array:
        return self.activation(z) * (1 - self.activation(z))

    def forward(self, x: Array) -> Array:
        """Outputs (n, height) for inputs (n, inputs)."""
        z = x @ self.weights + self.biases
        self.local_gradient = x.T @ self.activation_prime(z)
        return self.activation(z)

    def adjust_weights(self, err: Array) -> None:
        self.weights -= self.epsilon * err


class GateNet:
    """As posted: the first layer's biases are as many as the rows of the batch, later ones as the layer's units."""

    layer: type[GateLayer] = GateLayer

    def __init__(self, rows: int, inputs: int, hidden: list[int], outputs: int) -> None:
        heights = [inputs, *hidden, outputs]
        bias_heights = [rows, *heights[2:]]
        self.layers: Sequence[GateLayer] = [
            self.layer(bias_height, previous, height)
            for bias_height, (previous, height) in zip(bias_heights, pairwise(heights), strict=True)
        ]

    def forward(self, x: Array) -> Array:
        """Outputs (n, d_L)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x: Array, y: Array) -> Array:
        """What its author plots: errors added up with their signs, one sum an output."""
        total: Array = (y - self.forward(x)).sum(axis=0)
        return total

    def train(self, x: Array, y: Array, epochs: int) -> None:
        """Full batches."""
        for _ in range(epochs):
            delta = self.forward(x) - y
            err = (self.layers[-1].local_gradient @ delta.T).sum(axis=1, keepdims=True)
            self.layers[-1].adjust_weights(err)
            for layer in reversed(self.layers[:-1]):
                err = layer.local_gradient @ err
                layer.adjust_weights(err)


class TanhLayer(GateLayer):
    def activation(self, z: Array) -> Array:
        return np.tanh(z)

    def activation_prime(self, z: Array) -> Array:
        return 1 - np.tanh(z) ** 2


class GateNetAnswered(GateNet):
    """The learning rule was found to be right; tanh is all that changes."""

    layer = TanhLayer


class MendedLayer(GateLayer):
    """A bias for each unit; the input and the derivative are kept apart until the delta is known."""

    def __init__(self, bias_height: int, inputs: int, height: int) -> None:
        super().__init__(bias_height, inputs, height)
        self.biases: Array = np.zeros((1, height))
        self.input: Array = np.zeros((1, inputs))
        self.slope: Array = np.zeros((1, height))

    def forward(self, x: Array) -> Array:
        z = x @ self.weights + self.biases
        self.input, self.slope = x, self.activation_prime(z)
        return self.activation(z)

    def backward(self, err: Array) -> Array:
        """dL/da (n, height) in, dL/dx (n, inputs) out; weights and biases move."""
        delta = err * self.slope
        back: Array = delta @ self.weights.T
        self.weights -= self.epsilon * self.input.T @ delta
        self.biases -= self.epsilon * delta.sum(axis=0, keepdims=True)
        return back


class GateNetMended(GateNet):
    """The error goes back from layer to layer; the loss adds up squares."""

    layer = MendedLayer
    layers: Sequence[MendedLayer]

    def loss(self, x: Array, y: Array) -> Array:
        """Half the squared error, over rows and outputs."""
        return np.asarray(((y - self.forward(x)) ** 2).sum() / 2)

    def train(self, x: Array, y: Array, epochs: int) -> None:
        for _ in range(epochs):
            err: Array = self.forward(x) - y
            for layer in reversed(self.layers):
                err = layer.backward(err)


class GateMachine:
    """A GateNet as it is asked. Its biases are no network's biases: they can be zero, and nothing else."""

    def __init__(self, program: GateNet) -> None:
        self.program = program

    def write(self, params: Params, /) -> None:
        for layer, (W, b) in zip(self.program.layers, params, strict=True):
            layer.weights = W.copy()
            self.write_biases(layer, b)

    def write_biases(self, layer: GateLayer, b: Array) -> None:
        """Zeros, in the program's own shape."""
        if b.any():
            raise ValueError(f"biases of shape {layer.biases.shape} can hold zeros, but no b of shape {b.shape}")
        layer.biases = np.zeros_like(layer.biases)

    def read(self) -> Params:
        return tuple(Layer(layer.weights, layer.biases) for layer in self.program.layers)

    def forward(self, x: Array, /) -> Array:
        return self.program.forward(x)

    def loss(self, x: Array, t: Array, /) -> float:
        return float(self.program.loss(x, t).item())

    def step(self, x: Array, t: Array, rule: Rule, /) -> None:
        for layer in self.program.layers:
            layer.epsilon = rule.rate
        self.program.train(x, t, epochs=1)


class MendedGateMachine(GateMachine):
    """Biases are rows (1, d_l)."""

    def write_biases(self, layer: GateLayer, b: Array) -> None:
        layer.biases = b[None].copy()

    def read(self) -> Params:
        return tuple(Layer(layer.weights, layer.biases[0]) for layer in self.program.layers)


def claimed(name: str, activation: Activation) -> Claims:
    """Any sizes with a hidden layer; an error of y - t, summed over rows, comes from half the squared error, summed."""
    own = (activation,)
    return Claims(name, (Family(own, own, (Loss("squared_error", samples="sum"),), sizes=Sizes(depth=(1, None))),))


ROWS = 4  # of a gate's truth table: what the posted program is built for


class Posted:
    program: type[GateNet] = GateNet
    machine: type[GateMachine] = GateMachine
    claims = claimed("or gate, as posted", Activation("sigmoid"))

    def make(self, net: Network, seed: int, /) -> GateMachine:
        with seeded(seed):
            return self.machine(self.program(ROWS, net.sizes[0], list(net.sizes[1:-1]), net.sizes[-1]))


class Answered(Posted):
    program = GateNetAnswered
    claims = claimed("or gate, as answered", Activation("tanh"))


class Mended(Posted):
    program = GateNetMended
    machine = MendedGateMachine
    claims = claimed("or gate, mended", Activation("sigmoid"))


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def learns(program: type[GateNet], gate: int, rate: float) -> bool:
    """Whether all outputs of a 2-6-1 network are clearly on their side of .5; bit r of the gate belongs to row r."""
    y = np.array([[gate >> row & 1] for row in range(ROWS)], dtype=np.float64)
    with seeded(0):
        net = program(ROWS, 2, [6], 1)
    for layer in net.layers:
        layer.epsilon = rate
    net.train(CORNERS, y, epochs=2500)
    return bool((np.abs(net.forward(CORNERS) - y) < 0.49).all())


def learnt(program: type[GateNet], rate: float) -> str:
    """Of all gates with two inputs, one network each. 2500 epochs at .002 are the author's 5,000,000 at 1e-6."""
    gates = sum(learns(program, gate, rate) for gate in range(16))
    return f"gates learnt {gates} of 16"


EXHIBITS = exhibits(
    program="001",
    title="a gate, 2-6-1, logistic units, biases shaped by the batch",
    module=__name__,
    task="the OR gate; of the sixteen gates with two inputs, those that are learnt in 2500 epochs",
    posted=("shape-biases", "grad-weights", "grad-hidden-delta", "grad-biases"),
    answered=("shape-biases", "grad-weights", "grad-hidden-delta", "grad-biases"),
    achieves=(
        partial(learnt, GateNet, 0.002),
        partial(learnt, GateNetAnswered, 0.002),
        partial(learnt, GateNetMended, 5.0),
    ),
)
