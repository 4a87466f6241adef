"""A bare list of matrices without biases; one flat gradient vector."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Net:
    def __init__(self, sizes, rng=None):
        rng = rng or np.random.default_rng(1)
        self.matrices = [rng.standard_normal((a, b)) for a, b in zip(sizes, sizes[1:], strict=False)]

    def __call__(self, x):
        for W in self.matrices[:-1]:
            x = np.maximum(x @ W, 0)
        return x @ self.matrices[-1]

    def error(self, x, t):
        return 0.5 * ((self(x) - t) ** 2).sum()

    def mask(self, z):
        return z > 0

    def grad(self, x, t):
        zs, acts = [], [x]
        for W in self.matrices:
            zs.append(acts[-1] @ W)
            acts.append(np.maximum(zs[-1], 0))
        delta, out = zs[-1] - t, []
        for i in range(len(self.matrices) - 1, -1, -1):
            out.insert(0, (acts[i].T @ delta).ravel())
            delta = delta @ self.matrices[i].T
            if i:
                delta = delta * self.mask(zs[i - 1])
        return np.concatenate(out)


class Faulty(Net):
    """The mask is that of the negative side."""

    def mask(self, z):
        return z < 0
