"""Of an error that has no name the first wrong equation is told, what is still right, and what it looks like."""

from dataclasses import replace
from functools import cache

import pytest
from tests.diagnosis import judged as wrong
from tests.diagnosis.judged import FAMILY, Narrow
from tests.diagnosis.offering import offering, with_faults

from backproof.diagnosis.diagnose import Diagnosis, diagnose
from backproof.diagnosis.programs import known
from backproof.diagnosis.unknown import Unknown
from backproof_spec import Operation, Sizes

DEEP = replace(FAMILY, sizes=Sizes(depth=(2, 2)))  # three layers: in fewer, less can be told of where
WHERE: dict[type[Narrow], tuple[str, int | None]] = {
    wrong.HiddenDeltaThreefold: ("hidden delta", 1),
    wrong.WeightGradientUpsideDown: ("weight gradient", 3),
    wrong.BiasGradientOfHalf: ("bias gradient", 3),
    wrong.OutputDeltaCubed: ("output delta", 3),
    wrong.DerivativeCubed: ("activation", 3),
    wrong.WeightsSquared: ("forward", 3),
    wrong.OtherActivation: ("activation value", 3),
    wrong.LossCubed: ("loss", None),
    wrong.RateAndAHalf: ("step", None),
    wrong.RowsWeighedByNumber: ("batch", 3),
    wrong.OnesForWeightsAbove: ("hidden delta", 2),
    wrong.GradientNotFinite: ("weight gradient", 3),
}
MORE: dict[type[Narrow], tuple[Operation, ...]] = {wrong.RateAndAHalf: ("step",)}
LOOKS: dict[type[Narrow], str] = {
    wrong.HiddenDeltaThreefold: "dW1 is 3 times what it should be",
    wrong.WeightGradientUpsideDown: "dW3 has its rows in reverse order",
    wrong.BiasGradientOfHalf: "db3 is 0.5 times what it should be: a half too many",
    wrong.RowsWeighedByNumber: "dW3 is right for each row alone: the rows are put together wrongly",
    wrong.OnesForWeightsAbove: "dW2 is not zero where W3 is: what comes back does not come through the weights above",
    wrong.GradientNotFinite: "dW3 is not finite",
}


@cache
def told(program: type[Narrow]) -> Unknown:
    found = diagnose(offering(program, *MORE.get(program, ()), family=DEEP))
    assert found is not None and found.unknown is not None and found.named == ()
    return found.unknown


def without(name: str, *more: Operation) -> Diagnosis:
    """What is said of a fault of the catalogue, were it not there."""
    found = diagnose(with_faults(name, more=more, family=DEEP), frozenset({name}))
    assert found is not None
    return found


@pytest.mark.parametrize("program", WHERE, ids=lambda program: program.__name__)
def test_the_first_wrong_stage_and_layer_are_told(program: type[Narrow]) -> None:
    one = told(program)
    assert (one.stage, one.layer) == WHERE[program]


@pytest.mark.parametrize("program", LOOKS, ids=lambda program: program.__name__)
def test_what_the_first_wrong_tensor_looks_like_is_told(program: type[Narrow]) -> None:
    assert LOOKS[program] in told(program).looks


def test_what_comes_before_is_told_to_be_right() -> None:
    assert told(wrong.HiddenDeltaThreefold).right == ("outputs", "loss")
    assert told(wrong.RateAndAHalf).right == ("outputs", "loss", "gradient")
    assert told(wrong.WeightsSquared).right == ()


def test_the_right_equation_of_the_stage_is_told_for_the_network_on_which_it_was_found() -> None:
    one = told(wrong.HiddenDeltaThreefold)
    assert one.equation == "delta1 = (delta2 @ W2.T) * (1 - a1**2)"
    assert one.net is not None and one.net.depth == 3
    assert told(wrong.RateAndAHalf).equation == "W3 -= rate * dW3; b3 -= rate * db3"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("hidden-delta-skips-weights", ()), ("weight-gradient-from-preactivation", ()), ("bias-gradient-wrong-sign", ()),
        ("errors-cancel", ()), ("delta-loses-its-sign", ()), ("first-layer-frozen", ("step",)),
        ("all-equal-initial-weights", ("initial",)), ("gradients-never-cleared", ()), ("inputs-scaled-in-place", ()),
        ("one-epoch-only", ("initial", "step", "descend", "fit")), ("targets-scaled-by-their-largest", ()),
        ("outputs-squeezed", ()),
    ],
)  # fmt: skip
def test_a_fault_that_is_taken_out_of_the_catalogue_gets_no_wrong_name_but_its_stage(
    name: str, more: tuple[Operation, ...]
) -> None:
    found = without(name, *more)
    assert found.named == () and found.unknown is not None
    assert found.unknown.stage == known()[name].stage


def test_a_penalty_is_told_by_what_inputs_and_targets_have_no_part_in() -> None:
    found = without("weights-shrink-undeclared")
    assert found.unknown is not None and found.unknown.stage == "penalty"


def test_what_float32_leaves_is_told_as_a_matter_of_numbers() -> None:
    judgement = with_faults("answers-demoted")
    violating = replace(judgement, verdicts=tuple(
        replace(verdict, status="violated") if verdict.status == "advised" else verdict for verdict in judgement.verdicts
    ))  # fmt: skip
    found = diagnose(violating, frozenset({"answers-demoted"}))
    assert found is not None and found.unknown is not None and found.unknown.stage == "numerics"
