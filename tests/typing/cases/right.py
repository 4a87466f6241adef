"""Accepted: it inherits what it offers, and has it."""

from dataclasses import dataclass

import numpy as np

from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    HasGradient,
    HasLoss,
    HasStep,
    Implementation,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Targets,
)

LINE = Claims("line", (Family((), (Activation("identity"),), (Loss("squared_error"),)),))


class Line(HasGradient, HasStep, HasLoss):
    """One layer, no activation, squared error."""

    @property
    def claims(self) -> Claims:
        return LINE

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y: Array = x @ params[0].W + params[0].b
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(((self.forward(net, params, x) - t) ** 2).sum() / (2 * len(x)))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        delta: Array = (self.forward(net, params, x) - t) / len(x)
        db: Array = delta.sum(axis=0)
        return (Layer(x.T @ delta, db),)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        pairs = zip(params, self.gradient(net, params, x, t), strict=True)
        return tuple(Layer(p.W - rule.rate * g.W, p.b - rule.rate * g.b) for p, g in pairs)


@dataclass(frozen=True)
class Frozen:
    """A frozen dataclass that inherits nothing has a read-only claims, too."""

    claims: Claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.zeros((len(x), net.sizes[-1]))


OFFERED: tuple[Implementation, ...] = (Line(), Frozen(LINE))
WITH_GRADIENT: HasGradient = Line()
