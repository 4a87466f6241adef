"""What a wrong gradient looks like is told of the first wrong tensor, and only what is so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.judged import FAMILY, HiddenDeltaZero, Narrow, NoTargets, narrowed

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis.shape_of_error import looks
from backproof.pool import Shape, build
from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof_impl.faults.composed import composed
from backproof_impl.reference import Pass, Reference
from backproof_spec import Activation, Array, Layer, Network, Params, Targets
from backproof_spec.composing import Part

CLAIMS = load(Narrow).claims


def case(*hidden: int, inputs: int = 3, outputs: int = 2, n: int = 4, seed: int = 1) -> Case:
    return build(CLAIMS, FAMILY, Shape("by hand", hidden, inputs, outputs, n), seed)


DEEP, ONE_ROW = case(4, 3), case(4, 3, n=1)


def told(program: type[Reference], *cases: Case, stage: str = "weight gradient", layer: int | None = None) -> list[str]:
    return list(looks(Asked(load(program), once=True), list(cases or (DEEP,)), stage, layer))


def of(*names: str) -> type[Reference]:
    """A program with these faults of the catalogue."""
    return narrowed(composed(tuple(map(Part, names))))


def second(form: Callable[[Array], Array]) -> type[Narrow]:
    """A program that puts the weight gradient of its second layer into another form."""

    class Formed(Narrow):
        def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
            dW = super().weight_gradient(net, l, run, delta)
            return form(dW) if l == 2 else dW

    return Formed


FIVEFOLD = second(lambda dW: 5 * dW)


def test_who_is_right_looks_like_nothing() -> None:
    assert told(Narrow) == [] and told(Narrow, ONE_ROW) == [] and told(FIVEFOLD, case()) == []


@pytest.mark.parametrize(
    ("program", "look"),
    [
        (second(lambda dW: np.fliplr(dW)), "dW2 has its columns in reverse order"),
        (second(lambda dW: np.roll(dW, 1, axis=0)), "dW2 has its rows shifted by one"),
        (second(lambda dW: np.repeat(dW[:, :1], dW.shape[1], axis=1)), "dW2 is the same for every unit"),
        (second(lambda dW: 0 * dW), "dW2 is zero"),
        (HiddenDeltaZero, "dW2 is zero"),
        (second(lambda dW: dW * np.inf), "dW2 is not finite"),
        (FIVEFOLD, "dW2 is 5 times what it should be"),
    ],
)
def test_one_look_is_told(program: type[Narrow], look: str) -> None:
    assert told(program) == [look]


def test_what_looks_like_nothing_is_told_by_nothing() -> None:
    assert told(second(lambda dW: dW**2)) == []


def test_a_factor_is_named_where_it_has_a_name() -> None:
    assert told(of("gradient-summed-for-mean"))[0] == (
        "dW3 is 4 times what it should be: the number of samples: a sum where the loss is a mean"
    )
    assert told(of("gradient-keeps-the-two"), DEEP, case(4, 3, outputs=3, n=3))[0] == (
        "dW3 is 2 times what it should be: the half of the squared error"
    )
    assert told(of("delta-is-target-minus-output"))[0] == "dW3 is -1 times what it should be"


def test_a_factor_with_several_names_has_those_that_fit_every_case() -> None:
    twice = of("gradient-keeps-the-two")
    assert told(twice, DEEP)[0].endswith(": the half of the squared error, or the number of outputs")
    assert told(twice, DEEP, case(4, 3, outputs=3))[0].endswith(": the half of the squared error")


def test_the_first_wrong_tensor_is_that_of_the_layer_and_the_stage() -> None:
    both = of("bias-gradient-wrong-sign", "weight-gradient-divided-twice")
    assert told(both)[0].startswith("dW3 is 0.25 times") and told(both, layer=1)[0].startswith("dW1 is 0.25 times")
    assert told(both, stage="bias gradient")[0] == "db3 is -1 times what it should be"
    assert told(both, stage="bias gradient", layer=2)[0] == "db2 is -1 times what it should be"
    assert told(FIVEFOLD, layer=3) == []  # that one is right


class Threefold(Narrow):
    """The derivative is there three times."""

    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        return super().derivative(net, l, run) ** 3


def test_on_one_row_a_derivative_may_be_missing_or_there_twice() -> None:
    lacks = told(of("hidden-delta-lacks-derivative"), ONE_ROW, stage="bias gradient", layer=2)
    assert lacks == ["db2 lacks the factor f'(z2)"]
    twice = told(of("hidden-delta-derivative-twice"), ONE_ROW, stage="bias gradient", layer=2)
    assert twice == ["db2 has the factor f'(z2) twice"]
    assert told(Threefold, ONE_ROW, stage="bias gradient", layer=3) == []


def test_a_derivative_that_is_one_is_neither_missing_nor_there_twice() -> None:
    straight = replace(ONE_ROW, net=replace(ONE_ROW.net, activations=(Activation("identity"),) * 3))
    assert told(of("bias-gradient-wrong-sign"), straight, stage="bias gradient") == ["db3 is -1 times what it should be"]
    assert told(of("hidden-delta-lacks-derivative"), straight) == []


def test_of_several_rows_no_single_derivative_is_missing() -> None:
    assert told(of("hidden-delta-lacks-derivative"), DEEP, stage="bias gradient", layer=2) == []


def test_what_comes_back_through_no_weights_is_told() -> None:
    assert told(of("hidden-delta-skips-weights"), case(3, 3, outputs=3), layer=2) == [
        "dW2 is not zero where W3 is: what comes back does not come through the weights above"
    ]


class AlwaysOne(Narrow):
    """The error is one."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        return np.ones_like(t)


@pytest.mark.parametrize("program", [AlwaysOne, NoTargets])
def test_what_no_target_changes_is_told(program: type[Narrow]) -> None:
    assert "dW3 does not depend on the targets" in told(program)


def test_what_a_target_changes_is_not_said_to_be_blind() -> None:
    assert "dW3 does not depend on the targets" not in told(of("delta-loses-its-sign"))


class OfTheFirstRow(Narrow):
    """The first row counts twice where there are several."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        whole, first = super().gradient(net, params, x, t), super().gradient(net, params, x[:1], t[:1])
        if len(x) == 1:
            return whole
        return tuple(Layer(p.W + q.W, p.b + q.b) for p, q in zip(whole, first, strict=True))


def test_what_is_right_for_each_row_alone_is_told_of_several_rows() -> None:
    alone = "dW3 is right for each row alone: the rows are put together wrongly"
    assert alone in told(OfTheFirstRow) and alone not in told(of("delta-is-target-minus-output"))
    assert told(OfTheFirstRow, ONE_ROW) == []


class OnlyFourRows(Narrow):
    """Takes batches of four rows and of no other number; weight gradients are five times too large."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        if len(x) != 4:
            raise Failure("raised", "not so many rows")
        return tuple(Layer(5 * layer.W, layer.b) for layer in super().gradient(net, params, x, t))


def test_a_case_that_it_does_not_answer_is_passed_over() -> None:
    assert told(OnlyFourRows, case(4, 3, n=5), DEEP) == ["dW3 is 5 times what it should be"]
    assert told(OnlyFourRows, case(4, 3, n=5)) == []


def test_the_deepest_case_of_several_rows_is_looked_at_first() -> None:
    assert told(of("delta-is-target-minus-output"), ONE_ROW, case(4), DEEP)[0].startswith("dW3 is -1 times")
    assert told(of("delta-is-target-minus-output"), ONE_ROW, case(4))[0].startswith("dW2 is -1 times")


def test_four_sentences_are_the_most() -> None:
    same = told(AlwaysOne, case(2, inputs=2, outputs=2, n=2))
    assert 2 <= len(same) <= 4 and len(set(same)) == len(same)
