"""Activations that the specification does not know are judged by the program's own loss: right ones pass, wrong slopes do not."""

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import pytest

from backproof.diagnosis.diagnose import diagnose
from backproof.report.words import outcome
from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    HasGradient,
    HasLoss,
    Implementation,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Targets,
)

Function = Callable[[Array], Array]


def logistic(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def mish(z: Array) -> Array:
    return np.asarray(z * np.tanh(np.logaddexp(0, z)))


def mish_slope(z: Array) -> Array:
    tanh = np.tanh(np.logaddexp(0, z))
    return np.asarray(tanh + z * (1 - tanh**2) * logistic(z))


RIGHT: dict[str, tuple[Function, Function]] = {
    "swish": (lambda z: z * logistic(z), lambda z: logistic(z) * (1 + z * (1 - logistic(z)))),
    "mish": (mish, mish_slope),
    "sin": (np.sin, np.cos),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2),
    "gaussian": (lambda z: np.exp(-(z**2)), lambda z: -2 * z * np.exp(-(z**2))),
    "hard_tanh": (lambda z: np.clip(z, -1, 1), lambda z: (np.abs(z) < 1).astype(z.dtype)),
    "relu6": (lambda z: np.clip(z, 0, 6), lambda z: ((z > 0) & (z < 6)).astype(z.dtype)),
    "square": (np.square, lambda z: 2 * z),
}
WRONG: dict[str, tuple[Function, Function]] = {
    "swish without the product rule": (RIGHT["swish"][0], logistic),
    "swish with one factor missing": (RIGHT["swish"][0], lambda z: logistic(z) + z * logistic(z)),
    "mish with the slope of swish": (mish, RIGHT["swish"][1]),
    "sin at the output": (np.sin, lambda z: np.cos(np.sin(z))),
    "softsign off by a thousandth": (RIGHT["softsign"][0], lambda z: (1 + np.abs(z)) ** -2 * (1 + 1e-3 * z)),
    "hard_tanh that never stops": (RIGHT["hard_tanh"][0], np.ones_like),
    "square without the two": (np.square, lambda z: z),
}


class Unknown(HasLoss, HasGradient):
    """A network of plain numpy, with an activation that it names and nobody knows."""

    functions: ClassVar[tuple[Function, Function]]
    dtype: ClassVar[Literal["float64", "float32"]] = "float64"

    @property
    def claims(self) -> Claims:
        family = Family((Activation("other:f"),), (Activation("identity"),), (Loss("squared_error"),))
        return Claims("unknown", (family,), dtype=self.dtype)

    def _pass(self, params: Params, x: Array) -> tuple[list[Array], list[Array]]:
        z, a = [x], [x]
        for l, layer in enumerate(params, start=1):
            z.append(a[-1] @ layer.W + layer.b)
            a.append(z[-1] if l == len(params) else self.functions[0](z[-1]))
        return z, a

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return self._pass(params, x)[1][-1]

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(np.sum((self.forward(net, params, x) - t) ** 2) / (2 * len(x)))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        z, a = self._pass(params, x)
        delta, found = (a[-1] - t) / len(x), list[Layer]()
        for l in range(len(params), 0, -1):
            found.insert(0, Layer(a[l - 1].T @ delta, delta.sum(axis=0)))
            if l > 1:
                delta = delta @ params[l - 1].W.T * self.functions[1](z[l - 1])
        return tuple(found)


class OnlySteps(Implementation):
    """The same, of which nothing but outputs and steps is seen: with a hidden layer nothing is known of them."""

    def __init__(self) -> None:
        self._whole = made(*RIGHT["swish"])

    @property
    def claims(self) -> Claims:
        return self._whole.claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return self._whole.forward(net, params, x)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        gradient = self._whole.gradient(net, params, x, t)
        return tuple(Layer(p.W - rule.rate * g.W, p.b - rule.rate * g.b) for p, g in zip(params, gradient, strict=True))


def made(value: Function, slope: Function, kind: Literal["float64", "float32"] = "float64") -> Unknown:
    class Made(Unknown):
        functions = (value, slope)
        dtype = kind

    return Made()


def judged(subject: object, seed: int = 0) -> Judgement:
    return judge(load(subject), seed, examples=30)


def broken(judgement: Judgement) -> list[str]:
    return [verdict.clause.slug for verdict in judgement.having("violated")]


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_slope_of_an_unknown_activation_is_not_accused(name: str, kind: Literal["float64", "float32"]) -> None:
    for seed in range(3):
        judgement = judged(made(*RIGHT[name], kind), seed)
        assert broken(judgement) == [] and judgement.unsettled == []
        assert judgement.outcome == "conforms" and judgement.reach.hidden_layers > 1


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_is(name: str, kind: Literal["float64", "float32"]) -> None:
    judgement = judged(made(*WRONG[name], kind))
    assert "grad-direction" in broken(judgement)
    diagnosis = diagnose(judgement)
    assert diagnosis is not None and diagnosis.unknown is not None and diagnosis.unknown.stage == "gradient"


def test_a_network_of_which_only_the_shallow_half_is_seen_is_not_said_to_conform() -> None:
    judgement = judged(OnlySteps())
    assert broken(judgement) == [] and judgement.outcome == "not judged" and judgement.is_shallow
    assert "could be judged of a network with a hidden layer, and the subject claims such" in outcome(judgement)
