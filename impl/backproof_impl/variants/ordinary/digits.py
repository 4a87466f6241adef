"""More digits inside than outside, or fewer everywhere."""

import numpy as np
from numpy.typing import NDArray

Single = NDArray[np.float32]
Array = NDArray[np.float64]
Long = NDArray[np.longdouble]


class SinglePrecision:
    """All of it is float32: parameters, inputs, sums and what comes out."""

    def __init__(self, sizes: list[int], seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.weights = [(rng.standard_normal((a, b)) / a**0.5).astype(np.float32) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b, np.float32) for b in sizes[1:]]

    def forward(self, x: Single) -> Single:
        self.a = [x.astype(np.float32)]
        for W, b in zip(self.weights, self.biases, strict=True):
            z = self.a[-1] @ W + b
            self.a.append(z if W is self.weights[-1] else np.tanh(z))
        return self.a[-1]

    def loss(self, x: Single, t: Single) -> float:
        return float(np.mean(np.sum((self.forward(x) - t.astype(np.float32)) ** 2, axis=1)) / 2)

    def gradients(self, x: Single, t: Single) -> tuple[list[Single], list[Single]]:
        delta = (self.forward(x) - t.astype(np.float32)) / np.float32(len(x))
        dW, db = list[Single](), list[Single]()
        for W, a in zip(self.weights[::-1], self.a[-2::-1], strict=True):
            dW.insert(0, a.T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W.T * (1 - a * a)
        return dW, db


class LongInside:
    """Sums are taken in long double and handed out in double: more digits than anybody asks for."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def _long(self, x: Array) -> Long:
        self.x = x.astype(np.longdouble)
        self.h = np.tanh(self.x @ self.W1 + self.b1)
        return np.asarray(self.h @ self.W2 + self.b2, np.longdouble)

    def forward(self, x: Array) -> Array:
        return self._long(x).astype(np.float64)

    def loss(self, x: Array, t: Array) -> float:
        return float(((self._long(x) - t) ** 2).sum() / 2)

    def gradients(self, x: Array, t: Array) -> list[Array]:
        d2 = self._long(x) - t
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return [g.astype(np.float64) for g in (self.x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0))]


class OtherUnits:
    """Softplus units, whose slope is taken from a as 1 - exp(-a)."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) / a**0.5 for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            z = self.a[-1] @ W + b
            self.a.append(z if W is self.weights[-1] else np.logaddexp(0, z))
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(np.sum((self.forward(x) - t) ** 2) / 2)

    def gradients(self, x: Array, t: Array) -> tuple[list[Array], list[Array]]:
        delta = self.forward(x) - t
        dW, db = list[Array](), list[Array]()
        for W, a in zip(self.weights[::-1], self.a[-2::-1], strict=True):
            dW.insert(0, a.T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W.T * (1 - np.exp(-a))
        return dW, db


class LeCun:
    """1.7159 tanh(2 z / 3), whose slope is taken from a, and targets that it can reach."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.h = 1.7159 * np.tanh(2 / 3 * (x @ self.W1 + self.b1))
        y: Array = 1.7159 * np.tanh(2 / 3 * (self.h @ self.W2 + self.b2))
        return y

    def slope(self, a: Array) -> Array:
        return 2 / 3 / 1.7159 * (1.7159 - a) * (1.7159 + a)

    def backprop(self, x: Array, t: Array) -> tuple[Array, ...]:
        y = self.forward(x)
        d2 = (y - t) * self.slope(y)
        d1 = d2 @ self.W2.T * self.slope(self.h)
        return x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)
