"""Every formula that a remedy may give is executed, in the order of a program, and gives the numbers of the oracle."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import erf
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backproof.diagnosis.formula import QUANTITIES, right
from backproof.diagnosis.formula.activations import DERIVATIVES
from backproof.diagnosis.formula.layers import OUTER
from backproof.oracle import activations, closed
from backproof.oracle.bounded import DOUBLE
from backproof.subjects.manner import BiasForm, Manner, Orientation, Samples, Sign
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.places import Hop
from backproof.subjects.ordinary.row import Row
from backproof_spec import Activation, Array, Bias, Layer, Loss, Network, Params, Penalty, Targets
from backproof_spec.vocabulary import ELEMENTWISE

SQUARED, SOFTMAX = Loss("squared_error"), Activation("softmax")
TANH, SIGMOID, IDENTITY = map(Activation, ("tanh", "sigmoid", "identity"))
CROSS, BINARY = Loss("cross_entropy"), Loss("binary_cross_entropy")
CURVES = (
    *map(Activation, ELEMENTWISE),
    Activation("leaky_relu", alpha=0.2), Activation("elu", alpha=0.5), Activation("tanh", slope=2 / 3, scale=1.7159),
    Activation("sigmoid", slope=0.5), Activation("sigmoid", scale=2, offset=-1), Activation("identity", slope=3),
    Activation("gelu_tanh", slope=0.5, scale=1.5, offset=0.25), Activation("gelu", slope=-2, offset=1),
    Activation("softplus", scale=0.5), Activation("elu", slope=2, scale=0.5), Activation("relu", slope=2, offset=-0.5),
    Activation("leaky_relu", slope=0.5, scale=3, offset=1),
)  # fmt: skip
OUTPUTS = (
    *((output, SQUARED) for output in (*CURVES, SOFTMAX, Activation("softmax", slope=0.5))),
    (SOFTMAX, CROSS), (Activation("softmax", slope=2), CROSS), (SIGMOID, CROSS), (SOFTMAX, BINARY), (SIGMOID, BINARY),
    (Activation("sigmoid", slope=2), BINARY), (Activation("sigmoid", scale=0.9, offset=0.05), BINARY),
    (Activation("tanh", scale=0.4, offset=0.5), BINARY), *((output, Loss("matching")) for output in (IDENTITY, SIGMOID, SOFTMAX)),
    (SOFTMAX, Loss("cross_entropy", targets="index")), (SIGMOID, Loss("squared_error", targets="index")),
)  # fmt: skip
REDUCTIONS = [dict(zip(("samples", "outputs", "factor"), some, strict=True))
              for some in product(("mean", "sum"), ("mean", "sum"), (1.0, 2.0, 0.3))]  # fmt: skip
PENALTIES = (
    Penalty(l2=0.01), Penalty(l1=0.2), Penalty(0.2, 1.0, biases=True), Penalty(0.1, 0.02, True, True),
    Penalty(l2=2, per_sample=True),
)  # fmt: skip
SAMPLES: tuple[Samples, ...] = ("rows", "columns", "one", "one row", "one column")


def network(
    hidden: Activation = TANH, output: Activation = SIGMOID, loss: Loss = SQUARED, sizes: tuple[int, ...] = (3, 4, 2), **more: Any
) -> Network:
    return Network(sizes, (hidden,) * (len(sizes) - 2) + (output,), loss, **more)


@dataclass
class Program:
    """A program in a manner, which has nothing but names: all that it computes are formulas, line by line."""

    net: Network
    manner: Manner

    def __post_init__(self) -> None:
        rng, n = np.random.default_rng(7), 1 if self.manner.samples.startswith("one") else 5
        self.sizes, depth = self.net.sizes, self.net.depth
        self.x = rng.normal(size=(n, self.sizes[0]))
        self.params = tuple(self._layer(rng, l) for l in range(1, depth + 1))
        self.t = self._targets(rng, n)
        names = [tuple((Hop("attribute", kind), Hop("item", l)) for l in range(depth)) for kind in ("weights", "biases")]
        apart = self.manner.bias not in {"first", "last", "none"}
        self.layout = Layout(
            Row(None, single=names[0]), Row(None, single=names[1]) if apart else None, self.manner.orientation,
            self.manner.bias, self.manner.sign, thin=self.manner.thin,
        )  # fmt: skip
        self.object = self._empty()
        self.layout.write(self.object, self.params)
        self.names = {
            "np": np, "erf": np.vectorize(erf), "self": self.object, "rate": 0.5, "x": self.lying(self.x),
            "t": self._given(self.t),
        }  # fmt: skip

    def _empty(self) -> SimpleNamespace:
        return SimpleNamespace(weights=[None] * self.net.depth, biases=[None] * self.net.depth)

    def _layer(self, rng: np.random.Generator, l: int) -> Layer:
        bias, b = "none" if self.manner.bias == "none" else self.net.bias(l), rng.normal(size=self.sizes[l])
        b = {"none": 0 * b, "shared": np.full_like(b, b[0])}.get(bias, b)
        return Layer(rng.normal(size=(self.sizes[l - 1], self.sizes[l])), b)

    def _targets(self, rng: np.random.Generator, n: int) -> Targets:
        if self.net.loss.targets == "index":
            return rng.integers(self.sizes[-1], size=n)
        t = rng.uniform(0.1, 0.9, size=(n, self.sizes[-1]))
        return t / t.sum(axis=1, keepdims=True) if self.net.loss.name == "cross_entropy" else t

    def lying(self, rows: Array) -> Array:
        """Rows as samples lie."""
        turned = {"columns": rows.T, "one": rows[0], "one column": rows.T}
        lying: Array = turned.get(self.manner.samples, rows)
        return lying

    def _given(self, t: Targets) -> object:
        if t.ndim == 1:
            return t if self.manner.samples in {"rows", "columns"} else t[0]
        return t[:, 0] if self.manner.flat else self.lying(t)  # type: ignore[arg-type]  # rows

    def run(self, *quantities: tuple[str, int]) -> dict[str, Any]:
        for quantity, l in quantities:
            exec(right(quantity, l, self.net, self.manner), self.names)  # noqa: S102 - it is what this test is about
        return self.names

    def check(self) -> None:
        """All formulas, in order, against the oracle."""
        net, L = self.net, self.net.depth
        layers = range(1, L + 1)
        found = self.run(*((q, l) for l in layers for q in ("z", "a")), ("loss", L), *(("f'", l) for l in layers))
        done = closed.forward(net, self.params, self.x, DOUBLE)
        share = closed.scale(net.loss, *done.a[-1].value.shape)
        for l in layers:
            self.same(f"z{l}", done.z[l - 1].value)
            self.same("y" if l == L else f"a{l}", done.a[l].value)
            self.slopes(l, done)
        close("loss", found["loss"], closed.loss(net, self.params, self.x, self.t, DOUBLE).value)
        self.run(*((q, l) for l in reversed(layers) for q in ("delta", "dW", "db")))
        for l, want in enumerate(closed.deltas(net, self.params, done, self.t, DOUBLE), start=1):
            self.same(f"delta{l}", share * want.value)
        self.gradient(closed.gradient(net, self.params, self.x, self.t, DOUBLE))

    def same(self, name: str, rows: Any) -> None:
        """An array that has a row, or a column, for each sample."""
        want = self.lying(rows)
        got = np.asarray(self.names[name])
        assert got.size == want.size, f"{name}: {got.shape}, should be {want.shape}"
        assert got.shape == want.shape or self.manner.thin, f"{name}: {got.shape}, should be {want.shape}"
        close(name, got.reshape(want.shape), want)

    def slopes(self, l: int, done: closed.Pass) -> None:
        """f' as large as z, or 1; for softmax the Jacobian of each sample, the samples before it or, as columns, after it."""
        f, got = self.net.activations[l - 1], np.asarray(self.names[f"df{l}"])
        if f.name != "softmax":
            want = self.lying(activations.derivative(f, done.z[l - 1], DOUBLE).value)
            close(f"df{l}", got.reshape(want.shape) if got.size == want.size else np.broadcast_to(got, want.shape), want)
            return
        jacobians = f.slope * np.array([np.diag(y) - np.outer(y, y) for y in np.asarray(done.a[l].value, dtype=float)])
        columns = np.moveaxis(jacobians, 0, 2)
        lying = {"columns": columns, "one": jacobians[0], "one column": columns}
        close(f"df{l}", got, lying.get(self.manner.samples, jacobians))

    def gradient(self, want: tuple[closed.Gradient, ...]) -> None:
        """As large as what it is subtracted from; read as parameters are read; and subtracted by a step."""
        holder = self._empty()
        for l in range(1, self.net.depth + 1):
            holder.weights[l - 1], holder.biases[l - 1] = self.names[f"dW{l}"], self.names[f"db{l}"]
            assert np.shape(holder.weights[l - 1]) == np.shape(self.object.weights[l - 1])
            if self.layout.biases and self.net.bias(l) != "none":
                b = self.object.biases[l - 1]
                assert np.shape(holder.biases[l - 1]) == np.shape(b) or np.size(b) == 1
        self.agree("d", self.layout.read(holder, self.sizes), tuple(Layer(dW.value, db.value) for dW, db in want))
        self.run(*(("step", l) for l in range(1, self.net.depth + 1)))
        pairs = zip(self.params, want, strict=True)
        after = tuple(Layer(p.W - 0.5 * dW.value, p.b - 0.5 * db.value) for p, (dW, db) in pairs)
        self.agree("", self.layout.read(self.object, self.sizes), after)

    def agree(self, mark: str, got: Params, want: Params) -> None:
        for l, (one, other) in enumerate(zip(got, want, strict=True), start=1):
            close(f"{mark}W{l}", one.W, other.W)
            if self.manner.bias != "none" and self.net.bias(l) != "none":
                close(f"{mark}b{l}", one.b, other.b)


def close(name: str, got: Any, want: Any) -> None:
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    assert got.shape == want.shape, f"{name}: {got.shape}, should be {want.shape}"
    assert np.all(np.abs(got - want) <= 1e-12 * np.maximum(1, np.abs(want))), f"{name} is {got}, should be {want}"


def named(net: Network, manner: Manner) -> Manner:
    """With the names that the program has."""
    each = range(net.depth)
    return replace(
        manner, weights=tuple(f"self.weights[{l}]" for l in each), biases=tuple(f"self.biases[{l}]" for l in each)
    )


def check(net: Network, manner: Manner | None = None) -> None:
    Program(net, named(net, manner or Manner())).check()


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("hidden", CURVES, ids=str)
def test_every_activation(hidden: Activation, depth: int) -> None:
    check(network(hidden, sizes=(3, 4, 2, 2)[: depth + 1]))


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize(("output", "loss"), OUTPUTS, ids=str)
def test_every_output_and_loss(output: Activation, loss: Loss, samples: Samples) -> None:
    check(network(output=output, loss=loss), Manner(samples=samples))


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("reduction", REDUCTIONS, ids=str)
def test_every_reduction(reduction: dict[str, Any], k: int, samples: Samples) -> None:
    for output, loss in ((SIGMOID, SQUARED), (IDENTITY, SQUARED), (SIGMOID, BINARY), (SOFTMAX, SQUARED), (SOFTMAX, CROSS)):
        check(network(output=output, loss=replace(loss, **reduction), sizes=(3, 4, k)), Manner(samples=samples))


def manners() -> Iterator[Manner]:
    orientations: tuple[Orientation, ...] = ("in-out", "out-in")
    forms: tuple[BiasForm, ...] = ("flat", "row", "column", "scalar", "shared", "first", "last", "none")
    signs: tuple[Sign, ...] = (1, -1)
    for orientation, samples, form, sign in product(orientations, SAMPLES, forms, signs):
        yield Manner((), (), orientation, samples, form, sign)


def biases(manner: Manner, depth: int) -> tuple[Bias, ...]:
    kinds: dict[BiasForm, Bias] = {"none": "none", "shared": "shared"}
    return (kinds.get(manner.bias, "each"),) * depth


@pytest.mark.parametrize("manner", list(manners()), ids=str)
def test_every_manner(manner: Manner) -> None:
    for sizes in ((3, 4, 2), (3, 4, 2, 3), (3, 2, 1)):
        held = biases(manner, len(sizes) - 1)
        check(network(sizes=sizes, biases=held), manner)
        if sizes[-1] > 1:
            check(network(output=SOFTMAX, loss=replace(CROSS, targets="index"), sizes=sizes, biases=held), manner)
        for penalty in PENALTIES:
            if manner.bias != "shared" or not penalty.biases:  # one number for all units is penalised once, or for each
                check(network(sizes=sizes, biases=held, penalty=penalty), manner)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("thin", [False, True])
def test_every_manner_of_a_single_output(thin: bool, flat: bool) -> None:
    for manner, output in product(manners(), ((SIGMOID, SQUARED), (SIGMOID, BINARY), (IDENTITY, SQUARED))):
        if not (flat and manner.samples.startswith("one")):
            net = network(output=output[0], loss=output[1], sizes=(3, 4, 1), penalty=Penalty(l2=0.1), biases=biases(manner, 2))
            check(net, replace(manner, thin=thin, flat=flat))


@pytest.mark.parametrize("held", [("none", "each"), ("each", "none"), ("shared", "each"), ("shared", "shared")])
@pytest.mark.parametrize("samples", SAMPLES)
def test_layers_that_hold_other_biases_than_others(held: tuple[Bias, Bias], samples: Samples) -> None:
    for penalty in (Penalty(), Penalty(l2=0.1, biases=True)):
        check(network(biases=held, penalty=penalty), Manner(samples=samples))


def test_a_reported_loss_is_told_where_the_program_follows_another() -> None:
    check(network(output=SOFTMAX, loss=Loss("matching"), reported=replace(CROSS, factor=3)))
    assert right("loss", None, network(output=SIGMOID, loss=Loss("matching"), reported=SQUARED, penalty=Penalty(l2=1))) == (
        "loss = 0.5 * ((y - t)**2).sum() / len(x)"
    )


def test_an_epsilon_belongs_to_the_logarithm() -> None:
    net = network(output=SIGMOID, loss=replace(BINARY, epsilon=1e-15))
    assert right("loss", 2, net) == "loss = -(t * np.log(y + 1e-15) + (1 - t) * np.log(1 - y + 1e-15)).sum() / len(x)"
    check(net)


@pytest.mark.parametrize("samples", SAMPLES)
def test_targets_are_one_hot(samples: Samples) -> None:
    program = Program(network(), Manner(samples=samples))
    labels = np.array([1, 0, 1])[: 1 if program.manner.samples.startswith("one") else 3]
    program.names["labels"] = labels if len(labels) > 1 else labels[0]
    close("t", program.run(("targets", 2))["t"], program.lying(np.array([[0, 1], [1, 0], [0, 1.0]])[: len(labels)]))


MOVES = {  # of one number, by its gradients 1, 2, -1, at rate 1/2, beta1 = 1/2, beta2 = 3/4, epsilon = 1/8: by hand
    "momentum": (-0.5, -1.25, -0.125),
    "nesterov": (-0.75, -1.625, 0.4375),
    "rmsprop": tuple(-0.5 * g / (np.sqrt(v) + 0.125) for g, v in ((1, 0.25), (2, 1.1875), (-1, 1.140625))),
    "adam": tuple(
        -0.5 * m / (1 - 0.5**k) / (np.sqrt(v / (1 - 0.75**k)) + 0.125)
        for k, m, v in ((1, 0.5, 0.25), (2, 1.25, 1.1875), (3, 0.125, 1.140625))
    ),
}


@pytest.mark.parametrize("rule", MOVES)
def test_every_rule_moves_as_by_hand(rule: str) -> None:
    program = Program(network(), named(network(), Manner()))
    program.names.update(m1=0.0, v1=0.0, beta1=0.5, beta2=0.75, epsilon=0.125)
    want = program.params[0].W
    for k, (g, move) in enumerate(zip((1, 2, -1), MOVES[rule], strict=True), start=1):
        program.names.update(k=k, dW1=np.full((3, 4), float(g)))
        program.run((rule, 1))
        want = want + move
        close("W1", program.object.weights[0], want)


def test_a_wrong_derivative_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DERIVATIVES, "tanh", ("(1 - {a})",))
    with pytest.raises(AssertionError, match="df1 is"):
        check(network())


def test_a_wrong_product_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTER, ("rows", "in-out"), "{d}.T @ {a}")
    with pytest.raises(AssertionError):
        check(network(sizes=(2, 2, 2)))


THEIRS = Manner(("self.W1", "self.W2"), ("self.b1", "self.b2"))
COLUMNS = Manner(("w[0]", "w[1]"), ("b[0]", "b[1]"), "out-in", "columns", "flat")


@pytest.mark.parametrize(
    ("quantity", "l", "net", "manner", "line"),
    [
        ("z", 1, network(), THEIRS, "z1 = x @ self.W1 + self.b1"),
        ("a", 1, network(), THEIRS, "a1 = np.tanh(z1)"),
        ("y", None, network(), THEIRS, "y = 1 / (1 + np.exp(-z2))"),
        ("delta", 2, network(), THEIRS, "delta2 = (y - t) * y * (1 - y) / len(x)"),
        ("delta", 2, network(output=SOFTMAX, loss=CROSS), THEIRS, "delta2 = (y - t) / len(x)"),
        ("delta", None, network(output=IDENTITY, loss=Loss("squared_error", samples="sum")), THEIRS, "delta2 = y - t"),
        ("delta", 1, network(SIGMOID), THEIRS, "delta1 = (delta2 @ self.W2.T) * a1 * (1 - a1)"),
        ("delta", 1, network(Activation("relu")), COLUMNS, "delta1 = (w[1].T @ delta2) * (z1 > 0)"),
        ("z", 2, network(), COLUMNS, "z2 = w[1] @ a1 + b[1][:, None]"),
        ("dW", 1, network(penalty=Penalty(l2=0.01)), COLUMNS, "dW1 = delta1 @ x.T + 0.01 * w[0]"),
        ("db", 1, network(), replace(COLUMNS, sign=-1), "db1 = -delta1.sum(axis=1)"),
        ("f'", 1, network(Activation("tanh", 2 / 3, 1.7159)), THEIRS, "df1 = 1.7159 * 2 / 3 * (1 - (a1 / 1.7159)**2)"),
        ("step", 1, network(), THEIRS, "self.W1 -= rate * dW1; self.b1 -= rate * db1"),
        ("momentum", 1, network(), THEIRS, "v1 = beta1 * v1 - rate * dW1; self.W1 += v1  # self.b1 alike, with db1"),
        ("targets", None, network(), THEIRS, "t = np.eye(2)[labels]"),
        ("loss", None, network(loss=Loss("squared_error", 2.0, "mean", "mean")), THEIRS, "loss = ((y - t)**2).mean()"),
        ("a", 1, network(Activation("other:swish")), THEIRS, "a1 = swish(z1)"),
        ("delta", 2, network(loss=Loss("other:hinge")), THEIRS,
         "delta2 = hinge_derivative(y, t) * y * (1 - y) / len(x)"),
        ("dW", 2, network(), replace(THEIRS, bias="last"), "dW2 = np.vstack([a1.T @ delta2, delta2.sum(axis=0)])"),
    ],
)  # fmt: skip
def test_formulas_are_what_a_programmer_would_write(
    quantity: str, l: int | None, net: Network, manner: Manner, line: str
) -> None:
    assert right(quantity, l, net, manner) == line


def test_formulas_are_short() -> None:
    for quantity, hidden, (output, loss) in product(QUANTITIES, CURVES, OUTPUTS):
        line = right(quantity, 1, network(hidden, output, loss), THEIRS)
        assert len(line) <= (230 if quantity == "adam" or "gelu" in hidden.name or "gelu" in output.name else 130), line
