"""Gradients of rare habits: each is read for what it is, or the sentence says what was not understood."""

from collections.abc import Callable

import numpy as np
import pytest
from tests.subjects.rare import (
    ALWAYS,
    PARAMS,
    SIZES,
    ZOO,
    Arrays,
    Plain,
    Reporting,
    Sigmoid,
    T,
    X,
    drawn,
    loss_of,
    network,
    same_gradient,
    told,
)

from backproof.runner import judge
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_spec import Array, Targets


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
    assert said.startswith("backprop(x, t) is not understood: it raised ValueError: not now (test_rare_gradients.py:")


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
