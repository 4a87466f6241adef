"""An estimator of scikit-learn 1.9.1 as a machine: trained by partial_fit, with the gradient of its own backpropagation."""

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from backproof_spec.protocol import FitMachine, GradientMachine, LossMachine, StepMachine
from backproof_spec.values import Array, Layer, Network, Params, Rule, Targets

LEAST = 1e-300  # a rate of 0 is refused; this one moves nothing
SOLVERS: dict[str, Any] = {
    "sgd": lambda r: {"solver": "sgd", "momentum": 0.0},
    "momentum": lambda r: {"solver": "sgd", "momentum": r.beta1, "nesterovs_momentum": False},
    "nesterov": lambda r: {"solver": "sgd", "momentum": r.beta1, "nesterovs_momentum": True},
    "adam": lambda r: {"solver": "adam", "beta_1": r.beta1, "beta_2": r.beta2, "epsilon": r.epsilon},
}


class Estimator(LossMachine, GradientMachine, StepMachine, FitMachine):
    """An estimator that has begun, by a partial_fit that moves nothing."""

    def __init__(self, net: Network, made: Any) -> None:
        labels = np.arange(max(2, net.sizes[-1]))
        self.net, self.made, self.rule = net, made, Rule(LEAST)
        self.more = {"classes": labels} if isinstance(made, MLPClassifier) else {}
        nothing = np.zeros((1, net.sizes[-1]))
        self.step(np.zeros((1, net.sizes[0])), labels[:1] if net.loss.targets == "index" else nothing, self.rule)

    def write(self, params: Params, /) -> None:
        self.made.coefs_, self.made.intercepts_, self.rule = *map(list, zip(*params, strict=True)), Rule(LEAST)

    def read(self) -> Params:
        return tuple(map(Layer, self.made.coefs_, self.made.intercepts_))

    def forward(self, x: Array, /) -> Array:
        y: Array = self.made.predict_proba(x) if self.more else self.made.predict(x)
        return (y[:, 1:] if self.more and self.net.sizes[-1] == 1 else y).reshape(len(x), -1)

    def loss(self, x: Array, t: Targets, /) -> float:
        return float(self.backward(x, t)[0])

    def gradient(self, x: Array, t: Targets, /) -> Params:
        return tuple(map(Layer, *self.backward(x, t)[1:]))

    def backward(self, x: Array, t: Targets) -> Any:
        rows = self.made._label_binarizer.transform(self.column(t)) if self.more else t
        return self.made._backprop(x, rows, None, [x, *[None] * self.net.depth], *([None] * self.net.depth for _ in range(3)))

    def column(self, t: Targets) -> Targets:
        y = t[:, 0] if t.shape[1:] == (1,) else t
        return y.astype(int) if self.more else y

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        if rule != self.rule:
            vars(self.made).pop("_optimizer", None)
            self.made.set_params(learning_rate_init=rule.rate, **SOLVERS[rule.name](rule))
        self.rule = rule
        self.made.partial_fit(x, self.column(t), **self.more)

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        for _ in range(epochs):
            self.step(x, t, rule)
        return tuple(self.made.loss_curve_[-epochs:])
