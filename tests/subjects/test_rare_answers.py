"""Answers, claims and targets that are seldom seen: each is taken for what it is, or named in one sentence."""

import random
from pathlib import Path

import numpy as np
import pytest

from backproof.subjects.calling import Generators, lent_generators
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.find import find
from backproof.subjects.loading import load
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    Fitted,
    Layer,
    Loss,
    Network,
    Operation,
    Params,
    Rule,
    Targets,
)

LINEAR = Family((Activation("identity"),), (Activation("identity"),), (Loss("squared_error"),))
CLAIMS = Claims("linear", (LINEAR,))
NET = Network((2, 2), (Activation("identity"),), LINEAR.loss[0])
PARAMS: Params = (Layer(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])),)
UNBIASED: Params = (Layer(PARAMS[0].W, np.zeros(2)),)
X, T = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [7.0, 0.0]])
RULE = Rule(0.5)


class Linear:
    """y = x W + b."""

    claims = CLAIMS

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.asarray(x @ params[0].W + params[0].b)


class Machine:
    """The same, with state."""

    def __init__(self) -> None:
        self.p: Params = PARAMS

    def write(self, params: Params, /) -> None:
        self.p = params

    def read(self) -> Params:
        return self.p

    def forward(self, x: Array, /) -> Array:
        return np.asarray(x @ self.p[0].W + self.p[0].b)


class Maker:
    """Makes machines of its class."""

    claims = CLAIMS
    machine = Machine

    def make(self, net: Network, seed: int, /) -> Machine:
        return self.machine()


def maker(machine: type[Machine], **more: object) -> type[Maker]:
    return type("Made", (Maker,), {"machine": machine, **more})


def said(failed: pytest.ExceptionInfo[Failure]) -> tuple[str, str]:
    return failed.value.kind, failed.value.message


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_loss_in_an_array_of_one_entry_is_a_number(shape: tuple[int, ...]) -> None:
    class Boxed(Linear):
        def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> Array:
            return np.full(shape, 2.5)

    loss = load(Boxed).fresh.loss(NET, PARAMS, X, T)
    assert type(loss) is float and loss == 2.5


def test_a_loss_for_each_row_is_no_number() -> None:
    class Unsummed(Linear):
        def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> Array:
            return np.ones(len(x))

    with pytest.raises(Failure) as failed:
        load(Unsummed).fresh.loss(NET, PARAMS, X, T)
    assert said(failed) == ("answer", "loss returned an array (2,) of float64, should be one number")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (PARAMS[0].W, "an array (2, 2) of float64"),
        ((PARAMS[0].W,), "a tuple of 1"),
        ({"W": 1}, "{'W': 1}"),
    ],
)  # fmt: skip
def test_a_layer_of_a_gradient_that_is_no_pair_is_named(layer: object, words: str) -> None:
    class Loose(Linear):
        def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> object:
            return [layer]

    with pytest.raises(Failure) as failed:
        load(Loose).fresh.gradient(NET, PARAMS, X, T)
    assert said(failed) == ("answer", f"gradient returned {words} for layer 1, should be a pair (W, b)")


def test_training_that_returns_its_outputs_bare_is_a_failure() -> None:
    class Bare(Linear):
        def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Array:
            return query

    with pytest.raises(Failure) as failed:
        load(Bare).fresh.fit(NET, X, T, X, seed=0, epochs=1, rule=RULE)
    assert said(failed) == ("answer", "fit returned a ndarray, should be Fitted")


def test_generators_that_nobody_shares_go_on_where_the_subject_left_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn() -> tuple[float, float]:
        with lent_generators():
            return random.random(), float(np.random.random())

    with lent_generators():
        assert drawn() == drawn()
        monkeypatch.setattr(Generators, "shared", False)
        assert not set(drawn()) & set(drawn())
        monkeypatch.setattr(Generators, "shared", True)


# --- machines --------------------------------------------------------------------------------------------------------


def test_zero_biases_of_another_shape_are_taken_for_zeros() -> None:
    class Scalar(Machine):
        def read(self) -> Params:
            return tuple(Layer(layer.W, np.zeros(1)) for layer in self.p)

    fresh = load(maker(Scalar)).fresh
    np.testing.assert_array_equal(fresh.forward(NET, UNBIASED, X), X @ PARAMS[0].W)
    with pytest.raises(Failure, match=r"differently: b has shape \(1,\), should have \(2,\)$"):
        fresh.forward(NET, PARAMS, X)


def test_weights_that_come_back_in_another_shape_are_named_by_it() -> None:
    class Cut(Machine):
        def read(self) -> Params:
            return tuple(Layer(layer.W[:1], layer.b) for layer in self.p)

    with pytest.raises(Failure, match=r"^parameters of layer 1 .* differently: W has shape \(1, 2\), should have \(2, 2\)$"):
        load(maker(Cut)).fresh.forward(NET, PARAMS, X)


def test_the_first_bias_that_comes_back_otherwise_is_named() -> None:
    class Unbiased(Machine):
        def read(self) -> Params:
            return tuple(Layer(layer.W, np.maximum(layer.b, 0)) for layer in self.p)

    with pytest.raises(Failure, match=r"differently: b\[1\] is 0\.0, should be -1\.0$"):
        load(maker(Unbiased)).fresh.forward(NET, PARAMS, X)


def test_lists_are_no_parameters_though_their_numbers_are_right() -> None:
    class Lists(Machine):
        def read(self) -> Params:
            return tuple(Layer(layer.W.tolist(), layer.b) for layer in self.p)

    with pytest.raises(Failure, match=r"differently: not arrays$"):
        load(maker(Lists)).fresh.forward(NET, PARAMS, X)


@pytest.mark.parametrize("operation", ["loss", "gradient", "step", "targets", "fit"])
def test_an_operation_that_a_machine_lacks_is_not_offered_by_its_name(operation: Operation) -> None:
    with pytest.raises(NotOffered, match=f"^{operation}$"):
        load(Maker).fresh.touched(operation, NET, PARAMS, X, T, RULE)


def test_a_trained_machine_that_does_not_tell_its_parameters_is_judged_by_its_outputs() -> None:
    class Closed(Machine):
        trained = False

        def fit(self, x: Array, t: Targets, /, *, epochs: int, rule: Rule) -> tuple[float, ...]:
            self.trained = True
            return (3.0, 2.0)

        def read(self) -> Params:
            if self.trained:
                raise NotOffered("read")
            return self.p

    fitted = load(maker(Closed)).fresh.fit(NET, X, T, X, seed=0, epochs=2, rule=RULE)
    assert isinstance(fitted, Fitted) and fitted.params is None and fitted.losses == (3.0, 2.0)
    np.testing.assert_array_equal(fitted.output, [[2.0, 1.0], [7.0, 7.0]])


# --- claims ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [Linear, Maker])
def test_claims_that_are_none_of_the_specification_are_unusable(base: type) -> None:
    said = type("Said", (base,), {"claims": "it learns"})
    with pytest.raises(Unusable, match=r"^Said has claims that are no Claims of backproof_spec$"):
        load(said)


def test_a_maker_that_says_what_it_offers_is_taken_at_its_word() -> None:
    operations: frozenset[Operation] = frozenset({"forward", "initial"})

    class Stepping(Machine):
        def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
            """One update."""

    says = Claims("linear", (LINEAR,), operations=operations)
    assert load(maker(Stepping)).claims.operations - {"descend"} == {*operations, "step"}
    assert load(maker(Stepping, claims=says)).claims.operations == operations


# --- targets ---------------------------------------------------------------------------------------------------------


def why(target: str) -> str:
    with pytest.raises(Unusable) as refused:
        find(target)
    return str(refused.value)


def test_a_file_that_is_not_python_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text("class Net: ...\n")
    assert why(f"{tmp_path}/net.txt:Net") == "net.txt is not a Python file: a target is net.py:Net"


def test_a_module_that_breaks_at_its_import_says_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_module_that_breaks.py").write_text("import no_such_helper\n")
    monkeypatch.chdir(tmp_path)
    said = why("a_module_that_breaks:Net")
    assert said == "a_module_that_breaks cannot be imported: ModuleNotFoundError: " \
        "No module named 'no_such_helper' (a_module_that_breaks.py:1)"  # fmt: skip


def test_a_function_beside_the_class_is_no_class_with_a_forward(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("def helper(x):\n    return x\n\nclass Net:\n    def forward(self, x):\n        return helper(x)\n")
    assert getattr(find(str(file)), "__name__", "") == "Net"
    file.write_text("def helper(x):\n    return x\n")
    assert why(str(file)) == f"{file} holds neither a class with a forward method nor a function named forward"
