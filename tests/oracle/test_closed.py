"""The closed form: worked out by hand, and the limit of its own loss's differences in the widest format."""

from dataclasses import replace
from itertools import product
from math import exp, log

import numpy as np
import pytest
from tests.judge.strange import Plain

from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE, Bounded, exact, wide
from backproof_spec import Activation, Array, Layer, Loss, Network, Params, Penalty, Reduction, Targets
from backproof_spec.vocabulary import ELEMENTWISE

HIDDEN = (
    *map(Activation, ELEMENTWISE),
    Activation("tanh", slope=2 / 3, scale=1.7159),
    Activation("sigmoid", slope=2.0, scale=3.0, offset=-1.5),
    Activation("leaky_relu", alpha=0.2),
    Activation("elu", alpha=0.5),
)
SIGMOID, SOFTMAX, IDENTITY, TANH = map(Activation, ("sigmoid", "softmax", "identity", "tanh"))
ENDS = (
    *((output, Loss("squared_error")) for output in (*HIDDEN, SOFTMAX)),
    *((output, Loss("binary_cross_entropy")) for output in (SIGMOID, SOFTMAX, Activation("sigmoid", slope=2.0))),
    *((output, Loss("cross_entropy")) for output in (SOFTMAX, SIGMOID, Activation("softmax", slope=0.5))),
    *((output, Loss("matching")) for output in (IDENTITY, SIGMOID, SOFTMAX)),
    (SOFTMAX, Loss("cross_entropy", targets="index")),
)
REDUCTIONS: tuple[Reduction, ...] = ("mean", "sum")
REDUCED = [Loss("squared_error", f, s, o) for f, s, o in product((1.0, 2.0), REDUCTIONS, REDUCTIONS)]
PENALTIES = (Penalty(l2=0.25), Penalty(l1=0.5), Penalty(0.125, 0.25, biases=True), Penalty(l2=0.5, per_sample=True))


def network(hidden: Activation, output: Activation, loss: Loss, sizes: tuple[int, ...] = (2, 3, 2)) -> Network:
    return Network(sizes, (hidden,) * (len(sizes) - 2) + (output,), loss)


def drawn(net: Network, seed: int = 0, n: int = 3) -> tuple[Params, Array, Targets]:
    """Parameters and a batch, no pre-activation near a kink."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, attempt])
        params = tuple(
            Layer(rng.normal(size=(i, o)), np.full(o, rng.normal()) if net.bias(l) == "shared" else rng.normal(size=o))
            for l, (i, o) in enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1)
        )
        x, t = rng.normal(size=(n, net.sizes[0])), rng.uniform(0.1, 0.9, (n, net.sizes[-1]))
        if min(float(np.abs(z.value).min()) for z in closed.forward(net, params, x, DOUBLE).z) > 1e-3:
            break
    if net.loss.targets == "index":
        return params, x, rng.integers(0, net.sizes[-1], n)
    return params, x, t / t.sum(axis=1, keepdims=True)


def differences(net: Network, params: Params, x: Array, t: Targets, l: int, part: int) -> Array:
    """dL/dp of one tensor by central differences of the loss in longdouble; a shared bias moves as one."""
    h, p = np.longdouble(1e-6), wide(params[l - 1][part])
    found = np.zeros(p.shape)
    for index in np.ndindex(p.shape):
        ends = []
        for side in (h, -h):
            q = p.copy()
            if part == 1 and net.bias(l) == "shared":
                q += side
            else:
                q[index] += side
            layer = Layer(q, params[l - 1].b) if part == 0 else Layer(params[l - 1].W, q)
            ends.append(closed.loss(net, (*params[: l - 1], layer, *params[l:]), x, t, DOUBLE).value)
        found[index] = float((ends[0] - ends[1]) / (2 * h))
    return found


def must_be_the_limit(net: Network, seed: int = 0) -> None:
    params, x, t = drawn(net, seed)
    for l, layer in enumerate(closed.gradient(net, params, x, t, DOUBLE), start=1):
        assert layer.W.value.astype(float) == pytest.approx(differences(net, params, x, t, l, 0), abs=2e-10, rel=1e-9)
        if net.bias(l) != "none":
            assert layer.b.value.astype(float) == pytest.approx(differences(net, params, x, t, l, 1), abs=2e-10, rel=1e-9)


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_the_gradient_through_any_hidden_layers_is_the_limit_of_differences(hidden: Activation) -> None:
    for output, loss in ((IDENTITY, Loss("squared_error")), (SOFTMAX, Loss("cross_entropy"))):
        must_be_the_limit(network(hidden, output, loss, (2, 3, 2, 2)))


@pytest.mark.parametrize(("output", "loss"), ENDS, ids=str)
def test_the_gradient_of_any_output_and_loss_is_the_limit_of_differences(output: Activation, loss: Loss) -> None:
    must_be_the_limit(network(TANH, output, loss))


@pytest.mark.parametrize("loss", REDUCED, ids=str)
def test_the_gradient_of_any_reduction_is_the_limit_of_differences(loss: Loss) -> None:
    must_be_the_limit(network(TANH, SIGMOID, loss))


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_gradient_of_any_penalty_is_the_limit_of_differences(penalty: Penalty) -> None:
    must_be_the_limit(replace(network(TANH, IDENTITY, Loss("squared_error")), penalty=penalty))


def test_shared_and_missing_biases_have_the_gradient_of_what_they_are() -> None:
    net = network(TANH, IDENTITY, Loss("squared_error"))
    must_be_the_limit(replace(net, biases=("shared", "shared")))
    none = replace(net, biases=("none", "none"))
    params, x, t = drawn(none)
    assert not any(layer.b.value.any() or layer.b.error.any() for layer in closed.gradient(none, params, x, t, DOUBLE))


def test_a_chain_of_two_units_is_worked_out_by_hand() -> None:
    net = network(SIGMOID, IDENTITY, Loss("squared_error"), (1, 1, 1))
    params = (Layer(np.array([[2.0]]), np.array([-1.0])), Layer(np.array([[3.0]]), np.array([0.5])))
    x, t = np.array([[1.0]]), np.array([[2.0]])
    a = 1 / (1 + exp(-1.0))
    e = 3 * a + 0.5 - 2
    first, second = closed.gradient(net, params, x, t, DOUBLE)
    assert float(closed.forward(net, params, x, DOUBLE).a[-1].value.item()) == pytest.approx(3 * a + 0.5, rel=1e-15)
    assert float(closed.loss(net, params, x, t, DOUBLE).value) == pytest.approx(e * e / 2, rel=1e-14)
    assert float(second.W.value.item()) == pytest.approx(e * a) and float(second.b.value.item()) == pytest.approx(e)
    assert float(first.W.value.item()) == pytest.approx(e * 3 * a * (1 - a))
    assert float(first.b.value.item()) == pytest.approx(e * 3 * a * (1 - a))


def test_two_inputs_two_units_and_one_output_are_worked_out_by_hand() -> None:
    net = network(Activation("relu"), SIGMOID, Loss("binary_cross_entropy"), (2, 2, 1))
    params = (
        Layer(np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.5, 0.0])),
        Layer(np.array([[1.0], [-2.0]]), np.array([-3.0])),
    )
    x, t = np.array([[1.0, 1.0], [0.0, 0.5]]), np.array([[1.0], [0.0]])
    # z1 = (3.5, 0) and (1.5, 0.5); z2 = 0.5 and -2.5
    y = [1 / (1 + exp(-0.5)), 1 / (1 + exp(2.5))]
    d = [(y[0] - 1) / 2, y[1] / 2]
    second = closed.gradient(net, params, x, t, DOUBLE)[1]
    assert float(closed.loss(net, params, x, t, DOUBLE).value) == pytest.approx(-(log(y[0]) + log(1 - y[1])) / 2)
    assert second.W.value[:, 0].astype(float).tolist() == pytest.approx([3.5 * d[0] + 1.5 * d[1], 0.5 * d[1]])
    assert float(second.b.value[0]) == pytest.approx(sum(d))
    first = closed.gradient(net, params, x[1:], t[1:], DOUBLE)[0]
    assert first.W.value.astype(float).tolist() == [[0, 0], pytest.approx([y[1] / 2, -y[1]])]
    assert first.b.value.astype(float).tolist() == pytest.approx([y[1], -2 * y[1]])


def test_the_penalty_is_worked_out_by_hand() -> None:
    params = (Layer(np.array([[2.0, -1.0]]), np.array([3.0, 0.0])),)
    net = Network((1, 2), (IDENTITY,), Loss("squared_error"), penalty=Penalty(0.5, 0.25))
    assert float(closed.penalty(net, params, 4, DOUBLE).value) == 0.5 * 3 + 0.125 * 5
    every = replace(net, penalty=replace(net.penalty, biases=True, per_sample=True))
    assert float(closed.penalty(every, params, 4, DOUBLE).value) == (0.5 * 6 + 0.125 * 14) / 4
    assert closed.penalty_gradient(every, params, 4)[0].b.astype(float).tolist() == [(0.5 + 0.75) / 4, 0.0]
    assert closed.penalty_gradient(net, params, 4)[0].W.astype(float).tolist() == [[0.5 + 0.5, -0.5 - 0.25]]
    assert not closed.penalty_gradient(net, params, 4)[0].b.any()


def test_any_subgradient_of_an_absolute_value_is_admitted_at_zero() -> None:
    net = Network((1, 1), (IDENTITY,), Loss("squared_error"), penalty=Penalty(l1=0.5))
    (layer,) = closed.gradient(net, (Layer(np.zeros((1, 1)), np.zeros(1)),), np.ones((1, 1)), np.zeros((1, 1)), DOUBLE)
    assert float(layer.W.value.item()) == 0
    assert 0.5 <= float(layer.W.error.item()) < 0.51


def test_a_reported_loss_is_reported_without_the_penalty() -> None:
    net = replace(network(TANH, SIGMOID, Loss("matching")), reported=Loss("squared_error", 2.0), penalty=Penalty(l2=9.0))
    params, x, t = drawn(net)
    y = closed.forward(net, params, x, DOUBLE).a[-1].value
    assert float(closed.loss(net, params, x, t, DOUBLE).value) == pytest.approx(float(((y - t) ** 2).sum() / 3))


def test_class_numbers_become_rows() -> None:
    net = network(TANH, SOFTMAX, Loss("cross_entropy", targets="index"), (2, 3))
    assert closed.rows(net, np.array([2, 0])).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_the_scale_of_a_loss_is_its_factor_over_what_is_averaged() -> None:
    assert closed.scale(Loss("squared_error"), 4, 2) == 0.25
    assert closed.scale(Loss("squared_error", 3.0, "sum", "mean"), 4, 2) == 1.5


def test_what_has_a_closed_form_is_what_the_vocabulary_knows() -> None:
    net = network(TANH, SIGMOID, Loss("squared_error"))
    assert closed.has_closed_form(net) and closed.has_closed_forward(net)
    other = replace(net, loss=Loss("other:huber"))
    assert closed.has_closed_forward(other) and not closed.has_closed_form(other)
    assert closed.as_squared_error(other).loss == Loss("squared_error", samples="sum")
    assert not closed.has_closed_forward(network(Activation("other:swish"), SIGMOID, Loss("squared_error")))


@pytest.mark.parametrize("epsilon", [1e-7, 1e-3])
def test_an_epsilon_in_a_logarithm_is_admitted_added_clipped_or_left_out(epsilon: float) -> None:
    p, t = np.array([[0.02, 0.98]]), np.array([[0.5, 0.5]])
    loss = Loss("binary_cross_entropy", epsilon=epsilon)
    e = closed.elementwise_loss(loss, SIGMOID, exact(p), wide(t), DOUBLE)
    g = closed.loss_derivative(loss, SIGMOID, exact(p), wide(t), DOUBLE)
    for used in (0.0, epsilon):
        assert (np.abs(Plain().elements(replace(loss, epsilon=used), p, t) - e.value) <= e.error).all()
        assert (np.abs(Plain().pull(replace(loss, epsilon=used), p, t) - g.value) <= g.error).all()
    assert (np.abs(Plain().elements(replace(loss, epsilon=10 * epsilon), p, t) - e.value) > e.error).any()


def test_the_complement_of_a_probability_is_as_wrong_as_the_probability() -> None:
    q = closed.complement(Bounded(wide(0.75), wide(0.125)), DOUBLE)
    assert float(q.value) == 0.25 and 0.125 < float(q.error) < 0.1251
