"""coefs_ and intercepts_, partial_fit, keywords, float32."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Regressor:
    half = 1.0

    def __init__(self, n_features, hidden_layer_sizes=(5,), n_outputs=1, *, learning_rate=0.1, random_state=None):
        rng = np.random.default_rng(random_state)
        sizes = [n_features, *hidden_layer_sizes, n_outputs]
        self.learning_rate = learning_rate
        self.coefs_ = [
            rng.normal(0, a**-0.5, (a, b)).astype(np.float32) for a, b in zip(sizes, sizes[1:], strict=False)
        ]
        self.intercepts_ = [np.zeros(b, dtype=np.float32) for b in sizes[1:]]

    def _forward(self, X):
        acts = [np.asarray(X, dtype=np.float32)]
        for i, (W, b) in enumerate(zip(self.coefs_, self.intercepts_, strict=True)):
            z = acts[-1] @ W + b
            acts.append(z if i == len(self.coefs_) - 1 else np.where(z > 0, z, np.float32(0.01) * z))
        return acts

    def predict(self, X):
        return self._forward(X)[-1]

    def partial_fit(self, X, y):
        acts = self._forward(X)
        delta = (acts[-1] - y).astype(np.float32) / len(X)
        for i in reversed(range(len(self.coefs_))):
            back = delta @ self.coefs_[i].T * np.where(acts[i] > 0, 1, 0.01) if i else None
            self.coefs_[i] = (self.coefs_[i] - self.learning_rate * acts[i].T @ delta).astype(np.float32)
            self.intercepts_[i] = (self.intercepts_[i] - self.learning_rate * self.half * delta.sum(0)).astype(
                np.float32
            )
            delta = back


class Faulty(Regressor):
    """Biases learn at half the rate."""

    half = 0.5
