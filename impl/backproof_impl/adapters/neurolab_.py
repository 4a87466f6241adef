"""Neurolab 0.3.5, which needs numpy below 2: newff networks, gradients by its ff_grad, steps and training by its train_gd."""

from typing import Any

import neurolab as nl
import numpy as np

from backproof_impl.adapters import claims as c
from backproof_spec.protocol import FitMachine, GradientMachine, LossMachine, Maker, StepMachine
from backproof_spec.values import Array, Claims, Family, Layer, Network, Params, Rule, Targets

ACTIVATIONS: dict[Any, Any] = {
    c.TANH: nl.trans.TanSig, c.SIGMOID: nl.trans.LogSig, c.IDENTITY: nl.trans.PureLin, c.SOFTMAX: nl.trans.SoftMax,
}  # fmt: skip
HIDDEN = (c.TANH, c.SIGMOID, c.IDENTITY)
ERRORS: dict[Any, Any] = {c.SUMMED_SQUARES: nl.error.SSE, c.MEAN_SQUARES: nl.error.MSE, c.CLIPPED_BINARY: nl.error.CEE}
TRAINERS: dict[str, Any] = {
    "sgd": lambda r: (nl.train.train_gd, {"lr": r.rate}),
    "momentum": lambda r: (nl.train.train_gdm, {"lr": r.rate, "mc": r.beta1}),
}


class Neurolab(Maker):
    """Makes a network of newff for inputs from -1 to 1."""

    families = (
        Family(HIDDEN, HIDDEN, (c.SUMMED_SQUARES, c.MEAN_SQUARES), mixed=True),
        Family(HIDDEN, (c.SIGMOID,), (c.CLIPPED_BINARY,), mixed=True),
        Family(HIDDEN, (c.SOFTMAX,), (c.SUMMED_SQUARES,), sizes=c.CLASSES, mixed=True),
    )
    claims = Claims("neurolab", families, nl.__version__, rules=(c.SGD, c.MOMENTUM))

    def make(self, net: Network, seed: int, /) -> "Trained":
        np.random.seed(seed)  # noqa: NPY002 - the generator that it draws from
        units = [ACTIVATIONS[f]() for f in net.activations]
        made = nl.net.newff([[-1, 1]] * net.sizes[0], list(net.sizes[1:]), units)
        made.errorf = ERRORS[net.loss]()
        return Trained(made)


class Trained(LossMachine, GradientMachine, StepMachine, FitMachine):
    """Weights are (out, in), in a dictionary of each layer."""

    def __init__(self, made: Any) -> None:
        self.made = made

    def write(self, params: Params, /) -> None:
        for layer, (W, b) in zip(self.made.layers, params, strict=True):
            layer.np["w"][:], layer.np["b"][:] = W.T, b

    def read(self) -> Params:
        return tuple(Layer(layer.np["w"].T, layer.np["b"]) for layer in self.made.layers)

    def forward(self, x: Array, /) -> Array:
        y: Array = self.made.sim(x)
        return y

    def loss(self, x: Array, t: Targets, /) -> float:
        return float(self.made.errorf(t, self.made.sim(x)))

    def gradient(self, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(g["w"].T, g["b"]) for g in nl.tool.ff_grad(self.made, x, t)[0])

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        self.fit(x, t, epochs=2, rule=rule)  # of n epochs the last makes no step

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        trainer, settings = TRAINERS[rule.name](rule)
        return tuple(trainer(self.made, x, t, epochs=epochs, goal=0.0, show=0, **settings))
