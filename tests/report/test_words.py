"""Networks, claims and cases in words."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.case import Case
from backproof.report import words
from backproof_spec import Activation, Claims, Family, Layer, Loss, Network, Penalty, Sizes

TANH, LINE, SIGMOID = Activation("tanh"), Activation("identity"), Activation("sigmoid")
SQUARED = Loss("squared_error")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (TANH, "tanh"),
        (Activation("leaky_relu", alpha=0.2), "leaky_relu(alpha=0.2)"),
        (Activation("tanh", slope=2 / 3, scale=1.7159), "tanh(slope=0.667, scale=1.72)"),
        (Activation("sigmoid", offset=-1.5), "sigmoid(offset=-1.5)"),
    ],
)
def test_an_activation(one: Activation, said: str) -> None:
    assert words.activation(one) == said


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (SQUARED, "squared error"),
        (Loss("squared_error", 2.0, "sum", "mean"), "squared error (summed over samples, mean over outputs, times 2)"),
        (Loss("cross_entropy", epsilon=1e-3), "cross entropy (0.001 in its logarithm)"),
        (Loss("cross_entropy", targets="index"), "cross entropy (of class numbers)"),
    ],
)
def test_a_loss_keeps_its_commas_to_itself(one: Loss, said: str) -> None:
    assert words.loss(one) == said


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (Network((2, 3, 1), (TANH, SIGMOID), Loss("binary_cross_entropy")), "2-3-1; tanh, then sigmoid; binary cross entropy"),
        (Network((2, 3, 3, 1), (TANH, TANH, LINE), SQUARED), "2-3-3-1; tanh, then identity; squared error"),
        (Network((2, 3, 3, 1), (TANH, SIGMOID, LINE), SQUARED), "2-3-3-1; tanh, then sigmoid, then identity; squared error"),
        (Network((2, 1), (LINE,), SQUARED), "2-1; identity; squared error"),
        (
            Network((2, 1), (LINE,), SQUARED, Loss("cross_entropy"), Penalty(l1=0.5, l2=0.1), ("none",)),
            "2-1; identity; squared error; reporting cross entropy; l1=0.5; l2=0.1; biases none",
        ),
        (Network((2, 1), (LINE,), SQUARED, biases=("each",)), "2-1; identity; squared error"),
    ],
)
def test_a_network(net: Network, said: str) -> None:
    assert words.network(net) == said


@pytest.mark.parametrize(
    ("many", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "a"], "a or b"),
        (list("abcde"), "a or b or c or d or e"),
        (list("abcdef"), "a or b or c or d or 2 more"),
    ],
)
def test_several_are_told_and_the_others_counted(many: list[str], said: str) -> None:
    assert words.several(many) == said


def test_a_family_is_told_with_what_is_special_about_it() -> None:
    family = Family((TANH, SIGMOID), (LINE,), (SQUARED, Loss("squared_error", samples="sum")))
    assert words.family(family) == (
        "hidden tanh or sigmoid; output identity; loss squared error or squared error (summed over samples)"
    )
    odd = Family((), (LINE,), (SQUARED,), Loss("cross_entropy"), biases=("none", "each"), sizes=Sizes(exactly=((2, 1), (3, 1))))
    assert words.family(odd) == (
        "no hidden layer; output identity; loss squared error; reporting cross entropy; "
        "biases none in hidden layers, each in the output layer; sizes 2-1 or 3-1"
    )


def test_two_families_are_told_each_and_three_together() -> None:
    one, other = Family((TANH,), (LINE,), (SQUARED,)), Family((SIGMOID,), (SIGMOID,), (Loss("cross_entropy"),))
    assert [label for label, _ in words.claims(Claims("x", (one, other)))] == ["networks", "networks", "offers"]
    assert words.claims(Claims("x", (one, other, one)))[0] == (
        "networks",
        "3 families; hidden tanh or sigmoid; output identity or sigmoid; loss squared error or cross entropy",
    )


@pytest.mark.parametrize(("batch", "said"), [(None, ""), (1, "; at most 1 row a step"), (8, "; at most 8 rows a step")])
def test_operations_dtype_and_batch_are_told(batch: int | None, said: str) -> None:
    claims = Claims("x", (Family((), (LINE,), (SQUARED,)),), operations=frozenset({"loss", "forward"}), batch=batch)
    assert words.claims(claims)[-1] == ("offers", f"forward, loss; in float64{said}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, "1"),
        (-0.703125, "-0.703125"),
        (np.float32(0.1), "0.1"),
        (1 / 3, "0.333333"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (np.int64(7), "7"),
        (123456789012.0, "1.23457e+11"),
    ],
)
def test_a_number_is_told_in_full_while_that_is_short(value: float, said: str) -> None:
    assert words.number(value) == said


def test_a_small_array_is_told_in_full_and_a_large_one_by_its_shape() -> None:
    assert words.array(np.array([[0.5, -1], [0, 2]])) == "[[0.5, -1], [0, 2]]"
    assert words.array(np.zeros((5, 5))) == "an array (5, 5)"
    assert words.array(np.array(3.0)) == "3"
    assert words.array(np.zeros((0, 2))) == "[]"


def test_a_case_is_told_array_by_array() -> None:
    net = Network((1, 2), (LINE,), SQUARED)
    case = Case(net, (Layer(np.array([[1.0, 0.5]]), np.zeros(2)),), np.ones((2, 1)), np.zeros((2, 2)), "pool 3")
    assert words.case(case) == [
        "1-2; identity; squared error; 2 rows (pool 3)",
        "W1 = [[1, 0.5]], b1 = [0, 0]",
        "x = [[1], [1]], t = [[0, 0], [0, 0]]",
    ]
    assert words.case(replace(case.rows([0]), name=""))[0] == "1-2; identity; squared error; 1 row"
