"""Small networks with their gradients, written plainly; and claims about any function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backproof.oracle.directional import Claim
from backproof.oracle.tensors import Tensors, moved

Floats = NDArray[np.floating[Any]]
Activation = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]
TANH: Activation = (np.tanh, lambda z: 1 - np.tanh(z) ** 2)
SIGMOID: Activation = (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2)
RELU: Activation = (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(z.dtype))
ELU: Activation = (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1, np.exp(z)).astype(z.dtype))


@dataclass(frozen=True)
class Net:
    """One hidden layer; the loss is the mean of the squared errors."""

    x: Floats
    t: Floats
    f: Activation = TANH

    def loss(self, params: Tensors) -> Any:
        W, b, V, c = params
        return ((self.f[0](self.x @ W + b) @ V + c - self.t) ** 2).mean()

    def gradient(self, params: Tensors) -> Tensors:
        W, b, V, c = params
        z = self.x @ W + b
        out = (self.f[0](z) @ V + c - self.t) * (2 / self.t.size)
        hidden = (out @ V.T) * self.f[1](z)
        return tuple(np.asarray(g, dtype=W.dtype) for g in (self.x.T @ hidden, hidden.sum(0), self.f[0](z).T @ out, out.sum(0)))


def net(
    sizes: tuple[int, int, int] = (4, 5, 3), seed: int = 0, f: Activation = TANH, dtype: type[np.floating[Any]] = np.float64
) -> tuple[Net, Tensors]:
    """A network on eight random samples, and its parameters."""
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> Floats:
        return rng.normal(size=shape).astype(dtype)

    i, h, o = sizes
    params = (drawn(i, h) / dtype(i**0.5), drawn(h), drawn(h, o) / dtype(h**0.5), drawn(o))
    return Net(drawn(8, i), drawn(8, o), f), params


def claimed(f: Callable[[Tensors], Any], g: Tensors, x: Tensors, u: float = 2.0**-53, **more: Any) -> Claim:
    """That g is the gradient of f at x."""
    return Claim(
        gradient=tuple(np.array(p) for p in g),
        line=lambda v: lambda offsets: np.array([float(f(moved(x, v, float(s)))) for s in offsets]),
        sizes=[1.0] * len(x),
        u=u,
        **more,
    )
