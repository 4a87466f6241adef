"""A gradient held against its loss: held, off by a factor, wrong, and each of the reasons why it cannot be told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.oracle.nets import RELU, claimed, net

from backproof import check_gradient
from backproof.must import Undecided
from backproof.oracle.directional import CONFIRMING, Answer, Claim, Directional, Measured
from backproof.oracle.line import Values
from backproof.oracle.tensors import Tensors, inner

X = (np.array([[0.5, -1.25, 2.0], [1.0, 0.3, -0.7]]), np.array([1.5, -0.5]))


def smooth(x: Tensors) -> float:
    """Something of every parameter."""
    A, b = x
    return float(np.sin(A).sum() + (b @ A).sum() + np.exp(b).sum())


def gradient(x: Tensors) -> Tensors:
    A, b = x
    return np.cos(A) + b[:, None], A.sum(1) + np.exp(b)


def oracle(g: Tensors, f: Callable[[Tensors], Any] = smooth, x: Tensors = X, seed: int = 0, **more: Any) -> Directional:
    return Directional(claimed(f, g, x, **more), np.random.default_rng(seed))


def times(c: float, g: Tensors) -> Tensors:
    return tuple(c * p for p in g)


# Held.


@pytest.mark.parametrize("seed", range(20))
def test_a_right_gradient_is_held_by_one_direction(seed: int) -> None:
    asked = oracle(gradient(X), seed=seed)
    answer = asked.ask()
    assert answer.held and answer.factor is None and len(answer.seen) == 1
    assert 17 <= asked.losses <= 34 and answer.seen[0].off() <= 1
    assert answer.seen[0].bound < 1e-9 and abs(answer.seen[0].true) > 0.01


def test_a_right_gradient_of_a_network_is_held() -> None:
    one, params = net()
    assert oracle(one.gradient(params), one.loss, params).ask().held


def test_one_parameter_is_enough() -> None:
    x = (np.array([0.7]),)
    assert oracle((np.cos(x[0]),), lambda x: np.sin(x[0][0]), x).ask().held
    answer = oracle((np.sin(x[0]),), lambda x: np.sin(x[0][0]), x).ask()
    assert not answer.held and answer.factor == pytest.approx(np.tan(0.7))  # one number is always off by one factor
    answer = oracle((-np.cos(x[0]),), lambda x: np.sin(x[0][0]), x).ask()
    assert not answer.held and answer.factor is None  # but for its sign


def test_a_gradient_of_zero_is_held_where_the_loss_is_at_its_foot() -> None:
    def bowl(x: Tensors) -> float:
        return 0.3 + sum(float((p**2).sum()) for p in x)

    zero = tuple(np.zeros_like(p) for p in X)
    assert oracle(zero, bowl, zero).ask().held
    assert not oracle(tuple(np.full_like(p, 1e-6) for p in X), bowl, zero).ask().held


# Off by a factor.


@pytest.mark.parametrize("c", [2.0, 0.5, 1 / 60_000, 60_000.0, 1 + 1e-6, 1 - 1e-6])
def test_a_factor_is_found(c: float) -> None:
    answer = oracle(times(c, gradient(X))).ask()
    assert not answer.held and answer.factor == pytest.approx(c, rel=1e-9)
    assert len(answer.seen) >= 3


def test_a_factor_within_the_bound_is_held() -> None:
    assert oracle(times(1 + 1e-13, gradient(X))).ask().held


def offset(v: Tensors) -> float:
    """The slope of a penalty of squares."""
    return inner(X, v)


def penalised(x: Tensors) -> float:
    return smooth(x) + sum(float((p**2).sum()) for p in x) / 2


def test_a_factor_of_all_but_the_offset_is_found() -> None:
    g = tuple(3 * p + extra for p, extra in zip(gradient(X), X, strict=True))
    assert oracle(g, penalised, offset=offset).ask().factor == pytest.approx(3)
    assert oracle(g, penalised).ask().factor is None


def test_an_offset_does_not_make_a_right_gradient_wrong() -> None:
    g = tuple(p + extra for p, extra in zip(gradient(X), X, strict=True))
    assert oracle(g, penalised, offset=offset).ask().held


def test_what_the_offset_leaves_must_be_of_one_sign() -> None:
    g = tuple(-3 * p + extra for p, extra in zip(gradient(X), X, strict=True))
    answer = oracle(g, penalised, offset=offset).ask()
    assert not answer.held and answer.factor is None


def test_nothing_times_a_factor_is_not_something() -> None:
    zero = (np.zeros(3), np.zeros(2))
    answer = oracle((np.ones(3), np.ones(2)), lambda x: 0.3 + sum(float((p**2).sum()) for p in x), zero).ask()
    assert not answer.held and answer.factor is None


# Wrong.


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("tensor", [0, 1])
def test_one_entry_off_by_a_billionth_of_the_gradient_is_wrong(tensor: int, seed: int) -> None:
    g = tuple(np.array(p) for p in gradient(X))
    g[tensor].ravel()[1] += 1e-8
    answer = oracle(g, seed=seed).ask()
    assert not answer.held and answer.factor is None
    assert sum(one.off() > 1 for one in answer.seen) >= 2 and len(answer.seen) <= 1 + sum(CONFIRMING)


def test_the_wrong_sign_is_not_a_factor() -> None:
    answer = oracle(times(-1, gradient(X))).ask()
    assert not answer.held and answer.factor is None


def test_a_gradient_of_something_else_is_wrong() -> None:
    answer = oracle(gradient(tuple(2 * p for p in X))).ask()
    assert not answer.held and answer.factor is None


def test_rounding_of_the_gradient_that_is_declared_is_not_held_against_it() -> None:
    g = tuple(p + 1e-6 for p in gradient(X))
    assert not oracle(g).ask().held
    assert oracle(g, rounding=lambda v: 1e-6 * sum(float(np.abs(p).sum()) for p in v)).ask().held


def rough(size: float, g: Tensors) -> Callable[[Tensors, Values], Values]:
    """<gradient, v> along v, g at the point itself, and that much noise around it."""

    def slopes(v: Tensors, offsets: Values) -> Values:
        noise = size * np.random.default_rng(0).normal(size=len(offsets)) * (offsets != 0)
        at = [tuple(x + s * d for x, d in zip(X, v, strict=True)) for s in offsets]
        right = np.array([inner(gradient(there), v) for there in at])
        return np.asarray(right + (inner(g, v) - right[offsets == 0]) + noise)

    return slopes


def test_a_gradient_that_is_as_rough_as_it_is_off_is_undecided() -> None:
    g = gradient(X)
    g[1][0] += 1e-8
    assert not oracle(g).ask().held
    assert not oracle(g, slopes=rough(1e-12, g)).ask().held
    with pytest.raises(Undecided, match=r"^noise: what the gradient is off by may be its own rounding, as it is seen nearby$"):
        oracle(g, slopes=rough(1e-8, g)).ask()
    assert not oracle(times(1.01, g), slopes=rough(1e-8, times(1.01, g))).ask().held


def test_the_roughness_of_a_gradient_that_agrees_is_not_asked_for() -> None:
    def never(v: Tensors, offsets: Values) -> Values:
        raise AssertionError

    assert oracle(gradient(X), slopes=never).ask().held
    with pytest.raises(AssertionError):
        oracle(times(2, gradient(X)), slopes=never).ask()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_nearby_has_no_room_for_it(value: float) -> None:
    g = times(2, gradient(X))
    assert not oracle(g, slopes=lambda v, s: np.where(s == 0, inner(g, v), value)).ask().held


def test_a_gradient_that_jumps_along_the_line_is_undecided() -> None:
    g = times(1.0002, gradient(X))
    with pytest.raises(Undecided, match=r"^kink: the gradient jumps along the line, more than the loss does$"):
        oracle(g, slopes=lambda v, s: np.where(s <= 0, 1.0, 2.0) * inner(g, v)).ask()


def test_a_gradient_that_changes_between_calls_is_undecided() -> None:
    g = times(2, gradient(X))
    said = r"^not repeatable: the gradient along one line, at one point, was (\S+) and then (?!\1$)(\S+)$"
    with pytest.raises(Undecided, match=said):
        oracle(g, slopes=lambda v, s: np.full(len(s), 1.001 * inner(g, v))).ask()


# Points nearby.


def elsewhere(g: Callable[[Tensors], Tensors], f: Callable[[Tensors], Any] = smooth) -> Callable[[np.random.Generator], Claim]:
    def aside(rng: np.random.Generator) -> Claim:
        there = tuple(p + rng.uniform(-0.01, 0.01, p.shape) for p in X)
        return claimed(f, g(there), there)

    return aside


def test_a_gradient_that_is_wrong_nearby_too_is_wrong() -> None:
    answer = oracle(times(2, gradient(X)), aside=elsewhere(lambda x: times(2, gradient(x)))).ask()
    assert not answer.held and answer.factor == pytest.approx(2)


def test_a_gradient_that_is_right_nearby_is_not_wrong_here() -> None:
    said = r"^special: the gradient is right at points nearby, and disagrees with the loss at this one: either kinks meet here, "
    with pytest.raises(Undecided, match=said):
        oracle(times(2, gradient(X)), aside=elsewhere(gradient)).ask()


def test_points_nearby_where_nothing_can_be_told_say_nothing() -> None:
    for f in (lambda _: np.nan, lambda x: sum(float(np.abs(np.sin(2**k * x[0])).sum()) / 1.5**k for k in range(60))):
        with pytest.raises(Undecided, match=r"^kink: the gradient disagrees with the loss, and no point nearby can be"):
            oracle(times(2, gradient(X)), aside=elsewhere(lambda x: times(2, gradient(x)), f)).ask()


def test_losses_nearby_are_counted_too() -> None:
    calls: list[Tensors] = []

    def counting(x: Tensors) -> float:
        calls.append(x)
        return smooth(x)

    asked = oracle(times(2, gradient(X)), counting, aside=elsewhere(lambda x: times(2, gradient(x)), counting))
    asked.ask()
    assert asked.losses == len(calls)


# Undecided.


def with_kink(x: Tensors) -> float:
    return smooth(x) + abs(float(x[1][0]) - 1.5)


@pytest.mark.parametrize("side", [-1.0, 0.0, 1.0])
def test_on_a_kink_it_is_undecided_whatever_the_gradient_says(side: float) -> None:
    g = gradient(X)
    g[1][0] += side
    with pytest.raises(Undecided, match=r"^kink: no step at which the loss is smooth along the line, down to the point itself$"):
        oracle(g, with_kink).ask()


def test_beside_a_kink_the_gradient_is_held_or_wrong() -> None:
    near = (X[0], X[1] + np.array([1e-4, 0]))
    g = gradient(near)
    assert not oracle(g, with_kink, near).ask().held
    g[1][0] += 1
    assert oracle(g, with_kink, near).ask().held


def test_a_constant_is_flat() -> None:
    for size in (0.0, 1.0):
        with pytest.raises(Undecided, match=r"^flat: the loss is one and the same number along the line$"):
            oracle(times(size, gradient(X)), lambda _: 0.7).ask()


def test_a_loss_that_is_nowhere_finite_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^not finite: the loss is not a finite number along the line$"):
        oracle(gradient(X), lambda _: np.nan).ask()


def noisy(size: float) -> Callable[[Tensors], float]:
    rng = np.random.default_rng(0)
    return lambda x: smooth(x) + size * float(rng.normal())


@pytest.mark.parametrize("c", [0.9, 1.0, 1.1])
def test_noise_as_large_as_the_derivative_is_undecided(c: float) -> None:
    with pytest.raises(Undecided, match=r"^not repeatable: the loss at one and the same point was \d"):
        oracle(times(c, gradient(X)), noisy(0.1)).ask()
    said = r"^noise: for the rounding of the loss the bound \(\d.*\) is about as large as the derivative$"
    with pytest.raises(Undecided, match=said):
        oracle(times(c, gradient(X)), lambda x: smooth(x) + 0.1 * np.sin(1e14 * x[0].sum() + 1e13 * x[1].sum())).ask()


@pytest.mark.parametrize("c", [0.9, 1.0, 1.1])
def test_rounding_that_is_declared_to_be_as_large_as_the_derivative_is_undecided(c: float) -> None:
    said = (
        r"^noise: for the rounding that the gradient may have by what is declared "
        r"the bound \(10\) is about as large as the derivative$"
    )
    with pytest.raises(Undecided, match=said):
        oracle(times(c, gradient(X)), rounding=lambda v: 10.0).ask()


def test_a_loss_at_the_point_that_is_known_is_not_asked_for_again() -> None:
    assert not oracle(times(2, gradient(X)), centre=smooth(X)).ask().held
    with pytest.raises(Undecided, match=r"^not repeatable: the loss at one and the same point was "):
        oracle(times(2, gradient(X)), centre=smooth(X) + 1e-9).ask()
    assert oracle(gradient(X), centre=0.0).ask().held


def bumped(x: Tensors) -> float:
    """The loss, and far away 1e9 more."""
    far = sum(float(((p - at) ** 2).sum()) for p, at in zip(x, X, strict=True))
    return smooth(x) + (1e9 if far > 1 else 0.0)


def test_a_gradient_may_be_off_by_the_rounding_of_losses_that_are_large_a_step_of_one_away() -> None:
    g = gradient(X)
    g[1][0] += 1e-7
    assert not oracle(g, slopes=rough(0.0, g)).ask().held
    with pytest.raises(Undecided, match=r"^kink: the gradient jumps|^noise: what the gradient is off by"):
        oracle(g, bumped, slopes=rough(0.0, g), origin=lambda: 1e9).ask()
    g[1][0] += 1e-3
    assert not oracle(g, bumped, slopes=rough(0.0, g), origin=lambda: 1e9).ask().held


def test_a_loss_that_changes_between_calls_accuses_no_gradient() -> None:
    said = r"^not repeatable: the loss at one and the same point was (\S+) and then (?!\1$)(\S+)$"
    with pytest.raises(Undecided, match=said):
        oracle(times(2, gradient(X)), noisy(1e-5)).ask()


def test_noise_far_below_the_derivative_lets_a_right_gradient_pass() -> None:
    assert oracle(gradient(X), noisy(1e-7)).ask().held


class OutOnce(Directional):
    """The first direction is far off, as noise may have it once in a million times."""

    first = True

    def measured(self, v: Tensors, first: float | None = None) -> Any:
        one, found = super().measured(v, first)
        if self.first:
            self.first = False
            return replace(one, true=one.true + 1), found
        return one, found


def test_one_direction_that_disagrees_alone_accuses_nothing() -> None:
    asked = OutOnce(claimed(smooth, gradient(X), X), np.random.default_rng(0))
    with pytest.raises(Undecided, match=r"^noise: one direction disagrees with the gradient, fresh ones do not$"):
        asked.ask()
    assert not asked.first


# Parts.


def test_a_few_losses_measure_the_same() -> None:
    asked = oracle(gradient(X))
    answer = asked.ask()
    v, before = asked.draw(), asked.losses
    few = asked.again(v, answer.first)
    assert asked.losses - before == 8
    assert abs(few.true - asked.measured(v)[0].true) <= few.bound and few.off() <= 1


def test_a_direction_within_a_tensor_moves_nothing_else() -> None:
    asked = oracle(gradient(X))
    known = asked.ask().first
    one = asked.within(1, known)
    assert not one.along[0].any() and one.along[1].all() and one.off() <= 1
    mask = np.array([[True, False, False], [False, False, True]])
    one = asked.within(0, known, mask)
    assert ((one.along[0] != 0) == mask).all() and not one.along[1].any()


def test_directions_that_are_not_alive_are_not_taken() -> None:
    def first_only(v: Tensors) -> Tensors:
        return v[0], np.zeros_like(v[1])

    A, b = gradient(X)
    assert oracle((A, b + 1), alive=first_only).ask().held
    assert not oracle((A + 1, b), alive=first_only).ask().held


def test_every_loss_is_counted() -> None:
    calls: list[Tensors] = []

    def counting(x: Tensors) -> float:
        calls.append(x)
        return smooth(x)

    asked = oracle(times(2, gradient(X)), counting)
    asked.ask()
    assert asked.losses == len(calls)


def test_off_is_in_units_of_the_bound_and_of_the_factor() -> None:
    one = Measured((), claimed=3.0, true=1.0, bound=0.5)
    assert one.residual == 2 and one.off() == 4 and one.off(2.0) == 1 and one.off(-1.0) == 8
    assert Measured((), 3.0, 2.0, 0.5, offset=1.0).off(2.0) == 0


def test_a_right_gradient_of_a_relu_network_is_never_wrong() -> None:
    verdicts = []
    for seed in range(40):
        one, params = net(seed=seed, f=RELU)
        verdicts.append(said(oracle(one.gradient(params), one.loss, params, seed=seed)))
    assert verdicts.count("held") >= 38 and "wrong" not in verdicts


def said(asked: Directional) -> str:
    try:
        answer: Answer = asked.ask()
    except Undecided as why:
        return str(why).split(":")[0]
    return "held" if answer.held else "wrong"


# Near a fit.


@pytest.mark.parametrize("far", [0.0, 1e-13, 1e-11, 1e-9, 1e-7, 1e-4])
@pytest.mark.parametrize("mean", [0.0, 1e3, 1e6])
def test_near_a_fit_the_small_difference_of_large_numbers_is_not_accused(far: float, mean: float) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        a, w = rng.normal(size=(30, 6)) + mean, rng.normal(size=6)
        t = a @ w + 1e-12 * mean * rng.normal(size=30)
        loss, slopes = _least_squares(a, t)
        assert check_gradient(loss, slopes, w * (1 + far), seed=seed).verdict != "violated"


def _least_squares(a: Values, t: Values) -> tuple[Callable[[Values], float], Callable[[Values], Values]]:
    return lambda w: float(((a @ w - t) ** 2).mean()), lambda w: 2 * a.T @ (a @ w - t) / len(t)


def test_near_a_fit_a_gradient_twice_too_large_is_seen() -> None:
    rng = np.random.default_rng(0)
    a, w = rng.normal(size=(30, 6)), rng.normal(size=6)
    loss, slopes = _least_squares(a, a @ w)
    checked = check_gradient(loss, lambda w: 2 * slopes(w), w * (1 + 1e-6))
    assert checked.verdict == "violated" and checked.gradients >= 1
    assert checked.factor == pytest.approx(2)
