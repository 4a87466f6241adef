"""A case is worked by hand: every value on the way is right, and so is the line where the right program and the subject part."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.diagnosis.judged import narrowed

from backproof.case import Case
from backproof.diagnosis.programs import made
from backproof.diagnosis.worked import Row, Worked, parting, worked
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof_impl.faults.composed import composed
from backproof_spec import Activation, Array, Family, Layer, Loss, Network, Operation
from backproof_spec.composing import Part

RELU, LINE, TANH, SIGMOID = map(Activation, ("relu", "identity", "tanh", "sigmoid"))
SQUARED = Loss("squared_error")
ROUGH, SMOOTH = Family((RELU,), (LINE,), (SQUARED,)), Family((TANH,), (SIGMOID,), (SQUARED,))
SMALL = Case(
    Network((1, 1, 1), (RELU, LINE), SQUARED),
    (Layer(np.array([[2.0]]), np.array([1.0])), Layer(np.array([[0.5]]), np.array([-1.0]))),
    np.array([[3.0]]), np.array([[0.5]]),
)  # fmt: skip
RIGHT = {  # z1 = 3 * 2 + 1; y = 7 / 2 - 1; loss = (2.5 - 0.5)^2 / 2; delta1 = 2 * 0.5; and as many of its sides
    "z1": 7.0, "a1": 7.0, "z2": 2.5, "y": 2.5, "loss": 2.0, "delta2": 2.0, "dW2": 14.0, "db2": 2.0,
    "delta1": 1.0, "dW1": 3.0, "db1": 1.0,
}  # fmt: skip
STEPPED = {"W2": 0.5 - 7.0, "b2": -1.0 - 1.0, "W1": 2.0 - 1.5, "b1": 1.0 - 0.5}  # at rate 1/2


@cache
def subject(*names: str, family: Family = ROUGH, dtype: str = "float64", without: Operation | None = None) -> Subject:
    """A program with these faults, of that family."""
    found = load(narrowed(composed(tuple(map(Part, names))), family))
    operations = found.claims.operations - {without}
    return replace(found, claims=replace(found.claims, dtype=dtype, operations=operations))  # type: ignore[arg-type]  # one of two


def on(*names: str, case: Case = SMALL, family: Family = ROUGH, dtype: str = "float64") -> Worked:
    found = worked(subject(*names, family=family, dtype=dtype), tuple(map(Part, names)), [case])
    assert found is not None
    return found


def has(found: Worked) -> dict[str, Array]:
    return {row.name: row.has for row in found.rows}


def wrong(found: Worked) -> list[str]:
    return [row.name for row in found.rows if row.wrong]


@pytest.mark.parametrize(
    ("fault", "values"),
    [
        ("hidden-delta-skips-weights", {"delta1": 2.0, "dW1": 6.0, "db1": 2.0}),
        ("delta-is-target-minus-output",
         {"delta2": -2.0, "dW2": -14.0, "db2": -2.0, "delta1": -1.0, "dW1": -3.0, "db1": -1.0}),
        ("bias-gradient-wrong-sign", {"db2": -2.0, "db1": -1.0}),
        ("weight-gradient-from-own-output", {"dW2": 5.0, "dW1": 7.0}),
        ("loss-twice-the-declared", {"loss": 4.0}),
        ("bias-left-out",
         {"z1": 6.0, "a1": 6.0, "z2": 3.0, "y": 3.0, "loss": 3.125, "delta2": 2.5, "dW2": 15.0, "db2": 2.5,
          "delta1": 1.25, "dW1": 3.75, "db1": 1.25}),
    ],
)  # fmt: skip
def test_every_value_is_the_one_worked_out_on_paper(fault: str, values: dict[str, float]) -> None:
    found = on(fault)
    assert {row.name: row.want.item() for row in found.rows} == RIGHT
    assert {name: value.item() for name, value in has(found).items()} == RIGHT | values
    assert wrong(found) == list(values) and found.parting.name == next(iter(values))
    assert found.rate is None and found.case is SMALL


WIDE = Case(
    Network((2, 3, 2), (TANH, SIGMOID), SQUARED),
    (
        Layer(np.array([[0.5, -0.25, 1.5], [0.75, 0.3, -0.6]]), np.array([0.1, -0.2, 0.4])),
        Layer(np.array([[1.25, -0.5], [0.2, 0.8], [-0.7, 0.35]]), np.array([-0.3, 0.15])),
    ),
    np.array([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.6]]),
    np.array([[0.2, 0.9], [1.0, 0.0], [0.4, 0.6]]),
)


def page(case: Case, slope: bool = True) -> dict[str, Array]:
    """The network of two layers in a page of numpy; without the slope, the hidden delta lacks f'(z1)."""
    (W1, b1), (W2, b2) = case.params
    x, t, n = case.x, case.t, case.n
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    y = 1 / (1 + np.exp(-z2))
    delta2 = (y - t) * y * (1 - y) / n
    delta1 = delta2 @ W2.T * (1 - a1**2 if slope else 1)
    return {
        "z1": z1, "a1": a1, "z2": z2, "y": y, "loss": np.asarray(((y - t) ** 2).sum() / 2 / n),
        "delta2": delta2, "dW2": a1.T @ delta2, "db2": delta2.sum(axis=0),
        "delta1": delta1, "dW1": x.T @ delta1, "db1": delta1.sum(axis=0),
    }  # fmt: skip


def test_every_value_of_several_rows_and_units_is_what_a_page_of_numpy_makes_it() -> None:
    found = on("hidden-delta-lacks-derivative", case=WIDE, family=SMOOTH)
    right, lacking = page(WIDE), page(WIDE, slope=False)
    assert [row.name for row in found.rows] == list(right)
    for row in found.rows:
        np.testing.assert_allclose(row.want, right[row.name], rtol=1e-14, atol=1e-16)
        np.testing.assert_allclose(row.has, lacking[row.name], rtol=1e-14, atol=1e-16)
    assert wrong(found) == ["delta1", "dW1", "db1"]


def single(case: Case) -> Case:
    """In float32."""
    params = tuple(Layer(W.astype(np.float32), b.astype(np.float32)) for W, b in case.params)
    return replace(case, params=params, x=case.x.astype(np.float32), t=case.t.astype(np.float32))


def test_what_float32_rounds_is_right_and_a_fault_in_it_is_not() -> None:
    found = on("hidden-delta-lacks-derivative", case=single(WIDE), family=SMOOTH, dtype="float32")
    assert all(row.has.dtype == np.float32 and row.want.dtype == np.float64 for row in found.rows if row.name != "loss")
    assert any((row.has != row.want).any() for row in found.rows if not row.wrong)
    assert wrong(found) == ["delta1", "dW1", "db1"]
    lacking = page(single(WIDE), slope=False)
    for row in found.rows:
        np.testing.assert_allclose(row.has, lacking[row.name], rtol=1e-5)


def test_float32_is_a_fault_in_float64() -> None:
    assert on("answers-demoted", case=WIDE, family=SMOOTH).parting.name == "dW2"
    assert worked(subject("answers-demoted", family=SMOOTH, dtype="float32"), (Part("answers-demoted"),), [single(WIDE)]) is None


def test_where_the_gradient_is_right_a_step_is_worked() -> None:
    found = on("first-layer-frozen")
    assert {row.name: row.want.item() for row in found.rows} == RIGHT | STEPPED
    assert {name: value.item() for name, value in has(found).items()} == RIGHT | STEPPED | {"W1": 2.0, "b1": 1.0}
    assert wrong(found) == ["W1", "b1"] and found.rate == 0.5


def test_a_step_is_no_longer_than_the_subject_takes() -> None:
    one = subject("first-layer-frozen")
    slow = replace(one, claims=replace(one.claims, rates=(0.0, 0.125)))
    found = worked(slow, (Part("first-layer-frozen"),), [SMALL])
    assert found is not None and found.rate == 0.125
    assert found.parting.want == 2.0 - 0.125 * 3.0 and found.parting.has == 2.0


def test_of_two_faults_the_values_of_both_are_told() -> None:
    found = on("bias-gradient-wrong-sign", "hidden-delta-skips-weights")
    assert {name: value.item() for name, value in has(found).items()} == RIGHT | {
        "db2": -2.0, "delta1": 2.0, "dW1": 6.0, "db1": -2.0,
    }  # fmt: skip
    assert found.parting.name == "db2"


def test_a_value_of_another_shape_is_wrong() -> None:
    assert on("bias-gradient-for-each-row").parting.name == "db2"
    assert on("bias-gradient-for-each-row").parting.has.shape == (1, 1)


def test_a_value_that_a_program_does_not_work_out_is_left_out() -> None:
    found = on("first-layer-has-no-gradient", case=WIDE, family=SMOOTH)
    assert [row.name for row in found.rows] == ["z1", "a1", "z2", "y", "loss", "delta2", "delta1", "dW1", "db1"]
    assert found.parting.name == "dW1" and found.parting.has.shape == (3, 2)


def test_the_smallest_case_that_shows_it_is_worked() -> None:
    parts, one = (Part("bias-gradient-wrong-sign"),), subject("bias-gradient-wrong-sign")
    twice = replace(SMALL, x=np.array([[3.0], [3.0]]), t=np.array([[0.5], [0.5]]))
    perfect = SMALL.aiming(np.array([[2.5]]))  # no error, no gradient, nothing wrong
    assert [found.case for found in (worked(one, parts, [twice, perfect, SMALL]),) if found] == [SMALL]
    assert [found.case for found in (worked(one, parts, [twice, perfect]),) if found] == [twice]
    assert worked(one, parts, [perfect]) is None


def unlike(case: Case, **changes: object) -> Case:
    return replace(case, net=replace(case.net, **changes))  # type: ignore[arg-type]  # tests change any


SWISH = unlike(SMALL, activations=(Activation("other:swish"), LINE))
LACKS, ZEROS = Part("hidden-delta-lacks-derivative"), Part("zero-initial-weights")


@pytest.mark.parametrize(
    ("one", "parts", "cases"),
    [
        (subject(LACKS.fault), (LACKS,), []),
        (subject(LACKS.fault), (LACKS,), [SMALL]),  # f' is 1 there
        (subject(LACKS.fault), (LACKS,), [SWISH]),  # nobody knows what is right
        (subject(LACKS.fault, family=SMOOTH), (LACKS, LACKS), [WIDE]),  # no such program
        (subject(LACKS.fault, family=SMOOTH), (Part("bias-left-out"),), [WIDE]),  # not what the subject does
        (subject(ZEROS.fault), (ZEROS,), [SMALL]),  # no equation is wrong
        (subject("first-layer-frozen", without="step"), (Part("first-layer-frozen"),), [SMALL]),
        (subject("outputs-squeezed"), (), [SMALL]),  # nothing is wrong with the right program
    ],
)
def test_where_nothing_can_be_shown_nothing_is(one: Subject, parts: tuple[Part, ...], cases: list[Case]) -> None:
    assert worked(one, parts, cases) is None


def test_a_case_that_a_program_does_not_survive_is_passed_over() -> None:
    parts, one = (Part("bias-left-out"),), subject("bias-left-out")
    raising = replace(SMALL, x=np.array([[3.0, 1.0]]))  # two inputs, where the network has one
    found = worked(one, parts, [raising, SMALL])
    assert found is not None and found.case is SMALL


def test_the_first_wrong_value_of_a_program_is_found_without_a_subject_that_has_it() -> None:
    build, right = made((Part("bias-left-out"),)), made(())
    assert build is not None and right is not None
    row = parting(subject(), build, SMALL)
    assert row is not None and (row.name, row.has.item(), row.want.item()) == ("z1", 6.0, 7.0)
    assert parting(subject(), right, SMALL) is None
    assert parting(subject(), build, SWISH) is None
    assert parting(subject(), build, replace(SMALL, x=np.array([[3.0, 1.0]]))) is None


@pytest.mark.parametrize(("quantity", "name"), [("z", "z2"), ("delta", "delta2"), ("dW", "dW2"), ("y", "y"), ("loss", "loss")])
def test_a_value_goes_by_its_quantity_and_its_layer_if_there_are_several(quantity: str, name: str) -> None:
    assert Row(quantity, 2, np.zeros(1), np.zeros(1), False).name == name


@pytest.mark.parametrize(
    ("got", "worst"),
    [([[1.0, 2.5], [3.0, 4.0]], (0, 1)), ([[1.0, 9.0], [np.nan, 4.0]], (1, 0)), ([[1.0, 2.0], [3.0, 4.0]], (0, 0))],
)
def test_the_worst_entry_is_the_one_that_is_off_most_or_no_number(got: list[list[float]], worst: tuple[int, ...]) -> None:
    assert Row("dW", 1, np.array(got), np.array([[1.0, 2.0], [3.0, 4.0]]), True).worst == worst
