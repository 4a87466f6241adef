"""check_gradient on its own: what it takes, what it says, and that right gradients are not accused."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.oracle.nets import ELU, RELU, SIGMOID, TANH, Activation, net

import backproof
from backproof import Checked, check_gradient
from backproof.oracle.line import Values

X = np.array([0.5, -1.0, 2.0])
FLOAT32 = np.float32


def sines(x: Any) -> float:
    return float(np.sin(x).sum())


def off(x: Values) -> Values:
    """The gradient of sines, with one wrong entry."""
    g = np.cos(x)
    g[1] += 0.25
    return g


def violations(of: Checked) -> str:
    assert of.verdict == "violated" and not of
    return of.reason


# What is said.


def test_a_right_gradient_is_held_and_true() -> None:
    checked = check_gradient(sines, np.cos, X)
    assert checked and checked.verdict == "held"
    assert checked.location is None and checked.factor is None and not checked.notes
    said = str(checked)
    assert said.startswith("held: along a random direction v <gradient, v> is -1.509989612, f changes along v by -1.5099")
    assert ", f changes along v by -1.509989612, bound " in said
    assert said.endswith(" (18 losses, 1 gradient)")


def test_one_wrong_entry_is_named() -> None:
    checked = check_gradient(sines, off, X)
    assert violations(checked).startswith("gradient[1] is 0.79030231, should be 0.54030231 (bound ")
    assert "; with this entry mended the gradient is right: along a random direction v <gradient, v> is " in checked.reason
    assert checked.location is not None and checked.location.entries[0].index == (1,)
    assert checked.losses < 100 and checked.gradients < 30


def test_a_factor_is_named() -> None:
    checked = check_gradient(sines, lambda x: 2 * np.cos(x), X)
    said = "the gradient is 2 times what it should be (the half of the squared error): <gradient, v> is "
    assert violations(checked).startswith(said)
    assert checked.factor == pytest.approx(2) and checked.location is None
    checked = check_gradient(sines, lambda x: 1.7 * np.cos(x), X)
    assert violations(checked).startswith("the gradient is 1.7 times what it should be: <gradient, v> is ")


def test_what_is_undecided_is_not_true() -> None:
    checked = check_gradient(lambda _: 0.7, np.zeros_like, X)
    assert checked.verdict == "undecided" and not checked


def test_losses_and_gradients_are_counted() -> None:
    calls = {"f": 0, "g": 0}

    def f(x: Values) -> float:
        calls["f"] += 1
        return sines(x)

    def g(x: Values) -> Values:
        calls["g"] += 1
        return off(x)

    checked = check_gradient(f, g, X)
    assert (checked.losses, checked.gradients) == (calls["f"], calls["g"])
    assert f"({checked.losses} losses, {checked.gradients} gradients)" in str(checked)


def test_notes_are_told_each_on_a_line() -> None:
    checked = check_gradient(lambda x: float((x**2).sum() / 2), lambda x: x, X)
    assert str(checked).split("\n")[1:] == [
        "  note: the gradient shares memory with x; whoever changes one changes the other: return a copy"
    ]


def test_the_same_seed_says_the_same_and_another_one_asks_again() -> None:
    for gradient in (np.cos, off, lambda x: 3 * np.cos(x)):
        assert repr(check_gradient(sines, gradient, X, seed=5)) == repr(check_gradient(sines, gradient, X, seed=5))
        assert check_gradient(sines, gradient, X, seed=5).reason != check_gradient(sines, gradient, X, seed=6).reason


def test_the_package_offers_it_and_nothing_that_is_not_there() -> None:
    assert backproof.check_gradient is check_gradient and backproof.Checked is Checked
    with pytest.raises(AttributeError, match=r"^backproof has no check_gradients$"):
        _ = backproof.check_gradients


# What is taken.


class Params(NamedTuple):
    """Two tensors."""

    W: Any
    b: Any


def bent(W: Any, b: Any) -> float:
    return float(np.sin(W).sum() + (np.exp(b) @ W).sum())


def slopes(W: Any, b: Any) -> tuple[Values, Values]:
    return np.cos(W) + np.exp(b)[:, None], np.exp(b) * W.sum(1)


W, B = np.array([[0.5, -1.25, 2.0], [1.0, 0.3, -0.7]]), np.array([0.5, -0.25])
Shape = tuple[str, Any, Callable[[Any, Any], Any], Callable[[Any], tuple[Any, Any]], tuple[str, str]]
SHAPES: tuple[Shape, ...] = (
    ("tuple", (W, B), lambda W, b: (W, b), lambda x: (x[0], x[1]), ("[0]", "[1]")),
    ("list", [W, B], lambda W, b: [W, b], lambda x: (x[0], x[1]), ("[0]", "[1]")),
    ("dict", {"W": W, "b": B}, lambda W, b: {"W": W, "b": b}, lambda x: (x["W"], x["b"]), ("['W']", "['b']")),
    ("NamedTuple", Params(W, B), Params, lambda x: (x.W, x.b), (".W", ".b")),
    ("nested", [{"W": W}, (B,)], lambda W, b: [{"W": W}, (b,)], lambda x: (x[0]["W"], x[1][0]), ("[0]['W']", "[1][0]")),
    ("deep", Params([W], {1: [B]}), lambda W, b: Params([W], {1: [b]}), lambda x: (x.W[0], x.b[1][0]), (".W[0]", ".b[1][0]")),
)
EACH_SHAPE = pytest.mark.parametrize(("kind", "x", "made", "taken", "names"), SHAPES, ids=[shape[0] for shape in SHAPES])


@EACH_SHAPE
def test_every_structure_is_taken_and_its_parts_are_named(
    kind: str, x: Any, made: Callable[[Any, Any], Any], taken: Callable[[Any], tuple[Any, Any]], names: tuple[str, str]
) -> None:
    def f(x: Any) -> float:
        return bent(*taken(x))

    assert check_gradient(f, lambda x: made(*slopes(*taken(x))), x)
    for k, name in enumerate(names):
        wrong = [np.array(p) for p in slopes(W, B)]
        wrong[k] *= -1
        assert violations(check_gradient(f, made(*wrong), x)).startswith(f"gradient{name} has the wrong sign: ")
        wrong = [np.array(p) for p in slopes(W, B)]
        wrong[k].flat[1] = 9
        place = "[0, 1]" if k == 0 else "[1]"
        assert violations(check_gradient(f, made(*wrong), x)).startswith(f"gradient{name}{place} is 9, should be ")


def test_f_is_given_what_x_is() -> None:
    given: list[Any] = []

    def f(x: Params) -> float:
        given.append(x)
        return bent(x.W, x.b["b"])

    check_gradient(f, lambda x: Params(slopes(x.W, x.b["b"])[0], {"b": slopes(x.W, x.b["b"])[1]}), Params(W, {"b": B}))
    assert all(isinstance(x, Params) and isinstance(x.b, dict) and x.W.dtype == W.dtype and x.W.shape == W.shape for x in given)


def test_tuples_and_lists_are_alike_in_a_gradient() -> None:
    assert check_gradient(lambda x: bent(*x), lambda x: list(slopes(*x)), (W, B))
    assert check_gradient(lambda x: bent(*x), lambda x: tuple(slopes(*x)), [W, B])


def test_a_single_array_may_be_answered_in_a_list() -> None:
    assert check_gradient(sines, lambda x: [np.cos(x)], X)
    assert check_gradient(lambda x: sines(x["w"]), lambda x: np.cos(x["w"]), {"w": X})


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.array(0.5), np.array([[0.5]]), FLOAT32(0.5)])
def test_one_number_is_enough(x: Any) -> None:
    assert check_gradient(np.sin if np.ndim(x) == 0 else sines, np.cos, x)
    assert not check_gradient(sines, np.sin, x)


def test_plain_numbers_stay_plain_numbers() -> None:
    def f(x: list[float]) -> float:
        assert all(type(one) is float for one in x)
        return float(np.sin(x[0]) * x[1])

    assert check_gradient(f, lambda x: [float(x[1] * np.cos(x[0])), float(np.sin(x[0]))], [0.5, 2.0])


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_loss_may_come_in_brackets(shape: tuple[int, ...]) -> None:
    assert check_gradient(lambda x: np.sin(x).sum().reshape(shape), np.cos, X)


def test_whole_numbers_are_losses_too() -> None:
    checked = check_gradient(lambda x: int(np.rint(1e9 * np.sin(x).sum())), lambda x: 1e9 * np.cos(x), X)
    assert checked.verdict == "held"
    assert check_gradient(lambda x: int(np.rint(1e9 * np.sin(x).sum())), lambda x: 1.1e9 * np.cos(x), X).verdict == "violated"


def test_the_gradient_may_be_given_as_it_is() -> None:
    checked = check_gradient(sines, np.cos(X), X)
    assert checked and checked.gradients == 0 and str(checked).endswith("(18 losses, 0 gradients)")
    assert not check_gradient(sines, off(X), X)


def test_neither_x_nor_the_gradient_given_is_changed() -> None:
    x, g = X.copy(), off(X)
    check_gradient(sines, g, x)
    assert (x == X).all() and (g == off(X)).all()


class Tensor:
    """As much of a tensor of PyTorch as is asked for: it is no array until it is detached and on the CPU."""

    def __init__(self, values: Any, steps: str = "") -> None:
        self.values, self.steps = values, steps

    def detach(self) -> "Tensor":
        return Tensor(self.values, f"{self.steps}d")

    def cpu(self) -> "Tensor":
        return Tensor(self.values, f"{self.steps}c")

    def numpy(self) -> Any:
        assert self.steps == "dc"
        return np.asarray(self.values)


def test_tensors_with_a_history_are_detached() -> None:
    assert check_gradient(lambda x: Tensor(np.sin(x).sum()), lambda x: Tensor(np.cos(x)), X)
    assert check_gradient(lambda x: Tensor(FLOAT32(sines(x))), lambda x: [Tensor(np.cos(x))], [Tensor(X)][0].values)
    assert not check_gradient(lambda x: Tensor(np.sin(x).sum()), lambda x: Tensor(off(x)), X)
    assert check_gradient(lambda x: bent(x["W"], B), {"W": Tensor(slopes(W, B)[0])}, {"W": Tensor(W)})


# float32.


@pytest.mark.parametrize("x", [X, X.astype(FLOAT32)], ids=["float64", "float32"])
def test_a_loss_that_answers_in_float32_is_measured_as_such(x: Any) -> None:
    def f(x: Any) -> np.float32:
        return FLOAT32(np.sin(x.astype(FLOAT32)).sum())

    checked = check_gradient(f, lambda x: np.cos(x.astype(FLOAT32)), x)
    assert checked and checked._answer is not None
    assert 1e-7 < checked._answer.seen[0].bound < 1e-3
    assert not check_gradient(f, lambda x: 1.01 * np.cos(x.astype(FLOAT32)), x)


def test_a_gradient_in_float32_of_a_loss_in_float64_has_its_own_rounding() -> None:
    for seed in range(20):
        one, params = net(seed=seed)
        g = tuple(p.astype(FLOAT32) for p in one.gradient(params))
        assert check_gradient(one.loss, g, params).verdict == "held"
        assert check_gradient(one.loss, (*g[:3], -g[3]), params).verdict == "violated"


# Kinks.


def test_at_a_kink_a_point_nearby_is_asked() -> None:
    x = np.array([0.0, -2.0, 3.1])
    checked = check_gradient(lambda x: float(np.abs(x).sum() + np.sin(x).sum()), lambda x: np.sign(x) + np.cos(x), x)
    assert checked and checked.gradients == 2
    said = "x is on a kink, where no difference of f says what the gradient should be; this is said of a point nearby"
    assert checked.notes == (said,)
    checked = check_gradient(lambda x: float(np.abs(x).sum() + np.sin(x).sum()), lambda x: np.cos(x) - np.sign(x), x)
    assert checked.verdict == "violated" and checked.notes == (said,)


def test_at_a_kink_a_gradient_that_is_given_cannot_be_asked_elsewhere() -> None:
    checked = check_gradient(lambda x: float(np.abs(x).sum() + np.sin(x).sum()), np.ones(3), np.array([0.0, -2.0, 3.1]))
    assert checked.verdict == "undecided" and not checked.notes
    assert checked.reason == (
        "kink: no step at which the loss is smooth along the line, down to the point itself; "
        "check at another point: here the slope differs from one side to the other"
    )


def test_kinks_wherever_one_looks_are_undecided() -> None:
    def f(x: Values) -> float:  # a kink at each multiple of 2**-k, for every k
        return sum(float(np.abs(2**k * x[0] - np.rint(2**k * x[0]))) / 1.5**k for k in range(60)) + float(x[1])

    checked = check_gradient(f, lambda x: np.ones(2), np.array([0.3, 1.0]))
    assert checked.verdict == "undecided"


XNOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[1.0], [0], [0], [1]])


def test_xnor_with_relu_and_biases_of_zero_is_never_violated() -> None:
    verdicts = []
    for seed in range(50):
        one, params = net((2, 4, 1), seed, RELU)
        one = type(one)(*XNOR, RELU)
        x = (params[0], np.zeros(4), params[2], np.zeros(1))
        verdicts.append(check_gradient(one.loss, one.gradient, x, seed=seed).verdict)
    assert "violated" not in verdicts and verdicts.count("held") >= 47


# Right gradients are not accused, wrong ones are.


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", [TANH, SIGMOID, RELU, ELU], ids=["tanh", "sigmoid", "relu", "elu"])
def test_fresh_right_gradients_are_held_and_none_is_violated(f: Activation, dtype: Any) -> None:
    verdicts = []
    for seed in range(40):
        one, params = net((4, 5, 3), 1000 + seed, f, dtype=dtype)
        verdicts.append(check_gradient(one.loss, one.gradient, params, seed=seed).verdict)
    assert "violated" not in verdicts and verdicts.count("held") >= 38


@pytest.mark.parametrize("f", [TANH, SIGMOID, RELU, ELU], ids=["tanh", "sigmoid", "relu", "elu"])
def test_a_derivative_left_out_is_violated_in_every_network(f: Activation) -> None:
    for seed in range(20):
        one, params = net((4, 5, 3), 2000 + seed, f)
        wrong = type(one)(one.x, one.t, (f[0], np.ones_like))
        assert check_gradient(one.loss, wrong.gradient, params, seed=seed).verdict == "violated"


# Found while these tests were written.


def test_a_dict_in_another_order_is_the_same_gradient() -> None:
    def f(p: dict[str, Values]) -> float:
        return sines(p["a"]) + 2 * sines(p["b"])

    assert check_gradient(f, lambda p: {"b": 2 * np.cos(p["b"]), "a": np.cos(p["a"])}, {"a": X, "b": X + 1})


@pytest.mark.parametrize("size", [1e4, 1e5, 1e6, 1e7])
def test_parameters_much_larger_than_the_scale_of_f_do_not_make_a_gradient_wrong(size: float) -> None:
    for seed in range(10):
        x = size * np.random.default_rng(seed).normal(size=3)
        assert check_gradient(sines, np.cos, x, seed=seed).verdict != "violated"


@pytest.mark.parametrize("size", [1e5, 1e6, 1e7])
def test_nor_one_that_is_given_as_it_is(size: float) -> None:
    for seed in range(10):
        x = size * np.random.default_rng(seed).normal(size=3)
        assert check_gradient(sines, np.cos(x), x, seed=seed).verdict != "violated"


def test_a_tensor_of_zeros_is_not_held_in_float32() -> None:
    for seed in (2, 10, 18, 21, 36):
        one, params = net((4, 5, 3) if seed == 10 else (40, 30, 10), seed, RELU, np.float32)
        wrong = {2: 2, 10: 1, 18: 0, 21: 3, 36: 1}[seed]
        checked = check_gradient(one.loss, lambda x, k=wrong, one=one: _zeroed(one.gradient(x), k), params, seed=seed)
        assert checked.verdict != "held"


def _zeroed(g: Any, which: int) -> Any:
    return tuple(p * np.float32(k != which) for k, p in enumerate(g))


@pytest.mark.xfail(strict=True, reason="the stairs of 1 - p are wider than the step, and nothing on the line shows them")
def test_a_right_gradient_of_logs_with_epsilon_is_not_accused_where_a_sample_is_saturated() -> None:
    rng = np.random.default_rng(18)
    x, t, w = 10 * rng.normal(size=(40, 5)), rng.integers(2, size=40).astype(float), rng.normal(size=5)

    def f(w: Values) -> float:
        p = 1 / (1 + np.exp(-x @ w))
        return float(-(t * np.log(p + 1e-8) + (1 - t) * np.log(1 - p + 1e-8)).mean())

    def gradient(w: Values) -> Values:
        p = 1 / (1 + np.exp(-x @ w))
        return np.asarray(x.T @ ((-t / (p + 1e-8) + (1 - t) / (1 - p + 1e-8)) * p * (1 - p)) / len(t))

    assert check_gradient(f, gradient, w, seed=18).verdict != "violated"


def test_a_gradient_that_is_wrong_at_this_very_point_is_not_held() -> None:
    checked = check_gradient(sines, lambda x: np.where(x == 0, 0, np.cos(x)), np.array([0.0, 1.0, 2.0]))
    assert not checked


def test_a_loss_that_saturates_within_the_step_does_not_make_a_gradient_wrong() -> None:
    x = np.array([1e5 + 0.3])
    assert check_gradient(lambda x: np.tanh(x[0] - 1e5), lambda x: 1 / np.cosh(x - 1e5) ** 2, x).verdict != "violated"


def test_a_gradient_in_float16_is_not_accused_of_its_rounding() -> None:
    assert check_gradient(sines, lambda x: np.cos(x).astype(np.float16), X).verdict != "violated"


def test_where_f_itself_is_not_a_number_the_gradient_may_be_none() -> None:
    assert check_gradient(lambda x: np.nan, lambda x: np.nan * x, X).verdict == "undecided"


@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_losses_as_small_as_numbers_get_are_no_traceback(factor: float) -> None:
    assert check_gradient(lambda x: 1e-310 * sines(x), lambda x: factor * 1e-310 * np.cos(x), X).verdict == "undecided"


def test_results_can_be_compared() -> None:
    assert check_gradient(sines, np.cos, X) == check_gradient(sines, np.cos, X)


def test_a_factor_near_one_is_not_called_one() -> None:
    assert "is 1 times what" not in check_gradient(sines, lambda x: (1 + 1e-7) * np.cos(x), X).reason


def test_a_loss_that_changes_between_calls_is_not_told_to_use_float64() -> None:
    rng = np.random.default_rng(0)
    assert check_gradient(lambda x: sines(x) + 0.1 * rng.normal(), np.cos, X).reason.startswith("not repeatable")
