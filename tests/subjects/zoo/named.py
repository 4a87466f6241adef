"""Activations by name; params in a dict; the loss returns its gradients as well."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np

FUNCTIONS = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


class MLP:
    def __init__(self, layer_sizes, hidden="tanh", output="softmax", seed=None):
        if hidden not in FUNCTIONS or output not in ("softmax", "identity"):
            raise ValueError(f"unknown: {hidden}, {output}")
        rng = np.random.default_rng(seed)
        self.hidden, self.output, self.depth = hidden, output, len(layer_sizes) - 1
        self.params = {}
        for l, (a, b) in enumerate(zip(layer_sizes[:-1], layer_sizes[1:], strict=True), 1):
            self.params[f"W{l}"] = rng.standard_normal((a, b)) * np.sqrt(1 / a)
            self.params[f"b{l}"] = np.zeros(b)

    def derivative(self):
        return FUNCTIONS[self.hidden][1]

    def run(self, x):
        f, a, zs, acts = FUNCTIONS[self.hidden][0], x, [], [x]
        for l in range(1, self.depth + 1):
            z = a @ self.params[f"W{l}"] + self.params[f"b{l}"]
            a = f(z) if l < self.depth else z
            if l == self.depth and self.output == "softmax":
                e = np.exp(z - z.max(axis=1, keepdims=True))
                a = e / e.sum(axis=1, keepdims=True)
            zs.append(z)
            acts.append(a)
        return zs, acts

    def forward(self, x):
        return self.run(x)[1][-1]

    def loss(self, x, y):
        zs, acts = self.run(x)
        n = len(x)
        if self.output == "softmax":
            value = -np.sum(y * np.log(acts[-1])) / n
        else:
            value = 0.5 * np.sum((acts[-1] - y) ** 2) / n
        grads, delta = {}, (acts[-1] - y) / n
        for l in range(self.depth, 0, -1):
            grads[f"W{l}"] = acts[l - 1].T @ delta
            grads[f"b{l}"] = delta.sum(axis=0)
            if l > 1:
                delta = delta @ self.params[f"W{l}"].T * self.derivative()(zs[l - 2])
        return value, grads


class Faulty(MLP):
    """The derivative is that of the default, whatever is configured."""

    def derivative(self):
        return FUNCTIONS["tanh"][1]
