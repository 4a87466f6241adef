"""Where a property does not apply or cannot tell, it says so and accuses nobody."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Outside, Undecided, Violation
from backproof.pool import Shape, build
from backproof.registry import Property, properties
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Layer, Loss, Network, Params, Penalty, Sizes, Targets

TANH, SIGMOID, IDENTITY = map(Activation, ("tanh", "sigmoid", "identity"))
SMALL = Family((TANH,), (IDENTITY,), (Loss("squared_error"),))
ROWS = Shape("any", (3,), 2, 2, 4)


def named(name: str) -> Property:
    (found,) = (one for one in properties() if one.name == name)
    return found


def subject(family: Family = SMALL, kind: type[Reference] = Reference, unscaled: bool = False, **more: object) -> Asked:
    """The reference, or a faulty one, on one family and with other claims."""

    class Narrow(kind):  # type: ignore[misc,valid-type]  # a class made of a value
        """One family."""

        @property
        def claims(self) -> Claims:
            return replace(Claims("narrow", (family,)), **more)  # type: ignore[arg-type]  # handed through

    return Asked(replace(load(Narrow), unscaled=unscaled))


def own_cases(name: str, family: Family) -> list[Case]:
    make = named(name).cases
    assert make is not None
    return list(make(Claims("narrow", (family,))))


def case_of(family: Family = SMALL, shape: Shape = ROWS) -> Case:
    return build(Claims("narrow", (family,)), family, shape, 3)


@pytest.mark.parametrize("name", ["gradient_has_the_scale_of_the_loss", "gradient_of_a_batch_is_that_of_its_rows"])
def test_a_scale_that_is_not_known_is_not_judged(name: str) -> None:
    with pytest.raises(Outside):
        named(name).put(subject(unscaled=True), case_of())


def test_a_batch_with_a_penalty_is_not_compared_with_its_rows() -> None:
    penalised = replace(SMALL, penalty=(Penalty(l2=0.5),))
    for name in ("gradient_of_a_batch_is_that_of_its_rows", "loss_of_a_batch_is_that_of_its_rows"):
        with pytest.raises(Outside, match="the penalty is part of the "):
            named(name).put(subject(penalised), case_of(penalised))


@pytest.mark.parametrize("name", ["loss_falls_from_a_committed_start", "trained_outputs_beat_the_best_constant"])
def test_training_at_an_unknown_scale_is_not_judged(name: str) -> None:
    case = own_cases(name, SMALL)[0]
    with pytest.raises(Outside, match="the scale of the subject's objective is not known"):
        named(name).put(subject(unscaled=True), case)


def test_a_case_that_is_no_task_is_undecided() -> None:
    with pytest.raises(Undecided, match="no task with a committed start"):
        named("loss_falls_from_a_committed_start").put(subject(), case_of())


def test_starts_that_are_not_seeded_are_not_compared() -> None:
    name = "seeds_decide_the_initial_weights"
    with pytest.raises(Outside, match="does not claim that its initial values can be repeated"):
        named(name).put(subject(seeded=False), own_cases(name, SMALL)[0])


def test_networks_too_narrow_for_two_units_have_no_start_to_compare() -> None:
    assert not own_cases("no_two_hidden_units_start_as_copies", replace(SMALL, sizes=Sizes(width=(1, 1))))


def test_networks_without_a_hidden_layer_have_no_hidden_units_to_show() -> None:
    shallow = replace(SMALL, sizes=Sizes(depth=(0, 0)))
    assert not own_cases("hidden_units_have_the_value_of_their_activation", shallow)
    assert own_cases("output_units_have_the_value_of_their_activation", shallow)


def test_output_units_without_a_bias_below_hidden_layers_cannot_be_shown() -> None:
    deep = replace(SMALL, sizes=Sizes(depth=(1, None)))
    name = "output_units_have_the_value_of_their_activation"
    assert own_cases(name, deep) and not own_cases(name, replace(deep, biases=("each", "none")))


def test_class_numbers_say_nothing_of_outputs_that_are_no_probabilities() -> None:
    labels = replace(SMALL, loss=(Loss("squared_error", targets="index"),))
    name = "training_on_a_class_number_is_training_on_its_row"
    case = own_cases(name, labels)[0]
    named(name).put(subject(labels), case)


class WrongSignBelow(Reference):
    """dW1 has the wrong sign."""

    def gradient(self, net: Network, params: Params, x: np.ndarray, t: Targets, /) -> Params:
        first, *rest = super().gradient(net, params, x, t)
        return (Layer(-first.W, first.b), *rest)


def test_a_wrong_tensor_is_found_past_layers_without_a_bias() -> None:
    family = replace(SMALL, biases=("none", "none"))
    with pytest.raises(Violation, match=r"^dW1 has the wrong sign: along a random direction") as caught:
        named("gradient_points_where_finite_differences_of_the_loss_say").put(subject(family, WrongSignBelow), case_of(family))
    assert str(caught.value.place) == "dW1"


def test_a_table_has_no_slope_to_read_off_its_loss() -> None:
    table = replace(SMALL, accuracy=0.01)
    for name in ("gradient_points_where_finite_differences_of_the_loss_say", "gradient_has_the_scale_of_the_loss"):
        with pytest.raises(Outside, match="read from a table"):
            named(name).put(subject(table), case_of(table))


@pytest.mark.parametrize("rates", [None, (0.25, 1.0)])
def test_a_rate_of_zero_that_is_not_claimed_is_not_judged(rates: tuple[float, float] | None) -> None:
    with pytest.raises(Outside, match="rate 0 is outside what the subject claims"):
        named("nothing_moves_at_rate_zero").put(subject(rates=rates), case_of())


def test_narrow_rates_are_judged_at_their_ends() -> None:
    put = named("a_step_is_proportional_to_the_rate").put
    put(subject(rates=(0.3, 0.4)), case_of())
    with pytest.raises(Outside, match="the subject's rate cannot be set"):
        put(subject(rates=None), case_of())
