"""Each activation is a function f(z; alpha) and its derivative, stable at every finite z."""

from collections.abc import Callable
from math import erfc, pi, sqrt
from typing import NamedTuple

import numpy as np

from backproof_spec.values import Activation, Array
from backproof_spec.vocabulary import alpha

SATURATED = 40.0  # exp(-40**2 / 2) and 1 / (1 + exp(2 * 40)) are 0 or negligible beside 1, squares stay finite
GELU_SLOPE, GELU_CUBE = sqrt(2 / pi), 0.044715  # Hendrycks and Gimpel 2016, section 2


class Function(NamedTuple):
    """f and f', elementwise: arrays (n, d) in, arrays (n, d) of the same dtype out."""

    value: Callable[[Array, float], Array]  # of z, alpha
    derivative: Callable[[Array, Array, float], Array]  # of z, a = f(z), alpha


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)) for z of any shape, to rounding in both tails: exp only ever sees -|z|."""
    e: Array = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)


def softplus(z: Array) -> Array:
    """log(1 + exp(z)) for z of any shape, to rounding in both tails."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z: Array) -> Array:
    """exp(z_k) / sum_j exp(z_j) over each row of z (n, d); the largest logit is taken off first."""
    e: Array = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_softmax(z: Array) -> Array:
    """log softmax(z) over each row of z (n, d), finite where softmax itself underflows."""
    shifted: Array = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def normal_cdf(z: Array) -> Array:
    """Phi(z) = erfc(-z / sqrt 2) / 2 for z of any shape; erfc is the C library's, right to an ulp or so in the tail."""
    tail = np.frompyfunc(erfc, 1, 1)(z * -sqrt(0.5))
    return np.asarray(0.5 * tail).astype(z.dtype)


def normal_pdf(z: Array) -> Array:
    """phi(z) = exp(-z**2 / 2) / sqrt(2 pi) for z of any shape."""
    return np.exp(-0.5 * np.minimum(np.abs(z), SATURATED) ** 2) / sqrt(2 * pi)


def gelu_gate(z: Array) -> Array:
    """(1 + tanh u) / 2 = sigmoid(2 u), u = sqrt(2 / pi) (z + 0.044715 z**3), for z of any shape."""
    c = np.clip(z, -SATURATED, SATURATED)
    return sigmoid(2 * GELU_SLOPE * (c + GELU_CUBE * c**3))


def gelu_tanh_slope(z: Array) -> Array:
    """d/dz [z s(2 u)] = s + 2 u' z s (1 - s), s = sigmoid(2 u), for z of any shape."""
    s, c = gelu_gate(z), np.clip(z, -SATURATED, SATURATED)
    return s + 2 * GELU_SLOPE * (1 + 3 * GELU_CUBE * c**2) * c * s * (1 - s)


def elu_slope(z: Array, alpha: float) -> Array:
    """1 where z > 0, alpha exp(z) elsewhere, for z of any shape."""
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))


FUNCTIONS: dict[str, Function] = {
    "identity": Function(lambda z, _: z, lambda z, a, _: np.ones_like(z)),
    "sigmoid": Function(lambda z, _: sigmoid(z), lambda z, a, _: a * (1.0 - a)),
    "tanh": Function(lambda z, _: np.tanh(z), lambda z, a, _: 1.0 - a * a),
    # At the kink z = 0 the three below take the derivative from the left, one of those allowed there.
    "relu": Function(lambda z, _: np.maximum(z, 0.0), lambda z, a, _: (z > 0).astype(z.dtype)),
    "leaky_relu": Function(
        lambda z, alpha: np.where(z > 0, z, alpha * z),
        lambda z, a, alpha: np.where(z > 0, 1.0, alpha).astype(z.dtype),
    ),
    # Clevert, Unterthiner and Hochreiter 2016, equation 15.
    "elu": Function(
        lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0))),
        lambda z, a, alpha: elu_slope(z, alpha),
    ),
    "softplus": Function(lambda z, _: softplus(z), lambda z, a, _: sigmoid(z)),
    "gelu": Function(lambda z, _: z * normal_cdf(z), lambda z, a, _: normal_cdf(z) + z * normal_pdf(z)),
    "gelu_tanh": Function(lambda z, _: z * gelu_gate(z), lambda z, a, _: gelu_tanh_slope(z)),
    "softmax": Function(lambda z, _: softmax(z), lambda z, a, _: a * (1.0 - a)),  # the Jacobian's diagonal only
}


def plain(activation: Activation) -> bool:
    """Whether the activation is f itself: no slope, scale or offset."""
    return activation.slope == 1 and activation.scale == 1 and activation.offset == 0


def value(activation: Activation, z: Array) -> Array:
    """`a = offset + scale * f(slope * z; alpha)`, (n, d) for z (n, d)."""
    f = FUNCTIONS[activation.name].value
    if plain(activation):
        return f(z, alpha(activation))
    return activation.offset + activation.scale * f(activation.slope * z, alpha(activation))


def derivative(activation: Activation, z: Array, a: Array) -> Array:
    """`da/dz = scale * slope * f'(slope * z; alpha)`, (n, d) for z and its value a, both (n, d)."""
    f = FUNCTIONS[activation.name]
    if plain(activation):
        return f.derivative(z, a, alpha(activation))
    u = activation.slope * z
    return activation.scale * activation.slope * f.derivative(u, f.value(u, alpha(activation)), alpha(activation))


def softmax_backward(activation: Activation, z: Array, g: Array) -> Array:
    """`dL/dz_j = scale * slope * s_j (g_j - sum_k g_k s_k)` for g = dL/da (n, d) and s = softmax(slope * z)."""
    s = softmax(activation.slope * z)
    inner: Array = (g * s).sum(axis=1, keepdims=True)
    return activation.scale * activation.slope * s * (g - inner)
