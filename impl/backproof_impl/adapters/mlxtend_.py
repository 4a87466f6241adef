"""mlxtend 0.25.0: MultiLayerPerceptron, one hidden layer of logistic units and a softmax, stepped by its fit."""

import mlxtend
import numpy as np
from mlxtend.classifier import MultiLayerPerceptron

from backproof_impl.adapters import claims as c
from backproof_spec.protocol import FitMachine, LossMachine, Maker, StepMachine
from backproof_spec.values import Array, Claims, Family, Layer, Network, Params, Penalty, Rule, Sizes, Targets

PENALTIES = (Penalty(), Penalty(l2=0.1), Penalty(l1=0.1))
ONE_HIDDEN = Sizes(depth=(1, 1), outputs=(2, None))
REPORTED = c.MEAN_LABELS  # "the mean categorical cross entropy cost after each epoch"; the step follows the sum
FAMILY = Family((c.SIGMOID,), (c.SOFTMAX,), (c.SUM_LABELS,), REPORTED, PENALTIES, sizes=ONE_HIDDEN)


class Mlxtend(Maker):
    """Makes a MultiLayerPerceptron that has begun, by one epoch at rate 0."""

    claims = Claims("mlxtend", (FAMILY,), mlxtend.__version__, rates=(0.0, 1.0))

    def make(self, net: Network, seed: int, /) -> "Perceptron":
        return Perceptron(net, seed)


class Perceptron(LossMachine, StepMachine, FitMachine):
    """Its weights are read and written where it keeps them; its cost is that of an epoch at rate 0."""

    def __init__(self, net: Network, seed: int) -> None:
        shape = {"hidden_layers": list(net.sizes[1:-1]), "n_classes": net.sizes[-1], "random_seed": seed}
        self.made = MultiLayerPerceptron(eta=0.0, epochs=1, l1=net.penalty.l1, l2=net.penalty.l2, **shape)
        self.made.fit(np.zeros((1, net.sizes[0])), np.zeros(1, int))

    def write(self, params: Params, /) -> None:
        W, b = zip(*params, strict=True)
        self.made.w_, self.made.b_ = dict(zip(("1", "out"), W, strict=True)), dict(zip(("1", "out"), b, strict=True))

    def read(self) -> Params:
        return tuple(Layer(self.made.w_[name], self.made.b_[name]) for name in ("1", "out"))

    def forward(self, x: Array, /) -> Array:
        y: Array = self.made.predict_proba(x)
        return y

    def loss(self, x: Array, t: Targets, /) -> float:
        return self.fit(x, t, epochs=1, rule=Rule(0.0))[-1]

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        self.fit(x, t, epochs=1, rule=rule)

    def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
        self.made._decr_eta, self.made.epochs = rule.rate, epochs  # the rate is taken from eta only where weights are drawn
        self.made.fit(x, t, init_params=False)
        return tuple(self.made.cost_[-epochs:])
