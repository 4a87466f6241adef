"""The mended programs follow the numerical gradient of the squared error that they declare; the others do not."""

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest

from backproof_impl.gallery import EXHIBITS, autoencoder, digits_per_sample, frozen_first_layer, mnist_rmsprop, or_gate
from backproof_spec.exhibit import Exhibit
from backproof_spec.protocol import GradientMachine, LossMachine, Machine, Maker, StepMachine
from backproof_spec.values import Activation, Array, Bias, Layer, Loss, Network, Params, Rule

SIGMOID, TANH = Activation("sigmoid"), Activation("tanh")


def network(sizes: tuple[int, ...], loss: Loss, activation: Activation = SIGMOID, biases: tuple[Bias, ...] = ()) -> Network:
    return Network(sizes, (activation,) * (len(sizes) - 1), loss, biases=biases)


def drawn(net: Network, seed: int = 1) -> Params:
    rng = np.random.default_rng(seed)
    layers = []
    for l, (d_in, d_out) in enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1):
        b = rng.normal(size=d_out) * (net.bias(l) == "each")
        layers.append(Layer(rng.normal(size=(d_in, d_out)), b))
    return tuple(layers)


def objective(machine: Machine, net: Network, params: Params, x: Array, t: Array) -> float:
    """Half the squared error, from the machine's own outputs."""
    machine.write(params)
    total = float(((machine.forward(x) - t) ** 2).sum()) / 2
    return total / len(x) if net.loss.samples == "mean" else total


def nudged(params: Params, l: int, part: int, index: tuple[int, ...], by: float) -> Params:
    arrays = [[layer.W.copy(), layer.b.copy()] for layer in params]
    arrays[l][part][index] += by
    return tuple(Layer(W, b) for W, b in arrays)


def numerical(machine: Machine, net: Network, params: Params, x: Array, t: Array) -> Params:
    """Central differences, entry by entry; none for a bias that the layer has not."""
    h, layers = 1e-5, []
    for l, layer in enumerate(params):
        slopes = []
        for part, array in enumerate(layer):
            slope = np.zeros(array.shape)
            for index in np.ndindex(array.shape):
                if part == 0 or net.bias(l + 1) == "each":
                    ends = [objective(machine, net, nudged(params, l, part, index, by), x, t) for by in (h, -h)]
                    slope[index] = (ends[0] - ends[1]) / (2 * h)
            slopes.append(slope)
        layers.append(Layer(*slopes))
    return tuple(layers)


def followed(machine: Machine, params: Params, x: Array, t: Array) -> Params:
    """The gradient that the machine gives, or that one step at rate 1 shows."""
    machine.write(params)
    if isinstance(machine, GradientMachine):
        return machine.gradient(x, t)
    assert isinstance(machine, StepMachine)
    machine.step(x, t, Rule(1.0))
    return tuple(Layer(p.W - q.W, p.b - q.b) for p, q in zip(params, machine.read(), strict=True))


def stepped(machine: Machine, params: Params, x: Array, t: Array) -> Params:
    """What one step at rate 1 takes off the parameters."""
    machine.write(params)
    assert isinstance(machine, StepMachine)
    machine.step(x, t, Rule(1.0))
    return tuple(Layer(p.W - q.W, p.b - q.b) for p, q in zip(params, machine.read(), strict=True))


def largest_gap(one: Params, other: Params) -> float:
    return max(float(np.abs(p - q).max()) for a, b in zip(one, other, strict=True) for p, q in zip(a, b, strict=True))


HALF, SUMMED = Loss("squared_error"), Loss("squared_error", samples="sum")
MENDED = [
    pytest.param(digits_per_sample.Mended(), network((3, 4, 3), HALF, biases=("each", "none")), 1, id="digits-hidden"),
    pytest.param(digits_per_sample.Mended(), network((3, 2), HALF), 1, id="digits-flat"),
    pytest.param(or_gate.Mended(), network((2, 3, 1), SUMMED), 4, id="gate"),
    pytest.param(or_gate.Mended(), network((3, 4, 2, 2), SUMMED), 5, id="gate-two-hidden"),
    pytest.param(mnist_rmsprop.Mended(), network((4, 3, 2), HALF), 5, id="images"),
    pytest.param(autoencoder.Mended(), network((8, 3, 8), SUMMED), 4, id="autoencoder"),
    pytest.param(autoencoder.Answered(), network((8, 3, 8), SUMMED), 4, id="autoencoder-answered"),
    pytest.param(frozen_first_layer.Mended(), network((3, 4, 2), HALF), 5, id="batches"),
    pytest.param(frozen_first_layer.Mended(), network((3, 4, 3, 2), HALF), 2, id="batches-two-hidden"),
]
WRONG = [
    pytest.param(digits_per_sample.Posted(), network((3, 4, 3), HALF, biases=("each", "none")), 1, id="digits"),
    pytest.param(
        digits_per_sample.Answered(), network((3, 4, 3), HALF, TANH, biases=("each", "none")), 1, id="digits-answered"
    ),
    pytest.param(mnist_rmsprop.Posted(), network((4, 3, 2), HALF), 5, id="images"),
    pytest.param(mnist_rmsprop.Answered(), network((4, 3, 2), HALF), 5, id="images-answered"),
    pytest.param(autoencoder.Posted(), network((8, 3, 8), SUMMED), 4, id="autoencoder"),
    pytest.param(frozen_first_layer.Posted(), network((3, 4, 2), HALF), 5, id="batches"),
    pytest.param(frozen_first_layer.Answered(), network((3, 4, 2), HALF), 5, id="batches-answered"),
]


def case(net: Network, n: int) -> tuple[Params, Array, Array]:
    rng = np.random.default_rng(2)
    return drawn(net), rng.normal(size=(n, net.sizes[0])), rng.uniform(size=(n, net.sizes[-1]))


@pytest.mark.parametrize(("maker", "net", "n"), MENDED)
def test_a_mended_program_follows_the_numerical_gradient(maker: Maker, net: Network, n: int) -> None:
    params, x, t = case(net, n)
    want = numerical(maker.make(net, 0), net, params, x, t)
    assert largest_gap(followed(maker.make(net, 0), params, x, t), want) < 1e-8


@pytest.mark.parametrize(("maker", "net", "n"), WRONG)
def test_a_faulty_program_does_not(maker: Maker, net: Network, n: int) -> None:
    params, x, t = case(net, n)
    want = numerical(maker.make(net, 0), net, params, x, t)
    assert largest_gap(followed(maker.make(net, 0), params, x, t), want) > 1e-3


@pytest.mark.parametrize("maker", [autoencoder.Posted(), autoencoder.Answered(), autoencoder.Mended()])
def test_a_step_of_the_autoencoder_is_its_gradient(maker: Maker) -> None:
    net = network((8, 3, 8), SUMMED)
    params, x, t = case(net, 3)
    assert largest_gap(stepped(maker.make(net, 0), params, x, t), followed(maker.make(net, 0), params, x, t)) < 1e-12


LOSSES = [
    pytest.param(or_gate.Mended(), network((2, 3, 1), SUMMED), id="gate"),
    pytest.param(mnist_rmsprop.Posted(), network((4, 3, 2), HALF), id="images"),
    pytest.param(autoencoder.Posted(), network((8, 3, 8), SUMMED), id="autoencoder"),
]


@pytest.mark.parametrize(("maker", "net"), LOSSES)
def test_a_loss_that_is_offered_is_the_one_declared(maker: Maker, net: Network) -> None:
    params, x, t = case(net, 4)
    machine = maker.make(net, 0)
    want = objective(machine, net, params, x, t)
    assert isinstance(machine, LossMachine)
    assert machine.loss(x, t) == pytest.approx(want, rel=1e-13)


def maker_of(exhibit: Exhibit) -> Maker:
    module, _, name = exhibit.target.partition(":")
    build: Callable[[], Maker] = getattr(import_module(module), name)
    return build()


def smallest(maker: Maker) -> Network:
    family = maker.claims.families[0]
    sizes = family.sizes.exactly[0] if family.sizes.exactly else (2, 3, 2)
    biases = () if family.biases == ("each", "each") else family.biases
    return Network(sizes, (family.hidden[0], family.output[0]), family.loss[0], biases=biases)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda e: f"{e.program}-{e.version}")
def test_a_maker_keeps_the_global_generator_and_obeys_the_seed(exhibit: Exhibit) -> None:
    maker = maker_of(exhibit)
    net = smallest(maker)
    before = np.random.get_state(legacy=False)["state"]["key"]  # noqa: NPY002 - the generator that must not be touched
    one, again = (maker.make(net, 7).read() for _ in range(2))
    assert np.array_equal(before, np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002 - the same
    assert all(np.array_equal(p, q) for a, b in zip(one, again, strict=True) for p, q in zip(a, b, strict=True))


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda e: f"{e.program}-{e.version}")
def test_what_is_written_is_read_and_is_not_shared(exhibit: Exhibit) -> None:
    maker = maker_of(exhibit)
    net = smallest(maker)
    zero = exhibit.program == "001" and exhibit.version != "mended"
    params = tuple(Layer(W, b * (not zero)) for W, b in drawn(net))
    machine, lent = maker.make(net, 0), tuple(Layer(W.copy(), b.copy()) for W, b in params)
    machine.write(lent)
    for W, b in lent:
        W += 1
        b += 1
    for got, want in zip(machine.read(), params, strict=True):
        assert np.array_equal(got.W, want.W)
        assert not got.b.any() if zero else np.array_equal(got.b, want.b)
