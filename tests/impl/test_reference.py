"""The reference computes what was worked out by hand, and what its own loss says by differences."""

from math import exp, log, tanh

import numpy as np
import pytest

from backproof_impl.reference import Reference
from backproof_impl.tags import clauses_of
from backproof_spec.protocol import HasDescent, HasFit, HasGradient, HasInitial, HasLoss, HasStep, HasTargets
from backproof_spec.values import Activation, Array, Layer, Loss, Network, Params, Penalty, Rule

from .cases import IDENTITY, SIGMOID, SOFTMAX, TANH, claimed, drawn_batch, drawn_params, network

REFERENCE = Reference()
ONE = np.array([[1.0]])


def layer(W: list[list[float]], b: list[float]) -> Layer:
    return Layer(np.array(W), np.array(b))


def inner(a: Params, b: Params) -> float:
    return sum(float((p.W * q.W).sum() + (p.b * q.b).sum()) for p, q in zip(a, b, strict=True))


def moved(params: Params, s: float, v: Params) -> Params:
    return tuple(Layer(p.W + s * q.W, p.b + s * q.b) for p, q in zip(params, v, strict=True))


def slope_of_loss(net: Network, params: Params, v: Params, x: Array, t: Array, h: float = 2e-4) -> float:
    """The derivative along v to fourth order (Abramowitz and Stegun 1964, 25.3.6)."""
    near, far = (
        REFERENCE.loss(net, moved(params, k * h, v), x, t) - REFERENCE.loss(net, moved(params, -k * h, v), x, t)
        for k in (1, 2)
    )
    return (8 * near - far) / (12 * h)


def batch_off_kinks(net: Network, params: Params) -> tuple[Array, Array]:
    """The first drawn batch that keeps every pre-activation off 0, where some activations have a kink."""
    draws = (drawn_batch(net, 4, seed) for seed in range(1000))
    return next(
        (x, t) for x, t in draws if min(np.abs(z).min() for z in REFERENCE.forward_pass(net, params, x).z) > 0.02
    )


def test_every_operation_is_on_offer() -> None:
    for protocol in (HasLoss, HasGradient, HasStep, HasDescent, HasInitial, HasTargets, HasFit):
        assert isinstance(REFERENCE, protocol)
    assert REFERENCE.claims.name == "reference"
    assert len(REFERENCE.claims.operations) == 8


def test_a_chain_of_two_units_is_worked_out_by_hand() -> None:
    net, params = network(1, 1, 1), (layer([[2.0]], [1.0]), layer([[3.0]], [-1.0]))
    x, t, h = np.array([[0.5]]), ONE, tanh(2.0)
    y = 3 * h - 1
    delta = (y - 1) * 3 * (1 - h * h)
    assert REFERENCE.forward(net, params, x) == pytest.approx(y)
    assert REFERENCE.loss(net, params, x, t) == pytest.approx((y - 1) ** 2 / 2)
    first, second = REFERENCE.gradient(net, params, x, t)
    assert (second.W.item(), second.b.item()) == pytest.approx(((y - 1) * h, y - 1))
    assert (first.W.item(), first.b.item()) == pytest.approx((delta * 0.5, delta))


def test_one_layer_of_two_outputs_averages_over_samples() -> None:
    net, params = network(1, 2), (layer([[1.0, -1.0]], [0.0, 1.0]),)
    x, t = np.array([[1.0], [3.0]]), np.zeros((2, 2))
    assert REFERENCE.forward(net, params, x).tolist() == [[1.0, 0.0], [3.0, -2.0]]
    assert REFERENCE.loss(net, params, x, t) == (0.5 + 4.5 + 2.0) / 2
    (gradient,) = REFERENCE.gradient(net, params, x, t)
    assert gradient.W.tolist() == [[(1 + 9) / 2, -6 / 2]]
    assert gradient.b.tolist() == [4 / 2, -2 / 2]


def test_cross_entropy_of_equal_logits_is_the_logarithm_of_their_number() -> None:
    net = network(1, 3, output=SOFTMAX, loss=Loss("cross_entropy"))
    params = (layer([[0.0, 0.0, 0.0]], [7.0, 7.0, 7.0]),)
    assert REFERENCE.loss(net, params, ONE, np.array([2])) == pytest.approx(log(3))
    (gradient,) = REFERENCE.gradient(net, params, ONE, np.array([2]))
    assert gradient.b == pytest.approx([1 / 3, 1 / 3, -2 / 3])


def test_binary_cross_entropy_and_the_matching_delta_agree() -> None:
    params, t = (layer([[1.0]], [1.0]),), np.array([[0.25]])
    y = 1 / (1 + exp(-2))
    for name in ("binary_cross_entropy", "matching"):
        net = network(1, 1, output=SIGMOID, loss=Loss(name))
        assert REFERENCE.loss(net, params, ONE, t) == pytest.approx(-0.25 * log(y) - 0.75 * log(1 - y))
        assert REFERENCE.gradient(net, params, ONE, t)[0].b.item() == pytest.approx(y - 0.25)


def test_epsilon_is_added_to_the_argument_of_the_logarithm() -> None:
    net = network(1, 1, output=SIGMOID, loss=Loss("binary_cross_entropy", epsilon=0.5))
    assert REFERENCE.loss(net, (layer([[0.0]], [0.0]),), ONE, ONE) == 0.0


def test_the_matching_delta_of_tanh_reports_squared_error() -> None:
    net = network(1, 1, output=TANH, loss=Loss("matching"))
    assert REFERENCE.loss(net, (layer([[0.0]], [0.0]),), ONE, ONE) == 0.5
    assert REFERENCE.gradient(net, (layer([[0.0]], [0.0]),), ONE, ONE)[0].b.item() == -1.0


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (Loss("squared_error", samples="sum"), 7.0),
        (Loss("squared_error", outputs="mean"), 1.75),
        (Loss("squared_error", factor=2.0), 7.0),
        (Loss("squared_error", samples="sum", outputs="mean", factor=4.0), 14.0),
    ],
)
def test_the_reductions_of_a_loss_are_those_declared(loss: Loss, value: float) -> None:
    net, params = network(1, 2, loss=loss), (layer([[1.0, -1.0]], [0.0, 1.0]),)
    assert REFERENCE.loss(net, params, np.array([[1.0], [3.0]]), np.zeros((2, 2))) == value


@pytest.mark.parametrize(
    ("penalty", "value", "dW", "db"),
    [
        (Penalty(l2=0.5), 1.0, -1.0, 0.0),
        (Penalty(l1=0.5), 1.0, -0.5, 0.0),
        (Penalty(l1=0.5, l2=0.5, biases=True), 1.0 + 1.0 + 1.5 + 2.25, -1.5, 2.0),
        (Penalty(l2=0.5, per_sample=True), 0.5, -0.5, 0.0),
    ],
)
def test_the_penalty_is_the_one_declared(penalty: Penalty, value: float, dW: float, db: float) -> None:
    net, params = network(1, 1, penalty=penalty), (layer([[-2.0]], [3.0]),)
    x = np.array([[1.0], [2.0]])
    t = REFERENCE.forward(net, params, x)
    assert REFERENCE.loss(net, params, x, t) == value
    (gradient,) = REFERENCE.gradient(net, params, x, t)
    assert (gradient.W.item(), gradient.b.item()) == (dW, db)


def test_the_reported_loss_leaves_the_penalty_out() -> None:
    net = Network((1, 1), (SIGMOID,), Loss("matching"), Loss("squared_error"), Penalty(l2=1.0))
    assert REFERENCE.loss(net, (layer([[0.0]], [0.0]),), ONE, ONE) == 0.125


def test_a_layer_without_bias_ignores_b_and_has_no_gradient_for_it() -> None:
    net = Network((1, 1), (IDENTITY,), Loss("squared_error"), penalty=Penalty(l2=1.0, biases=True), biases=("none",))
    params = (layer([[2.0]], [5.0]),)
    assert REFERENCE.forward(net, params, ONE).item() == 2.0
    assert REFERENCE.gradient(net, params, ONE, ONE)[0].b.item() == 0.0


def test_a_shared_bias_collects_the_deltas_of_its_layer() -> None:
    net = Network((1, 2), (IDENTITY,), Loss("squared_error"), biases=("shared",))
    (gradient,) = REFERENCE.gradient(net, (layer([[1.0, 2.0]], [1.0, 1.0]),), ONE, np.zeros((1, 2)))
    assert gradient.b.tolist() == [5.0, 5.0]


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 5, 3)])
def test_every_claimed_gradient_is_the_slope_of_its_loss(sizes: tuple[int, ...]) -> None:
    judged = 0
    for net in claimed(*sizes):
        if net.reported is not None and net.activations[-1].name == "tanh":
            continue  # its delta y - t belongs to no loss with a name
        if "shared" in net.biases:
            continue  # its db is that of one number, held in every entry
        net = Network(net.sizes, net.activations, net.loss, None, net.penalty, net.biases)
        params, v = drawn_params(net), drawn_params(net, 2)
        x, t = batch_off_kinks(net, params)
        assert inner(REFERENCE.gradient(net, params, x, t), v) == pytest.approx(
            slope_of_loss(net, params, v, x, t), rel=1e-7, abs=1e-8
        ), net
        judged += 1
    assert judged > 300


def test_hidden_layers_may_differ() -> None:
    net = Network((2, 3, 2, 1), (TANH, Activation("softplus"), IDENTITY), Loss("squared_error"))
    params, v, (x, t) = drawn_params(net), drawn_params(net, 2), drawn_batch(net, 5)
    want = slope_of_loss(net, params, v, x, t)
    assert inner(REFERENCE.gradient(net, params, x, t), v) == pytest.approx(want, rel=1e-8)


def test_losses_far_from_the_claims_are_right_too() -> None:
    for output, loss in [(SIGMOID, "cross_entropy"), (Activation("sigmoid", scale=0.5, offset=0.25), "cross_entropy"),
                         (Activation("tanh", scale=0.25, offset=0.5), "binary_cross_entropy"),
                         (Activation("softmax", slope=2.0, scale=0.5, offset=0.1), "cross_entropy")]:  # fmt: skip
        net = network(3, 4, 3, output=output, loss=Loss(loss))
        params, v, (x, t) = drawn_params(net), drawn_params(net, 2), drawn_batch(net, 4)
        want = slope_of_loss(net, params, v, x, t)
        assert inner(REFERENCE.gradient(net, params, x, t), v) == pytest.approx(want, rel=1e-7)


@pytest.mark.parametrize("rule", REFERENCE.claims.rules)
def test_float32_is_kept(rule: Rule) -> None:
    rule = Rule(np.float64(0.1), rule.name, rule.beta1, rule.beta2, rule.epsilon)
    for net in claimed(2, 3, 2):
        params, (x, t) = drawn_params(net, dtype=np.float32), drawn_batch(net, 3)
        assert REFERENCE.forward(net, params, x).dtype == np.float32
        gradient, after = REFERENCE.gradient(net, params, x, t), REFERENCE.step(net, params, x, t, rule)
        assert {w.dtype for layer in (*gradient, *after) for w in layer} == {np.dtype(np.float32)}


def test_arguments_are_neither_changed_nor_returned() -> None:
    for net in claimed(2, 2, 2):
        params, (x, t) = drawn_params(net), drawn_batch(net, 3)
        given = [x, t, *(w for layer in params for w in layer)]
        before = [w.copy() for w in given]
        step, gradient = REFERENCE.step(net, params, x, t, Rule(0.0)), REFERENCE.gradient(net, params, x, t)
        results = [REFERENCE.forward(net, params, x), *(w for layer in (*step, *gradient) for w in layer)]
        fitted = REFERENCE.fit(net, x, t, x, seed=0, epochs=1, rule=Rule(0.1))
        assert fitted.output.shape == t.shape
        assert all((w == old).all() for w, old in zip(given, before, strict=True))
        assert not any(np.shares_memory(w, result) for w in given for result in results)


def test_class_numbers_train_like_their_rows() -> None:
    net = network(2, 3, output=SOFTMAX, loss=Loss("cross_entropy"))
    labels, (x, _), params = np.array([2, 0, 1]), drawn_batch(net, 3), drawn_params(net)
    t = REFERENCE.targets(net, labels)
    assert t.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    (a,), (b,) = REFERENCE.gradient(net, params, x, labels), REFERENCE.gradient(net, params, x, t)
    assert (a.W == b.W).all() and (a.b == b.b).all()


@pytest.mark.parametrize("labels", [np.array([0, 3]), np.array([-1, 0]), np.array([0.0, 1.0])])
def test_labels_that_name_no_output_are_refused(labels: Array) -> None:
    net = network(2, 3)
    with pytest.raises(ValueError, match="labels must be integers from 0 to 2"):
        REFERENCE.loss(net, drawn_params(net), np.zeros((2, 2)), labels)


@pytest.mark.parametrize("shape", [(0, 2), (1, 3), (2,)])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    net = network(2, 1)
    with pytest.raises(ValueError, match="this network takes"):
        REFERENCE.forward(net, drawn_params(net), np.zeros(shape))


def test_targets_that_would_broadcast_are_refused() -> None:
    net = network(2, 3)
    with pytest.raises(ValueError, match="one row a sample"):
        REFERENCE.loss(net, drawn_params(net), np.zeros((2, 2)), np.zeros((2, 1)))


def test_a_step_is_the_rate_times_the_gradient() -> None:
    net = network(2, 3, 1)
    params, (x, t) = drawn_params(net), drawn_batch(net, 4)
    want = moved(params, -0.5, REFERENCE.gradient(net, params, x, t))
    for a, b in zip(REFERENCE.step(net, params, x, t, Rule(0.5)), want, strict=True):
        assert (a.W == b.W).all() and (a.b == b.b).all()


def test_initial_weights_follow_their_sources() -> None:
    net = network(200, 100, 50, hidden=Activation("relu"))
    he, glorot = REFERENCE.initial(net, 3)
    assert he.W.std() == pytest.approx((2 / 200) ** 0.5, rel=0.05)
    assert 0.98 < np.abs(glorot.W).max() / (6 / 150) ** 0.5 <= 1
    assert not he.b.any() and not glorot.b.any()


def test_a_seed_names_its_start() -> None:
    net = network(3, 4, 2)
    a, b, c = (REFERENCE.initial(net, seed)[0].W for seed in (1, 1, 2))
    assert (a == b).all() and not (a == c).any()


@pytest.mark.parametrize("gate", range(16))
def test_all_sixteen_gates_are_learnt(gate: int) -> None:
    net = network(2, 3, 1, output=SIGMOID, loss=Loss("binary_cross_entropy"))
    x = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    t = np.array([[float(gate >> bit & 1)] for bit in range(4)])
    fitted = REFERENCE.fit(net, x, t, x, seed=0, epochs=300, rule=Rule(0.5, "momentum", beta1=0.9))
    assert np.abs(fitted.output - t).max() < 0.1
    assert len(fitted.losses) == 300 and fitted.losses[-1] < fitted.losses[0]


def test_every_equation_names_its_clause() -> None:
    for equation in (Reference.hidden_delta, Reference.weight_gradient, Reference.bias_gradient, Reference.affine):
        assert clauses_of(equation)
    assert clauses_of(Reference.rows) == ()
