"""Ordinary classes are recognised, and what is read through the bridge is what the closed form says."""

import numpy as np
import pytest
from tests.subjects.zoo import HERE, ROWS, Row
from tests.subjects.zoo.lists import Net as Lists

from backproof.oracle import closed
from backproof.oracle.bounded import rounding
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints, Subject
from backproof_spec import Layer, Network, Params, Rule, Targets
from backproof_spec.vocabulary import target_kind

RIGHT = pytest.mark.parametrize("row", ROWS, ids=[row.right.rpartition("/")[2] for row in ROWS])


def networks(subject: Subject) -> list[Network]:
    """Two of each family: as small as it goes, and with unequal widths."""
    found = []
    for family in subject.claims.families:
        sizes = family.sizes
        depth = sizes.depth[0]
        shapes = sizes.exactly or ((2, *[3] * depth, 4), (3, *[4, 2, 5][: max(depth, 1 if sizes.depth[1] else 3)], 2))
        for shape in shapes:
            if len(shape) - 2 < depth:
                continue
            activations = (*family.hidden * (len(shape) - 2), *family.output)
            biases = (*[family.biases[0]] * (len(shape) - 2), family.biases[1])
            found.append(Network(shape, activations, family.loss[0], family.reported, family.penalty[0], biases))
    return found


def drawn(net: Network, seed: int = 3) -> Params:
    rng = np.random.default_rng(seed)
    sizes = zip(net.sizes, net.sizes[1:], strict=False)
    return tuple(
        Layer(rng.integers(-32, 32, (a, b)) / 32, rng.integers(1, 32, b) / 32 * (net.bias(1) == "each"))
        for a, b in sizes
    )


def batch(net: Network, n: int) -> tuple[np.ndarray, Targets]:
    x = np.random.default_rng(n).integers(-32, 32, (n, net.sizes[0])) / 32
    labels = np.arange(n) % net.sizes[-1]
    if target_kind(net.loss) == "index":
        return x, labels
    return x, (np.eye(net.sizes[-1])[labels] if net.sizes[-1] > 1 else (np.arange(n) % 2.0)[:, None])


def rows_of(subject: Subject) -> int:
    return subject.claims.batch or 3


def differs(subject: Subject, net: Network) -> set[str]:
    """Which operations are further from the closed form than rounding goes."""
    r, params, (x, t) = rounding(subject.claims), drawn(net), batch(net, rows_of(subject))
    wrong = set()
    y = closed.forward(net, params, x, r).a[-1]
    got = subject.fresh.forward(net, params, x)
    wrong |= {"forward"} if got.shape != y.value.shape or (abs(got - y.value) > y.error).any() else set()
    if "loss" in subject.claims.operations:
        want = closed.loss(net, params, x, t, r)
        wrong |= {"loss"} if abs(subject.fresh.loss(net, params, x, t) - want.value) > want.error else set()
    true = closed.gradient(net, params, x, t, r)
    if "gradient" in subject.claims.operations:
        given = subject.fresh.gradient(net, params, x, t)
        wrong |= (
            {"gradient"}
            if any(
                (abs(g.W - w.W.value) > w.W.error).any() or (abs(g.b - w.b.value) > w.b.error).any()
                for g, w in zip(given, true, strict=True)
            )
            else set()
        )
    if "step" in subject.claims.operations:
        after = subject.fresh.step(net, params, x, t, Rule(0.5))
        slack = 64 * r.u
        wrong |= (
            {"step"}
            if any(
                (abs(p.W - 0.5 * w.W.value - q.W) > w.W.error + slack * (1 + abs(p.W))).any()
                or (abs(p.b - 0.5 * w.b.value - q.b) > w.b.error + slack * (1 + abs(p.b))).any()
                for p, q, w in zip(params, after, true, strict=True)
            )
            else set()
        )
    return wrong


@RIGHT
def test_a_right_program_agrees_with_the_closed_form_in_every_operation(row: Row) -> None:
    subject = load(row.right, row.hints)
    assert not subject.unscaled
    for net in networks(subject):
        assert differs(subject, net) == set(), net


@RIGHT
def test_a_faulty_program_is_recognised_as_the_same_and_differs_in_gradient_or_step(row: Row) -> None:
    right, faulty = load(row.right, row.hints), load(row.faulty, row.hints)
    assert faulty.claims.families == right.claims.families
    assert faulty.claims.operations == right.claims.operations
    found = set[str]().union(*(differs(faulty, net) for net in networks(faulty)))
    assert found
    assert found <= {"gradient", "step"}


@RIGHT
def test_a_kept_object_answers_as_a_fresh_one(row: Row) -> None:
    subject = load(row.right, row.hints)
    for net in networks(subject):
        x, t = batch(net, rows_of(subject))
        for seed in (3, 4):
            params = drawn(net, seed)
            np.testing.assert_array_equal(subject.kept.forward(net, params, x), subject.fresh.forward(net, params, x))
            if "step" in subject.claims.operations:
                one, two = (s.step(net, params, x, t, Rule(0.5)) for s in (subject.kept, subject.fresh))
                assert all(np.array_equal(p.W, q.W) and np.array_equal(p.b, q.b) for p, q in zip(one, two, strict=True))


@RIGHT
def test_nothing_that_was_lent_is_touched(row: Row) -> None:
    subject = load(row.right, row.hints)
    for net in networks(subject):
        x, t = batch(net, rows_of(subject))
        for operation in sorted(subject.claims.operations - {"targets", "fit"}):
            assert subject.fresh.touched(operation, net, drawn(net), x, t, Rule(0.5)) == (), operation


@RIGHT
def test_initial_parameters_repeat_for_a_seed(row: Row) -> None:
    subject = load(row.right, row.hints)
    net = networks(subject)[0]
    one, two = subject.fresh.initial(net, 7), subject.fresh.initial(net, 7)
    assert all(np.array_equal(p.W, q.W) for p, q in zip(one, two, strict=True))
    assert [p.W.shape for p in one] == [(a, b) for a, b in zip(net.sizes, net.sizes[1:], strict=False)]


def conventions(target: str) -> tuple[str, str, str, float, str]:
    family = load(str(HERE / target)).claims.families[0]
    loss = family.loss[0]
    return family.output[0].name, loss.name, loss.samples, loss.factor, loss.outputs


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("lists.py:Net", ("sigmoid", "squared_error", "mean", 1.0, "sum")),
        ("numbered.py:Net", ("softmax", "cross_entropy", "mean", 1.0, "sum")),
        ("columns.py:Net", ("sigmoid", "squared_error", "sum", 2.0, "sum")),
        ("fixed.py:Xor", ("sigmoid", "squared_error", "sum", 1.0, "sum")),
        ("layered.py:Network", ("identity", "squared_error", "mean", 2.0, "mean")),
        ("fitted.py:Regressor", ("identity", "squared_error", "mean", 1.0, "sum")),
        ("joined.py:FirstColumn", ("sigmoid", "binary_cross_entropy", "mean", 1.0, "sum")),
        ("functions_list.py", ("sigmoid", "binary_cross_entropy", "mean", 1.0, "mean")),
    ],
)
def test_conventions_are_read_off(target: str, expected: tuple[str, str, str, float, str]) -> None:
    assert conventions(target) == expected


def test_an_epsilon_in_a_logarithm_is_read_off() -> None:
    assert load(str(HERE / "numbered.py:Net")).claims.families[0].loss[0].epsilon == 1e-12


def test_a_missing_bias_is_claimed_as_missing() -> None:
    assert load(str(HERE / "bare.py:Net")).claims.families[0].biases == ("none", "none")


def test_class_numbers_are_claimed_as_targets() -> None:
    assert load(str(HERE / "pairs.py:Classifier")).claims.families[0].loss[0].targets == "index"


def test_plain_python_takes_one_sample_a_step() -> None:
    assert load(str(HERE / "singles.py:NeuralNetwork")).claims.batch == 1


def test_single_precision_is_claimed() -> None:
    assert load(str(HERE / "fitted.py:Regressor")).claims.dtype == "float32"


def test_every_named_activation_is_claimed() -> None:
    families = load(str(HERE / "named.py:MLP")).claims.families
    pairs = {(family.hidden[0].name, family.output[0].name) for family in families}
    assert pairs == {(h, o) for h in ("tanh", "sigmoid", "relu") for o in ("softmax", "identity")}


def test_an_unknown_activation_is_unusable_and_says_what_to_say() -> None:
    with pytest.raises(Unusable, match=r"^activation not understood: outputs of .*; say --hidden NAME --output NAME, or, if"):
        load(Odd)


def test_outputs_that_are_no_numbers_are_told_as_such() -> None:
    with pytest.raises(Unusable, match=r"^Nowhere gives outputs that are NaN or infinite for small inputs and weights"):
        load(Nowhere)


def test_hints_name_what_cannot_be_read_off() -> None:
    family = load(Odd, Hints(hidden="tanh", output="sigmoid")).claims.families[0]
    assert (family.hidden[0].name, family.output[0].name) == ("tanh", "sigmoid")


def test_a_program_that_skips_a_layer_is_not_taken_for_one_without_hidden_layers() -> None:
    with pytest.raises(Unusable, match=r"^activation not understood"):
        load(Skipping)
    assert load(Skipping, Hints(hidden="tanh", output="tanh")).claims.families[0].sizes.depth == (0, None)


class Nowhere:
    """Its outputs are divided by zero."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: np.ndarray) -> np.ndarray:
        for W, b in zip(self.weights, self.biases, strict=True):
            x = np.tanh(x @ W + b)
        nothing: np.ndarray = x / (0 * x)
        return nothing


class Skipping:
    """The last layer is never reached."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: np.ndarray) -> np.ndarray:
        for W, b in list(zip(self.weights, self.biases, strict=True))[: max(1, len(self.weights) - 1)]:
            x = np.tanh(x @ W + b)
        return x


@pytest.mark.parametrize("signs", [(0, 0), (1, 0), (0, 1), (1, -1), (-1, 1)])
def test_a_bias_that_is_left_out_or_subtracted_in_one_layer_only_is_no_obstacle(signs: tuple[int, int]) -> None:
    class Biased(Skipping):
        def forward(self, x: np.ndarray) -> np.ndarray:
            for l, (W, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
                x = np.tanh(x @ W + signs[l == len(self.weights)] * b)
            return x

    subject = load(Biased)
    assert subject.claims.families[0].hidden[0].name == "tanh"
    assert subject.claims.families[0].biases == ("each", "each")
    assert {"forward"} == set().union(*(differs(subject, net) for net in networks(subject)))


@pytest.mark.parametrize("axis", [0, None])
def test_softmax_over_the_wrong_axis_is_no_obstacle(axis: int | None) -> None:
    class Wrong(Skipping):
        def forward(self, x: np.ndarray) -> np.ndarray:
            for W, b in zip(self.weights[:-1], self.biases, strict=False):
                x = np.tanh(x @ W + b)
            z = np.exp(x @ self.weights[-1] + self.biases[-1])
            return np.asarray(z / z.sum(axis=axis))

    subject = load(Wrong)
    assert subject.claims.families[0].output[0].name == "softmax"
    assert {"forward"} == set().union(*(differs(subject, net) for net in networks(subject)))


def test_a_reported_loss_beside_a_delta_of_y_minus_t_is_said() -> None:
    class Fused(Lists):
        def gradients(self, x: np.ndarray, t: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
            delta = (self.forward(x) - t) / len(x)  # type: ignore[no-untyped-call]  # as its author wrote it
            dW, db = [self.activations[-2].T @ delta], [delta.sum(axis=0)]
            for i in range(len(self.weights) - 1, 0, -1):
                delta = delta @ self.weights[i].T * self.activations[i] * (1 - self.activations[i])
                dW.insert(0, self.activations[i - 1].T @ delta)
                db.insert(0, delta.sum(axis=0))
            return dW, db

    family = load(Fused).claims.families[0]
    assert family.loss[0].name == "matching"
    assert family.reported is not None and family.reported.name == "squared_error"


@pytest.mark.parametrize("power", [-1, 1, 2])
def test_no_convention_excuses_a_gradient_of_another_scale_than_the_reported_loss(power: int) -> None:
    class Scaled(Lists):
        def gradients(self, x: np.ndarray, t: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
            dW, db = super().gradients(x, t)  # type: ignore[no-untyped-call]  # as its author wrote it
            return [d * len(x) ** power for d in dW], [d * len(x) ** power for d in db]

    subject = load(Scaled)
    assert subject.claims.families == load(Lists).claims.families
    assert all("gradient" in differs(subject, net) for net in networks(subject))


class Odd:
    """Its activation is none that is known."""

    def __init__(self, sizes: list[int]) -> None:
        self.weights = [np.random.randn(a, b) for a, b in zip(sizes, sizes[1:], strict=False)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: np.ndarray) -> np.ndarray:
        for W, b in zip(self.weights, self.biases, strict=True):
            x = np.sin(x @ W + b) + 0.25
        return x
