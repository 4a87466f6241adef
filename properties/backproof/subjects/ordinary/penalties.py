"""A penalty on weights, read off losses where nothing else can differ: at inputs of 0, with weights of one layer alone.

All other parameters are 0, so that the units of a layer are equal, and the weights that they meet cancel: outputs are the same
to the bit, however large those weights are. What the loss grows by is the penalty, and its every digit is seen.
"""

from collections.abc import Callable

import numpy as np

from backproof.subjects.ordinary.activations import Biases
from backproof.subjects.ordinary.shell import Shape
from backproof_spec import Array, Layer, Params, Penalty

NO_PENALTY = Penalty()
_LARGE = 2.0**12
_BIAS = 2.0**8  # where an exponential of it is still a number
_ALIKE = 1e-5  # of float32
_WRITTEN = ((10, 1e-13), (4, 1e-6))  # digits of a number as people write it, and how near losses show it: in either precision

Losses = Callable[[Params, int], float]  # at inputs of 0, so many of them


def read_penalty(losses: Losses, sizes: Shape, biases: Biases) -> Penalty:
    """Half a constant times the sum of squares of all weights, divided by the number of samples or not; else no penalty."""
    depth = len(sizes) - 1
    one, three = ([_constant(losses, sizes, l, n) for l in range(depth)] for n in (1, 3))
    l2, *others = {_written(value) for value in one}
    divided = next((n for n in (1, 3) if all(abs(a - n * b) <= _ALIKE * a for a, b in zip(one, three, strict=True))), None)
    if not l2 or others or divided is None:
        return NO_PENALTY
    on_biases = _of_biases(losses, sizes, l2) if depth > 1 and biases[0] == "each" else 0.0
    if on_biases not in (0.0, 1.0):
        return NO_PENALTY
    return Penalty(l2=l2, biases=on_biases == 1.0, per_sample=divided == 3)


def _constant(losses: Losses, sizes: Shape, l: int, n: int) -> float:
    """Twice what the loss grows by, by the sum of squares of the weights of layer l, from 0; NaN where it is no square."""
    signs = np.zeros((sizes[l], sizes[l + 1]))
    signs[:2] = np.array([[1.0], [-1.0]])[: sizes[l]]
    none = losses(_with_weights(sizes, l, 0 * signs), n)
    large, small = (losses(_with_weights(sizes, l, size * signs), n) - none for size in (_LARGE, _LARGE / 4))
    squares = _LARGE**2 * np.abs(signs).sum()
    return float(2 * large / squares) if abs(large - 16 * small) <= _ALIKE * abs(large) else float("nan")


def _of_biases(losses: Losses, sizes: Shape, l2: float) -> float:
    """1 if hidden biases are penalised as weights are, 0 if not at all; no such number if it is neither."""
    params = _with_weights(sizes, 0, np.zeros(sizes[:2]))
    none = losses(params, 1)
    params[0].b[:] = _BIAS
    share = (losses(params, 1) - none) / (l2 / 2 * _BIAS**2 * sizes[1])
    return next((whole for whole in (0.0, 1.0) if abs(share - whole) <= 1e-3), float("nan"))


def _with_weights(sizes: Shape, l: int, W: Array) -> Params:
    """All parameters 0, but these weights."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return tuple(Layer(W if i == l else np.zeros((a, b)), np.zeros(b)) for i, (a, b) in pairs)


def _written(value: float) -> float | None:
    """The number of few digits that it is to the precision of losses; None if it is none, and not known to the last digit."""
    near = ((float(f"{value:.{digits}g}"), room) for digits, room in _WRITTEN)
    return next((number for number, room in near if abs(number - value) <= room * value), None)
