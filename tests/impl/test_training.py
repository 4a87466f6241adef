"""Training visits every sample once an epoch, leaves its arguments alone, and repeats itself."""

import io
from hashlib import sha256

import numpy as np
import pytest
from rich.console import Console

from backproof_impl.digits import load_digits
from backproof_impl.reference import Reference
from backproof_impl.training import accuracy, batches, evaluate, progress_bar, train
from backproof_spec.values import Loss, Params, Rule

from .cases import SOFTMAX, drawn_batch, drawn_params, network

REFERENCE = Reference()


@pytest.mark.parametrize(("n", "size", "last"), [(10, 3, 1), (9, 3, 3), (2, 5, 2)])
def test_an_epoch_visits_each_sample_once_and_keeps_the_rest(n: int, size: int, last: int) -> None:
    visited = list(batches(n, size, np.random.default_rng(0)))
    assert sorted(np.concatenate(visited)) == list(range(n))
    assert len(visited[-1]) == last


def test_each_epoch_has_an_order_of_its_own() -> None:
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(list(batches(50, 7, rng))) for _ in range(2))
    assert (first != second).any()


def test_training_repeats_itself_and_changes_no_argument() -> None:
    net = network(3, 4, 2)
    params, (x, t) = drawn_params(net), drawn_batch(net, 10)
    start, seen = params[0].W.copy(), list[int]()
    rule = Rule(0.1)
    a, b = (
        train(REFERENCE, net, params, x, t, rule=rule, epochs=3, batch=4, seed=5, watch=lambda k, _: seen.append(k))
        for _ in range(2)
    )
    assert (a[0].W == b[0].W).all() and (start != a[0].W).any()
    assert (start == params[0].W).all() and seen == [1, 2, 3] * 2


def test_one_epoch_in_one_batch_is_one_step() -> None:
    net = network(3, 4, 2)
    params, (x, t) = drawn_params(net), drawn_batch(net, 10)
    trained = train(REFERENCE, net, params, x, t, rule=Rule(0.1), epochs=1, batch=10, seed=0)
    stepped = REFERENCE.step(net, params, x, t, Rule(0.1))
    for a, b in zip(trained, stepped, strict=True):
        assert pytest.approx(b.W, rel=1e-13) == a.W and a.b == pytest.approx(b.b, rel=1e-13)


def test_accuracy_is_the_share_of_right_rows() -> None:
    assert accuracy(np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]), np.array([0, 1, 1, 1])) == 0.75


@pytest.mark.parametrize(("terminal", "drawn"), [(True, True), (False, False)])
def test_the_bar_is_drawn_on_terminals_only(terminal: bool, drawn: bool) -> None:
    paper = io.StringIO()
    nothing: Params = ()
    with progress_bar(2, Console(file=paper, force_terminal=terminal)) as watch:
        watch(1, nothing)
        watch(2, nothing)
    assert ("epochs" in paper.getvalue()) is drawn


def test_the_digits_are_those_of_the_original() -> None:
    x, labels = load_digits()
    assert x.shape == (1797, 64) and labels.shape == (1797,)
    assert (x.min(), x.max(), x.sum()) == (0, 16, 561718)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert x[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    rows = np.column_stack([x, labels]).astype(int).tolist()
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    assert sha256(text.encode()).hexdigest() == "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"


def test_the_digits_are_those_that_scikit_learn_ships() -> None:
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs, (x, labels) = datasets.load_digits(), load_digits()
    assert (theirs.data == x).all() and (theirs.target == labels).all()


def test_digits_are_read_well_after_a_few_epochs() -> None:
    pixels, labels = load_digits()
    x, net = pixels / 8 - 1, network(64, 30, 10, output=SOFTMAX, loss=Loss("cross_entropy"))
    t, rule = REFERENCE.targets(net, labels), Rule(0.2, "momentum", beta1=0.9)
    params = train(REFERENCE, net, REFERENCE.initial(net, 0), x[:1400], t[:1400], rule=rule, epochs=8, batch=32, seed=0)
    assert evaluate(REFERENCE, net, params, x[1400:], labels[1400:]) > 0.85
