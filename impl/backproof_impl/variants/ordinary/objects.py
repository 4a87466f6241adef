"""Layers that are objects, each with a forward and a backward of its own."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Dense:
    """An affine map."""

    def __init__(self, n_in: int, n_out: int) -> None:
        self.W, self.b = np.random.randn(n_in, n_out) * (2 / n_in) ** 0.5, np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        self.x = x
        y: Array = x @ self.W + self.b
        return y

    def backward(self, grad: Array) -> Array:
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        back: Array = grad @ self.W.T
        return back


class Relu:
    """A rectifier that remembers where it was open."""

    def forward(self, x: Array) -> Array:
        self.open = x > 0
        return np.where(self.open, x, 0)

    def backward(self, grad: Array) -> Array:
        return grad * self.open


class Sequential:
    """A list of layers, asked forwards and backwards; gradients stay where the parameters are."""

    def __init__(self, sizes: list[int]) -> None:
        self.layers = list[Dense | Relu]()
        for a, b in zip(sizes, sizes[1:], strict=False):
            self.layers += [Dense(a, b), Relu()]
        self.layers.pop()

    def forward(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).mean())

    def backward(self, x: Array, t: Array) -> None:
        grad = 2 * (self.forward(x) - t) / t.size
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def step(self, x: Array, t: Array, lr: float = 0.01) -> None:
        self.backward(x, t)
        for layer in self.layers:
            if isinstance(layer, Dense):
                layer.W -= lr * layer.dW
                layer.b -= lr * layer.db
