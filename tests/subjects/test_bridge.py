"""Implementations and makers are asked through one interface: copied in and out, their trouble a Failure."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Targets,
)

LINEAR = Family((Activation("identity"),), (Activation("identity"),), (Loss("squared_error", samples="sum"),))
CLAIMS = Claims("linear", (LINEAR,))
NET = Network((2, 2), (Activation("identity"),), LINEAR.loss[0])
PARAMS: Params = (Layer(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])),)
X, T = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [7.0, 0.0]])
RULE = Rule(0.5)


@dataclass(frozen=True)
class Linear:
    """y = x W + b, half the sum of squares."""

    claims: Claims = CLAIMS

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.asarray(x @ params[0].W + params[0].b)

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        delta = self.forward(net, params, x) - t
        return (Layer(x.T @ delta, delta.sum(axis=0)),)


class Machine:
    """The same, with state."""

    def __init__(self) -> None:
        self.p: Params = (Layer(np.random.randn(2, 2), np.zeros(2)),)

    def write(self, params: Params, /) -> None:
        self.p = params

    def read(self) -> Params:
        return self.p

    def forward(self, x: Array, /) -> Array:
        return np.asarray(x @ self.p[0].W + self.p[0].b)

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        delta = self.forward(x) - t
        self.p[0].W[...] -= rule.rate * x.T @ delta
        self.p[0].b[...] -= rule.rate * delta.sum(axis=0)


class Maker:
    """Makes them."""

    claims = CLAIMS

    def make(self, net: Network, seed: int, /) -> Machine:
        return self.machine()

    machine = Machine


def maker(machine: type[Machine]) -> type[Maker]:
    return type("Made", (Maker,), {"machine": machine})


def test_an_implementation_offers_what_it_has() -> None:
    assert load(Linear).claims.operations == {"forward", "gradient"}


def test_a_maker_offers_what_its_machines_have() -> None:
    assert load(Maker).claims.operations == {"forward", "initial", "step", "descend"}


@pytest.mark.parametrize("subject", [Linear, Linear(), Maker, Maker()])
def test_outputs_are_what_was_computed_by_hand(subject: object) -> None:
    np.testing.assert_array_equal(load(subject).fresh.forward(NET, PARAMS, X), [[2.0, 1.0], [7.0, 7.0]])


def test_a_gradient_is_what_was_computed_by_hand() -> None:
    (got,) = load(Linear).kept.gradient(NET, PARAMS, X, T)
    np.testing.assert_array_equal(got.W, [[2.0, 0.0], [0.0, 14.0]])
    np.testing.assert_array_equal(got.b, [2.0, 7.0])


def test_a_step_is_what_was_computed_by_hand() -> None:
    (got,) = load(Maker).fresh.step(NET, PARAMS, X, T, RULE)
    np.testing.assert_array_equal(got.W, [[0.0, 2.0], [3.0, -3.0]])
    np.testing.assert_array_equal(got.b, [0.0, -4.5])


@pytest.mark.parametrize("subject", [Linear, Maker])
def test_descent_is_several_steps(subject: object) -> None:
    everything, want = load(subject).fresh, PARAMS
    for _ in range(3):
        want = load(Maker).fresh.step(NET, want, X, T, Rule(0.125))
    (got,) = everything.descend(NET, PARAMS, X, T, Rule(0.125), 3)
    np.testing.assert_array_equal(got.W, want[0].W)


class Recalling(Machine):
    """A machine that takes the same array for the same batch, and the outputs of then for those of now."""

    def __init__(self) -> None:
        super().__init__()
        self.last: Array = np.zeros(0)
        self.y: Array = np.zeros(0)

    def forward(self, x: Array, /) -> Array:
        if x is not self.last:
            self.last, self.y = x, super().forward(x)
        return self.y


class RecallingToo(Linear):
    """The same without parameters of its own."""

    known: ClassVar[list[tuple[Array, Array]]] = []

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        for seen, y in self.known:
            if seen is x:
                return y
        self.known.append((x, super().forward(net, params, x)))
        return self.known[-1][1]


@pytest.mark.parametrize("subject", [maker(Recalling), RecallingToo])
def test_descent_gives_the_very_same_batch_again(subject: object) -> None:
    (want,) = load(Maker).fresh.descend(NET, PARAMS, X, T, Rule(0.125), 3)
    (got,) = load(subject).fresh.descend(NET, PARAMS, X, T, Rule(0.125), 3)
    assert not np.allclose(got.W, want.W)


def test_a_batch_that_was_changed_in_descent_is_mended() -> None:
    class Greedy(Machine):
        def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
            super().step(x, t, rule)
            x += 1

    (want,) = load(Maker).fresh.descend(NET, PARAMS, X, T, Rule(0.125), 3)
    (got,) = load(maker(Greedy)).fresh.descend(NET, PARAMS, X, T, Rule(0.125), 3)
    np.testing.assert_array_equal(got.W, want.W)


def test_what_is_missing_is_not_offered() -> None:
    with pytest.raises(NotOffered):
        load(Maker).fresh.loss(NET, PARAMS, X, T)
    with pytest.raises(NotOffered):
        load(Linear).fresh.step(NET, PARAMS, X, T, RULE)


def test_the_lent_arrays_are_never_the_callers() -> None:
    class Greedy(Linear):
        def forward(self, net: Network, params: Params, x: Array, /) -> Array:
            x += 1
            params[0].W[...] = 0
            return x

    subject = load(Greedy)
    before = X.copy()
    subject.fresh.forward(NET, PARAMS, X)
    np.testing.assert_array_equal(X, before)
    assert subject.fresh.touched("forward", NET, PARAMS, X, T, RULE) == ("x", "W1")


def test_a_machine_that_moves_its_parameters_while_it_looks_is_seen() -> None:
    class Restless(Machine):
        def forward(self, x: Array, /) -> Array:
            self.p[0].b[...] += 1
            return super().forward(x)

    assert load(maker(Restless)).fresh.touched("forward", NET, PARAMS, X, T, RULE) == ("b1",)


BUFFER = np.zeros((2, 2))


def test_parameters_that_do_not_come_back_are_a_failure() -> None:
    class Rounded(Machine):
        def write(self, params: Params, /) -> None:
            self.p = tuple(Layer(np.round(layer.W), layer.b) for layer in params)

    halves = (Layer(PARAMS[0].W + 0.25, PARAMS[0].b),)
    with pytest.raises(Failure) as failed:
        load(maker(Rounded)).fresh.forward(NET, halves, X)
    assert failed.value.kind == "answer"
    assert failed.value.message == (
        "parameters of layer 1 were written but read back differently: W[0, 0] is 1.0, should be 1.25"
    )


class Trouble(Linear):
    """Does what it is told to."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise ValueError("no\n  luck")


def test_what_it_raises_is_a_failure_that_says_where() -> None:
    with pytest.raises(Failure) as failed:
        load(Trouble).fresh.forward(NET, PARAMS, X)
    line = Trouble.forward.__code__.co_firstlineno + 1
    assert (failed.value.kind, failed.value.message) == (
        "raised", f"forward raised ValueError: no luck (test_bridge.py:{line})"
    )  # fmt: skip


def test_an_exit_is_a_failure() -> None:
    class Leaving(Linear):
        def forward(self, net: Network, params: Params, x: Array, /) -> Array:
            raise SystemExit(2)

    with pytest.raises(Failure, match=r"forward ended the program: SystemExit\(2\)") as failed:
        load(Leaving).fresh.forward(NET, PARAMS, X)
    assert failed.value.kind == "exited"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "None"),
        ([[1.0, 2.0]], "a list of 1"),
        ("high", "'high'"),
        (np.array([[1j]]), "an array (1, 1) of complex128"),
        (np.array([None]), "an array (1,) of object"),
    ],
)
def test_an_answer_that_is_no_array_of_numbers_is_a_failure(answer: object, said: str) -> None:
    class Odd(Linear):
        def forward(self, net: Network, params: Params, x: Array, /) -> Array:
            return answer  # type: ignore[return-value]  # the sin

    with pytest.raises(Failure) as failed:
        load(Odd).fresh.forward(NET, PARAMS, X)
    assert failed.value.message == f"forward returned {said}, should be an array (2, 2)"


def test_shapes_and_nan_pass_through() -> None:
    class Narrow(Linear):
        def forward(self, net: Network, params: Params, x: Array, /) -> Array:
            return np.full((1, 1), np.nan, dtype=np.float32)

    got = load(Narrow).fresh.forward(NET, PARAMS, X)
    assert got.shape == (1, 1) and np.isnan(got).all() and got.dtype == np.float32


def test_warnings_inside_are_not_errors() -> None:
    class Naive(Linear):
        def forward(self, net: Network, params: Params, x: Array, /) -> Array:
            return np.asarray(1 / (1 + np.exp(-(x * -1e4))))

    assert load(Naive).fresh.forward(NET, PARAMS, X).shape == (2, 2)


def test_initial_draws_from_the_seed_and_gives_the_generator_back() -> None:
    subject = load(Maker)
    state = np.random.get_state()[1].copy()  # type: ignore[index]  # a tuple
    one, again, other = (subject.fresh.initial(NET, seed)[0].W for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert np.array_equal(state, np.random.get_state()[1])  # type: ignore[index]  # a tuple


def test_noise_left_on_does_not_repeat() -> None:
    class Noisy(Machine):
        def forward(self, x: Array, /) -> Array:
            return super().forward(x) + np.random.randn(len(x), 2)

    subject = load(maker(Noisy))
    one, two = (subject.fresh.forward(NET, PARAMS, X) for _ in range(2))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, load(maker(Noisy)).fresh.forward(NET, PARAMS, X))


def test_a_kept_machine_is_one_machine() -> None:
    class Counting(Machine):
        calls = 0

        def forward(self, x: Array, /) -> Array:
            self.calls += 1
            return super().forward(x) * self.calls

    subject = load(maker(Counting))
    np.testing.assert_array_equal(subject.kept.forward(NET, PARAMS, X), subject.fresh.forward(NET, PARAMS, X))
    np.testing.assert_array_equal(subject.kept.forward(NET, PARAMS, X), 2 * subject.fresh.forward(NET, PARAMS, X))


def test_a_class_that_cannot_be_constructed_is_unusable() -> None:
    class Needy(Linear):
        def __init__(self, name: str) -> None:
            super().__init__()

    with pytest.raises(Unusable, match=r"cannot be constructed: construction raised TypeError"):
        load(Needy)


def test_hints_narrow_what_is_claimed() -> None:
    assert load(Linear, Hints(samples="mean")).claims.families[0].loss[0].samples == "mean"
    with pytest.raises(Unusable, match=r"^--output: Linear does not claim tanh; it claims identity$"):
        load(Linear, Hints(output="tanh"))


@pytest.mark.parametrize(
    ("hints", "said"),
    [
        (Hints(hidden="tahn"), "--hidden: there is no activation named tahn; did you mean tanh?"),
        (Hints(loss="squared_eror"), "--loss: there is no loss named squared_eror; did you mean squared_error?"),
        (Hints(hidden="elu:alpa=1"), "--hidden: alpa is no parameter of an activation"),
        (Hints(hidden="elu:alpha=one"), "--hidden: alpha is 'one', should be a number"),
    ],
)
def test_hints_that_are_not_understood_are_unusable(hints: Hints, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        load(Linear, hints)
    assert str(refused.value).startswith(said)
