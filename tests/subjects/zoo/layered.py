"""Layer objects; forward, backward and update as three calls; a learning rate in the constructor."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Dense:
    def __init__(self, fan_in, fan_out):
        self.weights = np.random.randn(fan_in, fan_out) * 0.5
        self.bias = np.zeros((1, fan_out))

    def forward(self, x):
        self.x = x
        return x @ self.weights + self.bias

    def backward(self, grad):
        self.grad_weights = self.x.T @ grad
        self.grad_bias = grad.sum(axis=0, keepdims=True)
        return grad @ self.weights.T


class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Network:
    first = 0

    def __init__(self, input_size, hidden_sizes, output_size, learning_rate=0.1):
        self.learning_rate = learning_rate
        self.layers = []
        widths = [input_size, *hidden_sizes]
        for a, b in zip(widths[:-1], widths[1:], strict=True):
            self.layers += [Dense(a, b), Relu()]
        self.layers.append(Dense(widths[-1], output_size))

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        self.out = x
        return x

    def compute_cost(self, t):
        return np.mean((self.out - t) ** 2)

    def backward(self, t):
        grad = 2 * (self.out - t) / self.out.size
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def update(self):
        for layer in self.layers[self.first :]:
            if isinstance(layer, Dense):
                layer.weights -= self.learning_rate * layer.grad_weights
                layer.bias -= self.learning_rate * layer.grad_bias


class Faulty(Network):
    """The first layer is never updated."""

    first = 1
