"""Ordinary classes of rare habits: each is read for what it is, or the sentence says what was not understood."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.runner import judge
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.ordinary.places import places
from backproof.subjects.subject import Hints, Subject
from backproof_spec import Array, Layer, Loss, Network, Operation, Params, Rule, Targets

Arrays = list[Array]
ZOO = Path(__file__).parent / "zoo"
ALWAYS: frozenset[Operation] = frozenset({"forward", "initial"})


class Plain:
    """Rows of samples; tanh in hidden layers, a linear output."""

    def __init__(self, sizes: list[int]) -> None:
        pairs = zip(sizes, sizes[1:], strict=False)
        self.weights: Arrays = [np.random.randn(a, b) for a, b in pairs]
        self.biases: Arrays = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        return self._all(x)[-1]

    def _all(self, x: Array) -> Arrays:
        found = [x]
        for l, (W, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            z = found[-1] @ W + b
            found.append(np.tanh(z) if l < len(self.weights) else self._last(z))
        return found

    def _last(self, z: Array) -> Array:
        return z

    def _delta(self, y: Array, t: Targets) -> Array:
        """Half the squared error, averaged over samples."""
        return np.asarray((y - t) / len(y))

    def _slopes(self, x: Array, t: Targets) -> tuple[Arrays, Arrays]:
        found, dW, db = self._all(x), Arrays(), Arrays()
        delta = self._delta(found[-1], t)
        for a, W in zip(reversed(found[:-1]), reversed(self.weights), strict=True):
            dW.insert(0, a.T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W.T * (1 - a**2)
        return dW, db

    def _descend(self, dW: Arrays, db: Arrays, lr: float) -> None:
        for p, d in zip(self.weights + self.biases, dW + db, strict=True):
            p -= lr * d


class Logistic(Plain):
    """Softmax at the end."""

    def _last(self, z: Array) -> Array:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))


class Sigmoid(Plain):
    """Sigmoid at the end, and y - t."""

    def _last(self, z: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-z)))


def loss_of(subject: Subject) -> Loss:
    return subject.claims.families[0].loss[0]


def network(subject: Subject, *sizes: int) -> Network:
    """Of the first family."""
    family = subject.claims.families[0]
    hidden = family.hidden * (len(sizes) - 2)
    biases = (*family.biases[:1] * len(hidden), family.biases[1])
    return Network(sizes, (*hidden, *family.output), family.loss[0], family.reported, family.penalty[0], biases)


def drawn(*sizes: int) -> Params:
    rng = np.random.default_rng(3)
    return tuple(Layer(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in zip(sizes, sizes[1:], strict=False))


def told(subject: Subject, beginning: str) -> str:
    """The rest of the one sentence that begins so."""
    (found,) = [said.removeprefix(beginning) for said in subject.assumed if said.startswith(beginning)]
    return found


def plain(sizes: tuple[int, ...], params: Params, kind: type[Plain] = Plain) -> Plain:
    """One with the parameters in it, to compare with."""
    made = kind(list(sizes))
    made.weights, made.biases = [p.W.copy() for p in params], [p.b.copy() for p in params]
    return made


X, T = np.random.default_rng(1).normal(size=(4, 3)), np.random.default_rng(2).normal(size=(4, 2))
SIZES, PARAMS = (3, 4, 2), drawn(3, 4, 2)


def same_gradient(subject: Subject, kind: type[Plain] = Plain) -> bool:
    """Whether it is the class's own, tensor by tensor."""
    got = subject.fresh.gradient(network(subject, *SIZES), PARAMS, X, T)
    dW, db = plain(SIZES, PARAMS, kind)._slopes(X, T)
    return all(np.allclose(g.W, w) and np.allclose(g.b, b) for g, w, b in zip(got, dW, db, strict=True))


# --- gradients -------------------------------------------------------------------------------------------------------


class Columns(Plain):
    """Columns of samples, tanh everywhere; biases of gradients are not summed."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes)
        self.weights = [W.T.copy() for W in self.weights]
        self.biases = [b[:, None] for b in self.biases]

    def _all(self, x: Array) -> Arrays:
        found = [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            found.append(np.tanh(W @ found[-1] + b))
        return found

    def backward(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        found, dW, db = self._all(x), Arrays(), Arrays()
        delta = (found[-1] - t) * (1 - found[-1] ** 2)
        for a, W in zip(reversed(found[:-1]), reversed(self.weights), strict=True):
            dW.insert(0, delta @ a.T)
            db.insert(0, delta)
            delta = (W.T @ delta) * (1 - a**2)
        return dW, db


def summed(db: Arrays) -> Arrays:
    return [d.sum(axis=1, keepdims=True) for d in db]


def test_a_gradient_of_one_column_gives_way_to_a_step_that_takes_batches() -> None:
    class Both(Columns):
        def step(self, x: Array, t: Array, lr: float) -> None:
            dW, db = self.backward(x, t)
            self._descend(dW, summed(db), lr)

    alone, both = load(Columns), load(Both)
    assert (alone.claims.operations, alone.claims.batch) == (ALWAYS | {"gradient"}, 1)
    assert (both.claims.operations, both.claims.batch) == (ALWAYS | {"step"}, None)
    assert (loss_of(both).name, loss_of(both).samples) == ("squared_error", "sum")


def test_a_gradient_that_refuses_one_column_is_none_of_one_sample() -> None:
    class Several(Columns):
        def backward(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            if x.shape[1] == 1:
                raise ValueError("one column is no batch")
            dW, db = super().backward(x, t)
            return dW, summed(db)

    subject = load(Several)
    assert (subject.claims.operations, subject.claims.batch) == (ALWAYS | {"gradient"}, None)


def test_a_gradient_that_ends_the_program_is_offered_and_judged() -> None:
    class Ends(Plain):
        def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            raise SystemExit("to do")

    subject = load(Ends)
    assert subject.claims.operations == ALWAYS | {"gradient"}
    with pytest.raises(Failure, match=r"^gradient ended the program: SystemExit\('to do'\)") as failed:
        subject.fresh.gradient(network(subject, *SIZES), PARAMS, X, T)
    assert failed.value.kind == "exited"


def test_a_gradient_that_is_none_is_told_and_the_rest_is_judged() -> None:
    class Half(Plain):
        def gradients(self, x: Array, t: Array) -> Array:
            return self._delta(self.forward(x), t)

    subject = load(Half)
    assert subject.claims.operations == ALWAYS
    told_of = told(subject, "gradient: gradients(x, t) is not understood: it ")
    assert told_of == "returned an array (3, 2) of float64, in which no gradients were found"


def test_zeros_that_lie_in_the_object_are_no_gradient_that_the_loss_left_there() -> None:
    subject = load(f"{ZOO / 'logits.py'}:Stored")
    assert subject.claims.operations == {*ALWAYS, "loss"}
    assert judge(subject, examples=2).outcome == "not judged"


def test_a_backward_that_asks_for_something_else_is_passed_over() -> None:
    class Waits(Plain):
        def backward(self, x: Array, t: Array, cache: Array) -> None:
            raise AssertionError

        def backprop(self, x: Array, t: Array) -> None:
            raise ValueError("not now")

    said = told(load(Waits), "gradient: ")
    assert said.startswith("backprop(x, t) is not understood: it raised ValueError: not now (test_rare_programs.py:")


def test_a_call_that_moves_the_parameters_is_a_step_and_no_gradient() -> None:
    class Moves(Sigmoid):
        def backward(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            dW, db = self._slopes(x, t)
            self._descend(dW, db, 0.25)
            return dW, db

    subject = load(Moves)
    assert subject.claims.operations == ALWAYS | {"step"}
    said = told(subject, "loss: binary_cross_entropy, mean over samples, sum over outputs")
    assert said == ", read off the direction of steps; their rate is not known"
    assert subject.unscaled and subject.claims.rates is None


@pytest.mark.parametrize("hints", [Hints(), Hints(loss="binary_cross_entropy")])
def test_an_unrated_step_in_another_direction_shows_no_loss(hints: Hints) -> None:
    class Strays(Plain):
        def train(self, x: Array, t: Array) -> None:
            dW, db = self._slopes(x, t)
            self._descend([np.sign(d) for d in dW], [np.sign(d) for d in db], 0.25)

    subject = load(Strays, hints)
    assert subject.unscaled
    assert loss_of(subject).name == (hints.loss or "other:unknown")


ORDERS: dict[str, Callable[[Arrays, Arrays], Arrays]] = {
    "layers": lambda dW, db: [d for pair in zip(dW, db, strict=True) for d in pair],
    "weights-then-biases": lambda dW, db: dW + db,
    "biases-first": lambda dW, db: [d for pair in zip(db, dW, strict=True) for d in pair],
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_gradient_in_one_vector_is_cut_in_the_order_in_which_it_was_joined(order: str) -> None:
    class Joined(Plain):
        def gradients(self, x: Array, t: Array) -> Array:
            return np.concatenate([d.ravel() for d in ORDERS[order](*self._slopes(x, t))])

    subject = load(Joined)
    assert "gradient: gradients(x, t), one vector" in subject.assumed
    assert same_gradient(subject)


def test_a_gradient_of_too_few_layers_is_a_failure() -> None:
    class Two(Plain):
        def gradients(self, x: Array, t: Array) -> dict[str, Array]:
            dW, db = self._slopes(x, t)
            return {"dW1": dW[0], "db1": db[0], "dW2": dW[1], "db2": db[1]}

    subject = load(Two)
    assert same_gradient(subject)
    with pytest.raises(Failure, match=r"^gradients returned no gradient for each of 3 layers$"):
        subject.fresh.gradient(network(subject, 3, 4, 5, 2), drawn(3, 4, 5, 2), X, T)


class Reporting(Logistic):
    """With a loss, and a gradient of its own."""

    def loss(self, x: Array, t: Array) -> float:
        return float(-(t * np.log(self.forward(x))).sum() / len(x))

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)


def test_a_gradient_with_an_epsilon_in_it_lends_the_loss_its_epsilon() -> None:
    class Guarded(Reporting):
        def _delta(self, y: Array, t: Targets) -> Array:
            slope = -t / (y + 1e-8)
            return np.asarray(y * (slope - (slope * y).sum(axis=1, keepdims=True)) / len(y))

    subject = load(Guarded)
    assert loss_of(load(Reporting)).epsilon == 0.0
    assert 1e-11 < loss_of(subject).epsilon < 1e-6
    assert "; gradients as with an epsilon of up to " in told(subject, "loss: cross_entropy, mean over samples")


@pytest.mark.parametrize("way", ["turned", "broken"])
def test_a_gradient_that_is_another_for_one_row_lends_nothing(way: str) -> None:
    class Other(Reporting):
        def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            dW, db = self._slopes(x, t)
            if len(x) == 1 and way == "broken":
                raise ValueError("one row is too few")
            return [d.T if len(x) == 1 else d for d in dW], db

    subject = load(Other)
    assert loss_of(subject) == loss_of(load(Reporting))
    assert subject.claims.families[0].reported is None


@pytest.mark.parametrize(("l2", "name"), [(0.25, "squared_error"), (None, "other:unknown")])
def test_a_penalty_that_is_said_is_taken_off_the_gradient(l2: float | None, name: str) -> None:
    class Decaying(Plain):
        def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            dW, db = self._slopes(x, t)
            return [d + 0.25 * W for d, W in zip(dW, self.weights, strict=True)], db

    subject = load(Decaying, Hints(l2=l2))
    assert (loss_of(subject).name, subject.claims.families[0].penalty[0].l2) == (name, l2 or 0.0)
    assert subject.unscaled == (l2 is None)


@pytest.mark.parametrize(
    ("hints", "said", "unscaled"),
    [
        (Hints(), "loss: not known: there is none, and gradients agree with those of none; say --loss NAME, and perhaps --l2 L",
         True),
        (Hints(loss="squared_error"), "loss: squared_error, mean over samples, sum over outputs, as said; "
         "gradients agree with it in no scale", True),
        (Hints(loss="squared_error", samples="sum", factor=3.0), "loss: squared_error, sum over samples, sum over outputs, "
         "times 3, as said; gradients agree with it in no scale", False),
    ],
)  # fmt: skip
def test_a_gradient_of_no_loss_is_believed_as_far_as_the_user_says(hints: Hints, said: str, unscaled: bool) -> None:
    class Cubic(Plain):
        def _delta(self, y: Array, t: Targets) -> Array:
            return np.asarray((y - t) ** 3)

        def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
            return self._slopes(x, t)

    subject = load(Cubic, hints)
    assert said in subject.assumed
    assert subject.unscaled is unscaled


# --- losses ----------------------------------------------------------------------------------------------------------


class Losing(Plain):
    """With a loss and nothing more."""

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum() / 2 / len(x))


def test_a_loss_that_is_none_of_the_specification_is_taken_as_the_only_judge() -> None:
    class Absolute(Plain):
        def loss(self, x: Array, t: Array) -> float:
            return float(np.abs(self.forward(x) - t).mean())

    subject = load(Absolute)
    assert loss_of(subject).name == "other:loss"
    assert "the loss that loss returns is none that is known: gradients are judged against it alone" in subject.assumed
    want = np.abs(plain(SIZES, PARAMS).forward(X) - T).mean()
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(want)


@pytest.mark.parametrize(("name", "violated"), [("Huber", set()), ("FaultyHuber", {"grad-direction"})])
def test_a_loss_that_is_not_known_is_asked_for_targets_that_every_loss_takes(name: str, violated: set[str]) -> None:
    subject = load(f"{ZOO / 'logits.py'}:{name}")
    assert [family.loss[0].targets for family in subject.claims.families] == ["one_hot"]
    assert {one.clause.slug for one in judge(subject, examples=5).having("violated")} == violated


@pytest.mark.parametrize("hints", [Hints(), Hints(loss="squared_error")])
def test_a_loss_alone_is_read_off_and_may_be_said_as_well(hints: Hints) -> None:
    subject = load(Losing, hints)
    assert "loss: squared_error, mean over samples, sum over outputs, read off its values" in subject.assumed
    assert subject.claims.operations == ALWAYS | {"loss"}


def test_a_loss_that_does_not_come_for_one_row_is_not_read_off() -> None:
    class Several(Losing):
        def forward(self, x: Array) -> Array:
            if len(x) == 1:
                raise ValueError("one row is no batch")
            return super().forward(x)

    subject = load(Several)
    assert loss_of(subject).name == "other:loss"
    assert loss_of(load(Losing)).name == "squared_error"


def half(y: Array, t: Array) -> float:
    return float(((y - t) ** 2).sum() / 2 / len(t))


def entropy(y: Array, t: Array) -> float:
    return float(-(t * np.log(y)).sum() / len(t))


class OfOutputs(Logistic):
    def loss(self, y: Array, target: Array) -> float:
        return entropy(y, target)


class OfTargets(Logistic):
    def loss(self, target: Array, y: Array) -> float:
        return entropy(y, target)


class OfLetters(Logistic):
    def loss(self, a: Array, b: Array) -> float:
        return entropy(self.forward(a), b)


class OfDefaults(Logistic):
    def loss(self, x: Array | None = None, t: Array | None = None) -> float:
        assert x is not None and t is not None
        return entropy(self.forward(x), t)


@pytest.mark.parametrize(
    ("kind", "call"),
    [(OfOutputs, "forward, then loss(y, t)"), (OfTargets, "loss(t, y)"), (OfLetters, "loss(x, t)"), (OfDefaults, "loss(x, t)")],
)
def test_arguments_of_a_loss_are_told_apart_by_their_names_or_by_trial(kind: type[Plain], call: str) -> None:
    subject, want = load(kind), entropy(plain(SIZES, PARAMS, Logistic).forward(X), T)
    assert loss_of(subject) == loss_of(load(Reporting))
    assert f"loss: {call}" in subject.assumed
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(want)


# --- one sample at a time --------------------------------------------------------------------------------------------


class Single(Plain):
    """One sample, without an axis for samples."""

    def _all(self, x: Array) -> Arrays:
        if np.ndim(x) != 1:
            raise ValueError("one sample, please")
        return super()._all(x)

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum() / 2)

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        found, dW, db = self._all(x), Arrays(), Arrays()
        delta = found[-1] - t
        for a, W in zip(reversed(found[:-1]), reversed(self.weights), strict=True):
            dW.insert(0, np.outer(a, delta))
            db.insert(0, delta)
            delta = (W @ delta) * (1 - a**2)
        return dW, db


def test_the_loss_of_samples_taken_one_at_a_time_is_their_mean() -> None:
    subject = load(Single)
    assert subject.claims.batch == 1
    assert "forward: forward, one sample at a time (single)" in subject.assumed
    assert subject.fresh.loss(network(subject, *SIZES), PARAMS, X, T) == pytest.approx(half(plain(SIZES, PARAMS).forward(X), T))


def test_a_step_that_refuses_two_rows_takes_one_at_a_time() -> None:
    class Refusing(Plain):
        def train(self, x: Array, t: Array, lr: float) -> None:
            if len(x) != 1:
                raise ValueError("one row, please")
            self._descend(*self._slopes(x, t), lr)

    subject = load(Refusing)
    assert subject.claims.batch == 1 and "one sample a step" in subject.assumed
    (first, _) = subject.fresh.step(network(subject, *SIZES), PARAMS, X[:1], T[:1], Rule(0.5))
    dW, _ = plain(SIZES, PARAMS)._slopes(X[:1], T[:1])
    np.testing.assert_allclose(first.W, PARAMS[0].W - 0.5 * dW[0])


@pytest.mark.parametrize("columns", [False, True])
def test_a_step_that_takes_a_list_of_pairs_gets_one(columns: bool) -> None:
    class Pairs(Plain):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            if columns:
                self.weights = [W.T.copy() for W in self.weights]
                self.biases = [b[:, None] for b in self.biases]

        def forward(self, x: Array) -> Array:
            return self._turned()._all(x.T)[-1].T if columns else super().forward(x)

        def _turned(self) -> Plain:
            params = tuple(Layer(W.T, b[:, 0]) for W, b in zip(self.weights, self.biases, strict=True))
            return plain((3, 7, 2), params)

        def update_mini_batch(self, mini_batch: list[tuple[Array, Array]], eta: float) -> None:
            assert mini_batch[0][0].ndim == (2 if columns else 1)
            x, t = (np.stack([pair[i].ravel() for pair in mini_batch]) for i in (0, 1))
            dW, db = (self._turned() if columns else self)._slopes(x, t)
            if columns:
                dW, db = [d.T for d in dW], [d[:, None] for d in db]
            self._descend(dW, db, eta)

    subject = load(Pairs)
    assert "step: update_mini_batch(pairs, rate)" in subject.assumed
    assert subject.claims.batch is None
    after = subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))
    dW, db = plain(SIZES, PARAMS)._slopes(X, T)
    for p, q, w, b in zip(PARAMS, after, dW, db, strict=True):
        np.testing.assert_allclose(q.W, p.W - 0.5 * w)
        np.testing.assert_allclose(q.b, p.b - 0.5 * b)


# --- rules of steps --------------------------------------------------------------------------------------------------


class Stepping(Losing):
    """With a gradient, and steps of plain descent."""

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)

    def step(self, x: Array, t: Array, lr: float) -> None:
        self._descend(*self._slopes(x, t), lr)


PLAIN = (Rule(0.0),)


def steps_are_judged(subject: Subject) -> bool:
    return "step" in subject.claims.operations and subject.claims.rules == PLAIN and subject.claims.batch is None


class AfterOne(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        if len(x) == 1:
            raise ValueError("one row is no batch")
        super().step(x, t, lr)


class Bounded(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        if np.abs(t).max() > 8:
            raise ValueError("targets are between -8 and 8")
        super().step(x, t, lr)


@pytest.mark.parametrize("kind", [Stepping, AfterOne, Bounded])
def test_steps_that_cannot_be_probed_are_judged_as_plain_descent(kind: type[Plain]) -> None:
    subject = load(kind)
    assert steps_are_judged(subject)
    after = subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))
    np.testing.assert_allclose(after[0].W, PARAMS[0].W - 0.5 * plain(SIZES, PARAMS)._slopes(X, T)[0][0])


def test_a_step_that_blows_up_is_left_to_be_judged() -> None:
    class Explodes(Plain):
        def train(self, x: Array, t: Array) -> None:
            self._descend(*self._slopes(x, t), 0.25 if len(x) < 3 else np.inf)

    subject = load(Explodes)
    assert steps_are_judged(subject)
    assert not np.isfinite(subject.fresh.step(network(subject, *SIZES), PARAMS, X, T, Rule(0.5))[0].W).any()


def test_momentum_for_weights_alone_is_an_optimisers_memory() -> None:
    class Halfway(Stepping):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            self.velocity: Arrays = [np.zeros_like(W) for W in self.weights]

        def step(self, x: Array, t: Array, lr: float) -> None:
            dW, db = self._slopes(x, t)
            self.velocity = [0.5 * v + d for v, d in zip(self.velocity, dW, strict=True)]
            self._descend(self.velocity, db, lr)

    subject = load(Halfway)
    assert "step: it has an optimiser's memory: steps are not judged, the gradient is" in subject.assumed
    assert "step" not in subject.claims.operations


def test_steps_towards_class_numbers_are_judged_as_plain_descent() -> None:
    class Classes(Logistic):
        def _delta(self, y: Array, t: Targets) -> Array:
            return super()._delta(y, np.eye(y.shape[1])[t])

        def gradients(self, x: Array, labels: Array) -> tuple[Arrays, Arrays]:
            return self._slopes(x, labels)

        def step(self, x: Array, labels: Array, lr: float) -> None:
            self._descend(*self._slopes(x, labels), lr)

    subject = load(Classes)
    assert loss_of(subject).targets == "index"
    assert steps_are_judged(subject)


def test_what_is_not_there_is_not_offered_and_the_maker_says_so_too() -> None:
    subject, net = load(Losing), network(load(Losing), *SIZES)
    assert vars(subject.fresh)["_maker"].claims == subject.claims
    with pytest.raises(NotOffered, match=r"^step$"):
        subject.fresh.step(net, PARAMS, X, T, Rule(0.5))


# --- constructors ----------------------------------------------------------------------------------------------------


def test_names_of_activations_for_each_layer_are_given_as_a_list() -> None:
    class Listed(Plain):
        def __init__(self, sizes: list[int], activations: list[str]) -> None:
            super().__init__(sizes)
            assert len(activations) == len(sizes) - 1
            self._apply = [KNOWN[name] for name in activations]

        def _all(self, x: Array) -> Arrays:
            found = [x]
            for W, b, apply in zip(self.weights, self.biases, self._apply, strict=True):
                found.append(apply(found[-1] @ W + b))
            return found

    subject = load(Listed)
    assert pairs(subject) == {(h, o) for h in KNOWN for o in KNOWN}
    for family in subject.claims.families:
        net = Network((3, 4, 5, 2), (*family.hidden * 2, *family.output), family.loss[0])
        y: Array = X
        for layer, name in zip(drawn(*net.sizes), [family.hidden[0].name] * 2 + [family.output[0].name], strict=True):
            y = KNOWN[name](y @ layer.W + layer.b)
        np.testing.assert_allclose(subject.fresh.forward(net, drawn(*net.sizes), X), y)


KNOWN: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "sigmoid": lambda z: np.asarray(1 / (1 + np.exp(-z))),
    "relu": lambda z: np.maximum(z, 0),
}


def pairs(subject: Subject) -> set[tuple[str, str]]:
    return {(family.hidden[0].name, family.output[0].name) for family in subject.claims.families}


class Hidden(Plain):
    def __init__(self, sizes: list[int], activation: str = "tanh", **unused: object) -> None:
        super().__init__(sizes)
        self._apply = KNOWN[activation]

    def forward(self, x: Array) -> Array:
        for W, b in zip(self.weights[:-1], self.biases, strict=False):
            x = self._apply(x @ W + b)
        return np.asarray(x @ self.weights[-1] + self.biases[-1])


class Final(Plain):
    def __init__(self, sizes: list[int], output_activation: str = "sigmoid") -> None:
        super().__init__(sizes)
        self._apply = KNOWN[output_activation]

    def _last(self, z: Array) -> Array:
        return self._apply(z)


def test_a_name_of_one_activation_is_tried_with_every_name_there_is() -> None:
    assert pairs(load(Hidden)) == {(name, "identity") for name in KNOWN}
    assert pairs(load(Final)) == {("tanh", name) for name in KNOWN}
    assert "constructor: Hidden(sizes, activation)" in load(Hidden).assumed


def test_an_activation_that_is_a_function_is_left_as_it_is() -> None:
    class Function(Plain):
        def __init__(self, sizes: list[int], activation: Callable[[Array], Array] = np.tanh) -> None:
            super().__init__(sizes)
            assert activation is np.tanh

    subject = load(Function)
    assert pairs(subject) == {("tanh", "identity")}
    assert told(subject, "constructor: ").endswith("Function(sizes)")


def test_a_class_whose_constructor_has_no_signature_is_not_understood() -> None:
    class Bag(dict[str, Array]):
        def forward(self, x: Array) -> Array:
            return x @ self["W"]

    with pytest.raises(Unusable, match=r"Bag is not understood: no argument of its constructor is understood; write an adapter"):
        load(Bag)


def test_a_class_that_takes_some_sizes_only_is_tried_at_those() -> None:
    class One(Plain):
        def __init__(self, sizes: list[int]) -> None:
            if sizes[-1] != 1:
                raise ValueError("one output, please")
            super().__init__(sizes)

    subject = load(One)
    assert "one output and no more" in subject.assumed
    assert subject.claims.families[0].sizes.outputs == (1, 1)


# --- parameters ------------------------------------------------------------------------------------------------------


def test_functions_that_hand_back_new_parameters_and_the_loss_are_followed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(FUNCTIONS)
    subject = load(f"{tmp_path}/net.py")
    net = network(subject, *SIZES)
    assert loss_of(subject).name == "squared_error"
    after = subject.fresh.step(net, PARAMS, X, T, Rule(0.5))
    dW, db = plain(SIZES, PARAMS)._slopes(X, T)
    for p, q, w, b in zip(PARAMS, after, dW, db, strict=True):
        np.testing.assert_allclose(q.W, p.W - 0.5 * w)
        np.testing.assert_allclose(q.b, p.b - 0.5 * b)


FUNCTIONS = """
import numpy as np

def squash(z):
    return np.tanh(z)

def init_params(n_in, n_hidden, n_out):
    return [np.random.randn(n_in, n_hidden), np.zeros(n_hidden), np.random.randn(n_hidden, n_out), np.zeros(n_out)]

def forward(params, x):
    return squash(x @ params[0] + params[1]) @ params[2] + params[3]

def update(params, x, t, lr):
    a = squash(x @ params[0] + params[1])
    y = a @ params[2] + params[3]
    d2 = (y - t) / len(x)
    d1 = d2 @ params[2].T * (1 - a ** 2)
    grads = [x.T @ d1, d1.sum(0), a.T @ d2, d2.sum(0)]
    return [p - lr * g for p, g in zip(params, grads)], ((y - t) ** 2).sum() / 2 / len(x)
"""


def test_a_bias_that_is_a_number_stays_a_number() -> None:
    class Perceptron:
        def __init__(self) -> None:
            self.weights, self.bias = np.ones((2, 1)), 0.0

        def forward(self, x: Array) -> Array:
            assert isinstance(self.bias, float)
            return np.tanh(x @ self.weights + self.bias)

    subject = load(Perceptron)
    assert "parameters: weights, (in, out); biases: bias" in subject.assumed
    net, params = network(subject, 2, 1), drawn(2, 1)
    np.testing.assert_allclose(subject.fresh.forward(net, params, X[:, :2]), np.tanh(X[:, :2] @ params[0].W + params[0].b))


def test_vectors_that_speak_of_something_else_are_no_biases() -> None:
    class Unbiased(Plain):
        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            self.prev_deltas = self.biases
            del self.biases

        def _all(self, x: Array) -> Arrays:
            found = [x]
            for l, W in enumerate(self.weights, start=1):
                found.append(np.tanh(found[-1] @ W) if l < len(self.weights) else found[-1] @ W)
            return found

    subject = load(Unbiased)
    assert "parameters: weights[l], (in, out); no biases" in subject.assumed
    assert subject.claims.families[0].biases == ("none", "none")


class Slots:
    """Without a `__dict__`."""

    __slots__ = ("W1", "W2", "b1", "b2", "unset")

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)

    def forward(self, x: Array) -> Array:
        return np.asarray(np.tanh(x @ self.W1 + self.b1) @ self.W2 + self.b2)


class Circular(Plain):
    """Each part knows the whole, and the whole is deep."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes)
        self.whole = [self]
        self.log: list[Any] = [[[[[np.zeros(sizes[-1])]]]]]


class Tuples(Plain):
    """Nested lists in a tuple."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__(sizes)
        self.weights = tuple(W.tolist() for W in self.weights)  # type: ignore[assignment]  # the habit
        self.biases = tuple(b.tolist() for b in self.biases)  # type: ignore[assignment]  # the habit

    def _all(self, x: Array) -> Arrays:
        held = vars(self)
        assert all(type(row) is list for name in ("weights", "biases") for row in held[name])
        layers = zip(held["weights"], held["biases"], strict=True)
        return plain(SIZES, tuple(Layer(np.array(W), np.array(b)) for W, b in layers))._all(x)


@pytest.mark.parametrize("kind", [Slots, Circular, Tuples])
def test_parameters_are_found_wherever_they_lie(kind: type) -> None:
    subject = load(kind)
    assert pairs(subject) == {("tanh", "identity")}
    want = plain(SIZES, PARAMS).forward(X)
    np.testing.assert_allclose(subject.fresh.forward(network(subject, *SIZES), PARAMS, X), want)


def test_arrays_are_found_once_and_not_endlessly_deep() -> None:
    made = Circular([3, 4, 2])
    assert [place.value.shape for place in places(made)] == [(3, 4), (4, 2), (4,), (2,)]


def test_parameters_that_cannot_be_read_back_once_written_are_a_failure() -> None:
    class Sealed(Plain):
        """What is assigned is kept in tuples."""

        def __init__(self, sizes: list[int]) -> None:
            super().__init__(sizes)
            vars(self).update({f"W{l}": W.tolist() for l, W in enumerate(vars(self).pop("weights"))})
            vars(self).update({f"b{l}": b for l, b in enumerate(vars(self).pop("biases"))})

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, tuple(map(tuple, value)) if name.startswith("W") else value)

        def _all(self, x: Array) -> Arrays:
            held = vars(self)
            layers = tuple(Layer(np.array(held[f"W{l}"]), held[f"b{l}"]) for l in range(len(held) // 2))
            return plain(SIZES, layers)._all(x)

    subject = load(Sealed)
    assert pairs(subject) == {("tanh", "identity")}
    with pytest.raises(Failure, match=r"^writing parameters raised IndexError"):
        subject.fresh.forward(network(subject, *SIZES), PARAMS, X)


def test_a_class_without_forward_is_told_so() -> None:
    class Mute:
        def __init__(self, sizes: list[int]) -> None:
            self.weights = [np.ones((a, b)) for a, b in pairwise(sizes)]

    said = r"Mute is not understood: no method gives its outputs; looked for forward, predict_proba, predict, feedforward and"
    with pytest.raises(Unusable, match=said):
        load(Mute)


def test_a_class_without_parameters_is_not_understood() -> None:
    class Empty:
        def __init__(self, sizes: list[int]) -> None:
            self.sizes = tuple(map(str, sizes))

        def forward(self, x: Array) -> Array:
            return x

    with pytest.raises(Unusable, match=r"Empty is not understood: no parameters of sizes .* are found in it"):
        load(Empty)


def test_parameters_that_cannot_be_written_are_not_understood() -> None:
    @dataclass(frozen=True)
    class Frozen:
        sizes: list[int]
        weights: Array = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "weights", np.ones(self.sizes[:2]))
            self.weights.setflags(write=False)

        def forward(self, x: Array) -> Array:
            return x @ self.weights

    with pytest.raises(Unusable, match=r"Frozen is not understood: "):
        load(Frozen)


def test_a_bias_in_a_row_of_the_weights_cannot_be_left_out_by_saying_so() -> None:
    class Rowed:
        def __init__(self, n_in: int, n_out: int) -> None:
            self.W = np.random.randn(n_in + 1, n_out)

        def forward(self, x: Array) -> Array:
            return np.tanh(np.hstack([x, np.ones((len(x), 1))]) @ self.W)

    assert load(Rowed).claims.families[0].biases == ("each", "each")
    with pytest.raises(Unusable, match="Rowed is not understood: "):
        load(Rowed, Hints(biases="none"))


# --- forward ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", ["raises", "nan", "clips"])
def test_an_activation_that_gives_nothing_further_out_is_believed_and_one_that_goes_on_otherwise_is_not(far: str) -> None:
    class Near(Plain):
        def forward(self, x: Array) -> Array:
            if far == "raises" and np.abs(x).max() > 4:
                raise ValueError("inputs are between -4 and 4")
            y = super().forward(np.clip(x, -1, 1) if far == "clips" else x)
            return np.full_like(y, np.nan) if far == "nan" and np.abs(x).max() > 4 else y

    if far != "clips":
        assert pairs(load(Near)) == {("tanh", "identity")}
        return
    with pytest.raises(Unusable, match="agree with tanh near 0, and no longer where pre-activations are larger"):
        load(Near)


def test_a_mapping_has_methods_whose_signature_nobody_knows() -> None:
    class Net(dict[str, Array]):
        def __init__(self, n_in: int, n_out: int) -> None:
            super().__init__(W=np.random.randn(n_in, n_out), b=np.zeros(n_out))

        def forward(self, x: Array) -> Array:
            return np.tanh(x @ self["W"] + self["b"])

        def gradients(self, x: Array, t: Array) -> dict[str, Array]:
            y = self.forward(x)
            delta = (y - t) * (1 - y**2)
            return {"dW": x.T @ delta, "db": delta.sum(axis=0)}

    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(Net(1, 1).update)
    subject = load(Net)
    assert subject.claims.operations == ALWAYS | {"gradient"}
    assert (loss_of(subject).name, loss_of(subject).samples) == ("squared_error", "sum")


def test_outputs_that_are_no_numbers_for_some_rows_are_a_failure() -> None:
    class Tired(Plain):
        def forward(self, x: Array) -> Any:
            return super().forward(x) if len(x) < 20 else "too many"

    subject = load(Tired)
    with pytest.raises(Failure, match=r"^forward returned 'too many', should be an array$") as failed:
        subject.fresh.forward(network(subject, *SIZES), PARAMS, np.ones((20, 3)))
    assert failed.value.kind == "answer"


def test_a_forward_that_answers_once_only_is_understood_by_fresh_objects() -> None:
    class Once(Plain):
        used = False

        def forward(self, x: Array) -> Array:
            if self.used:
                raise RuntimeError("already run")
            self.used = True
            return super().forward(x)

    subject, net = load(Once), network(load(Once), *SIZES)
    for _ in range(2):
        np.testing.assert_allclose(subject.fresh.forward(net, PARAMS, X), plain(SIZES, PARAMS).forward(X))
    subject.kept.forward(net, PARAMS, X)
    with pytest.raises(Failure, match="already run"):
        subject.kept.forward(net, PARAMS, X)


def test_a_program_of_classes_that_refuses_one_output_in_forward_keeps_its_reading() -> None:
    class Classes(Logistic):
        def _last(self, z: Array) -> Array:
            if z.shape[1] < 2:
                raise ValueError("one class is no choice")
            return super()._last(z)

    subject = load(Classes)
    assert pairs(subject) == {("tanh", "softmax")}
    np.testing.assert_allclose(
        subject.fresh.forward(network(subject, *SIZES), PARAMS, X), plain(SIZES, PARAMS, Logistic).forward(X)
    )


class NanStep(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        super().step(x, t, lr)
        for p in self.weights + self.biases:
            p *= np.nan


class ZeroStep(Stepping):
    def step(self, x: Array, t: Array, lr: float) -> None:
        for p in self.weights + self.biases:
            p[...] = 0


class CheckedAndIgnored(Losing):
    """Its step refuses tiny rates, and then takes none of those it is given."""

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)

    def step(self, x: Array, t: Array, lr: float) -> None:
        if lr < 0.001:
            raise ValueError("a rate is at least 0.001")
        self._descend(*self._slopes(x, t), 1.0)


@pytest.mark.parametrize(("kind", "slug"), [
    (NanStep, "shape-weights"), (ZeroStep, "step-direction"), (CheckedAndIgnored, "train-trajectory"),
])  # fmt: skip
def test_a_step_that_destroys_the_parameters_or_ignores_its_rate_is_judged(kind: type[Plain], slug: str) -> None:
    judgement = judge(load(kind), examples=0)
    assert "step" in judgement.subject.claims.operations
    assert slug in [verdict.clause.slug for verdict in judgement.roots]


class OneRowGradient(Losing):
    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        assert len(x) == 1
        return self._slopes(x, t)


def test_a_gradient_that_takes_one_row_only_is_judged_on_one_row() -> None:
    judgement = judge(load(OneRowGradient), examples=0)
    assert judgement.outcome == "conforms" and judgement.subject.claims.batch == 1
