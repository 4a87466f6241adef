"""A trajectory is the closed-form gradient, descended."""

import numpy as np
import pytest

from backproof.oracle import closed, trajectory
from backproof.oracle.bounded import DOUBLE
from backproof_spec import Activation, Layer, Loss, Network, Params

SIGMOID, SOFTMAX, IDENTITY, TANH = map(Activation, ("sigmoid", "softmax", "identity", "tanh"))
ENDS = (
    (IDENTITY, Loss("squared_error")), (SIGMOID, Loss("squared_error")), (SIGMOID, Loss("binary_cross_entropy", samples="sum")),
    (Activation("sigmoid", slope=2.0), Loss("binary_cross_entropy")), (SOFTMAX, Loss("cross_entropy")),
    (Activation("softmax", slope=0.5), Loss("cross_entropy")), (SOFTMAX, Loss("squared_error", 2.0, "mean", "mean")),
    (SIGMOID, Loss("matching")), (TANH, Loss("squared_error")),
)  # fmt: skip
X = np.array([[0.0, 1.0], [1.0, -0.5], [2.0, 0.25]])
T = np.array([[[1.0, 0.0], [0.25, 0.75], [0.0, 1.0]], [[0.5, 0.5], [0.0, 1.0], [1.0, 0.0]]])


def start(net: Network) -> Params:
    rng = np.random.default_rng(4)
    return tuple(
        Layer(rng.normal(size=(i, o)), rng.normal(size=o) * (net.bias(l) != "none"))
        for l, (i, o) in enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1)
    )


def descended(net: Network, params: Params, task: int, rate: float, rows: list[slice]) -> Params:
    for batch in rows:
        slopes = closed.gradient(net, params, X[batch], T[task][batch], DOUBLE)
        params = tuple(
            Layer(*(np.asarray(p - rate * g.value, dtype=np.float64) for p, g in zip(layer, slope, strict=True)))
            for layer, slope in zip(params, slopes, strict=True)
        )
    return params


@pytest.mark.parametrize(("output", "loss"), ENDS, ids=str)
@pytest.mark.parametrize("batch", [None, 1, 2])
def test_steps_follow_the_closed_form(output: Activation, loss: Loss, batch: int | None) -> None:
    net = Network((2, 3, 2), (TANH, output), loss, biases=("none", "each"))
    run = trajectory.descend(net, start(net), X, T, 0.25, 3, batch)
    size = batch or 3
    rows = [slice(i, i + size) for i in range(0, 3, size)] * 3
    for task in range(2):
        want = descended(net, start(net), task, 0.25, rows)
        for got, layer in zip(trajectory.of(run, task), want, strict=True):
            assert pytest.approx(layer.W, abs=1e-12) == got.W
            assert got.b == pytest.approx(layer.b, abs=1e-12)
        y = closed.forward(net, want, X, DOUBLE).a[-1].value.astype(float)
        assert run.y[task] == pytest.approx(y, abs=1e-12)


def test_no_steps_leave_the_start() -> None:
    net = Network((2, 3, 2), (TANH, IDENTITY), Loss("squared_error"))
    run = trajectory.descend(net, start(net), X, T, 0.25, 0)
    assert all((a.W == b.W).all() and (a.b == b.b).all() for a, b in zip(trajectory.of(run, 1), start(net), strict=True))
