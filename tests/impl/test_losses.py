"""Losses are exact where outputs saturate, and never negative."""

import numpy as np
import pytest

from backproof_impl.losses import elements, error_slope
from backproof_impl.reference import Reference
from backproof_spec.values import Activation, Layer, Loss

from .cases import SIGMOID, SOFTMAX, network

ONE = np.array([[1.0]])


def test_a_confident_mistake_costs_its_logit() -> None:
    for z, t in ((1e4, 0.0), (-1e4, 1.0)):
        net = network(1, 1, output=SIGMOID, loss=Loss("binary_cross_entropy"))
        params = (Layer(np.array([[z]]), np.zeros(1)),)
        assert Reference().loss(net, params, ONE, np.array([[t]])) == 1e4
        assert abs(Reference().gradient(net, params, ONE, np.array([[t]]))[0].b.item()) == 1.0


def test_a_confident_mistake_of_softmax_costs_the_difference_of_logits() -> None:
    net = network(1, 2, output=SOFTMAX, loss=Loss("cross_entropy"))
    params = (Layer(np.array([[1e4, -1e4]]), np.zeros(2)),)
    assert Reference().loss(net, params, ONE, np.array([1])) == 2e4
    assert Reference().gradient(net, params, ONE, np.array([1]))[0].b.tolist() == [1.0, -1.0]


def test_a_target_of_zero_costs_nothing_where_the_output_is_zero() -> None:
    y, t, identity = np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]]), Activation("identity")
    for name in ("cross_entropy", "binary_cross_entropy"):
        assert not elements(Loss(name), identity, y, y, t).any()
    assert error_slope(Loss("cross_entropy"), identity, y, t).tolist() == [[0.0, -1.0]]
    assert error_slope(Loss("binary_cross_entropy"), identity, y, t).tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize("name", ["squared_error", "cross_entropy", "binary_cross_entropy"])
def test_no_element_of_a_loss_is_negative(name: str) -> None:
    z = np.linspace(-50, 50, 101)[:, None] * np.array([[1.0, -0.5]])
    output = SOFTMAX if name == "cross_entropy" else SIGMOID
    y = Reference().activate(network(2, 2, output=output), 1, z)
    for t in (0.0, 0.3, 1.0):
        assert (elements(Loss(name), output, z, y, np.full_like(y, t)) >= 0).all()
