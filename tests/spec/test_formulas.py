"""The formulas of the text are executed: derivatives against differences, tables against the vocabulary."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from backproof_spec.clauses import chapter, text
from backproof_spec.vocabulary import ALPHA, ELEMENTWISE, LOSSES, MATCHING, NATURAL_TARGETS

Vector = NDArray[np.float64]
Rows = list[list[str]]
MATH: dict[str, object] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "tanh", "where", "pi")},
    "erf": np.vectorize(math.erf),
}
GRID = np.array([-6.0, -2.5, -1.0, -0.3, 0.2, 0.7, 1.5, 4.0])  # no ties
H = 2.0**-16


def table(markdown: str, head: str) -> Rows:
    """The body of the table whose header row begins with these cells."""
    lines = markdown.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {head}"))
    body = [line for line in lines[start + 2 :][: lines[start + 2 :].index("")] if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in body]


def value(cell: str, **names: object) -> Vector:
    """What a formula of the text evaluates to; several formulas in one cell give several numbers."""
    formulas = re.findall(r"`([^`]+)`", cell)
    found = [eval(formula, MATH, names) for formula in formulas]  # noqa: S307 - the specification's own text
    return np.asarray(found[0] if len(found) == 1 else found, dtype=np.float64)


def difference(f: Callable[[Vector], Vector], z: Vector) -> Vector:
    """The central difference of f at z, of the shape of z."""
    return (f(z + H) - f(z - H)) / (2 * H)


ACTIVATIONS = {row[0]: row[1:] for row in table(chapter("notation"), "name | value f(z)")}
LOSS = {row[0]: row[1:] for row in table(chapter("notation"), "name | value e(y, t)")}
FAR = {row[0]: row[1:] for row in table(chapter("activations"), "name | value as z grows")}
PAIRS = {row[0]: row[1] for row in table(chapter("notation"), "output activation")}
DELTAS = [tuple(row) for row in table(text("grad-output-delta"), "loss | output activation")]
ALPHAS = (0.01, 0.5, 1.0, 2.0)


def activation(name: str, z: Vector, alpha: float = 1.0) -> Vector:
    """The value of an output activation as the text defines it: y (d,) for z (d,)."""
    return np.exp(z) / np.exp(z).sum() if name == "softmax" else value(ACTIVATIONS[name][0], z=z, alpha=alpha)


def test_the_tables_name_what_the_vocabulary_names() -> None:
    assert tuple(ACTIVATIONS) == tuple(FAR) == ELEMENTWISE
    assert (*LOSS, "matching") == LOSSES
    assert PAIRS == MATCHING


def test_the_default_alphas_are_those_of_the_vocabulary() -> None:
    assert {name: float(value(row[4])) for name, row in ACTIVATIONS.items() if row[4]} == ALPHA


def test_the_natural_targets_are_those_of_the_vocabulary() -> None:
    assert {name: row[2].split(":")[0] for name, row in LOSS.items()} == {
        name: kind for name, kind in NATURAL_TARGETS.items() if name != "matching"
    }


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_has_the_derivative_that_the_text_gives_it(name: str, alpha: float) -> None:
    got = np.broadcast_to(value(ACTIVATIONS[name][1], z=GRID, alpha=alpha), GRID.shape)
    want = difference(lambda z: value(ACTIVATIONS[name][0], z=z, alpha=alpha), GRID)
    np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_greatest_slope_is_attained_and_not_exceeded(name: str, alpha: float) -> None:
    z = np.linspace(-8, 8, 160001)
    slopes = np.abs(np.broadcast_to(value(ACTIVATIONS[name][1], z=z, alpha=alpha), z.shape))
    greatest = float(value(ACTIVATIONS[name][2], alpha=alpha))
    assert 0.999 * greatest <= slopes.max() <= greatest * (1 + 1e-12)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slopes_at_zero_are_the_limits_from_both_sides(name: str, alpha: float) -> None:
    beside, zero = np.array([-H, H]), np.zeros(2)
    f0, f1 = (value(ACTIVATIONS[name][0], z=z, alpha=alpha) for z in (zero, beside))
    got = (f1 - f0) / beside
    stated = value(ACTIVATIONS[name][3], alpha=alpha) if ACTIVATIONS[name][3] else np.full(2, got.mean())
    np.testing.assert_allclose(got, stated, atol=4 * H)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("name", FAR)
def test_far_out_the_formulas_approach_what_the_text_says(name: str, alpha: float) -> None:
    for cell, formula, z in zip(FAR[name], [0, 0, 1, 1], [30.0, -30.0, 30.0, -30.0], strict=True):
        got = value(ACTIVATIONS[name][formula], z=np.float64(z), alpha=alpha)
        np.testing.assert_allclose(got, value(cell, z=z, alpha=alpha), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", LOSS)
def test_a_loss_has_the_derivative_that_the_text_gives_it(name: str) -> None:
    y, t = np.array([0.1, 0.4, 0.7, 0.95]), np.array([0.0, 1.0, 0.3, 0.9])
    got, want = value(LOSS[name][1], y=y, t=t), difference(lambda y: value(LOSS[name][0], y=y, t=t), y)
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9)


def delta(loss: str, output: str, z: Vector, t: Vector) -> Vector:
    """The derivative (d,) of the loss of one sample by its pre-activations z (d,), from the text's definitions."""

    def total(z: Vector) -> float:
        return float(value(LOSS[loss][0], y=activation(output, z), t=t).sum())

    return np.array([(total(z + H * e) - total(z - H * e)) / (2 * H) for e in np.eye(len(z))])


Z, T = np.array([0.3, -0.8, 1.2]), np.array([0.2, 0.5, 0.3])  # a distribution


@pytest.mark.parametrize(("output", "loss"), PAIRS.items())
def test_the_delta_of_a_matching_pair_is_y_minus_t(output: str, loss: str) -> None:
    np.testing.assert_allclose(delta(loss, output, Z, T), activation(output, Z) - T, atol=1e-8)


@pytest.mark.parametrize(("loss", "output", "formula"), DELTAS)
def test_the_output_deltas_of_the_text_are_derivatives(loss: str, output: str, formula: str) -> None:
    got = value(formula, y=activation(output, Z), t=T)
    np.testing.assert_allclose(got, delta(loss, output, Z, T), atol=1e-8)


def test_the_program_in_the_text_computes_the_gradient_of_its_loss() -> None:
    [program] = re.findall(r"```python\n(.*?)```", chapter("gradients"), flags=re.DOTALL)
    names: dict[str, object] = {"np": np}
    exec(program, names)  # noqa: S102 - the specification's own text
    gradient = names["gradient"]
    assert callable(gradient)
    rng = np.random.default_rng(0)
    params = [(rng.normal(size=(i, o)), rng.normal(size=o)) for i, o in [(3, 4), (4, 2), (2, 3)]]
    x, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    def loss() -> float:
        a = x
        for W, b in params[:-1]:
            a = np.tanh(a @ W + b)
        return float(((a @ params[-1][0] + params[-1][1] - t) ** 2).sum() / 2 / len(x))

    for layer, derivatives in zip(params, gradient(params, x, t), strict=True):
        for array, got in zip(layer, derivatives, strict=True):
            want = np.empty_like(array)
            for index in np.ndindex(array.shape):
                kept, sides = array[index], []
                for step in (H, -H):
                    array[index] = kept + step
                    sides.append(loss())
                array[index] = kept
                want[index] = (sides[0] - sides[1]) / (2 * H)
            np.testing.assert_allclose(got, want, atol=1e-8)


def test_the_failure_probabilities_of_the_recipes_are_computed() -> None:
    rows = table(chapter("training"), "gates | runs")
    for _, runs, failures, one, allowed, every in rows:
        bound = math.log(1e6) / int(runs.split()[0])
        assert int(failures) == 0
        assert bound <= float(one) <= 1.02 * bound
        assert float(one) ** int(allowed) <= float(every) * (1 + 1e-12) <= 1.03 * float(one) ** int(allowed)
    assert 2 * float(rows[0][5]) + 14 * float(rows[1][5]) < 2e-10


def recipe(t: Vector, runs: int, rate: float, steps: int) -> Vector:
    """Mean squared errors (gates, runs) of the 2-8-1 recipe of the text after so many steps; t (gates, 4)."""
    rng, x = np.random.default_rng(1), np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    W, V = (rng.uniform(-1, 1, (len(t), runs, *shape)) * math.sqrt(6 / sum(shape)) for shape in [(2, 8), (8, 1)])
    b, c = np.zeros((len(t), runs, 1, 8)), np.zeros((len(t), runs, 1, 1))
    for _ in range(steps):
        a = np.tanh(x @ W + b)
        y = 1 / (1 + np.exp(-(a @ V + c)))
        delta = (y - t[:, None, :, None]) / 4
        back = (delta @ V.swapaxes(2, 3)) * (1 - a**2)
        V, c = V - rate * a.swapaxes(2, 3) @ delta, c - rate * delta.sum(2, keepdims=True)
        W, b = W - rate * x.T @ back, b - rate * back.sum(2, keepdims=True)
    error: Vector = ((y - t[:, None, :, None]) ** 2).mean(axis=(2, 3))
    return error


def test_the_recipe_learns_each_of_the_sixteen_gates() -> None:
    gates = np.array([[gate >> row & 1 for row in range(4)] for gate in range(16)], dtype=np.float64)
    assert recipe(gates, runs=20, rate=0.5, steps=1000).max() < 0.01


def test_the_recipe_needs_its_steps() -> None:
    xor = np.array([[0.0, 1.0, 1.0, 0.0]])
    assert recipe(xor, runs=20, rate=0.5, steps=20).min() > 0.01


def test_at_a_rate_that_is_not_divided_by_the_scale_of_the_loss_most_runs_fail() -> None:
    xor = np.array([[0.0, 1.0, 1.0, 0.0]])
    assert (recipe(xor, runs=200, rate=4 * 2.0, steps=1000) > 0.01).mean() > 0.5
