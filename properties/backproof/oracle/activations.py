"""Each activation in closed form: value, derivative, and the error that a sensible program makes in either.

A sensible formula is off by a few units of roundoff *absolutely*, relative to the activation's own scale, not relatively:
`a * (1 - a)` far out and `(exp(z) - exp(-z)) / ...` near 0 lose all their digits and are right. ROUGH is that number of units:
at most 4 operations of half a unit each, and library functions of up to 4 units (float32 kernels), rounded up.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from backproof.oracle.bounded import Bounded, Rounding, Wide, scaled, wide
from backproof.oracle.erf import erf
from backproof_spec import Activation
from backproof_spec.vocabulary import alpha

ROUGH = 16
Function = Callable[[Wide, float], Wide]
PI = wide(np.pi) + wide(1.2246467991473532e-16)  # pi to the width of the format


class Shape(NamedTuple):
    """f, f', bounds of |f'| and |f''|, the jump of f' at 0, and the roughness of value and derivative at s."""

    value: Function
    derivative: Function
    slope: float
    bend: float
    jump: Callable[[float], float]
    rough: Callable[[Wide], Wide]
    rough_derivative: Callable[[Wide], Wide]


def sigmoid(s: Wide, _: float = 0.0) -> Wide:
    """1 / (1 + exp(-s)), without overflow."""
    e = np.exp(-np.abs(s))
    value: Wide = np.where(s >= 0, 1, e) / (1 + e)
    return value


def _sigmoid_derivative(s: Wide, _: float = 0.0) -> Wide:
    e: Wide = np.exp(-np.abs(s))
    slope: Wide = e / (1 + e) ** 2
    return slope


def _elu(s: Wide, alpha: float) -> Wide:
    return np.where(s > 0, s, wide(alpha) * np.expm1(np.minimum(s, 0)))


def _elu_derivative(s: Wide, alpha: float) -> Wide:
    return np.where(s > 0, 1, wide(alpha) * np.exp(np.minimum(s, 0)))


def _step(s: Wide, alpha: float) -> Wide:
    return np.where(s > 0, wide(1), wide(alpha))


def _gelu(s: Wide, _: float) -> Wide:
    return s * (1 + erf(s / np.sqrt(wide(2)))) / 2


def _gelu_derivative(s: Wide, _: float) -> Wide:
    return (1 + erf(s / np.sqrt(wide(2)))) / 2 + s * np.exp(-s * s / 2) / np.sqrt(2 * PI)


def _inner(s: Wide) -> Wide:
    return np.sqrt(2 / PI) * (s + wide(44715) / 1000000 * s**3)  # Hendrycks and Gimpel 2016, section 2


def _gelu_tanh(s: Wide, _: float) -> Wide:
    value: Wide = s * (1 + np.tanh(_inner(s))) / 2
    return value


def _gelu_tanh_derivative(s: Wide, _: float) -> Wide:
    inner = np.sqrt(2 / PI) * (1 + 3 * wide(44715) / 1000000 * s**2)
    return (1 + np.tanh(_inner(s))) / 2 + s / 2 * 4 * _sigmoid_derivative(2 * _inner(s)) * inner


def _none(_: float) -> float:
    return 0.0


def _exactly(s: Wide) -> Wide:
    return np.zeros_like(s)


def _about_one(s: Wide) -> Wide:
    return np.ones_like(s)


def _about_s(s: Wide) -> Wide:
    return 1 + np.abs(s)


def _about_cube(s: Wide) -> Wide:
    return 1 + np.minimum(np.abs(s), 10) ** 3  # 1 - tanh**2 is off by u, times s * s**2, until tanh is exactly 1


SHAPES: dict[str, Shape] = {
    "identity": Shape(lambda s, _: s, lambda s, _: np.ones_like(s), 1, 0, _none, _exactly, _exactly),
    "sigmoid": Shape(sigmoid, _sigmoid_derivative, 0.25, 0.1, _none, _about_one, _about_one),
    "tanh": Shape(lambda s, _: np.tanh(s), lambda s, _: 4 * _sigmoid_derivative(2 * s), 1, 0.77, _none,
                  _about_one, _about_one),
    "relu": Shape(lambda s, _: np.maximum(s, 0), _step, 1, 0, lambda _: 1.0, _exactly, _exactly),
    "leaky_relu": Shape(lambda s, alpha: np.where(s > 0, s, wide(alpha) * s), _step, 1, 0, lambda alpha: abs(1 - alpha),
                        _exactly, _exactly),
    "elu": Shape(_elu, _elu_derivative, 1, 1, lambda alpha: abs(1 - alpha), _about_one, _about_one),
    "softplus": Shape(lambda s, _: np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))), sigmoid, 1, 0.25, _none,
                      _about_s, _about_one),
    "gelu": Shape(_gelu, _gelu_derivative, 1.13, 0.8, _none, _about_s, _about_s),
    "gelu_tanh": Shape(_gelu_tanh, _gelu_tanh_derivative, 1.13, 0.8, _none, _about_s, _about_cube),
}  # fmt: skip


def argument(activation: Activation, z: Bounded, r: Rounding) -> Bounded:
    """slope * z."""
    return z if activation.slope == 1 else scaled(z, activation.slope, r)


def _steepness(activation: Activation, shape: Shape) -> float:
    return max(shape.slope, alpha(activation))  # leaky slopes and elu's alpha may exceed 1


def activate(activation: Activation, z: Bounded, r: Rounding) -> Bounded:
    """a (n, d) from z (n, d), for an elementwise activation."""
    shape, s = SHAPES[activation.name], argument(activation, z, r)
    f = shape.value(s.value, alpha(activation))
    error = _steepness(activation, shape) * s.error + r.u * (2 * np.abs(f) + ROUGH * shape.rough(s.value))
    if activation.name in ("relu", "leaky_relu", "elu"):  # a negative s that may round to a positive one, and back
        error = error + np.where(np.abs(s.value) <= s.error, s.error, 0)
    a = scaled(Bounded(f, error + r.accuracy), activation.scale, r) if activation.scale != 1 else Bounded(f, error + r.accuracy)
    return (
        a
        if activation.offset == 0
        else Bounded(a.value + wide(activation.offset), a.error + 2 * r.u * (np.abs(a.value) + abs(activation.offset)))
    )


def derivative(activation: Activation, z: Bounded, r: Rounding) -> Bounded:
    """f'(z) (n, d). At a kink the middle of the one-sided derivatives, and an error that reaches both."""
    shape, s = SHAPES[activation.name], argument(activation, z, r)
    f = shape.derivative(s.value, alpha(activation))
    bend = shape.bend * max(1.0, alpha(activation))
    error = bend * s.error + r.u * (2 * np.abs(f) + ROUGH * shape.rough_derivative(s.value)) + 2 * r.accuracy
    jump = shape.jump(alpha(activation))
    if jump:
        at_kink = np.abs(s.value) <= s.error
        middle = (1 + wide(alpha(activation))) / 2
        f, error = np.where(at_kink, middle, f), error + np.where(at_kink, jump / 2 + r.u, 0)
    return scaled(Bounded(f, error), activation.scale * activation.slope, r)


def softmax(z: Bounded, r: Rounding) -> Bounded:
    """Rows p of softmax. d log p_j = dz_j - sum p dz, so an error e in z moves p by at most p * (exp(2 e) - 1), and by 1."""
    shifted = z.value - z.value.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    p = e / e.sum(axis=1, keepdims=True)
    off: Wide = wide(2 * z.error.max(axis=1, keepdims=True))
    rounded = r.u * (z.value.shape[1] + ROUGH + 2 * np.abs(shifted))
    with np.errstate(over="ignore", invalid="ignore"):  # an e without end, and a p that is 0 beside it
        moved = np.fmin(p * np.expm1(off), 1)
    return Bounded(p, moved + (p + moved) * rounded + 4 * r.tiny)
