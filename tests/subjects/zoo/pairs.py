"""A list of (W, b) pairs, class numbers as targets."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Classifier:
    shift = 0

    def __init__(self, dims, random_state=0):
        rng = np.random.RandomState(random_state)
        self.layers = [(rng.randn(a, b) / np.sqrt(a), np.zeros(b)) for a, b in zip(dims, dims[1:], strict=False)]

    def predict_proba(self, X):
        return self._pass(X)[-1]

    def _pass(self, X):
        acts = [X]
        for i, (W, b) in enumerate(self.layers):
            z = acts[-1] @ W + b
            acts.append(np.maximum(z, 0) if i < len(self.layers) - 1 else z)
        e = np.exp(acts[-1] - acts[-1].max(1)[:, None])
        acts[-1] = e / e.sum(1)[:, None]
        return acts

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)

    def loss(self, X, labels):
        return -np.log(self.predict_proba(X)[np.arange(len(X)), labels]).mean()

    def gradient(self, X, labels):
        acts = self._pass(X)
        delta = acts[-1].copy()
        delta[np.arange(len(X)), (labels + self.shift) % delta.shape[1]] -= 1
        delta /= len(X)
        grads = []
        for i in range(len(self.layers) - 1, -1, -1):
            grads.append((acts[i].T @ delta, delta.sum(0)))
            if i:
                delta = delta @ self.layers[i][0].T * (acts[i] > 0)
        return grads[::-1]


class Faulty(Classifier):
    """Labels are off by one."""

    shift = 1
