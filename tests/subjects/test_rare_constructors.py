"""Constructors of rare habits: each is read for what it is, or the sentence says what was not understood."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.subjects.rare import Arrays, Plain, X, drawn, pairs, told

from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof_spec import Array, Network


def test_names_of_activations_for_each_layer_are_given_as_a_list() -> None:
    class Listed(Plain):
        def __init__(self, sizes: list[int], activations: list[str]) -> None:
            super().__init__(sizes)
            assert len(activations) == len(sizes) - 1
            self._apply = [KNOWN[name] for name in activations]

        def _all(self, x: Array) -> Arrays:
            found = [x]
            for W, b, apply in zip(self.weights, self.biases, self._apply, strict=True):
                found.append(apply(found[-1] @ W + b))
            return found

    subject = load(Listed)
    assert pairs(subject) == {(h, o) for h in KNOWN for o in KNOWN}
    for family in subject.claims.families:
        net = Network((3, 4, 5, 2), (*family.hidden * 2, *family.output), family.loss[0])
        y: Array = X
        for layer, name in zip(drawn(*net.sizes), [family.hidden[0].name] * 2 + [family.output[0].name], strict=True):
            y = KNOWN[name](y @ layer.W + layer.b)
        np.testing.assert_allclose(subject.fresh.forward(net, drawn(*net.sizes), X), y)


KNOWN: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "sigmoid": lambda z: np.asarray(1 / (1 + np.exp(-z))),
    "relu": lambda z: np.maximum(z, 0),
}


class Hidden(Plain):
    def __init__(self, sizes: list[int], activation: str = "tanh", **unused: object) -> None:
        super().__init__(sizes)
        self._apply = KNOWN[activation]

    def forward(self, x: Array) -> Array:
        for W, b in zip(self.weights[:-1], self.biases, strict=False):
            x = self._apply(x @ W + b)
        return np.asarray(x @ self.weights[-1] + self.biases[-1])


class Final(Plain):
    def __init__(self, sizes: list[int], output_activation: str = "sigmoid") -> None:
        super().__init__(sizes)
        self._apply = KNOWN[output_activation]

    def _last(self, z: Array) -> Array:
        return self._apply(z)


def test_a_name_of_one_activation_is_tried_with_every_name_there_is() -> None:
    assert pairs(load(Hidden)) == {(name, "identity") for name in KNOWN}
    assert pairs(load(Final)) == {("tanh", name) for name in KNOWN}
    assert "constructor: Hidden(sizes, activation)" in load(Hidden).assumed


def test_an_activation_that_is_a_function_is_left_as_it_is() -> None:
    class Function(Plain):
        def __init__(self, sizes: list[int], activation: Callable[[Array], Array] = np.tanh) -> None:
            super().__init__(sizes)
            assert activation is np.tanh

    subject = load(Function)
    assert pairs(subject) == {("tanh", "identity")}
    assert told(subject, "constructor: ").endswith("Function(sizes)")


def test_a_class_whose_constructor_has_no_signature_is_not_understood() -> None:
    class Bag(dict[str, Array]):
        def forward(self, x: Array) -> Array:
            return x @ self["W"]

    with pytest.raises(Unusable, match=r"Bag is not understood: no argument of its constructor is understood; write an adapter"):
        load(Bag)


def test_a_class_that_takes_some_sizes_only_is_tried_at_those() -> None:
    class One(Plain):
        def __init__(self, sizes: list[int]) -> None:
            if sizes[-1] != 1:
                raise ValueError("one output, please")
            super().__init__(sizes)

    subject = load(One)
    assert "one output and no more" in subject.assumed
    assert subject.claims.families[0].sizes.outputs == (1, 1)
