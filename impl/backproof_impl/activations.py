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

    value: Callable[[Array, Activation], Array]  # of z; the activation holds alpha
    derivative: Callable[[Array, Array, Activation], Array]  # of z, a = f(z)


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)) for z of any shape, to rounding in both tails: exp only ever sees -|z|."""
    e: Array = np.exp(-np.abs(z))
    a: Array = np.where(z >= 0, 1.0, e) / (1.0 + e)
    return a


def softplus(z: Array) -> Array:
    """log(1 + exp(z)) for z of any shape, to rounding in both tails."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def softmax(z: Array) -> Array:
    """exp(z_k) / sum_j exp(z_j) over each row of z (n, d); the largest logit is taken off first."""
    e: Array = np.exp(z - z.max(axis=1, keepdims=True))
    e /= e.sum(axis=1, keepdims=True)
    return e


def log_softmax(z: Array) -> Array:
    """log softmax(z) over each row of z (n, d), finite where softmax itself underflows."""
    u: Array = z - z.max(axis=1, keepdims=True)
    u -= np.log(np.exp(u).sum(axis=1, keepdims=True))
    return u


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


def elu(z: Array, alpha: float) -> Array:
    """z where z > 0, alpha (exp(z) - 1) elsewhere, for z of any shape (Clevert et al. 2016, equation 15)."""
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def elu_slope(z: Array, alpha: float) -> Array:
    """1 where z > 0, alpha exp(z) elsewhere, for z of any shape."""
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))


def leaky_slope(z: Array, alpha: float) -> Array:
    """1 where z > 0, alpha elsewhere, for z of any shape."""
    return np.where(z > 0, 1.0, alpha).astype(z.dtype)


def jacobian_wanted(f: Activation) -> Array:
    """Raises ValueError: the derivative of softmax is a matrix for each row, see `softmax_backward`."""
    raise ValueError(f"{f.name} has no derivative entry by entry; it belongs in the output layer")


FUNCTIONS: dict[str, Function] = {
    "identity": Function(lambda z, f: z, lambda z, a, f: np.ones_like(z)),
    "sigmoid": Function(lambda z, f: sigmoid(z), lambda z, a, f: a * (1.0 - a)),
    "tanh": Function(lambda z, f: np.tanh(z), lambda z, a, f: 1.0 - a * a),
    # At the kink z = 0 the three below take the derivative from the left, one of those allowed there.
    "relu": Function(lambda z, f: np.maximum(z, 0.0), lambda z, a, f: (z > 0).astype(z.dtype)),
    "leaky_relu": Function(lambda z, f: np.where(z > 0, z, alpha(f) * z), lambda z, a, f: leaky_slope(z, alpha(f))),
    "elu": Function(lambda z, f: elu(z, alpha(f)), lambda z, a, f: elu_slope(z, alpha(f))),
    "softplus": Function(lambda z, f: softplus(z), lambda z, a, f: sigmoid(z)),
    "gelu": Function(lambda z, f: z * normal_cdf(z), lambda z, a, f: normal_cdf(z) + z * normal_pdf(z)),
    "gelu_tanh": Function(lambda z, f: z * gelu_gate(z), lambda z, a, f: gelu_tanh_slope(z)),
    "softmax": Function(lambda z, f: softmax(z), lambda z, a, f: jacobian_wanted(f)),
}


def plain(f: Activation) -> bool:
    """Whether the activation is the function itself: no slope, scale or offset."""
    return f.slope == 1 and f.scale == 1 and f.offset == 0


def value(f: Activation, z: Array) -> Array:
    """`a = offset + scale * f(slope * z; alpha)`, (n, d) for z (n, d)."""
    if plain(f):
        return FUNCTIONS[f.name].value(z, f)
    a: Array = f.offset + f.scale * FUNCTIONS[f.name].value(f.slope * z, f)
    return a


def derivative(f: Activation, z: Array, a: Array) -> Array:
    """`da/dz = scale * slope * f'(slope * z; alpha)`, (n, d) for z and its value a, both (n, d)."""
    function = FUNCTIONS[f.name]
    if plain(f):
        return function.derivative(z, a, f)
    u = f.slope * z
    return f.scale * f.slope * function.derivative(u, function.value(u, f), f)


def softmax_backward(f: Activation, z: Array, g: Array) -> Array:
    """`dL/dz_j = scale * slope * s_j (g_j - sum_k g_k s_k)` for g = dL/da (n, d) and s = softmax(slope * z)."""
    s = softmax(f.slope * z)
    inner: Array = (g * s).sum(axis=1, keepdims=True)
    return f.scale * f.slope * s * (g - inner)
