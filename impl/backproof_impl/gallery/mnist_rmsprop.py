"""Digit images, one hidden layer, rmsprop: a per-sample loop in which the output layer has two deltas at once."""

from functools import partial

import numpy as np

from backproof_impl.gallery.held_out import accuracy, split
from backproof_impl.gallery.seeded import seeded
from backproof_impl.gallery.versions import exhibits
from backproof_spec.values import Activation, Array, Claims, Family, Labels, Layer, Loss, Network, Params, Sizes


def sigmoid(z: Array) -> Array:
    value: Array = 1 / (1 + np.exp(-z))
    return value


def sigmoid_prime(a: Array) -> Array:
    """Of the sigmoid, given its value."""
    return a * (1 - a)


class ImageNet:
    """All parameters in one vector, in the order Wl1, bl1, Wl2, bl2."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        self.inputs, self.hidden, self.classes = inputs, hidden, classes
        self.W: Array = np.zeros((inputs + 1) * hidden + (hidden + 1) * classes)
        Wl1, _, Wl2, _ = self.extract_weights(self.W)
        Wl1[:] = np.random.randn(inputs, hidden) / np.sqrt(inputs)
        Wl2[:] = np.random.randn(hidden, classes) / np.sqrt(hidden)

    def extract_weights(self, W: Array) -> tuple[Array, Array, Array, Array]:
        """Views of the four parts of the vector."""
        d, h, c = self.inputs, self.hidden, self.classes
        a, b, e = d * h, d * h + h, d * h + h + h * c
        return W[:a].reshape(d, h), W[a:b], W[b:e].reshape(h, c), W[e:]

    def make_1_of_c_encoding(self, labels: Labels) -> Array:
        y = np.zeros((len(labels), self.classes))
        y[np.arange(len(labels)), labels] = 1
        return y

    def forward_prop(self, W: Array, X: Array) -> list[Array]:
        """Outputs of the hidden layer and of the output layer."""
        Wl1, bl1, Wl2, bl2 = self.extract_weights(W)
        hidden = sigmoid(X @ Wl1 + bl1)
        return [hidden, sigmoid(hidden @ Wl2 + bl2)]

    def cost(self, W: Array, X: Array, y: Array) -> float:
        """Half the squared error, the mean over samples."""
        return float(np.sum((self.forward_prop(W, X)[-1] - y) ** 2) / (2 * len(X)))

    def back_prop(self, W: Array, X: Array, y: Array) -> Array:
        """The gradient as one vector, for rows of targets y."""
        _, _, Wl2, _ = self.extract_weights(W)
        hidden, out = self.forward_prop(W, X)
        big_delta = np.zeros_like(W)
        dWl1, dbl1, dWl2, dbl2 = self.extract_weights(big_delta)
        for i, x in enumerate(X):
            dE_dy = out[i] - y[i]
            dE_dz_out = dE_dy * sigmoid_prime(out[i])
            dE_dz_hidden = dE_dy @ Wl2.T * sigmoid_prime(hidden[i])
            dbl2 += dE_dy
            dWl2 += np.outer(hidden[i], dE_dz_out)
            dbl1 += dE_dz_hidden
            dWl1 += np.outer(x, dE_dz_hidden)
        return big_delta / len(X)

    def train(self, X: Array, y: Array, epochs: int, rate: float, rows: int = 100) -> None:
        """Minibatches, each step divided by the root of a running mean of squared gradients."""
        seen = np.zeros_like(self.W)
        for _ in range(epochs):
            for first in range(0, len(X), rows):
                gradient = self.back_prop(self.W, X[first : first + rows], y[first : first + rows])
                seen = 0.9 * seen + 0.1 * gradient**2
                self.W = self.W - rate * gradient / (np.sqrt(seen) + 1e-8)


class ImageNetAnswered(ImageNet):
    """One output delta, but the derivative that expects an output is given the pre-activation."""

    def back_prop(self, W: Array, X: Array, y: Array) -> Array:
        Wl1, bl1, Wl2, bl2 = self.extract_weights(W)
        hidden, out = self.forward_prop(W, X)
        big_delta = np.zeros_like(W)
        dWl1, dbl1, dWl2, dbl2 = self.extract_weights(big_delta)
        for i, x in enumerate(X):
            delta_out = (out[i] - y[i]) * sigmoid_prime(hidden[i] @ Wl2 + bl2)
            delta_hidden = delta_out @ Wl2.T * sigmoid_prime(x @ Wl1 + bl1)
            dbl2 += delta_out
            dWl2 += np.outer(hidden[i], delta_out)
            dbl1 += delta_hidden
            dWl1 += np.outer(x, delta_hidden)
        return big_delta / len(X)


class ImageNetMended(ImageNet):
    """The delta that the output weights had stands in all three places."""

    def back_prop(self, W: Array, X: Array, y: Array) -> Array:
        _, _, Wl2, _ = self.extract_weights(W)
        hidden, out = self.forward_prop(W, X)
        big_delta = np.zeros_like(W)
        dWl1, dbl1, dWl2, dbl2 = self.extract_weights(big_delta)
        for i, x in enumerate(X):
            dE_dz_out = (out[i] - y[i]) * sigmoid_prime(out[i])
            dE_dz_hidden = dE_dz_out @ Wl2.T * sigmoid_prime(hidden[i])
            dbl2 += dE_dz_out
            dWl2 += np.outer(hidden[i], dE_dz_out)
            dbl1 += dE_dz_hidden
            dWl1 += np.outer(x, dE_dz_hidden)
        return big_delta / len(X)


class ImageMachine:
    """An ImageNet as it is asked."""

    def __init__(self, program: ImageNet) -> None:
        self.program = program

    def write(self, params: Params, /) -> None:
        self.program.W = np.concatenate([part.ravel() for layer in params for part in layer])

    def read(self) -> Params:
        return self.as_layers(self.program.W)

    def as_layers(self, W: Array) -> Params:
        Wl1, bl1, Wl2, bl2 = self.program.extract_weights(W)
        return Layer(Wl1, bl1), Layer(Wl2, bl2)

    def forward(self, x: Array, /) -> Array:
        return self.program.forward_prop(self.program.W, x)[-1]

    def loss(self, x: Array, t: Array, /) -> float:
        return self.program.cost(self.program.W, x, t)

    def gradient(self, x: Array, t: Array, /) -> Params:
        return self.as_layers(self.program.back_prop(self.program.W, x, t))

    def targets(self, labels: Labels, /) -> Array:
        return self.program.make_1_of_c_encoding(labels)


def claimed(name: str) -> Claims:
    """One hidden layer; half the squared error, the mean over samples. No step: the update is rmsprop."""
    sigmoids = (Activation("sigmoid"),)
    return Claims(
        name, (Family(sigmoids, sigmoids, (Loss("squared_error"),), sizes=Sizes(depth=(1, 1), outputs=(2, None))),)
    )


class Posted:
    program: type[ImageNet] = ImageNet
    claims = claimed("images with rmsprop, as posted")

    def make(self, net: Network, seed: int, /) -> ImageMachine:
        with seeded(seed):
            return ImageMachine(self.program(*net.sizes))


class Answered(Posted):
    program = ImageNetAnswered
    claims = claimed("images with rmsprop, as answered")


class Mended(Posted):
    program = ImageNetMended
    claims = claimed("images with rmsprop, mended")


def trained(program: type[ImageNet]) -> str:
    """Thirty epochs in batches of 100 at rate .001, as its author trains it, on the smaller digits."""
    data = split()
    with seeded(0):
        net = program(64, 30, 10)
    net.train(data.x, net.make_1_of_c_encoding(data.labels), epochs=30, rate=0.001)
    return accuracy(net.forward_prop(net.W, data.x_held)[-1], data.labels_held)


EXHIBITS = exhibits(
    program="002",
    title="digit images, 784-300-10, squared error, rmsprop",
    module=__name__,
    task="accuracy on digit images, at 64-30-10",
    posted=("grad-output-delta",),
    answered=("activation-derivative",),
    achieves=(partial(trained, ImageNet), partial(trained, ImageNetAnswered), partial(trained, ImageNetMended)),
)
