"""A counterexample becomes small, stays one, and becomes the same one twice."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Violation
from backproof.pool import Shape, build
from backproof.reduce import reduced, without_unit
from backproof.registry import EVERYWHERE, Check, Property, properties
from backproof.runner import put
from backproof.subjects.loading import load
from backproof_spec import Activation, Family, Loss, Sizes

from .miniatures import SMALL, HiddenBiasesForgotten, Right

WIDE = Shape("wide", (4, 4), 3, 3, 5)


def with_family(family: Family) -> type[Right]:
    return type("Narrow", (Right,), {"families": (family,)})


def shrunk(check: Check, kind: type[Right] = Right, shape: Shape = WIDE, tries: int = 200) -> Case:
    asked = Asked(load(kind))
    case = build(asked.claims, kind.families[0], shape, 1)
    return reduced(Property("loss-value", check, EVERYWHERE, frozenset(), None, tries), asked, case, Violation("always"))[0]


def always(_: object, case: Case) -> None:
    raise Violation("always")


def test_what_always_fails_is_reduced_to_one_of_everything() -> None:
    case = shrunk(always)
    assert case.n == 1 and case.net.sizes[0] == case.net.sizes[-1] == 1
    assert not any(p.any() for layer in case.params for p in layer) and not case.x.any()


def test_what_needs_two_rows_and_two_outputs_keeps_them() -> None:
    def check(_: object, case: Case) -> None:
        if case.n >= 2 and case.net.sizes[-1] >= 2:
            raise Violation("two")

    case = shrunk(check)
    assert (case.n, case.net.sizes[-1], case.t.shape) == (2, 2, (2, 2))


def test_what_never_fails_again_is_left_as_it_was() -> None:
    case = shrunk(lambda _, case: None)
    assert case.n == 5 and case.net.sizes == (3, 4, 4, 3)


def test_other_trouble_is_no_counterexample() -> None:
    def check(_: object, case: Case) -> None:
        raise Undecided("kink")

    assert shrunk(check).n == 5


def test_no_more_tries_than_allowed() -> None:
    calls: list[Case] = []

    def check(_: object, case: Case) -> None:
        calls.append(case)
        raise Violation("always")

    assert shrunk(check, tries=3).n == 2
    assert len(calls) == 3


def test_a_case_made_to_a_plan_is_kept() -> None:
    asked = Asked(load(Right))
    case = build(asked.claims, SMALL, WIDE, 1)
    said = Violation("always")
    assert reduced(Property("loss-value", always, EVERYWHERE, frozenset(), lambda _: (case,)), asked, case, said) == (case, said)


@pytest.mark.parametrize(("sizes", "want"), [
    (Sizes(exactly=((3, 4, 4, 3),)), (3, 4, 4, 3)), (Sizes(inputs=(2, None), outputs=(2, 4), depth=(1, 2)), (2, 2)),
    (Sizes(width=(3, None), depth=(2, 2)), (1, 3, 3, 1)), (Sizes(equal_widths=True, depth=(2, 2)), (1, 4, 4, 1)),
], ids=["exactly", "spans", "width", "equal"])  # fmt: skip
def test_a_reduced_network_is_one_that_is_claimed(sizes: Sizes, want: tuple[int, ...]) -> None:
    case = shrunk(always, with_family(replace(SMALL, sizes=sizes)))
    assert (case.net.sizes if len(want) > 2 else (case.net.sizes[0], case.net.sizes[-1])) == want


def test_classes_are_not_dropped_from_distributions_and_class_numbers() -> None:
    for loss in (Loss("cross_entropy"), Loss("cross_entropy", targets="index")):
        family = replace(SMALL, output=(Activation("softmax"),), loss=(loss,))
        assert shrunk(always, with_family(family)).net.sizes[-1] == 3


def test_shared_and_missing_biases_stay_so() -> None:
    case = shrunk(always, with_family(replace(SMALL, biases=("shared", "none"), sizes=Sizes(depth=(2, 2)))))
    assert len(set(case.params[0].b.tolist())) == 1 and not case.params[-1].b.any()
    assert case.net.biases == ("shared", "shared", "none")


def test_a_layer_goes_with_its_activation_and_its_bias() -> None:
    case = shrunk(always, with_family(replace(SMALL, biases=("none", "each"))), Shape("", (3, 3), 3, 2, 1))
    assert len(case.net.activations) == len(case.net.biases) == case.net.depth == len(case.params)


@pytest.mark.parametrize("l", [0, 1, 2])
def test_a_unit_goes_with_its_weights(l: int) -> None:
    asked = Asked(load(Right))
    case = build(asked.claims, SMALL, Shape("", (3,), 2, 2, 4), 0)
    less = without_unit(case, l, 1)
    assert less.net.sizes == tuple(d - (i == l) for i, d in enumerate(case.net.sizes))
    for layer, (i, o) in zip(less.params, zip(less.net.sizes, less.net.sizes[1:], strict=False), strict=True):
        assert layer.W.shape == (i, o) and layer.b.shape == (o,)
    assert less.x.shape == (4, less.net.sizes[0]) and np.asarray(less.t).shape == (4, less.net.sizes[-1])


def test_a_reduced_finding_still_violates_and_is_the_same_twice() -> None:
    (found,) = (one for one in properties() if one.name == "gradient_is_the_closed_form_gradient_of_the_declared_loss")
    asked = Asked(load(HiddenBiasesForgotten))
    case = build(asked.claims, SMALL, WIDE, 5)
    first, again = (put(found, asked, [case]).finding for _ in range(2))
    assert first is not None and again is not None
    assert sum(p.size for layer in first.case.params for p in layer) <= 6
    with pytest.raises(Violation) as caught:
        found.put(asked, first.case)
    assert caught.value.message == first.violation.message == again.violation.message
