"""Each program of the gallery has the faults that it is shown for, seen directly, and reaches what it is said to reach."""

from collections import Counter

import numpy as np
import pytest

from backproof_impl.gallery import EXHIBITS, autoencoder, digits_per_sample, frozen_first_layer, mnist_rmsprop, or_gate
from backproof_impl.gallery.seeded import seeded
from backproof_spec.clauses import clauses
from backproof_spec.values import Activation, Array, Layer, Loss, Network, Rule

SIGMOID = Activation("sigmoid")
HALF, SUMMED = Loss("squared_error"), Loss("squared_error", samples="sum")
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
OR = np.array([[0.0], [1.0], [1.0], [1.0]])


def test_five_programs_are_shown_in_three_versions_each() -> None:
    assert len({exhibit.target for exhibit in EXHIBITS}) == 15
    assert Counter(exhibit.program for exhibit in EXHIBITS) == {f"00{k}": 3 for k in range(5)}


def test_only_the_mended_versions_are_expected_to_conform() -> None:
    assert all((exhibit.expected == ()) == (exhibit.version == "mended") for exhibit in EXHIBITS)


def test_every_expected_violation_is_of_a_clause() -> None:
    assert {slug for exhibit in EXHIBITS for slug in exhibit.expected} <= set(clauses())


# 000: digits, one step a sample

DIGITS = Network((2, 3, 2), (SIGMOID, SIGMOID), HALF, biases=("each", "none"))


def test_posted_digits_compare_every_output_with_the_class_number() -> None:
    machine = digits_per_sample.Posted().make(DIGITS, 0)
    assert machine.targets(np.array([0, 1])).tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("maker", [digits_per_sample.Answered(), digits_per_sample.Mended()])
def test_answered_and_mended_digits_have_one_output_a_class(maker: digits_per_sample.Posted) -> None:
    assert maker.make(DIGITS, 0).targets(np.array([0, 1])).tolist() == [[1, 0], [0, 1]]


def test_posted_digits_take_the_logistic_derivative_at_activations() -> None:
    activations = np.linspace(0, 1, 101)
    factor = digits_per_sample.DigitNet([2, 2, 2]).derivative(activations)
    assert factor.min() > 0.196 and factor.max() == 0.25


def test_mended_digits_take_the_derivative_that_belongs_to_the_activation() -> None:
    z = np.linspace(-4, 4, 9)
    net = digits_per_sample.DigitNetMended([2, 2, 2])
    h = 1e-6
    slope = (net.activation(z + h) - net.activation(z - h)) / (2 * h)
    assert np.allclose(net.derivative(net.activation(z)), slope, atol=1e-9)


def test_the_extra_hidden_unit_is_a_logistic_unit_and_not_a_one() -> None:
    net = digits_per_sample.DigitNet([2, 4, 2])
    hidden = net.activations(np.array([1.0, 0.3, -0.2]))[1]
    assert hidden.shape == (5,) and ((hidden > 0) & (hidden < 1)).all()


# 001: a gate

GATE = Network((2, 3, 1), (SIGMOID, SIGMOID), SUMMED)
WRONG_GATES = [or_gate.Posted(), or_gate.Answered()]


@pytest.mark.parametrize("maker", WRONG_GATES)
def test_gate_biases_have_the_shape_of_the_batch_and_never_move(maker: or_gate.Posted) -> None:
    machine = maker.make(GATE, 0)
    machine.step(CORNERS, OR, Rule(1.0))
    assert [layer.b.shape for layer in machine.read()] == [(4, 1), (1, 1)]
    assert not any(layer.b.any() for layer in machine.read())


@pytest.mark.parametrize("maker", WRONG_GATES)
def test_gate_biases_accept_zeros_and_nothing_else(maker: or_gate.Posted) -> None:
    machine = maker.make(GATE, 0)
    machine.write((Layer(np.ones((2, 3)), np.zeros(3)), Layer(np.ones((3, 1)), np.zeros(1))))
    with pytest.raises(ValueError, match=r"biases of shape \(4, 1\) can hold zeros, but no b of shape \(3,\)"):
        machine.write((Layer(np.ones((2, 3)), np.ones(3)), Layer(np.ones((3, 1)), np.zeros(1))))


@pytest.mark.parametrize("rows", [1, 3, 8])
@pytest.mark.parametrize("maker", WRONG_GATES)
def test_the_gate_answers_only_the_batch_it_was_built_for(maker: or_gate.Posted, rows: int) -> None:
    machine = maker.make(GATE, 0)
    assert machine.forward(CORNERS).shape == (4, 1)
    with pytest.raises(ValueError, match=r"broadcast|mismatch"):
        machine.forward(np.resize(CORNERS, (rows, 2)))


def test_with_zero_biases_the_posted_gate_computes_the_network_that_it_claims() -> None:
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(2, 3)), rng.normal(size=(3, 1))
    machine = or_gate.Posted().make(GATE, 0)
    machine.write((Layer(W1, np.zeros(3)), Layer(W2, np.zeros(1))))
    hidden = 1 / (1 + np.exp(-(CORNERS @ W1)))
    assert np.allclose(machine.forward(CORNERS), 1 / (1 + np.exp(-(hidden @ W2))), atol=1e-15)


@pytest.mark.parametrize("maker", WRONG_GATES)
def test_hidden_units_of_the_gate_all_move_alike_whatever_their_outgoing_weights(maker: or_gate.Posted) -> None:
    rng = np.random.default_rng(0)
    machine, W1 = maker.make(GATE, 0), rng.normal(size=(2, 3))
    moves = []
    for W2 in (rng.normal(size=(3, 1)), np.zeros((3, 1))):
        machine.write((Layer(W1, np.zeros(3)), Layer(W2, np.zeros(1))))
        machine.step(CORNERS, OR, Rule(0.5))
        moves.append(machine.read()[0].W - W1)
    assert np.allclose(moves[0], moves[0][:, :1], atol=1e-12)
    assert np.abs(moves[1]).min() > 1e-3  # with W2 = 0 nothing should flow back


def test_the_output_weights_of_the_gate_move_by_a_product_of_sums() -> None:
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(2, 3)), rng.normal(size=(3, 1))
    machine = or_gate.Posted().make(GATE, 0)
    machine.write((Layer(W1, np.zeros(3)), Layer(W2, np.zeros(1))))
    machine.step(CORNERS, OR, Rule(1.0))
    hidden = 1 / (1 + np.exp(-(CORNERS @ W1)))
    y = 1 / (1 + np.exp(-(hidden @ W2)))
    product = (hidden * y * (1 - y)).sum(axis=0) * (y - OR).sum()
    assert np.allclose(W2[:, 0] - machine.read()[1].W[:, 0], product, atol=1e-12)


def test_the_loss_of_the_posted_gate_cancels() -> None:
    machine = or_gate.Posted().make(GATE, 0)
    y = machine.forward(CORNERS)
    assert machine.loss(CORNERS, y + np.array([[1.0], [-1.0], [2.0], [-2.0]])) == pytest.approx(0, abs=1e-12)


def test_the_posted_gate_comes_to_rest_at_a_signed_error_of_zero_and_a_squared_error_of_two_thirds() -> None:
    machine = or_gate.Posted().make(Network((2, 6, 1), (SIGMOID, SIGMOID), SUMMED), 0)
    for _ in range(2500):
        machine.step(CORNERS, OR, Rule(0.01))
    assert abs(machine.loss(CORNERS, OR)) < 1e-12
    assert ((machine.forward(CORNERS) - OR) ** 2).sum() == pytest.approx(0.648, abs=1e-3)


# 002: images

IMAGES = Network((3, 4, 2), (SIGMOID, SIGMOID), HALF)


def test_the_posted_image_network_has_two_output_deltas() -> None:
    machine, rng = mnist_rmsprop.Posted().make(IMAGES, 0), np.random.default_rng(0)
    x, t = rng.normal(size=(1, 3)), rng.uniform(size=(1, 2))
    hidden, out = machine.program.forward_prop(machine.program.W, x)
    first, last = machine.gradient(x, t)
    crossed, squared = out - t, (out - t) * out * (1 - out)
    assert np.allclose(last.b, crossed[0]) and np.allclose(last.W, hidden.T @ squared)
    assert np.allclose(first.b, (crossed @ machine.read()[1].W.T * hidden * (1 - hidden))[0])


def test_the_answered_image_network_applies_the_value_form_of_the_derivative_to_z() -> None:
    machine, rng = mnist_rmsprop.Answered().make(IMAGES, 0), np.random.default_rng(0)
    x, t = rng.normal(size=(1, 3)), rng.uniform(size=(1, 2))
    hidden, out = machine.program.forward_prop(machine.program.W, x)
    z = hidden @ machine.read()[1].W
    assert np.allclose(machine.gradient(x, t)[1].b, ((out - t) * z * (1 - z))[0])


# 003: autoencoder

NOISE = Network((8, 3, 8), (SIGMOID, SIGMOID), SUMMED)


def test_what_the_posted_autoencoder_sends_back_does_not_pass_the_output_weights() -> None:
    machine, rng = autoencoder.Posted().make(NOISE, 0), np.random.default_rng(0)
    W1, W2 = rng.normal(size=(8, 3)), np.zeros((3, 8))
    machine.write((Layer(W1, np.zeros(3)), Layer(W2, np.zeros(8))))
    x = rng.normal(size=(2, 8))
    assert np.abs(machine.gradient(x, x)[0].W).min() > 1e-6


@pytest.mark.parametrize("maker", [autoencoder.Posted(), autoencoder.Answered()])
def test_hidden_units_that_start_at_zero_never_part(maker: autoencoder.Posted) -> None:
    machine, x = maker.make(NOISE, 0), np.random.default_rng(0).random((20, 8))
    for _ in range(50):
        machine.step(x, x, Rule(0.1))
    first, last = machine.read()
    assert first.W.any()
    assert np.allclose(first.W, first.W[:, :1], atol=1e-12) and np.allclose(last.W, last.W[:1], atol=1e-12)


def test_the_hidden_units_of_the_mended_autoencoder_start_different() -> None:
    first, _ = autoencoder.Mended().make(NOISE, 0).read()
    assert len(np.unique(first.W, axis=1).T) == 3


# 004: batches

BATCHES = Network((3, 4, 3, 2), (SIGMOID,) * 3, HALF)


@pytest.mark.parametrize("maker", [frozen_first_layer.Posted(), frozen_first_layer.Answered()])
def test_the_first_layer_never_moves_and_the_others_do(maker: frozen_first_layer.Posted) -> None:
    machine, rng = maker.make(BATCHES, 0), np.random.default_rng(0)
    before = machine.read()
    machine.step(rng.normal(size=(5, 3)), rng.uniform(size=(5, 2)), Rule(1.0))
    after = machine.read()
    moved = [not np.array_equal(p.W, q.W) for p, q in zip(before, after, strict=True)]
    assert moved == [False, True, True]


@pytest.mark.parametrize(
    ("program", "ratio"), [(frozen_first_layer.BatchNet, 2.0), (frozen_first_layer.BatchNetMended, 1.0)]
)
def test_a_posted_batch_is_divided_by_the_size_of_the_first(
    program: type[frozen_first_layer.BatchNet], ratio: float
) -> None:
    """A batch of one at the target, which moves nothing, then a batch of two: twice the step that it should be."""
    rng = np.random.default_rng(0)
    rest: Array = rng.normal(size=(3, 1))
    pair: list[tuple[Array, Array]] = [(rng.normal(size=(3, 1)), rng.uniform(size=(2, 1))) for _ in range(2)]
    moves = []
    for alone in (False, True):
        with seeded(0):
            net = program([3, 4, 2])
        before = net.wts[-1]
        net.backprop([pair] if alone else [[(rest, net.feed(rest))], pair], 0.5)
        moves.append(net.wts[-1] - before)
    assert np.allclose(moves[0], ratio * moves[1], atol=1e-12)


# what they reach


@pytest.fixture(scope="module")
def reached() -> dict[str, float]:
    """The number in each achievement: "000 mended" -> .964."""
    return {f"{e.program} {e.version}": float(e.achieves().split(";")[0].split()[2 if e.program == "001" else 1])
            for e in EXHIBITS}


def test_posted_digits_collapse_and_answered_ones_stay_far_below_mended_ones(reached: dict[str, float]) -> None:
    assert reached["000 as posted"] < 0.15
    assert 0.4 < reached["000 as answered"] < 0.8
    assert reached["000 mended"] > 0.94


def test_only_the_mended_gate_program_learns_all_sixteen(reached: dict[str, float]) -> None:
    assert reached["001 as posted"] == 2
    assert reached["001 as answered"] == 2
    assert reached["001 mended"] == 16


def test_the_answer_made_the_images_worse(reached: dict[str, float]) -> None:
    assert reached["002 as answered"] < 0.3 < 0.9 < reached["002 as posted"]
    assert reached["002 mended"] > 0.92


def test_equal_hidden_units_stay_at_the_best_of_rank_one_and_different_ones_pass_it(reached: dict[str, float]) -> None:
    x = autoencoder.noise()
    assert autoencoder.best(x, 1) < reached["003 as answered"] < autoencoder.best(x, 1) + 0.05
    assert reached["003 as posted"] > autoencoder.best(x, 1)
    assert reached["003 mended"] < autoencoder.best(x, 3) + 0.1


def test_other_initial_weights_hide_that_the_first_layer_is_frozen(reached: dict[str, float]) -> None:
    assert reached["004 as posted"] < 0.8 < reached["004 as answered"] < 0.9
    assert reached["004 mended"] > 0.85
