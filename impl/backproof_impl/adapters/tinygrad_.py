"""tinygrad 0.14.0: the layers, functions, losses and optimisers of its tensors, in float32, on its default device."""

from importlib.metadata import version
from typing import Any

from tinygrad import Context, Tensor, nn

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.descending import Descending
from backproof_spec.protocol import HasGradient, HasInitial, HasLoss
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets
from backproof_spec.vocabulary import alpha

ACTIVATIONS: dict[str, Any] = {
    "identity": lambda z, f: z, "sigmoid": lambda z, f: z.sigmoid(), "tanh": lambda z, f: z.tanh(),
    "relu": lambda z, f: z.relu(), "leaky_relu": lambda z, f: z.leaky_relu(alpha(f)), "elu": lambda z, f: z.elu(alpha(f)),
    "softplus": lambda z, f: z.softplus(f.slope), "gelu": lambda z, f: z.gelu("none"), "gelu_tanh": lambda z, f: z.gelu(),
    "softmax": lambda z, f: z.softmax(),
}  # fmt: skip
BY_NAME: dict[Any, Any] = {c.ROUNDED_SELU: Tensor.selu, c.CELU: lambda z: z.celu(0.5), c.LOG_SIGMOID: Tensor.logsigmoid}
HIDDEN = (*c.USUAL, c.SHARP_SOFTPLUS, c.GELU_TANH, *BY_NAME)
LOSSES: dict[Any, Any] = {
    c.MEAN_SQUARES: lambda z, y, t: y.sub(t).square().mean(), c.SUM_SQUARES: lambda z, y, t: y.sub(t).square().sum(),
    c.MEAN_BINARY: lambda z, y, t: z.binary_crossentropy_logits(t), c.PLAIN_BINARY: lambda z, y, t: y.binary_crossentropy(t),
    c.MEAN_CROSS: lambda z, y, t: z.cross_entropy(t), c.SUM_CROSS: lambda z, y, t: z.cross_entropy(t, reduction="sum"),
    c.MEAN_LABELS: lambda z, y, t: z.sparse_categorical_crossentropy(t),
}  # fmt: skip
OPTIMISERS: dict[str, Any] = {
    "sgd": lambda p, r: nn.optim.SGD(p, r.rate), "momentum": lambda p, r: nn.optim.SGD(p, r.rate, r.beta1),
    "nesterov": lambda p, r: nn.optim.SGD(p, r.rate, r.beta1, nesterov=True),
    "adam": lambda p, r: nn.optim.Adam(p, r.rate, r.beta1, r.beta2, r.epsilon),
}  # fmt: skip
FAMILIES = (
    *c.usual(HIDDEN, (c.MEAN_SQUARES, c.SUM_SQUARES), (c.MEAN_BINARY,), (c.MEAN_CROSS, c.SUM_CROSS)),
    *c.usual(HIDDEN, (), (c.PLAIN_BINARY,), (c.MEAN_LABELS,)),
)


class Tinygrad(HasLoss, HasGradient, Descending, HasInitial):
    """A list of Linear layers, made anew for each call, with functions of tensors between them."""

    claims = Claims("tinygrad", FAMILIES, version("tinygrad"), dtype="float32", rules=(c.SGD, c.MOMENTUM, c.NESTEROV, c.ADAM))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y: Array = _passed(net, _layers(params), x)[1].numpy()
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(_objective(net, _layers(params), x, t).item())

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        layers = _layers(params)
        slopes = [g.numpy() for g in _objective(net, layers, x, t).gradient(*nn.state.get_parameters(layers))]
        return tuple(Layer(W.T, b) for W, b in zip(slopes[::2], slopes[1::2], strict=True))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        layers = _layers(params)
        optimiser = OPTIMISERS[rule.name](nn.state.get_parameters(layers), rule)
        with Context(TRAINING=1):
            for _ in range(steps):
                optimiser.zero_grad()
                _objective(net, layers, x, t).backward()
                optimiser.step()
        return _read(layers)

    def initial(self, net: Network, seed: int, /) -> Params:
        Tensor.manual_seed(seed)
        return _read([nn.Linear(*sizes) for sizes in zip(net.sizes, net.sizes[1:], strict=False)])


def _layers(params: Params) -> list[Any]:
    layers = [nn.Linear(*layer.W.shape) for layer in params]
    for linear, (W, b) in zip(layers, params, strict=True):
        linear.weight, linear.bias = Tensor(W.T.copy()).is_param_(), Tensor(b.copy()).is_param_()
    return layers


def _read(layers: list[Any]) -> Params:
    return tuple(Layer(linear.weight.numpy().T, linear.bias.numpy()) for linear in layers)


def _passed(net: Network, layers: list[Any], x: Array) -> tuple[Any, Any]:
    z = y = Tensor(x)
    for f, linear in zip(net.activations, layers, strict=True):
        z = linear(y)
        y = BY_NAME[f](z) if f in BY_NAME else ACTIVATIONS[f.name](z, f)
    return z, y


def _objective(net: Network, layers: list[Any], x: Array, t: Targets) -> Any:
    return LOSSES[net.loss](*_passed(net, layers, x), Tensor(t))
