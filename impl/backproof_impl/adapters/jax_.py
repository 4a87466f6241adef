"""JAX 0.10.2: the layers of its example library, losses and optimisers of Optax 0.2.8, gradients by jax.value_and_grad."""

from functools import partial
from typing import Any

import jax
import numpy as np
import optax
from jax import nn
from jax import numpy as jnp
from jax.example_libraries import stax

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.descending import Descending
from backproof_spec.protocol import HasGradient, HasInitial, HasLoss
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets
from backproof_spec.vocabulary import alpha

ACTIVATIONS: dict[str, Any] = {
    "identity": lambda f: nn.identity, "sigmoid": lambda f: nn.sigmoid, "tanh": lambda f: nn.tanh, "relu": lambda f: nn.relu,
    "leaky_relu": lambda f: partial(nn.leaky_relu, negative_slope=alpha(f)), "elu": lambda f: partial(nn.elu, alpha=alpha(f)),
    "softplus": lambda f: nn.softplus, "gelu": lambda f: partial(nn.gelu, approximate=False), "gelu_tanh": lambda f: nn.gelu,
    "softmax": lambda f: nn.softmax,
}  # fmt: skip
BY_NAME: dict[Any, Any] = {c.SELU: nn.selu, c.CELU: partial(nn.celu, alpha=0.5), c.LOG_SIGMOID: nn.log_sigmoid}
HIDDEN = (*c.USUAL, c.GELU_TANH, *BY_NAME)
ERRORS: dict[Any, Any] = {
    c.MEAN_SQUARES: optax.losses.squared_error, c.HALF_SQUARES: optax.losses.l2_loss,
    c.MEAN_BINARY: optax.losses.sigmoid_binary_cross_entropy, c.SUM_BINARY: optax.losses.sigmoid_binary_cross_entropy,
    c.MEAN_CROSS: optax.losses.softmax_cross_entropy, c.SUM_CROSS: optax.losses.softmax_cross_entropy,
    c.MEAN_LABELS: optax.losses.softmax_cross_entropy_with_integer_labels,
}  # fmt: skip
OPTIMISERS: dict[str, Any] = {
    "sgd": lambda r: optax.sgd(r.rate), "momentum": lambda r: optax.sgd(r.rate, r.beta1),
    "nesterov": lambda r: optax.sgd(r.rate, r.beta1, nesterov=True),
    "rmsprop": lambda r: optax.rmsprop(r.rate, r.beta2, r.epsilon),
    "adam": lambda r: optax.adam(r.rate, r.beta1, r.beta2, r.epsilon),
}  # fmt: skip
FAMILIES = (
    *c.usual(HIDDEN, (c.MEAN_SQUARES, c.HALF_SQUARES), (c.MEAN_BINARY, c.SUM_BINARY), (c.MEAN_CROSS, c.SUM_CROSS)),
    *c.usual(HIDDEN, (), (), (c.MEAN_LABELS,)),
)


class Jax(HasLoss, HasGradient, Descending, HasInitial):
    """A stax.serial of Dense layers and functions of jax.nn, in double precision where the parameters are."""

    claims = Claims("jax", FAMILIES, jax.__version__, rules=(c.SGD, c.MOMENTUM, c.NESTEROV, c.RMSPROP, c.ADAM))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        with jax.enable_x64(True):
            return np.array(_model(net)[1](_given(params), jnp.array(x)))

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        with jax.enable_x64(True):
            return float(_objective(_given(params), net, jnp.array(x), jnp.array(t)))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        with jax.enable_x64(True):
            return _read(jax.grad(_objective)(_given(params), net, jnp.array(x), jnp.array(t)))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        with jax.enable_x64(True):
            given, rows = _given(params), (jnp.array(x), jnp.array(t))
            state, move = OPTIMISERS[rule.name](rule).init(given), COMPILED if steps > FEW else _moved
            for _ in range(steps):
                given, state = move(given, state, *rows, net, rule)
            return _read(given)

    def initial(self, net: Network, seed: int, /) -> Params:
        with jax.enable_x64(True):
            return _read(_model(net)[0](jax.random.key(seed), (1, net.sizes[0]))[1])


def _model(net: Network, last: int | None = None) -> Any:
    parts = [
        part
        for f, width in zip(net.activations, net.sizes[1:], strict=True)
        for part in (stax.Dense(width), stax.elementwise(BY_NAME.get(f) or ACTIVATIONS[f.name](f)))
    ]
    return stax.serial(*parts[:last])


def _given(params: Params) -> Any:
    return [part for W, b in params for part in ((jnp.array(W), jnp.array(b)), ())]


def _read(params: Any) -> Params:
    return tuple(Layer(np.array(W), np.array(b)) for W, b in params[::2])


def _moved(given: Any, state: Any, x: Any, t: Any, net: Network, rule: Rule) -> Any:
    moves, state = OPTIMISERS[rule.name](rule).update(jax.grad(_objective)(given, net, x, t), state, given)
    return optax.apply_updates(given, moves), state


def _objective(params: Any, net: Network, x: Any, t: Any) -> Any:
    raw = "entropy" in net.loss.name
    errors = ERRORS[net.loss](_model(net, -1 if raw else None)[1](params[: -1 if raw else None], x), t)
    return {"mean": jnp.mean, "sum": jnp.sum}[net.loss.samples](errors)


COMPILED, FEW = jax.jit(_moved, static_argnums=(4, 5)), 8  # to compile takes longer than so many steps
