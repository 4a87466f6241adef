"""Faults put together act together; a fault in one layer leaves the others as they are."""

import numpy as np
import pytest
from tests.impl.cases import drawn_batch, drawn_params, network

from backproof_impl.faults.composed import PER_LAYER, composed, confinable
from backproof_impl.faults.hidden_delta import ErrorSentBackForDelta, HiddenDeltaLacksDerivative
from backproof_impl.reference import Reference
from backproof_spec import Params
from backproof_spec.composing import Part

DELTA, BIAS = "hidden-delta-lacks-derivative", "bias-gradient-wrong-sign"
NET = network(2, 3, 4, 2)
PARAMS, (X, T) = drawn_params(NET), drawn_batch(NET, 5)
RIGHT = Reference().gradient(NET, PARAMS, X, T)


def gradient(*parts: Part) -> Params:
    return composed(parts)().gradient(NET, PARAMS, X, T)


def differing(found: Params) -> list[str]:
    return [
        f"{name}{l}" for l, (layer, right) in enumerate(zip(found, RIGHT, strict=True), start=1)
        for name, one, two in zip("Wb", layer, right, strict=True) if not np.array_equal(one, two)
    ]  # fmt: skip


def test_without_a_fault_it_is_the_reference() -> None:
    assert differing(gradient()) == []


def test_one_fault_is_that_fault() -> None:
    one, other = gradient(Part(DELTA)), HiddenDeltaLacksDerivative().gradient(NET, PARAMS, X, T)
    assert all(np.array_equal(p, q) for a, b in zip(one, other, strict=True) for p, q in zip(a, b, strict=True))


def test_two_faults_act_together() -> None:
    both, delta = gradient(Part(DELTA), Part(BIAS)), gradient(Part(DELTA))
    assert all(np.array_equal(one.b, -other.b) and np.array_equal(one.W, other.W) for one, other in zip(both, delta, strict=True))


@pytest.mark.parametrize(("layer", "wrong"), [(1, ["b1"]), (2, ["b2"]), (-1, ["b3"]), (-3, ["b1"]), (None, ["b1", "b2", "b3"])])
def test_a_fault_sits_in_its_layer_alone(layer: int | None, wrong: list[str]) -> None:
    assert differing(gradient(Part(BIAS, layer))) == wrong


def test_beside_a_fault_in_one_layer_another_acts_in_the_others() -> None:
    found = gradient(Part(BIAS, 1), Part("bias-gradient-averaged"))
    assert np.array_equal(found[0].b, -gradient(Part("bias-gradient-averaged"))[0].b)
    assert np.allclose(found[2].b, RIGHT[2].b / len(X))


def test_every_object_of_two_that_remember_begins_with_both_memories() -> None:
    program = composed((Part("gradients-never-cleared"), Part("first-batch-size-kept")))()
    first, second = (program.gradient(NET, PARAMS, X, T) for _ in range(2))
    assert np.allclose(second[0].W, 2 * first[0].W)


def test_what_is_asked_layer_by_layer_can_be_put_into_one_layer() -> None:
    assert "hidden_delta" in PER_LAYER and "output_delta" not in PER_LAYER
    assert confinable(HiddenDeltaLacksDerivative) and not confinable(ErrorSentBackForDelta)


@pytest.mark.parametrize(("part", "said"), [
    (Part("hidden-delta-lacks"), "no fault is called hidden-delta-lacks"),
    (Part("error-sent-back-for-delta", 1), "error-sent-back-for-delta cannot be put into one layer alone"),
])  # fmt: skip
def test_what_cannot_be_put_together_is_refused(part: Part, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        composed((part,))


def test_the_same_fault_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="do not go together"):
        composed((Part(BIAS), Part(BIAS)))


def test_a_trace_holds_every_value_on_the_way() -> None:
    told = [(one.quantity, one.layer) for one in composed(())().trace(NET, PARAMS, X, T)]
    assert told[:6] == [("z", 1), ("a", 1), ("z", 2), ("a", 2), ("z", 3), ("a", 3)]
    assert told[6:9] == [("delta", 3), ("delta", 2), ("delta", 1)]
    assert set(told[9:]) == {(quantity, l) for quantity in ("dW", "db") for l in (1, 2, 3)}


def test_a_trace_holds_the_values_of_the_fault() -> None:
    values = {(one.quantity, one.layer): one.value for one in composed((Part(DELTA),))().trace(NET, PARAMS, X, T)}
    assert np.array_equal(values["delta", 2], values["delta", 3] @ PARAMS[2].W.T)
    assert np.array_equal(values["dW", 1], X.T @ values["delta", 1])
