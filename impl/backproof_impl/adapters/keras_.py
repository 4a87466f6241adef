"""Keras 3.15.1 on TensorFlow 2.21: Dense layers, losses and optimisers of Keras, gradients by a GradientTape."""

from typing import Any

import keras
import tensorflow as tf

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.descending import Descending
from backproof_spec.protocol import HasGradient, HasInitial, HasLoss
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets
from backproof_spec.vocabulary import alpha

k = keras.activations
ACTIVATIONS: dict[str, Any] = {
    "identity": lambda f: k.linear, "sigmoid": lambda f: k.sigmoid, "tanh": lambda f: k.tanh, "relu": lambda f: k.relu,
    "leaky_relu": lambda f: lambda z: k.leaky_relu(z, alpha(f)), "elu": lambda f: lambda z: k.elu(z, alpha(f)),
    "softplus": lambda f: k.softplus, "gelu": lambda f: k.gelu, "gelu_tanh": lambda f: lambda z: k.gelu(z, approximate=True),
    "softmax": lambda f: k.softmax,
}  # fmt: skip
BY_NAME: dict[Any, Any] = {c.SELU: k.selu, c.CELU: lambda z: k.celu(z, 0.5), c.LOG_SIGMOID: k.log_sigmoid}
HIDDEN = (*c.USUAL, c.GELU_TANH, *BY_NAME)
LOSSES: dict[Any, Any] = {
    c.MEAN_SQUARES: keras.losses.MeanSquaredError(), c.SUM_OF_MEANS: keras.losses.MeanSquaredError(reduction="sum"),
    c.MEAN_BINARY: keras.losses.BinaryCrossentropy(from_logits=True), c.FUZZY_BINARY: keras.losses.BinaryCrossentropy(),
    c.MEAN_CROSS: keras.losses.CategoricalCrossentropy(from_logits=True), c.FUZZY_CROSS: keras.losses.CategoricalCrossentropy(),
    c.SUM_CROSS: keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum"),
    c.MEAN_LABELS: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
}  # fmt: skip
OPTIMISERS: dict[str, Any] = {
    "sgd": lambda r: keras.optimizers.SGD(r.rate), "momentum": lambda r: keras.optimizers.SGD(r.rate, r.beta1),
    "nesterov": lambda r: keras.optimizers.SGD(r.rate, r.beta1, nesterov=True),
    "rmsprop": lambda r: keras.optimizers.RMSprop(r.rate, r.beta2, epsilon=r.epsilon),
    "adam": lambda r: keras.optimizers.Adam(r.rate, r.beta1, r.beta2, r.epsilon),
}  # fmt: skip
FAMILIES = (
    *c.usual(HIDDEN, (c.MEAN_SQUARES, c.SUM_OF_MEANS), (c.MEAN_BINARY,), (c.MEAN_CROSS, c.SUM_CROSS)),
    *c.usual(HIDDEN, (), (c.FUZZY_BINARY,), (c.FUZZY_CROSS, c.MEAN_LABELS)),
)


class Keras(HasLoss, HasGradient, Descending, HasInitial):
    """A list of Dense layers in float32, its default, made anew for each call; a loss takes logits unless it is fuzzy."""

    claims = Claims(
        "keras", FAMILIES, keras.__version__, dtype="float32", rules=(c.SGD, c.MOMENTUM, c.NESTEROV, c.RMSPROP, c.ADAM)
    )

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y: Array = _passed(net, _layers(net, params), x)[1].numpy()
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(_objective(net, _layers(net, params), x, t))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        slopes = [g.numpy() for g in _slopes(net, _layers(net, params), x, t)]
        return tuple(map(Layer, slopes[::2], slopes[1::2]))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        layers, optimiser = _layers(net, params), OPTIMISERS[rule.name](rule)
        for _ in range(steps):
            optimiser.apply(_slopes(net, layers, x, t), [v for layer in layers for v in layer.trainable_variables])
        return tuple(Layer(*layer.get_weights()) for layer in layers)

    def initial(self, net: Network, seed: int, /) -> Params:
        keras.utils.set_random_seed(seed)
        return tuple(Layer(*layer.get_weights()) for layer in _layers(net))


def _layers(net: Network, params: Params | None = None) -> list[Any]:
    layers = [keras.layers.Dense(width) for width in net.sizes[1:]]
    for l, layer in enumerate(layers):
        layer.build((None, net.sizes[l]))
        if params is not None:
            layer.set_weights(params[l])
    return layers


def _passed(net: Network, layers: list[Any], x: Array) -> tuple[Any, Any]:
    z = y = x
    for f, layer in zip(net.activations, layers, strict=True):
        z = layer(y)
        y = (BY_NAME.get(f) or ACTIVATIONS[f.name](f))(z)
    return z, y


def _objective(net: Network, layers: list[Any], x: Array, t: Targets) -> Any:
    z, y = _passed(net, layers, x)
    return LOSSES[net.loss](t, z if "entropy" in net.loss.name and not net.loss.epsilon else y)


def _slopes(net: Network, layers: list[Any], x: Array, t: Targets) -> Any:
    with tf.GradientTape() as tape:
        value = _objective(net, layers, x, t)
    return tape.gradient(value, [v.value for layer in layers for v in layer.trainable_variables])
