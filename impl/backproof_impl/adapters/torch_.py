"""PyTorch 2.13.0: the layers, losses and optimisers of torch.nn and torch.optim, gradients by its autograd."""

from typing import Any

import torch
from torch import nn, optim

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.descending import Descending
from backproof_spec.protocol import HasGradient, HasInitial, HasLoss
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets
from backproof_spec.vocabulary import alpha

FAR = 60.0  # from where Softplus is linear; the default of 20 is off by 2e-9 there, as its documentation says
ACTIVATIONS: dict[str, Any] = {
    "identity": lambda f: nn.Identity(), "sigmoid": lambda f: nn.Sigmoid(), "tanh": lambda f: nn.Tanh(),
    "relu": lambda f: nn.ReLU(), "leaky_relu": lambda f: nn.LeakyReLU(alpha(f)), "elu": lambda f: nn.ELU(alpha(f)),
    "softplus": lambda f: nn.Softplus(f.slope, FAR), "softmax": lambda f: nn.Softmax(1), "gelu": lambda f: nn.GELU(),
    "gelu_tanh": lambda f: nn.GELU("tanh"),
}  # fmt: skip
BY_NAME: dict[Any, Any] = {c.SELU: nn.SELU, c.CELU: lambda: nn.CELU(0.5), c.LOG_SIGMOID: nn.LogSigmoid}
HIDDEN = (*c.USUAL, c.SHARP_SOFTPLUS, c.GELU_TANH, *BY_NAME)
ON_LOGITS: dict[str, Any] = {"cross_entropy": nn.CrossEntropyLoss, "binary_cross_entropy": nn.BCEWithLogitsLoss}
ON_OUTPUTS: dict[str, Any] = {"squared_error": nn.MSELoss, "binary_cross_entropy": nn.BCELoss}
OPTIMISERS: dict[str, Any] = {
    "sgd": lambda p, r: optim.SGD(p, r.rate),
    "momentum": lambda p, r: optim.SGD(p, r.rate, r.beta1),
    "nesterov": lambda p, r: optim.SGD(p, r.rate, r.beta1, nesterov=True),
    "rmsprop": lambda p, r: optim.RMSprop(p, r.rate, r.beta2, r.epsilon),
    "adam": lambda p, r: optim.Adam(p, r.rate, (r.beta1, r.beta2), r.epsilon),
}
FAMILIES = (
    *c.usual(HIDDEN, (c.MEAN_SQUARES, c.SUM_SQUARES), (c.MEAN_BINARY, c.SUM_BINARY), (c.MEAN_CROSS, c.SUM_CROSS)),
    *c.usual(HIDDEN, (), (c.CLAMPED_BINARY,), (c.MEAN_LABELS, c.SUM_LABELS)),
)


class Torch(HasLoss, HasGradient, Descending, HasInitial):
    """A Sequential of Linear layers and activation modules, made anew for each call."""

    claims = Claims("torch", FAMILIES, torch.__version__, rules=(c.SGD, c.MOMENTUM, c.NESTEROV, c.RMSPROP, c.ADAM))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y: Array = _model(net, params)(torch.tensor(x)).detach().numpy()
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(_objective(net, _model(net, params), x, t))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        model = _model(net, params)
        _objective(net, model, x, t).backward()
        return tuple(Layer(linear.weight.grad.numpy().T, linear.bias.grad.numpy()) for linear in model[::2])

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        model = _model(net, params)
        optimiser = OPTIMISERS[rule.name](model.parameters(), rule)
        for _ in range(steps):
            optimiser.zero_grad()
            _objective(net, model, x, t).backward()
            optimiser.step()
        return _read(model)

    def initial(self, net: Network, seed: int, /) -> Params:
        torch.manual_seed(seed)
        return _read(_fresh(net, torch.float64))


def _fresh(net: Network, dtype: Any) -> Any:
    parts = [
        part
        for f, *sizes in zip(net.activations, net.sizes, net.sizes[1:], strict=False)
        for part in (nn.Linear(*sizes, dtype=dtype), BY_NAME[f]() if f in BY_NAME else ACTIVATIONS[f.name](f))
    ]
    return nn.Sequential(*parts)


def _model(net: Network, params: Params) -> Any:
    model = _fresh(net, torch.tensor(params[0].W).dtype)
    for linear, (W, b) in zip(model[::2], params, strict=True):
        linear.load_state_dict({"weight": torch.tensor(W.T), "bias": torch.tensor(b)})
    return model


def _read(model: Any) -> Params:
    return tuple(Layer(linear.weight.detach().numpy().T, linear.bias.detach().numpy()) for linear in model[::2])


def _objective(net: Network, model: Any, x: Array, t: Targets) -> Any:
    if net.loss.name in ON_LOGITS and not net.loss.epsilon:
        return ON_LOGITS[net.loss.name](reduction=net.loss.samples)(model[:-1](torch.tensor(x)), torch.tensor(t))
    return ON_OUTPUTS[net.loss.name](reduction=net.loss.samples)(model(torch.tensor(x)), torch.tensor(t))
