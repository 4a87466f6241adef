"""A network written in the functions of an array package: what is under test are the derivatives that the package takes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from backproof_spec.values import Activation, Network
from backproof_spec.vocabulary import alpha


class Words(NamedTuple):
    """Where a package keeps its functions."""

    np: Any  # its numpy
    special: Any  # expit, erf and logsumexp


def _rows(words: Words, z: Any) -> Any:
    return words.special.logsumexp(z, axis=1, keepdims=True)


ACTIVATIONS: dict[str, Callable[[Words, Any, Activation], Any]] = {
    "identity": lambda w, z, f: z,
    "sigmoid": lambda w, z, f: w.special.expit(z),
    "tanh": lambda w, z, f: w.np.tanh(z),
    "relu": lambda w, z, f: w.np.maximum(z, 0.0),
    "leaky_relu": lambda w, z, f: w.np.where(z > 0, z, alpha(f) * z),
    "elu": lambda w, z, f: w.np.where(z >= 0, z, alpha(f) * w.np.expm1(w.np.minimum(z, 0.0))),
    "softplus": lambda w, z, f: w.np.logaddexp(z, 0.0),
    "gelu": lambda w, z, f: 0.5 * z * (1.0 + w.special.erf(z / 2.0**0.5)),
    "softmax": lambda w, z, f: w.np.exp(z - _rows(w, z)),
}
ERRORS: dict[str, Callable[[Words, Any, Any, Any], Any]] = {  # of the last z, the outputs, and the targets
    "squared_error": lambda w, z, y, t: 0.5 * (y - t) ** 2,
    "binary_cross_entropy": lambda w, z, y, t: w.np.logaddexp(0.0, z) - t * z,
    "cross_entropy": lambda w, z, y, t: -t * (z - _rows(w, z)),
}


def passed(words: Words, net: Network, params: Any, x: Any) -> tuple[Any, Any]:
    """The last z and the outputs y, both (n, d_L), for x (n, d_0)."""
    z = y = x
    for f, (W, b) in zip(net.activations, params, strict=True):
        z = words.np.dot(y, W) + b
        u = z if f.slope == 1 else f.slope * z
        y = f.offset + f.scale * ACTIVATIONS[f.name](words, u, f)
    return z, y


def objective(words: Words, net: Network, params: Any, x: Any, t: Any) -> Any:
    """The loss of the batch x (n, d_0) with targets t (n, d_L)."""
    e = words.np.sum(ERRORS[net.loss.name](words, *passed(words, net, params, x), t), axis=1)
    return words.np.mean(e) if net.loss.samples == "mean" else words.np.sum(e)
