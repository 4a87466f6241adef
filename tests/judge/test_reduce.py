"""A counterexample becomes small, stays one of the same mistake, and is the same twice; a right case never becomes one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Place, Undecided, Unmet, Violation
from backproof.pool import Shape, build, pool
from backproof.reduce import planned, reduced, without_unit
from backproof.reduce.alike import alike
from backproof.reduce.claimed import admitted
from backproof.reduce.numbers import Slot, allowed, indices, one_by_one, simpler, slots, wholly, without_biases
from backproof.reduce.parts import fewer_layers, fewer_rows, fewer_units, single_drops, without_layer
from backproof.reduce.plainer import plainer
from backproof.registry import EVERYWHERE, NOWHERE, Check, Property, properties
from backproof.runner import put
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Family, Layer, Loss, Network, Params, Sizes, Targets

from .miniatures import SMALL, HiddenBiasesForgotten, Right

WIDE = Shape("wide", (4, 4), 3, 3, 5)


def with_family(family: Family) -> type[Right]:
    return type("Narrow", (Right,), {"families": (family,)})


def shrunk(check: Check, kind: type[Right] = Right, shape: Shape = WIDE, tries: int = 200) -> Case:
    asked = Asked(load(kind))
    case = build(asked.claims, kind.families[0], shape, 1)
    return reduced(Property("loss-value", check, EVERYWHERE, frozenset(), None, tries), asked, case, Violation("wrong"))[0]


def always(_: object, case: Case) -> None:
    raise Violation("wrong")


def judged_by(name: str) -> Property:
    return next(one for one in properties() if one.name == name)


def test_what_always_fails_is_reduced_to_one_of_everything() -> None:
    case = shrunk(always)
    assert case.n == 1 and case.net.sizes[0] == case.net.sizes[-1] == 1
    assert not any(p.any() for layer in case.params for p in layer) and not case.x.any()


def test_what_needs_two_rows_and_two_outputs_keeps_them() -> None:
    def check(_: object, case: Case) -> None:
        if case.n >= 2 and case.net.sizes[-1] >= 2:
            raise Violation("wrong")

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
        raise (Violation if case.n > 1 else Undecided)("wrong")

    assert shrunk(check, tries=3).n == 2
    assert len(calls) == 3


def test_a_case_made_to_a_plan_is_kept() -> None:
    asked = Asked(load(Right))
    case = build(asked.claims, SMALL, WIDE, 1)
    said = Violation("wrong")
    kept = Property("loss-value", always, EVERYWHERE, frozenset(), lambda _: (case,))
    assert reduced(kept, asked, case, said) == (case, said)
    small, _ = reduced(replace(kept, smaller=EVERYWHERE), asked, case, said)
    assert small.n == 1 and small.name == "made smaller from: wide"


@pytest.mark.parametrize(("sizes", "want"), [
    (Sizes(exactly=((3, 4, 4, 3),)), (3, 4, 4, 3)), (Sizes(inputs=(2, None), outputs=(2, 4), depth=(1, 2)), (2, 2)),
    (Sizes(width=(3, None), depth=(2, 2)), (1, 3, 3, 1)), (Sizes(equal_widths=True, depth=(2, 2)), (1, 1, 1, 1)),
    (Sizes(equal_widths=True, width=(2, 4), depth=(2, 2)), (1, 2, 2, 1)),
], ids=["exactly", "spans", "width", "equal", "equal, two at least"])  # fmt: skip
def test_a_reduced_network_is_one_that_is_claimed(sizes: Sizes, want: tuple[int, ...]) -> None:
    case = shrunk(always, with_family(replace(SMALL, sizes=sizes)))
    assert (case.net.sizes if len(want) > 2 else (case.net.sizes[0], case.net.sizes[-1])) == want


@pytest.mark.parametrize("targets", ["natural", "one_hot", "index"])
def test_two_classes_are_left_and_targets_still_choose_among_them(targets: str) -> None:
    loss = Loss("cross_entropy", targets=targets)  # type: ignore[arg-type]  # one of the names above
    case = shrunk(always, with_family(replace(SMALL, output=(Activation("softmax"),), loss=(loss,))))
    assert case.net.sizes[-1] == 2
    assert case.t.tolist() == ([0] if targets == "index" else [[1, 0]])


@pytest.mark.parametrize(("kind", "values"), [("binary", {0.0, 1.0}), ("unit", {0.0, 0.5, 1.0})])
def test_targets_stay_within_what_the_loss_takes(kind: str, values: set[float]) -> None:
    def check(_: object, case: Case) -> None:
        assert set(case.t.ravel().tolist()) <= {*values, *start.t.ravel().tolist()}
        raise Violation("wrong")

    family = replace(SMALL, loss=(Loss("squared_error", targets=kind),))  # type: ignore[arg-type]  # one of the names above
    start = build(Asked(load(Right)).claims, family, WIDE, 1)
    case = shrunk(check, with_family(family))
    assert set(case.t.ravel().tolist()) <= values
    assert -1.0 in allowed(build(Asked(load(Right)).claims, SMALL, WIDE, 1), Slot("t"))


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


class Transposed(Right):
    """Hidden deltas go back through W, and not through its transpose, where it is square."""

    families: ClassVar[tuple[Family, ...]] = (
        replace(SMALL, hidden=(Activation("tanh"), Activation("identity")), sizes=Sizes(depth=(1, 1))),
    )

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        turned = tuple(Layer(p.W.T if l and p.W.shape[0] == p.W.shape[1] else p.W, p.b) for l, p in enumerate(params))
        true, wrong = super().gradient(net, params, x, t), super().gradient(net, turned, x, t)
        return (*wrong[:-1], true[-1])


def test_a_planted_error_is_reduced_to_the_minimum_known_by_hand() -> None:
    """One weight off the diagonal is what W and its transpose differ by: 1-2-2 with one row, and nothing less."""
    found, asked = judged_by("gradient_is_the_closed_form_gradient_of_the_declared_loss"), Asked(load(Transposed))
    case = build(asked.claims, Transposed.families[0], Shape("", (3,), 3, 3, 5), 5)
    with pytest.raises(Violation) as caught:
        found.put(asked, case)
    small, said = reduced(found, asked, case, caught.value)
    assert (small.net.sizes, small.n) == ((1, 2, 2), 1) and small.net.activations[0].name == "identity"
    assert set(small.t.ravel().tolist()) | {v for layer in small.params for p in layer for v in p.ravel()} <= {
        0.0,
        1.0,
        -1.0,
        0.5,
    }
    assert "dW1" in said.message and not any(layer.b.any() for layer in small.params)
    assert not any(_violated(found, asked, one) for one in single_drops(small))


def test_layers_of_different_widths_are_dropped_from_either_side() -> None:
    case = build(Asked(load(Right)).claims, SMALL, Shape("", (4, 2), 3, 1, 2), 1)
    for above, l in ((False, 1), (True, 1), (False, 2), (True, 2)):
        less = without_layer(case, l, above)
        assert less.net.sizes == (3, *((4, 2)[k] for k in range(2) if k != l - 1), 1)
        assert Right.reference.forward(less.net, less.params, less.x).shape == (2, 1)


def test_a_mistake_in_batches_keeps_two_rows_and_one_in_sums_of_three_keeps_three() -> None:
    for rows in (2, 3):

        def check(_: object, case: Case, rows: int = rows) -> None:
            if case.n >= rows:
                raise Violation("wrong")

        assert shrunk(check).n == rows


@pytest.mark.parametrize(("one", "other", "same"), [
    (Violation("dW1 is 2, should be 1", Place("dW", 1), 2.0, 1.0), Violation("", Place("dW", 2), 3.0, 1.0), True),
    (Violation("dW1 is 2, should be 1", Place("dW", 1), 2.0, 1.0), Violation("", Place("db", 1), 3.0, 1.0), False),
    (Violation("y is 2, should be 1", Place("y"), 2.0, 1.0), Violation("", Place("y"), np.nan, 1.0), False),
    (Violation("y is nan, should be 1", Place("y[1]"), np.nan, 1.0), Violation("", Place("y[0]"), np.inf, 1.0), True),
    (Violation("forward returned the shape (3,)", Place("y")), Violation("forward raised ValueError: x", Place("y")), False),
    (Violation("forward raised ValueError: x", Place("y")), Violation("forward returned the shape (3,)", Place("y")), True),
    (Violation("dW1 is no outer product", Place("dW", 1)), Violation("", Place("dW", 1), 3.0, 1.0), True),
], ids=["layer", "tensor", "NaN for a number", "row", "crash for a shape", "shape for a crash", "number for words"])  # fmt: skip
def test_a_mistake_is_not_reduced_into_another(one: Violation, other: Violation, same: bool) -> None:
    assert alike(one, other) is same


def test_a_smaller_case_that_says_something_else_is_passed_over() -> None:
    def check(_: object, case: Case) -> None:
        raise Violation("wrong" if case.n > 1 else "another matter", Place("y"))

    asked = Asked(load(Right))
    case = build(asked.claims, SMALL, WIDE, 1)
    found = Property("loss-value", check, EVERYWHERE, frozenset(), None)
    assert reduced(found, asked, case, Violation("wrong", Place("y")))[0].n == 2


def test_after_a_hang_no_more_is_asked() -> None:
    calls: list[Case] = []

    def check(_: object, case: Case) -> None:
        calls.append(case)
        raise Unmet("shape-forward", "it hung", costly=True)

    assert shrunk(check).n == 5 and len(calls) == 1


@pytest.mark.parametrize(("value", "want"), [
    (0.0, []), (1.0, [0.0]), (0.5, [0.0, 1.0, -1.0]), (0.25, [0.0, 1.0, -1.0, 0.5, 0.0, 0.0]),
    (2.6875, [0.0, 1.0, -1.0, 0.5, 3.0, 2.5, 2.75, 2.75]),
])  # fmt: skip
def test_a_number_becomes_0_before_1_before_a_small_dyadic(value: float, want: list[float]) -> None:
    assert list(simpler(value, (0.0, 1.0, -1.0, 0.5))) == want


def test_units_shown_far_out_stay_there_and_units_off_a_tie_stay_off_it() -> None:
    claims = Reference().claims
    for name, where in (
        ("hidden_units_stay_right_far_out", planned.units_far), ("output_units_stay_right_far_out", planned.outputs_far),
        ("a_delta_is_multiplied_by_the_derivative_at_z", planned.derivative_alone),
        ("derivatives_stay_right_far_out", planned.derivative_far), ("softmax_is_right_for_large_logits", planned.logits_large),
        ("the_derivative_at_a_tie_lies_between_the_one_sided_ones", planned.derivative_at_tie),
    ):  # fmt: skip
        found = judged_by(name)
        assert found.reducible is where and found.cases is not None
        case = next(one for one in found.cases(claims) if where.holds(one))
        moved = case.at(tuple(Layer(layer.W + 1, layer.b + 1) for layer in case.params))
        still = case.at(tuple(Layer(0 * layer.W, 0 * layer.b) for layer in case.params))
        assert not where.holds(still) or not where.holds(moved)


def test_trained_cases_are_never_cut() -> None:
    trained = [one for one in properties() if one.slug.startswith(("train-", "collapse-")) and one.cases is not None]
    assert trained and all(one.reducible is NOWHERE for one in trained)


def _violated(found: Property, asked: Asked, case: Case) -> bool:
    try:
        found.put(asked, case)
    except Violation:
        return True
    except (Undecided, Unmet):
        pass
    return False


def _smaller(case: Case, rng: np.random.Generator) -> Iterator[Case]:
    """Every way of making a case smaller, one of them in turn."""
    slot = slots(case)[rng.integers(len(slots(case)))]
    ways = [fewer_rows(case), fewer_layers(case), fewer_units(case), plainer(case), wholly(case, slot), [without_biases(case)]]
    ways += [one_by_one(case, slot, index) for index in indices(case, slot)[:1]]
    return iter(ways[rng.integers(len(ways))])


def reduced_at_random(asked: Asked, case: Case, rng: np.random.Generator) -> Case:
    """A case that the search may come upon, whatever it is that fails."""
    is_admitted = admitted(asked.claims, case)
    for _ in range(int(rng.integers(1, 30))):
        smaller = list(_smaller(case, rng))
        chosen = smaller[rng.integers(len(smaller))] if smaller else case
        case = chosen if is_admitted(chosen) else case
    return case


@pytest.mark.parametrize("seed", range(4))
def test_no_right_case_is_reduced_into_an_accusation(seed: int) -> None:
    asked, rng = Asked(load(Reference)), np.random.default_rng(seed)
    everywhere = list(pool(asked.claims, seed, 10))
    for found in properties():
        own = everywhere if found.cases is None else list(found.cases(asked.claims)) if found.reducible is not NOWHERE else []
        for _ in range(6 * bool(own)):
            case = reduced_at_random(asked, own[rng.integers(len(own))], rng)
            if found.where.holds(case) and found.reducible.holds(case):
                assert not _violated(found, asked, case), (found.name, case.net, case.params, case.x, case.t)
