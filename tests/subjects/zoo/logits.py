"""Layers with a forward that ends in logits, which the loss alone puts through softmax, or through sigmoids."""
# mypy: ignore-errors
# ruff: noqa: NPY002
# numpy's global generator, as beginners use it

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout):
        return np.where(self.mask, 0, dout)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {
            "W1": np.random.randn(input_size, hidden_size) / input_size**0.5, "b1": np.zeros(hidden_size),
            "W2": np.random.randn(hidden_size, output_size) / hidden_size**0.5, "b2": np.zeros(output_size),
        }  # fmt: skip
        p = self.params
        self.layers = {"Affine1": Affine(p["W1"], p["b1"]), "Relu1": Relu(), "Affine2": Affine(p["W2"], p["b2"])}

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        z = self.predict(x)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.y, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.log(self.y[np.arange(len(t)), t.argmax(axis=1)] + 1e-7).mean()

    def gradient(self, x, t):
        self.loss(x, t)
        return self.sent_back((self.y - self.t) / len(t))

    def sent_back(self, dout):
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)
        one, two = self.layers["Affine1"], self.layers["Affine2"]
        return {"W1": one.dW, "b1": one.db, "W2": two.dW, "b2": two.db}


class Faulty(TwoLayerNet):
    def gradient(self, x, t):
        g = super().gradient(x, t)
        return g | {"b2": g["b2"] * len(t)}


class Bits(TwoLayerNet):
    def loss(self, x, t):
        z = self.predict(x)
        self.y, self.t = 1 / (1 + np.exp(-z)), t
        return (np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))).sum() / len(x)


class FaultyBits(Bits):
    def gradient(self, x, t):
        g = super().gradient(x, t)
        return g | {"W1": -g["W1"]}


class Huber(TwoLayerNet):
    def loss(self, x, t):
        self.y, self.t = self.predict(x), t
        e = np.abs(self.y - t)
        return np.where(e < 1, e**2 / 2, e - 0.5).sum() / len(x)

    def gradient(self, x, t):
        return self.sent_back(np.clip(self.predict(x) - t, -1, 1) / len(t))


class FaultyHuber(Huber):
    def gradient(self, x, t):
        g = super().gradient(x, t)
        return g | {"b1": 2 * g["b1"]}


class Stored(TwoLayerNet):
    """Its gradients are there from the beginning, as zeros; a step of RMSProp fills them, and the loss does not."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__(input_size, hidden_size, output_size)
        self.grads = {name: np.zeros_like(p) for name, p in self.params.items()}
        self.seen = {name: np.zeros_like(p) for name, p in self.params.items()}

    gradient = None

    def train_step(self, x, t, lr=0.01):
        self.grads.update(TwoLayerNet.gradient(self, x, t))
        for name, g in self.grads.items():
            self.seen[name] = 0.9 * self.seen[name] + 0.1 * g**2
            self.params[name] -= lr * g / (np.sqrt(self.seen[name]) + 1e-8)
