"""A smoke run: fewer cases of a plan, and all that the plan shows still occurs; training is put on what tells most."""

import numpy as np

from backproof.case import Case
from backproof.drawn import Drawn
from backproof.registry import properties
from backproof.runner import SMOKE, judge
from backproof.subjects.loading import load
from backproof.thin import ASKS_MUCH, PLANNED, POOLED, TRAINED, thinned, trains
from backproof_impl.reference import Reference
from backproof_spec import Array, Network, Params
from backproof_spec.clauses import clauses

DRAWN = Drawn.of(load(Reference).claims)
SHARED = DRAWN.pool(0, SMOKE)
BY_NAME = {found.name: found for found in properties()}
REPEATABLE = BY_NAME["the_same_call_gives_the_same_answer"]


def put_in_smoke(name: str) -> tuple[Case, ...]:
    found = BY_NAME[name]
    cases = SHARED if found.cases is None else DRAWN.own(found.cases, few=trains(found))
    return thinned(found, cases)


def test_every_activation_and_every_point_of_a_plan_still_occurs() -> None:
    for found in properties():
        if found.cases is None or trains(found):
            continue
        whole = DRAWN.own(found.cases)
        share = thinned(found, whole)
        for shown in (lambda c: set(c.net.activations), lambda c: {c.name}, lambda c: {c.net.loss}):
            assert set().union(*map(shown, share)) == set().union(*map(shown, whole))
        assert len(share) <= max(PLANNED, 48)


def test_the_share_keeps_the_order_and_is_the_same_each_time() -> None:
    found = BY_NAME["a_delta_is_multiplied_by_the_derivative_at_z"]
    whole = list(DRAWN.own(found.cases or (lambda _: ())))
    places = [whole.index(case) for case in thinned(found, whole)]
    assert places == sorted(places) and len(places) >= PLANNED and thinned(found, whole) == thinned(found, whole)


def test_gates_are_those_that_no_single_layer_learns_and_two_others_of_one_family() -> None:
    gates = put_in_smoke("every_gate_is_learnt_from_a_committed_start")
    assert len(gates) == TRAINED and len({case.net for case in gates}) == 1
    assert {case.name.split(",")[0] for case in gates} >= {"XOR", "XNOR"}


def test_what_asks_much_is_put_to_a_few_cases_of_the_pool() -> None:
    assert len(put_in_smoke("the_same_call_gives_the_same_answer")) == POOLED
    assert put_in_smoke("layers_compose_in_order") == SHARED
    assert set(clauses()) >= ASKS_MUCH


def test_a_judgement_says_on_how_many_cases() -> None:
    whole, share = (judge(load(Reference), 0, 0, thin=thin) for thin in (False, True))
    pairs = list(zip(whole.verdicts, share.verdicts, strict=True))
    assert all((one.clause, one.status) == (two.clause, two.status) and two.cases <= one.cases for one, two in pairs)
    assert sum(two.cases for _, two in pairs) < sum(one.cases for one, _ in pairs)


class OnlySomeBatches(Reference):
    """Refuses every batch of the share."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """The outputs."""
        share = thinned(REPEATABLE, SHARED)
        if any(np.array_equal(x, case.x) for case in share):
            raise ValueError("not this batch")
        return super().forward(net, params, x)


def test_where_the_share_shows_nothing_all_cases_are_put() -> None:
    verdicts = judge(load(OnlySomeBatches), 0, SMOKE, shrink=False, thin=True).verdicts
    assert next(one.status for one in verdicts if one.clause.slug == "repeatable") == "held"
