"""Right variants: each says what it does in another way, is loaded, and imports no more than it may."""

import ast
import inspect
from pathlib import Path

import numpy as np
import pytest

from backproof.subjects.loading import load
from backproof_impl import variants
from backproof_impl.reference import Reference
from backproof_impl.variants import entries, ordinary
from backproof_impl.variants.machines import Kept, LiveViews, MachineWithMemory
from backproof_impl.variants.registry import registered
from backproof_spec.catalogue import Variant
from backproof_spec.values import Array, Loss, Network, Rule

from .cases import SIGMOID, SOFTMAX, TANH, drawn_batch, drawn_params, network

HERE = Path(str(ordinary.__file__)).parent
EACH = pytest.mark.parametrize("one", entries(), ids=[one.name for one in entries()])
ORDINARY = [one for one in entries() if ".ordinary" in one.target]


def test_there_are_many_of_both_kinds_and_no_name_twice() -> None:
    assert len(entries()) >= 28 and len(ORDINARY) >= 16
    assert len({one.name for one in entries()}) == len(entries())


@EACH
def test_each_says_in_one_sentence_what_it_does_in_another_way(one: Variant) -> None:
    assert "\n" not in one.explanation and one.explanation.endswith(".") and ". " not in one.explanation


@EACH
def test_each_is_loaded_and_offers_a_gradient_or_a_step(one: Variant) -> None:
    subject = load(one.target)
    assert subject.claims.operations & {"gradient", "step"} and not subject.unscaled


def test_every_class_of_the_ordinary_modules_is_entered() -> None:
    own = {
        f"{module.__name__}:{name}"
        for module in vars(ordinary).values() if inspect.ismodule(module)
        for name, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__ and hasattr(one, "__init__") and name not in {"Dense", "Relu"}
    }  # fmt: skip
    assert own == {f"{one.__module__}:{one.__name__}" for one in ordinary.CLASSES}


@pytest.mark.parametrize("file", sorted(HERE.glob("*.py")), ids=lambda file: str(file.stem))
def test_ordinary_programs_know_numpy_and_nobody_else(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    allowed = {"numpy", "numpy.typing", "math", "random"}
    assert modules <= (allowed | {variants.__name__ + ".ordinary"} if file.stem == "__init__" else allowed)


@pytest.mark.parametrize("kind", [kind for kind in registered() if issubclass(kind, Reference)])
@pytest.mark.parametrize(
    "net", [network(3, 4, 2, hidden=TANH), network(3, 4, 3, output=SOFTMAX, loss=Loss("cross_entropy")),
            network(2, 3, 3, 2, hidden=SIGMOID)], ids=["tanh", "softmax", "deep"],
)  # fmt: skip
def test_a_variant_of_the_reference_gives_its_gradient_to_rounding(kind: type[Reference], net: Network) -> None:
    params, (x, t) = drawn_params(net), drawn_batch(net, 4)
    room = 2e-2 if kind.__name__ == "ReadsATable" else 1e-12
    for got, want in zip(kind().gradient(net, params, x, t), Reference().gradient(net, params, x, t), strict=True):
        np.testing.assert_allclose(got.W, want.W, rtol=room, atol=room)
        np.testing.assert_allclose(got.b, want.b, rtol=room, atol=room)


@pytest.mark.parametrize("kind", [MachineWithMemory, LiveViews])
def test_a_machine_remembers_its_last_step_until_it_is_written_to(kind: type[MachineWithMemory] | type[LiveViews]) -> None:
    net, rule = network(2, 3, 2, hidden=TANH), Rule(0.5, "momentum", beta1=0.9)
    machine, (x, t) = kind().make(net, 3), drawn_batch(net, 4)
    first, second = moved(machine, x, t, rule), moved(machine, x, t, rule)
    assert not np.allclose(first, second)
    machine.write(drawn_params(net))
    once = machine.read()[0].W.copy() + moved(machine, x, t, rule)
    expected = Reference().step(net, drawn_params(net), x, t, rule)[0].W
    np.testing.assert_allclose(once, expected, rtol=1e-12)


def moved(machine: Kept, x: Array, t: Array, rule: Rule) -> Array:
    """How far a step moves the first layer's weights."""
    before = machine.read()[0].W.copy()
    machine.step(x, t, rule)
    return machine.read()[0].W - before


def test_a_machine_answers_as_the_reference_does() -> None:
    net = network(2, 3, 2, hidden=TANH)
    machine, params, (x, t) = MachineWithMemory().make(net, 3), drawn_params(net), drawn_batch(net, 4)
    machine.write(params)
    np.testing.assert_array_equal(machine.forward(x), Reference().forward(net, params, x))
    assert machine.loss(x, t) == Reference().loss(net, params, x, t)
    assert machine.targets(np.array([1])).tolist() == [[0.0, 1.0]]
    one, two = machine.fit(x, t, epochs=2, rule=Rule(0.1))
    assert two < one < Reference().loss(net, params, x, t)


def test_live_views_move_with_the_machine() -> None:
    net = network(2, 3, 2, hidden=TANH)
    machine = LiveViews().make(net, 3)
    held, (x, t) = machine.read(), drawn_batch(net, 4)
    before = held[0].W.copy()
    machine.step(x, t, Rule(0.5))
    assert held[0].W is machine.read()[0].W and not np.array_equal(held[0].W, before)
    assert all(np.shares_memory(p, machine.theta) for layer in held for p in layer)
