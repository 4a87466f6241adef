"""Autograd 1.9.1: derivatives of its numpy and scipy functions by autograd.value_and_grad, and its optimisers."""

from functools import partial
from importlib.metadata import version
from typing import Any

import autograd.numpy
import autograd.scipy.special
from autograd import grad
from autograd.misc import optimizers

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.descending import Descending
from backproof_impl.adapters.written import Words, objective, passed
from backproof_spec.protocol import HasGradient, HasLoss
from backproof_spec.values import Array, Claims, Layer, Network, Params, Rule, Targets

WORDS = Words(autograd.numpy, autograd.scipy.special)
HIDDEN = (*c.USUAL, c.STRETCHED_TANH, c.SHARP_SOFTPLUS)
OPTIMISERS: dict[str, Any] = {  # rmsprop is left out: its running mean begins at 1, where that of the specification begins at 0
    "sgd": lambda r: partial(optimizers.sgd, step_size=r.rate, mass=0.0),
    "momentum": lambda r: partial(optimizers.sgd, step_size=r.rate, mass=r.beta1),
    "adam": lambda r: partial(optimizers.adam, step_size=r.rate, b1=r.beta1, b2=r.beta2, eps=r.epsilon),
}
FAMILIES = c.usual(HIDDEN, (c.SQUARES, c.SUMMED_SQUARES), (c.BINARY, c.SUM_BINARY), (c.MEAN_CROSS, c.SUM_CROSS))


class Autograd(HasLoss, HasGradient, Descending):
    """A network that is written in its functions, as its users write theirs."""

    claims = Claims("autograd", FAMILIES, version("autograd"), rules=(c.SGD, c.MOMENTUM, c.ADAM))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y: Array = passed(WORDS, net, params, x)[1]
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(objective(WORDS, net, params, x, t))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(*pair) for pair in self.slope(net, x, t)(list(map(tuple, params))))

    def slope(self, net: Network, x: Array, t: Targets) -> Any:
        return grad(lambda given, _=0: objective(WORDS, net, given, x, t))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        optimise = OPTIMISERS[rule.name](rule)
        return tuple(Layer(*pair) for pair in optimise(self.slope(net, x, t), list(map(tuple, params)), num_iters=steps))
