"""A shell at one size, with a batch on which calls are tried."""

from dataclasses import dataclass

import numpy as np

from backproof.subjects.ordinary.activations import inputs
from backproof.subjects.ordinary.calls import Asked
from backproof.subjects.ordinary.shell import Shape, Shell
from backproof_spec import Array, Params, Targets


@dataclass(frozen=True)
class Trial:
    """A shell at one size, with a batch to try calls on."""

    shell: Shell
    sizes: Shape
    labels: bool
    rows: int = 3

    @property
    def x(self) -> Array:
        """(rows, d_0)."""
        return inputs(self.rows, self.sizes[0], 5)

    @property
    def t(self) -> Targets:
        """Rows of a distribution, or class numbers; (rows,) where one output comes as (rows,)."""
        t = targets(self.rows, self.sizes[-1], self.labels)
        return t[:, 0] if self.shell.forward.flat and t.ndim == 2 and t.shape[1] == 1 else t

    @property
    def params(self) -> Params:
        """At which calls are tried."""
        return self.shell.drawn(self.sizes, 5)

    def asked(self, rate: float = 0.5) -> Asked:
        """The batch."""
        return Asked(self.shell.forward, self.x.copy(), self.t.copy(), rate)

    def whole(self) -> object:
        """A fresh object."""
        return self.shell.whole(self.sizes, self.params)


def targets(n: int, d: int, labels: bool, one_hot: bool = False, seed: int = 0) -> Targets:
    """Class numbers (n,), or rows (n, d): of a distribution, one-hot, or between 0 and 1 for one output."""
    rng = np.random.default_rng(seed + 77)
    if labels:
        return (np.arange(n) + 1) % max(d, 2)
    if one_hot:
        return np.asarray(np.eye(d)[(np.arange(n) + 1) % d] if d > 1 else ((np.arange(n) + 1) % 2.0)[:, None])
    if d == 1:
        return rng.integers(8, 56, (n, 1)) / 64
    raw = rng.integers(8, 56, (n, d)) / 64
    rest: Array = raw / raw.sum(axis=1, keepdims=True)
    return rest


def flat(params: Params) -> Array:
    """All numbers in one vector."""
    return np.concatenate([np.concatenate([np.ravel(layer.W), np.ravel(layer.b)]) for layer in params])


def cosine(one: Params, other: Params) -> float:
    """Of the angle between two gradients; 0 where their shapes differ."""
    a, b = flat(one), flat(other)
    size = float(np.linalg.norm(a) * np.linalg.norm(b)) if a.shape == b.shape else 0.0
    return float(a @ b) / size if size > 0 else 0.0
