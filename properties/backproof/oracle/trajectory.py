"""Where correct training leads from committed starts: the closed form descended, for many targets at once, in float64.

From given parameters two correct programs stay together to rounding, so what this run attains with room to spare, every
correct program attains: no luck is involved, whatever the activation.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from backproof.oracle.activations import SHAPES
from backproof.oracle.bounded import Wide
from backproof.oracle.closed import scale
from backproof_spec import Activation, Layer, Network, Params
from backproof_spec.vocabulary import alpha

Stack = NDArray[np.float64]  # (tasks, n, d)


class Run(NamedTuple):
    """The parameters reached for every task, stacked along the first axis, and the outputs there."""

    weights: tuple[Stack, ...]
    biases: tuple[Stack, ...]
    y: Stack  # (tasks, n, d_L)


def _value(activation: Activation, z: Stack) -> Stack:
    if activation.name == "softmax":
        z = activation.slope * z
        e = np.exp(z - z.max(axis=2, keepdims=True))
        return np.asarray(e / e.sum(axis=2, keepdims=True), dtype=np.float64)
    f = SHAPES[activation.name].value(cast(Wide, activation.slope * z), alpha(activation))
    return np.asarray(activation.offset + activation.scale * f, dtype=np.float64)


def _derivative(activation: Activation, z: Stack) -> Stack:
    f = SHAPES[activation.name].derivative(cast(Wide, activation.slope * z), alpha(activation))
    return np.asarray(activation.scale * activation.slope * f, dtype=np.float64)


def _loss_slope(net: Network, y: Stack, t: Stack) -> Stack:
    if net.loss.name == "cross_entropy":
        return -t / y
    if net.loss.name == "binary_cross_entropy":
        return (y - t) / (y * (1 - y))
    return y - t


def _output_delta(net: Network, z: Stack, y: Stack, t: Stack) -> Stack:
    output, name = net.activations[-1], net.loss.name
    if name == "matching" or (output, name) == (Activation("softmax"), "cross_entropy"):
        return y - t
    if (output, name) == (Activation("sigmoid"), "binary_cross_entropy"):
        return y - t
    g = _loss_slope(net, y, t)
    if output.name == "softmax":
        return np.asarray(output.slope * y * (g - (y * g).sum(axis=2, keepdims=True)), dtype=np.float64)
    return g * _derivative(output, z)


def descend(
    net: Network, start: Params, x: NDArray[np.float64], t: Stack, rate: float, steps: int, batch: int | None = None
) -> Run:
    """Gradient descent from one start for each of the tasks t (tasks, n, d_L), on the same inputs x (n, d_0).

    steps: passes over the rows; each is one step, or the steps that batches of so many rows make, in order.
    """
    return onward(net, begun(net, [start], x, len(t)), x, t, rate, steps, batch)


def begun(net: Network, starts: Sequence[Params], x: NDArray[np.float64], tasks: int) -> Run:
    """No step yet, from each of the starts for each of so many tasks, the first start's tasks first."""
    layers = [
        [np.repeat(np.stack(parts).astype(np.float64), tasks, axis=0) for parts in zip(*layer, strict=True)]
        for layer in zip(*starts, strict=True)
    ]
    return _reached(net, [W for W, _ in layers], [b[:, None] for _, b in layers], x)


def onward(
    net: Network, run: Run, x: NDArray[np.float64], t: Stack, rate: float | Stack, steps: int, batch: int | None = None
) -> Run:
    """So many passes more, at one rate or at one for each task (tasks, 1, 1)."""
    W, b, size = list(run.weights), list(run.biases), len(x) if batch is None else batch
    with np.errstate(all="ignore"):
        for _ in range(steps):
            for i in range(0, len(x), size):
                _step(net, W, b, x[i : i + size], t[:, i : i + size], rate)
        return _reached(net, W, b, x)


def _reached(net: Network, W: list[Stack], b: list[Stack], x: NDArray[np.float64]) -> Run:
    return Run(tuple(W), tuple(b), _pass(net, W, b, x)[1][-1])


def _step(net: Network, W: list[Stack], b: list[Stack], x: NDArray[np.float64], t: Stack, rate: float | Stack) -> None:
    """One step for every task; the lists are written to, their arrays are not."""
    step = rate * scale(net.loss, len(x), net.sizes[-1])
    z, a = _pass(net, W, b, x)
    delta = _output_delta(net, z[-1], a[-1], t)
    for l in range(net.depth, 0, -1):
        dW, db = a[l - 1].swapaxes(-1, -2) @ delta, delta.sum(axis=1, keepdims=True)
        if l > 1:
            delta = (delta @ W[l - 1].swapaxes(1, 2)) * _derivative(net.activations[l - 2], z[l - 2])
        W[l - 1] = W[l - 1] - step * dW
        b[l - 1] = b[l - 1] - step * db * (net.bias(l) != "none")


def _pass(net: Network, W: list[Stack], b: list[Stack], x: NDArray[np.float64]) -> tuple[list[Stack], list[Stack]]:
    z, a = list[Stack](), [x]
    for l, activation in enumerate(net.activations):
        z.append(a[-1] @ W[l] + b[l])
        a.append(_value(activation, z[-1]))
    return z, a


def of(run: Run, task: int) -> Params:
    """The parameters reached for one task."""
    return tuple(Layer(W[task], b[task, 0]) for W, b in zip(run.weights, run.biases, strict=True))
