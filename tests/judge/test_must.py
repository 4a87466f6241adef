"""What a check says, word for word, and when it says nothing."""

import numpy as np
import pytest

from backproof.must import Outside, Place, Undecided, Unmet, Violation, agree, must, must_be_zero, must_equal
from backproof.oracle.bounded import Bounded, wide


def bounded(value: object, error: float) -> Bounded:
    return Bounded(wide(value), np.full_like(wide(value), error))


def violation(*args: object, **more: object) -> Violation:
    with pytest.raises(Violation) as caught:
        must_equal(*args, **more)  # type: ignore[arg-type]  # handed through
    return caught.value


@pytest.mark.parametrize(("place", "words"), [
    (Place("loss"), "loss"), (Place("dW", 2, (0, 3)), "dW2[0, 3]"), (Place("y", None, (1,)), "y[1]"), (Place("db", 1), "db1"),
])  # fmt: skip
def test_a_place_reads_as_in_an_equation(place: Place, words: str) -> None:
    assert str(place) == words


def test_what_is_true_is_silent() -> None:
    must(True, "never said")
    must_equal(np.array([1.0, 2.5]), bounded([1.0, 2.0], 0.5), Place("y"))
    must_be_zero(np.array([1e-9]), 1e-8, Place("db", 1))


def test_what_is_not_true_is_said() -> None:
    with pytest.raises(Violation, match=r"^two is not one$") as caught:
        must(0, "two is not one", Place("y"))
    assert (caught.value.place, caught.value.got) == (Place("y"), None)


def test_the_worst_entry_is_named_with_its_numbers() -> None:
    said = violation(np.array([[1.0, 2.0], [3.0, 4.5]]), bounded([[1.0, 2.2], [3.0, 4.0]], 0.125), Place("dW", 2))
    assert said.message == "dW2[1, 1] is 4.5, should be 4 (off by 0.5, bound 0.12)"
    assert (said.place, said.got, said.want, said.bound) == (Place("dW", 2, (1, 1)), 4.5, 4.0, 0.125)


def test_worst_is_relative_to_its_own_bound() -> None:
    want = Bounded(wide([0.0, 0.0]), wide([1.0, 0.001]))
    assert violation(np.array([5.0, 1.0]), want, Place("y")).place == Place("y", None, (1,))


def test_one_number_has_no_index_and_a_reason_follows() -> None:
    said = violation(wide(2.0), bounded(1.0, 0.25), Place("loss"), why="as declared")
    assert said.message == "loss is 2, should be 1 (off by 1, bound 0.25) as declared"


def test_a_place_with_an_index_of_its_own_keeps_it() -> None:
    assert violation(wide(2.0), bounded(1.0, 0.25), Place("y", None, (3,))).place == Place("y", None, (3,))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_never_equal(bad: float) -> None:
    said = violation(np.array([1.0, bad]), bounded([1.0, 1.0], 1e300), Place("y"))
    assert said.place == Place("y", None, (1,))
    assert not agree(np.array([bad]), bounded([0.0], 1e300))


def test_slack_widens_the_bound() -> None:
    must_equal(np.array([1.5]), bounded([1.0], 0.25), Place("y"), slack=0.25)
    assert violation(np.array([1.625]), bounded([1.0], 0.25), Place("y"), slack=np.array([0.25])).bound == 0.5


def test_a_bound_of_zero_admits_nothing_else() -> None:
    assert violation(np.array([1e-300]), bounded([0.0], 0.0), Place("y")).got == 1e-300


def test_what_is_not_zero_is_said() -> None:
    with pytest.raises(Violation, match=r"^db1\[1\] is -0.5, should be 0 \(off by 0.5, bound 0.25\) at y = t$"):
        must_be_zero(np.array([0.25, -0.5]), 0.25, Place("db", 1), "at y = t")


def test_agreement_is_within_bound_and_slack() -> None:
    assert agree(np.array([1.5]), bounded([1.0], 0.25), 0.25)
    assert not agree(np.array([1.5]), bounded([1.0], 0.25))


def test_outside_is_a_way_of_being_undecided_and_unmet_is_not() -> None:
    assert issubclass(Outside, Undecided) and not issubclass(Unmet, Undecided)
    assert Unmet("shape-loss", "it is None").slug == "shape-loss"
