"""Steps that are more than plain descent, and two that only look so."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Plain:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.W = [rng.normal(0, m**-0.5, (m, n)) for m, n in zip(sizes, sizes[1:], strict=False)]
        self.b = [np.zeros(n) for n in sizes[1:]]
        self.v = [np.zeros_like(p) for p in self.W + self.b]
        self.s = [np.zeros_like(p) for p in self.W + self.b]
        self.iterations = 0

    def forward(self, x):
        self.a = [x]
        for i, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            z = self.a[-1] @ W + b
            self.a.append(np.tanh(z) if i < len(self.W) - 1 else z)
        return self.a[-1]

    def loss(self, x, t):
        return 0.5 * np.mean(np.sum((self.forward(x) - t) ** 2, axis=1))

    def gradients(self, x, t):
        delta = (self.forward(x) - t) / len(x)
        dW, db = [], []
        for l in reversed(range(len(self.W))):
            dW.insert(0, self.a[l].T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ self.W[l].T * (1 - self.a[l] ** 2)
        return dW, db

    def update(self, i, p, g, lr):
        p -= lr * g

    def step(self, x, t, lr=0.1):
        self.iterations += 1
        dW, db = self.gradients(x, t)
        for i, (p, g) in enumerate(zip(self.W + self.b, dW + db, strict=True)):
            self.update(i, p, g, lr)


class Momentum(Plain):
    def update(self, i, p, g, lr):
        self.v[i] = 0.9 * self.v[i] - lr * g
        p += self.v[i]


class Adam(Plain):
    def update(self, i, p, g, lr):
        self.v[i] = 0.9 * self.v[i] + 0.1 * g
        self.s[i] = 0.999 * self.s[i] + 0.001 * g * g
        first, second = self.v[i] / (1 - 0.9**self.iterations), self.s[i] / (1 - 0.999**self.iterations)
        p -= lr * first / (np.sqrt(second) + 1e-8)


class AdamWithMuchEpsilon(Plain):
    """Its first moves are of many sizes, and repeat."""

    def update(self, i, p, g, lr):
        self.v[i] = 0.9 * self.v[i] + 0.1 * g
        self.s[i] = 0.999 * self.s[i] + 0.001 * g * g
        first, second = self.v[i] / (1 - 0.9**self.iterations), self.s[i] / (1 - 0.999**self.iterations)
        p -= lr * first / (np.sqrt(second) + 1)


class Naming(Plain):
    """What its hidden layer gave is called h, the samples it has seen are m, and neither is an optimiser's."""

    def __init__(self, sizes, seed=0):
        super().__init__(sizes, seed)
        self.h, self.m = np.zeros(1), 0

    def forward(self, x):
        y = super().forward(x)
        self.h = self.a[1]
        return y

    def step(self, x, t, lr=0.1):
        self.m += len(x)
        super().step(x, t, lr)


class NamingTheUpdated(Naming):
    """The error is sent back through weights that have been moved."""

    def step(self, x, t, lr=0.1):
        self.m += len(x)
        delta = (self.forward(x) - t) / len(x)
        for l in reversed(range(len(self.W))):
            self.W[l] -= lr * self.a[l].T @ delta
            self.b[l] -= lr * delta.sum(axis=0)
            delta = delta @ self.W[l].T * (1 - self.a[l] ** 2)


class AdamUphill(Adam):
    """The sign is wrong, which no optimiser excuses."""

    def update(self, i, p, g, lr):
        super().update(i, p, g, -lr)


class FallingRate(Plain):
    def update(self, i, p, g, lr):
        p -= lr / (1 + 0.1 * (self.iterations - 1)) * g


class Decaying(Plain):
    """Weight decay beside a pure gradient."""

    def update(self, i, p, g, lr):
        p -= lr * (g + (0.01 * p if p.ndim == 2 else 0))


class Growing(Plain):
    """Weight decay with the wrong sign."""

    def update(self, i, p, g, lr):
        p -= lr * (g - (0.01 * p if p.ndim == 2 else 0))


class Clipping(Plain):
    def update(self, i, p, g, lr):
        p -= lr * np.clip(g, -1, 1)


class Dropping(Plain):
    """Dropout in training."""

    def step(self, x, t, lr=0.1):
        super().step(x * (np.random.rand(*x.shape) > 0.5) / 0.5, t, lr)


class InTwos(Plain):
    """One call makes an update for every two rows."""

    def step(self, x, t, lr=0.1):
        for i in range(0, len(x), 2):
            super().step(x[i : i + 2], t[i : i + 2], lr)


class Shuffled(Plain):
    """One call makes an update for each row, in an order of its own."""

    def step(self, x, t, lr=0.1):
        for i in np.random.default_rng().permutation(len(x)):
            super().step(x[[i]], t[[i]], lr)


class ShuffledInTwos(Plain):
    """The same for every two rows."""

    def step(self, x, t, lr=0.1):
        order = np.random.default_rng().permutation(len(x))
        for i in range(0, len(x), 2):
            super().step(x[order[i : i + 2]], t[order[i : i + 2]], lr)


class Sampling(Plain):
    """One call makes an update with one row, drawn by chance."""

    def step(self, x, t, lr=0.1):
        i = np.random.default_rng().integers(len(x))
        super().step(x[[i]], t[[i]], lr)


class OneDrawn(Plain):
    """The gradient is that of one row, drawn by chance."""

    def gradients(self, x, t):
        i = np.random.default_rng().integers(len(x))
        return super().gradients(x[[i]], t[[i]])


class Accumulating(Plain):
    """The gradient is added to the last one, and never cleared."""

    def update(self, i, p, g, lr):
        self.v[i] += g
        p -= lr * self.v[i]
