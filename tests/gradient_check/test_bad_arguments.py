"""What cannot be checked is refused, and what cannot be told is undecided, each in one sentence."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof import check_gradient

X = np.array([0.5, -1.0, 2.0])
FIRST = "gradient[0] is {}, although f is to be differentiated there: look for 0 / 0, log 0 and overflow"


def sines(x: Any) -> float:
    return float(np.sin(x).sum())


def refused(sentence: str, kind: type[Exception], f: Any = sines, gradient: Any = np.cos, x: Any = X) -> None:
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        check_gradient(f, gradient, x)


# The loss.


@pytest.mark.parametrize(("answer", "what"), [
    (X, "an array of shape (3,)"), (np.ones((2, 1)), "an array of shape (2, 1)"), (np.ones(0), "an array of shape (0,)"),
    ([1.0, 2.0], "an array of shape (2,)"), (1j, "complex128: 1j"), (True, "bool: True"), (None, "object: None"),
])  # fmt: skip
def test_a_loss_must_be_one_real_number(answer: object, what: str) -> None:
    sentence = f"f must return one real number; it returned {what}; return the sum or the mean"
    refused(sentence, TypeError, lambda _: answer)


@pytest.mark.parametrize(("value", "name"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_a_loss_that_is_not_finite_at_the_point_is_undecided(value: float, name: str) -> None:
    checked = check_gradient(lambda _: value, np.cos, X)
    assert checked.verdict == "undecided" and checked.losses == 1
    assert checked.reason == f"not finite: f(x) is {name} at the point itself; check at a point where f is finite all around"


def test_a_loss_that_is_finite_at_the_point_only_is_undecided() -> None:
    checked = check_gradient(lambda x: 1.0 if (x == X).all() else np.nan, np.cos, X)
    assert checked.reason == (
        "not finite: the loss is not a finite number along the line; check at a point where f is finite all around"
    )


def noisy(size: float) -> Callable[[Any], float]:
    rng = np.random.default_rng(0)
    return lambda x: sines(x) + size * float(rng.normal())


def test_a_loss_that_does_not_repeat_itself_accuses_nothing() -> None:
    checked = check_gradient(noisy(1e-6), lambda x: 2 * np.cos(x), X)
    assert checked.verdict == "undecided"
    number = r"-?\d\.\d+"
    remedy = "fix the seed, and switch off dropout and whatever else changes between calls"
    said = rf"not repeatable: the loss at one and the same point was {number} and then {number}; {remedy}"
    assert re.fullmatch(said, checked.reason)


def test_a_loss_printed_with_six_digits_is_measured_within_them() -> None:
    def printed(x: Any) -> float:
        return float(f"{sines(x):.6f}")

    assert check_gradient(printed, np.cos, X).verdict == "held"
    assert check_gradient(printed, lambda x: 1.01 * np.cos(x), X).verdict == "violated"


@pytest.mark.parametrize("factor", [1.0, 2.0, 1e3])
def test_a_loss_printed_with_one_digit_tells_nothing(factor: float) -> None:
    checked = check_gradient(lambda x: float(f"{sines(x):.1f}"), lambda x: factor * np.cos(x), X)
    assert checked.verdict == "undecided" and checked.reason.startswith("flat: ")


@pytest.mark.parametrize("gradient", [np.zeros_like, np.ones_like], ids=["zeros", "ones"])
def test_a_constant_is_flat(gradient: Callable[[Any], Any]) -> None:
    checked = check_gradient(lambda _: 0.7, gradient, X)
    assert checked.verdict == "undecided" and checked.losses == 18
    assert checked.reason == (
        "flat: the loss is one and the same number along the line; check at another point, and make sure that f depends on x"
    )


def test_what_f_raises_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        check_gradient(lambda _: 1 / 0, np.cos, X)


# The gradient.


@pytest.mark.parametrize(("answer", "what"), [
    ([np.cos(X), X], "a list of 2"), ((), "a tuple of 0"), ({"a": X, "b": X}, "a dict with 'a', 'b'"),
    ([1.0, 2.0, 3.0], "a list of 3"),
])  # fmt: skip
def test_a_gradient_must_have_as_many_parts_as_x(answer: object, what: str) -> None:
    sentence = f"the gradient must have the structure of x, an array of shape (3,); it is {what}"
    refused(sentence, TypeError, gradient=lambda _: answer)
    refused(sentence, TypeError, gradient=answer)


@pytest.mark.parametrize(("answer", "what"), [
    ([X, X], "a list of 2"), ({"a": X}, "a dict with 'a'"), ({"a": X, "c": X}, "a dict with 'a', 'c'"),
    (np.ones((2, 3)), "an array of shape (2, 3)"),
    ({"a": X, "b": [X]}, "a dict with 'a', 'b'"), (0.5, "a number"), (None, "NoneType"), ("ab", "str"),
])  # fmt: skip
def test_a_gradient_must_have_the_structure_of_x(answer: object, what: str) -> None:
    sentence = f"the gradient must have the structure of x, a dict with 'a', 'b'; it is {what}"
    refused(sentence, TypeError, lambda x: sines(x["a"]), answer, {"a": X, "b": X})


@pytest.mark.parametrize("shape", [(2,), (3, 1), (1, 3), ()])
def test_a_gradient_must_have_the_shape_of_x(shape: tuple[int, ...]) -> None:
    sentence = f"gradient has the shape {shape}, and x there has (3,); a gradient has one number for each"
    refused(sentence, ValueError, gradient=np.ones(shape))


def test_the_part_that_has_another_shape_is_named() -> None:
    sentence = "gradient[1]['b'] has the shape (2,), and x there has (3,); a gradient has one number for each"
    refused(sentence, ValueError, lambda x: sines(x[0]), (X, {"b": X[:2]}), [X, {"b": X}])


@pytest.mark.parametrize(("answer", "what"), [
    (np.array([1, 2, 3]), "int64"), (np.array([True, False, True]), "bool"), (np.ones(3, complex), "complex128"),
    (np.array(["a", "b", "c"]), "<U1"), (np.array([1.0, None, 2.0]), "objects"), (None, "objects"),
])  # fmt: skip
def test_a_gradient_must_hold_floats(answer: object, what: str) -> None:
    refused(f"gradient must hold floats; it holds {what}", TypeError, gradient=lambda _: answer)


@pytest.mark.parametrize(("value", "name"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_a_gradient_that_is_not_finite_is_wrong_and_its_entry_named(value: float, name: str) -> None:
    checked = check_gradient(sines, np.array([value, 1.0, value]), X)
    assert checked.verdict == "violated" and checked.reason == FIRST.format(name)
    checked = check_gradient(lambda x: sines(x["w"]), {"w": np.array([[1.0, value]])}, {"w": np.ones((1, 2))})
    assert checked.reason == FIRST.format(name).replace("[0]", "['w'][0, 1]")
    checked = check_gradient(sines, np.array(value), np.array(0.5))
    assert checked.reason == FIRST.format(name).replace("[0]", "")


def test_a_gradient_that_is_not_finite_around_a_kink_is_undecided() -> None:
    def gradient(x: Any) -> Any:
        return np.ones(3) if x[0] == 0 else np.full(3, np.nan)

    checked = check_gradient(lambda x: float(np.abs(x).sum() + sines(x)), gradient, np.array([0.0, 1.3, -2.0]))
    assert checked.verdict == "undecided"
    assert checked.reason == (
        "not finite: the gradient is not finite at a point nearby; check at a point where f is finite all around"
    )


# The point.


@pytest.mark.parametrize(("x", "sentence"), [
    (np.array([1, 2]), "x holds integers, which have no gradient; give floats, as in x.astype(float)"),
    (np.array([True]), "x holds integers, which have no gradient; give floats, as in x.astype(float)"),
    ({"n": [X, np.array([3])]}, "x['n'][1] holds integers, which have no gradient; give floats, as in x['n'][1].astype(float)"),
    (X + 0j, "x holds complex numbers; give their real and imaginary parts as two arrays"),
    (X.astype(np.float16), "x holds float16; give float64, or float32"),
    ((X, X.astype(np.float16)), "x[1] holds float16; give float64, or float32"),
    (np.array(["a"]), "x holds <U1; give float64, or float32"),
    (None, "x holds object; give float64, or float32"),
])  # fmt: skip
def test_a_point_must_hold_floats_of_a_usual_size(x: object, sentence: str) -> None:
    refused(sentence, TypeError, x=x)


@pytest.mark.parametrize(("x", "sentence"), [
    (np.zeros((0, 3)), "x has no entries (its shape is (0, 3)); leave it out"),
    ([X, np.zeros(0)], "x[1] has no entries (its shape is (0,)); leave it out"),
    ([], "x holds no arrays (a list of 0); give at least one number to differentiate by"),
    ((), "x holds no arrays (a tuple of 0); give at least one number to differentiate by"),
    ({"a": []}, "x holds no arrays (a dict with 'a'); give at least one number to differentiate by"),
    (np.array([1.0, np.nan]), "x holds a number that is not finite; give a point at which f is defined"),
    ({"a": np.array([np.inf])}, "x['a'] holds a number that is not finite; give a point at which f is defined"),
])  # fmt: skip
def test_a_point_must_have_numbers_and_those_finite(x: object, sentence: str) -> None:
    refused(sentence, ValueError, x=x)


def test_a_point_that_cannot_be_checked_is_refused_before_anything_is_called() -> None:
    refused("x has no entries (its shape is (0,)); leave it out", ValueError, None, None, np.zeros(0))


# What changes its argument.


CHANGES = "{} changes its argument; it was given a copy here, and others may not be so careful"
SHARES = "the gradient shares memory with x; whoever changes one changes the other: return a copy"


def test_a_loss_that_changes_its_argument_is_noted() -> None:
    def f(x: Any) -> float:
        x += 1
        return sines(x - 1)

    x = X.copy()
    checked = check_gradient(f, np.cos, x)
    assert checked.verdict == "held" and checked.notes == (CHANGES.format("f"),) and (x == X).all()


def test_a_gradient_that_changes_its_argument_is_noted() -> None:
    def gradient(x: Any) -> Any:
        x[0] += 1
        return np.cos(x - np.array([1, 0, 0]))

    x = X.copy()
    checked = check_gradient(sines, gradient, x)
    assert checked.verdict == "held" and checked.notes == (CHANGES.format("the gradient"),) and (x == X).all()


def bowl(x: Any) -> float:
    return float((x**2).sum() / 2)


@pytest.mark.parametrize("gradient", [lambda x: x, lambda x: x[:], lambda x: x.reshape(3, 1)[:, 0]])
def test_a_gradient_that_is_the_parameters_themselves_is_noted(gradient: Callable[[Any], Any]) -> None:
    checked = check_gradient(bowl, gradient, X)
    assert checked.verdict == "held" and checked.notes == (SHARES,)


def test_a_gradient_made_in_place_of_the_parameters_is_noted_once() -> None:
    checked = check_gradient(sines, lambda x: np.multiply(2, np.cos(x), out=x), X)  # asked more than once
    assert checked.verdict == "violated" and checked.gradients > 1
    assert checked.notes == (SHARES, CHANGES.format("the gradient"))


def test_what_changes_nothing_is_not_noted() -> None:
    assert check_gradient(sines, np.cos, X).notes == ()
    assert check_gradient(bowl, np.array, X).notes == ()
    assert check_gradient(bowl, X, X).notes == ()


# Found while these tests were written.


def test_a_gradient_that_changes_its_argument_does_not_move_a_point_nearby() -> None:
    def f(x: Any) -> float:
        return float(np.abs(x).sum() + sines(x))

    def gradient(x: Any) -> Any:
        return np.add(np.sign(x), np.cos(x), out=x)

    assert check_gradient(f, gradient, np.array([0.0, 1.3, -2.0]))


def test_a_ragged_answer_is_refused_in_the_usual_words() -> None:
    with pytest.raises(TypeError, match=r"^f must return one real number; "):
        check_gradient(lambda _: [[1.0], [2.0, 3.0]], np.cos, X)


def test_a_loss_that_raises_a_step_away_is_not_finite_there() -> None:
    x = np.array([1e-3, 1.0])
    assert check_gradient(lambda x: math.log(x[0]) + x[1], lambda x: np.array([1 / x[0], 1.0]), x).verdict == "held"


def test_large_losses_cause_no_warnings() -> None:
    assert check_gradient(lambda x: 1e40 * sines(x), lambda x: 1e40 * np.cos(x), X)


def test_large_parameters_cause_no_warnings() -> None:
    assert check_gradient(lambda x: sines(x / 1e200), lambda x: np.cos(x / 1e200) / 1e200, 1e200 * X)
