"""A subject's manner has the names that its class uses, at every depth, also where it lives in another process."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.subjects.zoo import (
    bare,
    columns,
    epochs,
    fitted,
    fixed,
    functions,
    functions_list,
    joined,
    layered,
    lists,
    named,
    numbered,
    pairs,
    singles,
)

from backproof.diagnosis.formula import right
from backproof.subjects.loading import load
from backproof.subjects.manner import Manner
from backproof.subjects.ordinary.manners import manner_of
from backproof.subjects.ordinary.recognise import shell_of
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints
from backproof_spec import Array, Network


def lists_of(weights: str, biases: str, **more: object) -> Manner:
    """Two layers, numbered from 0."""
    two = [tuple(name.format(i) for i in range(2)) for name in (weights, biases)]
    return Manner(two[0], two[1] if biases else (), **more)  # type: ignore[arg-type]  # as Manner names them


MANNERS: list[tuple[type[object] | ModuleType, Manner]] = [
    (lists.Net, lists_of("self.weights[{}]", "self.biases[{}]")),
    (columns.Net, lists_of("self.__weights[{}]", "self.__biases[{}]", orientation="out-in", samples="columns", bias="column")),
    (named.MLP, Manner(("self.params['W1']", "self.params['W2']"), ("self.params['b1']", "self.params['b2']"))),
    (numbered.Net, Manner(("self.W1", "self.W2"), ("self.b1", "self.b2"), bias="row")),
    (joined.LastRow, lists_of("self.theta[{}]", "", bias="last")),
    (joined.FirstColumn, Manner(("self.Theta1", "self.Theta2"), (), "out-in", bias="first")),
    (fitted.Regressor, lists_of("self.coefs_[{}]", "self.intercepts_[{}]")),
    (bare.Net, lists_of("self.matrices[{}]", "", bias="none")),
    (epochs.Net, Manner(("self.p[0]", "self.p[2]"), ("self.p[1]", "self.p[3]"))),
    (fixed.Xor, Manner(("self.w_hidden", "self.w_output"), ("self.b_hidden", "self.b_output"))),
    (pairs.Classifier, lists_of("self.layers[{}][0]", "self.layers[{}][1]")),
    (layered.Network, Manner(("self.layers[0].weights", "self.layers[2].weights"),
                             ("self.layers[0].bias", "self.layers[2].bias"), bias="row")),
    (functions, Manner(("params['W1']", "params['W2']"), ("params['b1']", "params['b2']"))),
    (functions_list, lists_of("params[{}][0]", "params[{}][1]")),
    (singles.NeuralNetwork, Manner(("self.hidden_weights", "self.output_weights"), ("self.hidden_bias", "self.output_bias"),
                                   "out-in", "one")),
]  # fmt: skip


@pytest.mark.parametrize(("found", "manner"), MANNERS, ids=lambda value: getattr(value, "__module__", ""))
def test_names_are_those_of_the_class(found: type[object] | ModuleType, manner: Manner) -> None:
    assert load(found).manner == manner


@pytest.mark.parametrize(("found", "manner"), MANNERS[:6])
def test_the_manner_survives_the_child_process(found: type[object], manner: Manner) -> None:
    subject = open_session(f"{found.__module__}:{found.__qualname__}", Hints())
    try:
        assert subject.manner == manner
    finally:
        subject.close()


class Thin:
    """One output, whose weights are a vector and which comes as (n,); thresholds; no bias in the output layer."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int = 1) -> None:
        self.W, self.v, self.thresholds = np.random.randn(n_hidden, n_in), np.random.randn(n_hidden), np.zeros(n_hidden)

    def forward(self, x: Array) -> Array:
        y: Array = np.tanh(x @ self.W.T - self.thresholds) @ self.v
        return y


def test_what_few_classes_do_is_told_as_well() -> None:
    assert load(Thin).manner == Manner(
        ("self.W", "self.v"), ("self.thresholds", ""), "out-in", sign=-1, thin=True, flat=True
    )


class Topped(Thin):
    """The output layer alone has a bias."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W, self.V, self.b = np.random.randn(n_in, n_hidden), np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        return np.tanh(x @ self.W) @ self.V + self.b


def test_a_layer_without_a_bias_has_no_name_for_it() -> None:
    assert load(Topped).manner == Manner(("self.W", "self.V"), ("", "self.b"))


def test_without_an_object_there_are_no_names() -> None:
    def broken(*sizes: int) -> object:
        raise RuntimeError("not again")

    shell = shell_of("Topped", Topped, Hints())
    gone = replace(shell, constructor=replace(shell.constructor, make=broken))
    assert manner_of(gone, Topped, False) == Manner()


def test_a_declared_subject_writes_as_the_specification() -> None:
    assert load("reference").manner == Manner()
    assert (Manner().W(3, 3), Manner().b(1, 3)) == ("W3", "b1")


@pytest.mark.parametrize(
    ("manner", "W3", "b3"),
    [
        (lists_of("self.weights[{}]", "self.biases[{}]"), "self.weights[2]", "self.biases[2]"),
        (MANNERS[2][1], "self.params['W3']", "self.params['b3']"),
        (lists_of("self.layers[{}][0]", "self.layers[{}][1]"), "self.layers[2][0]", "self.layers[2][1]"),
        (MANNERS[11][1], "self.layers[4].weights", "self.layers[4].bias"),
        (Manner(("p[0]", "p[2]"), ("p[1]", "p[3]")), "p[4]", "p[5]"),
        (Manner(("p[0]", "p[1]"), ("p[2]", "p[3]")), "p[2]", "p[5]"),
        (Manner(("p[2]", "p[3]"), ("p[0]", "p[1]")), "p[5]", "p[2]"),
        (Manner(("W1", "W2", "W3", "W4"), ("b1", "b2", "b3", "")), "W3", "b3"),
        (Manner(("self.w_hidden", "self.w_output"), ("self.b", "self.c")), "W3", "b3"),
        (Manner(("W1", "W2", "W4", "W8"), ("b", "b", "b", "b")), "W3", "b3"),
    ],
)
def test_names_at_another_depth_go_on_as_they_began(manner: Manner, W3: str, b3: str) -> None:
    assert (manner.W(3, 3), manner.b(3, 3)) == (W3, b3)


def descended(net: Any, x: Array, t: Array, rate: float) -> None:
    """A step of a class that has only gradients."""
    stored = net.theta if hasattr(net, "theta") else [net.Theta1, net.Theta2]
    gradient = net.gradient(x, t) if hasattr(net, "gradient") else net.grad(x, t)
    for W, dW in zip(stored, gradient, strict=True):
        W -= rate * dW


@pytest.mark.parametrize(
    ("kind", "sizes", "step"),
    [
        (lists.Net, ([3, 4, 2],), lists.Net.step),
        (columns.Net, (3, 4, 2), columns.Net.update),
        (numbered.Net, (3, 4, 2), numbered.Net.train_step),
        (joined.LastRow, ([3, 4, 2],), descended),
        (joined.FirstColumn, ([3, 4, 2],), descended),
    ],
)
def test_formulas_executed_inside_an_object_do_what_its_own_step_does(
    kind: type[object], sizes: tuple[object, ...], step: Callable[..., object]
) -> None:
    subject, rng, own = load(kind), np.random.default_rng(3), kind(*sizes)
    other = deepcopy(own)
    family, manner = subject.claims.families[0], subject.manner
    net = Network((3, 4, 2), (family.hidden[0], family.output[0]), family.loss[0], family.reported)
    x, t = rng.normal(size=(5, 3)), np.full((5, 2), 0.5)
    x, t = (x.T, t.T) if manner.samples == "columns" else (x, t)
    step(own, x, t, 0.5)
    lines = [right(q, l, net, manner) for l in (1, 2) for q in ("z", "a")]
    lines += [right(q, l, net, manner) for l in (2, 1) for q in ("delta", "dW", "db")]
    lines += [right("step", l, net, manner) for l in (1, 2)]
    private = f"self._{kind.__name__}__"
    exec("\n".join(lines).replace("self.__", private), {"np": np, "self": other, "x": x, "t": t, "rate": 0.5})  # noqa: S102 - on trial
    for name in (*manner.weights, *manner.biases):
        got, want = (eval(name.replace("self.__", private), {"self": one}) for one in (other, own))  # noqa: S307 - likewise
        assert got.shape == want.shape and np.allclose(got, want, 1e-12, 1e-12)
