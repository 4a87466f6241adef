"""Layers of two kinds, objects that pass gradients from above, and losses with more in them than is known."""
# mypy: ignore-errors
# ruff: noqa: NPY002
# numpy's global generator, as beginners use it

import numpy as np


class TwoKinds:
    """tanh in the first hidden layer, relu in all others."""

    def __init__(self, sizes):
        self.W = [np.random.randn(i, o) / i**0.5 for i, o in zip(sizes, sizes[1:], strict=False)]
        self.b = [np.zeros(o) for o in sizes[1:]]

    def f(self, k, z):
        return z if k == len(self.W) - 1 else np.tanh(z) if k == 0 else self.other(z)

    def df(self, k, z):
        return 1 - np.tanh(z) ** 2 if k == 0 else self.slope(z)

    def other(self, z):
        return np.maximum(z, 0)

    def slope(self, z):
        return (z > 0) * 1.0

    def forward(self, x):
        self.a, self.z = [x], []
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            self.z.append(self.a[-1] @ W + b)
            self.a.append(self.f(k, self.z[-1]))
        return self.a[-1]

    def loss(self, x, t):
        return ((self.forward(x) - t) ** 2).sum() / 2

    def gradients(self, x, t):
        d, gW, gb = self.forward(x) - t, [], []
        for k in reversed(range(len(self.W))):
            gW.insert(0, self.a[k].T @ d)
            gb.insert(0, d.sum(0))
            if k:
                d = d @ self.W[k].T * self.df(k - 1, self.z[k - 1])
        return gW, gb


class AndSelu(TwoKinds):
    def other(self, z):
        return 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))

    def slope(self, z):
        return 1.0507009873554805 * np.where(z > 0, 1, 1.6732632423543772 * np.exp(np.minimum(z, 0)))


class OddSecond(TwoKinds):
    """No kind that there is: the second hidden layer forgets its bias."""

    def forward(self, x):
        self.a, self.z = [x], []
        for k, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            self.z.append(self.a[-1] @ W + (0 if k == 1 and len(self.W) > 2 else b))
            self.a.append(z if k == len(self.W) - 1 else np.tanh(z)) if (z := self.z[-1]) is not None else None
        return self.a[-1]


class Dense:
    def __init__(self, i, o):
        self.W, self.b = np.random.randn(i, o) / i**0.5, np.zeros(o)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW, self.db = self.x.T @ d, d.sum(0)
        return d @ self.W.T


class Tanh:
    def forward(self, z):
        self.a = np.tanh(z)
        return self.a

    def backward(self, d):
        return d * (1 - self.a**2)


class Above:
    """backward wants the gradient of the loss by the outputs, and no targets."""

    def __init__(self, n_in, n_hidden, n_out):
        self.layers = [Dense(n_in, n_hidden), Tanh(), Dense(n_hidden, n_out)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return np.mean((self.forward(x) - t) ** 2)

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def train_step(self, x, t, lr=0.1):
        y = self.forward(x)
        self.backward(2 * (y - t) / y.size)
        for layer in self.layers[::2]:
            layer.W -= lr * layer.dW
            layer.b -= lr * layer.db


class AboveOutput(Above):
    def backward(self, output_gradient):
        return super().backward(output_gradient)


class AboveD(Above):
    def backward(self, d):
        return super().backward(d)


class AboveError(Above):
    def backward(self, error):
        return super().backward(error)


class WithPenalty(TwoKinds):
    """A constant in the logarithm, and a penalty on the first layer's weights alone: together they are no loss that is known."""

    small = 1e-12

    def f(self, k, z):
        if k < len(self.W) - 1:
            return np.tanh(z)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def df(self, k, z):
        return 1 - np.tanh(z) ** 2

    def loss(self, x, t):
        y = self.forward(x)
        return -(t * np.log(y + self.small)).sum() + 0.05 * (self.W[0] ** 2).sum()

    def gradients(self, x, t):
        gW, gb = super().gradients(x, t)
        return [gW[0] + self.decay * self.W[0], *gW[1:]], gb

    decay = 0.1


class WithPenaltyForgotten(WithPenalty):
    decay = 0.0


class BitsOnly:
    """A loss of bits alone, with a penalty on some weights: it is not known, and takes no other targets; also with one output."""

    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, np.zeros(n_out)

    def forward(self, x):
        self.h = np.tanh(x @ self.W1 + self.b1)
        return 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))

    def loss(self, x, t):
        y = self.forward(x)
        return -np.log(np.where(t == 1, y, 1 - y)).sum() / len(x) + 0.05 * (self.W1**2).sum()

    def gradients(self, x, t):
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.W2.T * (1 - self.h**2)
        return x.T @ d1 + 0.1 * self.W1, d1.sum(0), self.h.T @ d2, d2.sum(0)
