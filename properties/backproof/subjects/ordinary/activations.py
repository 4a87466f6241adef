"""Which activations a program uses: those whose closed form gives the outputs that it gives."""

import itertools
from collections.abc import Iterator, Sequence
from math import log2
from typing import NamedTuple

import numpy as np

from backproof.subjects.ordinary.expected import activated
from backproof_spec import Activation, Array, Bias, Layer, Params

HIDDEN = (
    *(Activation(name) for name in ("sigmoid", "tanh", "relu", "identity")),
    *(Activation("leaky_relu", alpha=alpha) for alpha in (0.01, 0.1, 0.2, 0.3, 0.02, 0.05, 0.001)),
    *(Activation(name) for name in ("elu", "softplus", "gelu", "gelu_tanh")),
    Activation("tanh", slope=2 / 3, scale=1.7159),  # LeCun 1998, section 4.4
    Activation("tanh", slope=0.5),  # the bipolar sigmoid
)
OUTPUT = (*HIDDEN, Activation("softmax"))
SPOKEN = {
    "identity": ("identity", "linear", "none"),
    "sigmoid": ("sigmoid", "logistic"),
    "tanh": ("tanh",),
    "relu": ("relu",),
    "leaky_relu": ("leaky_relu", "leakyrelu", "lrelu", "leaky"),
    "elu": ("elu",),
    "softplus": ("softplus",),
    "gelu": ("gelu",),
    "gelu_tanh": ("gelu_tanh",),
    "softmax": ("softmax",),
}  # the names under which programs know them
_CLOSE = 1e-4  # far less than activations differ by at the probes, far more than float32 rounds


Biases = tuple[Bias, Bias]  # as hidden layers hold them, and as the output layer does
EACH: Biases = ("each", "each")
Signs = tuple[int, int]  # with which biases of hidden layers, and of the output layer, come in
ADDED, SUBTRACTED, LEFT_OUT = (1, 1), (-1, -1), (0, 0)
_MIXED = ((1, -1), (-1, 1), (1, 0), (0, 1))


class Pair(NamedTuple):
    """What was recognised; exactly: no deviation had to be admitted."""

    hidden: Activation
    output: Activation
    exactly: bool
    signs: Signs = ADDED


class Probe(NamedTuple):
    """Outputs y (n, d_L) that a program gave for x (n, d_0) at these parameters."""

    params: Params
    x: Array
    y: Array


def drawn(sizes: tuple[int, ...], seed: int, biases: Biases = EACH) -> Params:
    """Dyadic parameters, exact in float32 as well, smaller where a layer is wide; no bias zero where there are any."""
    rng = np.random.default_rng(seed)
    layers = []
    for l, (a, b) in enumerate(itertools.pairwise(sizes), start=1):
        W = (rng.integers(-48, 48, (a, b)) / 32 + 1 / 64) * _narrowed(a)
        numbers, held = rng.integers(1, 32, b) / 32, biases[l == len(sizes) - 1]
        layers.append(Layer(W, {"each": numbers, "shared": np.full(b, numbers[0]), "none": np.zeros(b)}[held]))
    return tuple(layers)


def _narrowed(fan_in: int) -> float:
    """A power of two, so that pre-activations stay moderate however many inputs there are."""
    return 2.0 ** -max(0, round(log2(fan_in) / 2 - 1.5))


def inputs(n: int, d: int, seed: int) -> Array:
    """Dyadic inputs (n, d) between -1 and 1."""
    return np.random.default_rng(seed + 1000).integers(-32, 32, (n, d)) / 32 + 1 / 64


def recognised(
    probes: Sequence[Probe], hidden: Sequence[Activation] = HIDDEN, output: Sequence[Activation] = OUTPUT,
    unbiased: Sequence[Probe] = (), one_name: bool = False,
) -> Pair | None:  # fmt: skip
    """The first pair that explains every probe; one that explains them up to a deviation, if there is none.

    Biases that are not added are sought among the pairs that explain probes whose biases are zero. All subtracted is a
    convention; what is added in one layer and not in the other is a fault where one name means it in both.
    """
    for pair, axis in _explaining(probes, hidden, output):
        return Pair(*pair, axis == "row")
    for pair, axis in _explaining(unbiased, hidden, output) if unbiased else ():
        for signs in (SUBTRACTED, LEFT_OUT, *(_MIXED if one_name else ())):
            if all(_explains(*pair, probe, signs, axis) for probe in probes):
                return Pair(*pair, False, signs)
    return None


def _explaining(
    probes: Sequence[Probe], hidden: Sequence[Activation], output: Sequence[Activation]
) -> Iterator[tuple[tuple[Activation, Activation], str]]:
    """Pairs with biases added; softmax over rows, or else, which is a fault, over columns or everything, or twice."""
    for axis in ("row", "column", "whole", "twice"):
        for pair in _pairs(probes, hidden, output):
            if all(_explains(*pair, probe, ADDED, axis) for probe in probes):
                yield pair, axis


def _pairs(
    probes: Sequence[Probe], hidden: Sequence[Activation], output: Sequence[Activation]
) -> Iterator[tuple[Activation, Activation]]:
    deep = any(len(probe.params) > 1 for probe in probes)
    return ((h, o) for h in (hidden if deep else hidden[:1]) for o in output)


def _explains(hidden: Activation, output: Activation, probe: Probe, signs: Signs, axis: str) -> bool:
    if axis != "row" and output.name != "softmax":
        return False
    a = probe.x
    for layer in probe.params[:-1]:
        a = activated(hidden, a @ layer.W + signs[0] * layer.b)
    z = a @ probe.params[-1].W + signs[1] * probe.params[-1].b
    return probe.y.shape == z.shape and np.allclose(_output(output, z, axis), probe.y, rtol=_CLOSE, atol=_CLOSE)


def _output(output: Activation, z: Array, axis: str) -> Array:
    if axis == "column":
        return activated(output, z.T).T
    if axis == "whole":
        return activated(output, z.reshape(1, -1)).reshape(z.shape)
    return activated(output, activated(output, z)) if axis == "twice" else activated(output, z)
