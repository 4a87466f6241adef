"""Two layers and a squared error, each with a convention of its own, as people write them."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), which overflows far out with a warning and is 0 there, as it should."""
    a: Array = 1 / (1 + np.exp(-z))
    return a


class HalfTheSum:
    """Half the sum of squares over everything, logistic units, a slope taken from a."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.a1 = sigmoid(x @ self.W1 + self.b1)
        self.a2 = sigmoid(self.a1 @ self.W2 + self.b2)
        return self.a2

    def loss(self, x: Array, t: Array) -> float:
        return 0.5 * float(np.sum((self.forward(x) - t) ** 2))

    def gradients(self, x: Array, t: Array) -> tuple[Array, ...]:
        y = self.forward(x)
        delta2 = (y - t) * y * (1 - y)
        delta1 = delta2 @ self.W2.T * self.a1 * (1 - self.a1)
        return x.T @ delta1, delta1.sum(0), self.a1.T @ delta2, delta2.sum(0)


class SumOfSquares:
    """The sum of squares without the half, weights as (out, in), rectified units with a slope taken from a."""

    def __init__(self, sizes: list[int], seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.W = [rng.normal(0, (2 / a) ** 0.5, (b, a)) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.b = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        self.a = [x]
        for W, b in zip(self.W, self.b, strict=True):
            z = self.a[-1] @ W.T + b
            self.a.append(np.maximum(z, 0) if W is not self.W[-1] else z)
        return self.a[-1]

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum())

    def backward(self, x: Array, t: Array) -> tuple[list[Array], list[Array]]:
        delta = 2 * (self.forward(x) - t)
        dW, db = list[Array](), list[Array]()
        for W, a in zip(self.W[::-1], self.a[-2::-1], strict=True):
            dW.insert(0, delta.T @ a)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W * (a > 0)
        return dW, db


class MeanOfAll:
    """The mean of the squares over samples and outputs alike, as np.mean has it."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        self.weights1 = np.random.uniform(-0.5, 0.5, (input_size, hidden_size))
        self.bias1 = np.zeros((1, hidden_size))
        self.weights2 = np.random.uniform(-0.5, 0.5, (hidden_size, output_size))
        self.bias2 = np.zeros((1, output_size))

    def forward(self, X: Array) -> Array:
        self.hidden = np.tanh(np.dot(X, self.weights1) + self.bias1)
        y: Array = np.dot(self.hidden, self.weights2) + self.bias2
        return y

    def compute_loss(self, X: Array, y: Array) -> float:
        return float(np.mean((y - self.forward(X)) ** 2))

    def train_step(self, X: Array, y: Array, learning_rate: float = 0.1) -> None:
        output = self.forward(X)
        d_output = 2 * (output - y) / y.size
        d_hidden = np.dot(d_output, self.weights2.T) * (1 - self.hidden**2)
        self.weights2 -= learning_rate * np.dot(self.hidden.T, d_output)
        self.bias2 -= learning_rate * np.sum(d_output, axis=0, keepdims=True)
        self.weights1 -= learning_rate * np.dot(X.T, d_hidden)
        self.bias1 -= learning_rate * np.sum(d_hidden, axis=0, keepdims=True)
