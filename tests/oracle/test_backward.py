"""What deltas a gradient bears witness to, on one row."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Unmet
from backproof.oracle import closed
from backproof.oracle.backward import Witness, recursion, witnesses
from backproof.oracle.bounded import DOUBLE, Bounded, wide
from backproof.subjects.loading import load
from backproof_impl.faults.forward import BiasLeftOut
from backproof_impl.faults.hidden_delta import HiddenDeltaLacksDerivative
from backproof_impl.faults.weight_gradient import WeightGradientFromPreactivation
from backproof_impl.reference import Reference
from backproof_spec import Activation, Layer, Loss, Network, Penalty

NET = Network((2, 3, 2), (Activation("tanh"), Activation("identity")), Loss("squared_error", samples="sum"))
RNG = np.random.default_rng(1)
PARAMS = tuple(Layer(RNG.normal(size=s), RNG.normal(size=s[1])) for s in ((2, 3), (3, 2)))
CASE = Case(NET, PARAMS, np.array([[0.5, -1.5]]), np.array([[1.0, 0.25]]))


def asked(kind: type[Reference]) -> Asked:
    return Asked(load(kind))


def true_deltas(case: Case) -> tuple[Bounded, ...]:
    done = closed.forward(case.net, case.params, case.x, DOUBLE)
    return closed.deltas(case.net, case.params, done, case.t, DOUBLE)


@pytest.mark.parametrize("penalty", [Penalty(), Penalty(l1=0.1, l2=0.3, biases=True)])
def test_a_right_gradient_bears_witness_to_the_true_deltas(penalty: Penalty) -> None:
    case = replace(CASE, net=replace(NET, penalty=penalty))
    seen = witnesses(asked(Reference), case)
    for l, delta in enumerate(true_deltas(case), start=1):
        assert [witness.source for witness in seen.at(l)] == ["dW", "db"]
        assert all(witness.agrees(delta) for witness in seen.at(l))
    assert seen.outer == (True, True)


def test_the_deltas_of_a_right_gradient_follow_from_each_other() -> None:
    subject, seen = asked(Reference), witnesses(asked(Reference), CASE)
    assert [witness.source for witness in seen.above(1)] == ["dW", "db", "closed form"]
    assert all(recursion(subject, CASE, 1, up, down) for up in seen.above(1) for down in seen.at(1))


def test_a_delta_without_its_derivative_does_not_follow() -> None:
    subject, seen = asked(HiddenDeltaLacksDerivative), witnesses(asked(HiddenDeltaLacksDerivative), CASE)
    assert not any(recursion(subject, CASE, 1, up, down) for up in seen.above(1) for down in seen.at(1))


def test_a_gradient_made_of_another_input_is_no_outer_product() -> None:
    assert witnesses(asked(WeightGradientFromPreactivation), CASE).outer == (True, False)


def test_a_bias_that_is_not_there_bears_no_witness() -> None:
    params = (PARAMS[0], Layer(PARAMS[1].W, np.zeros(2)))
    case = replace(CASE, net=replace(NET, biases=("each", "none")), params=params)
    assert [witness.source for witness in witnesses(asked(Reference), case).at(2)] == ["dW"]


def test_an_input_of_zeros_bears_no_witness() -> None:
    case = replace(CASE, x=np.zeros((1, 2)))
    assert [witness.source for witness in witnesses(asked(Reference), case).at(1)] == ["db"]


def test_a_wrong_forward_makes_the_gradient_incomparable() -> None:
    with pytest.raises(Unmet, match="the forward pass of the case is not right") as caught:
        witnesses(asked(BiasLeftOut), CASE)
    assert caught.value.slug == "forward-layers"


def test_witnesses_agree_within_both_their_errors() -> None:
    witness = Witness("dW", wide([[1.0]]), wide([[0.25]]))
    assert witness.agrees(Bounded(wide([[1.5]]), wide([[0.25]])))
    assert not witness.agrees(Bounded(wide([[1.5]]), wide([[0.125]])))
