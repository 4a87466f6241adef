"""Cases, domains, and the pool that they come from."""

from dataclasses import replace
from itertools import product
from math import prod

import numpy as np
import pytest

from backproof import domain
from backproof.case import Case, Where, flavoured
from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE
from backproof.pool import GRID_SHAPES, INNER, LAST_SHAPES, LOGIT, Shape, admitted, build, network, pool, tame, walk
from backproof_impl.families import claims as claims_of_the_reference
from backproof_spec import Activation, Claims, Family, Layer, Loss, Network, Penalty, Sizes
from backproof_spec.vocabulary import target_kind

REFERENCE = claims_of_the_reference("any")
SIGMOID, SOFTMAX, TANH, IDENTITY = map(Activation, ("sigmoid", "softmax", "tanh", "identity"))
SQUARED = Loss("squared_error")
NET = Network((2, 2, 1), (TANH, IDENTITY), SQUARED)
CASE = Case(NET, (Layer(np.eye(2), np.zeros(2)), Layer(np.ones((2, 1)), np.ones(1))), np.eye(3, 2), np.arange(3.0)[:, None])


def one(family: Family, **more: object) -> Claims:
    return replace(Claims("one", (family,)), **more)  # type: ignore[arg-type]  # handed through


def numbers(case: Case) -> list[bytes]:
    return [a.tobytes() for a in (*(p for layer in case.params for p in layer), case.x, case.t)]


def test_a_case_is_taken_apart_and_put_together() -> None:
    assert CASE.n == 3
    assert CASE.rows([2]).t.tolist() == [[2.0]] and CASE.rows(slice(0, 2)).n == 2
    assert CASE.aiming(np.zeros((3, 1))).t.sum() == 0
    new = Layer(np.zeros((2, 1)), np.zeros(1))
    assert CASE.with_layer(2, new).params == (CASE.params[0], new)
    assert CASE.at(()).params == ()


def test_domains_are_joined_and_turned_round() -> None:
    small, odd = Where("small", lambda case: case.n < 4), Where("odd", lambda case: case.n % 2 == 1)
    assert (small & odd).words == "small; odd" and (~odd).words == "not odd"
    assert (small & odd).holds(CASE) and not (~odd).holds(CASE)
    assert not flavoured("moderate").holds(CASE)
    assert flavoured("moderate").holds(replace(CASE, flavours=frozenset({"moderate"})))


@pytest.mark.parametrize(("where", "other"), [
    (domain.several_rows, CASE.rows([0])),
    (domain.has_hidden, replace(CASE, net=replace(NET, sizes=(2, 1)))),
    (~domain.no_hidden, replace(CASE, net=replace(NET, sizes=(2, 1)))),
    (domain.closed_forward, replace(CASE, net=replace(NET, activations=(Activation("other:a"), IDENTITY)))),
    (domain.closed_form, replace(CASE, net=replace(NET, loss=Loss("other:b")))),
    (domain.own_loss, replace(CASE, net=replace(NET, reported=SQUARED))),
    (~domain.softmax_output, replace(CASE, net=replace(NET, activations=(TANH, SOFTMAX)))),
    (~domain.sigmoid_output, replace(CASE, net=replace(NET, activations=(TANH, SIGMOID)))),
    (domain.output_bias, replace(CASE, net=replace(NET, biases=("each", "none")))),
    (domain.no_penalty, replace(CASE, net=replace(NET, penalty=Penalty(l1=1.0)))),
    (domain.dense_targets, replace(CASE, net=replace(NET, loss=Loss("cross_entropy")))),
    (domain.smooth, replace(CASE, net=replace(NET, activations=(Activation("relu"), IDENTITY)))),
    (domain.stationary_at_target, replace(CASE, net=replace(NET, loss=Loss("binary_cross_entropy")))),
], ids=lambda found: found.words if isinstance(found, Where) else "")  # fmt: skip
def test_a_domain_holds_where_it_says_and_nowhere_else(where: Where, other: Case) -> None:
    assert where.holds(CASE) and not where.holds(other)


def test_a_stretched_sigmoid_is_not_a_sigmoid_output() -> None:
    stretched = replace(CASE, net=replace(NET, activations=(TANH, Activation("sigmoid", scale=2.0))))
    assert not domain.sigmoid_output.holds(stretched)


def test_the_same_seed_draws_the_same_cases() -> None:
    first, again, other = (list(pool(REFERENCE, seed, 20)) for seed in (3, 3, 4))
    assert [numbers(case) for case in first] == [numbers(case) for case in again]
    assert [case.net for case in first] == [case.net for case in again]
    drawn = [i for i, case in enumerate(first) if case.name.startswith("pool")]
    assert len(drawn) == 20 and all(numbers(first[i]) != numbers(other[i]) for i in drawn)
    assert all(numbers(first[i]) == numbers(other[i]) for i in range(len(first)) if i not in drawn)


def test_the_pool_begins_with_the_grid_and_ends_with_what_is_large() -> None:
    cases = list(pool(one(REFERENCE.families[0]), 0, 5))
    small, large = ([shape.name for shape in shapes] for shapes in (GRID_SHAPES, LAST_SHAPES))
    assert [case.name for case in cases] == [*small, *(f"pool {i}" for i in range(5)), *large]


def named(claims: Claims, name: str) -> Case:
    return next(case for case in pool(claims, 0, 0) if case.name == name)


TRUE = one(Family((TANH,), (IDENTITY,), (SQUARED,)))


def test_the_grid_has_rows_that_come_again_one_of_them_with_its_targets() -> None:
    case = named(TRUE, "equal rows")
    assert np.array_equal(case.x[3:], case.x[:2]) and len(np.unique(case.x, axis=0)) == 3
    assert np.array_equal(case.t[4], case.t[1]) and not np.array_equal(case.t[3], case.t[0])


def test_the_grid_has_weights_and_an_input_of_0_where_the_objective_has_a_slope_there() -> None:
    name = "a weight of each layer and an input are 0"
    case = named(TRUE, name)
    assert case.x[0, 0] == 0 and all(layer.W[0, 0] == 0 and np.count_nonzero(layer.W) > 0 for layer in case.params)
    pointed = named(one(replace(TRUE.families[0], penalty=(Penalty(l1=0.1),))), name)
    assert pointed.x[0, 0] == 0 and all(layer.W.all() for layer in pointed.params)


def test_the_grid_goes_as_far_as_usual_sizes_go() -> None:
    cases = list(pool(TRUE, 0, 0))
    assert max(case.n for case in cases) > 64 and max(case.net.depth for case in cases) == 7
    assert max(max(case.net.sizes[1:-1], default=0) for case in cases) > 32 and max(case.net.sizes[-1] for case in cases) > 16


@pytest.mark.parametrize("family", REFERENCE.families, ids=range(len(REFERENCE.families)))
def test_a_case_is_of_its_family_and_moderate(family: Family) -> None:
    for case in pool(one(family), 1, 15):
        net = case.net
        assert net.activations[-1] in family.output and set(net.activations[:-1]) <= set(family.hidden)
        assert net.loss in family.loss and net.penalty in family.penalty and net.sizes[-1] >= family.sizes.outputs[0]
        for l, z in enumerate(closed.forward(net, case.params, case.x, DOUBLE).z, start=1):
            size = np.abs(net.activations[l - 1].slope * z.value).max()
            assert size <= (LOGIT if l == net.depth else INNER)


@pytest.mark.parametrize("family", REFERENCE.families, ids=range(len(REFERENCE.families)))
def test_every_output_of_a_family_meets_every_loss_and_penalty(family: Family) -> None:
    nets = [case.net for case in pool(one(family), 0, 100)]
    met = {(net.activations[-1], net.loss, net.penalty) for net in nets}
    assert met == set(product(family.output, family.loss, family.penalty))
    assert {a for net in nets for a in net.activations[:-1]} == set(family.hidden)


@pytest.mark.parametrize("lengths", [(2, 1, 1), (2, 3), (3, 2), (2, 2, 2), (4, 6, 3), (13, 5, 1, 13), (1, 1, 4)])
def test_a_walk_meets_every_combination_once(lengths: tuple[int, ...]) -> None:
    rounds = [tuple(walk(turn, *lengths)) for turn in range(prod(lengths))]
    assert len(set(rounds)) == prod(lengths)
    assert set(rounds) == set(product(*map(range, lengths)))


def test_hidden_layers_of_a_mixed_family_differ() -> None:
    nets = [case.net for case in pool(one(REFERENCE.families[0]), 0, 30) if case.net.depth > 2]
    assert all(net.activations[0] != net.activations[1] for net in nets)


def test_parameters_are_dyadic_and_not_zero_unless_wished() -> None:
    for case in pool(REFERENCE, 2, 20):
        for l, layer in enumerate(case.params, start=1):
            assert (np.round(layer.W * 64) == layer.W * 64).all()
            if case.net.bias(l) == "none" or "zero biases" in case.flavours:
                assert not layer.b.any()


def test_single_precision_holds_the_very_same_numbers() -> None:
    double, single = pool(REFERENCE, 0, 10), pool(replace(REFERENCE, dtype="float32"), 0, 10)
    for a, b in zip(double, single, strict=True):
        assert b.x.dtype == np.float32 and b.params[0].W.dtype == b.params[0].b.dtype == np.float32
        assert (a.x == b.x).all() and all((p.W == q.W).all() for p, q in zip(a.params, b.params, strict=True))
        assert b.t.dtype == (np.float32 if b.t.ndim == 2 else a.t.dtype)


def test_a_batch_is_no_larger_than_is_claimed() -> None:
    assert max(case.n for case in pool(replace(REFERENCE, batch=2), 0, 20)) == 2


@pytest.mark.parametrize(("sizes", "wish", "want"), [
    (Sizes(), Shape("", (3, 2), 4, 5, 1), (4, 3, 2, 5)),
    (Sizes(depth=(1, 1)), Shape("", (3, 2), 4, 5, 1), (4, 3, 5)),
    (Sizes(depth=(2, None)), Shape("", (), 4, 5, 1), (4, 2, 2, 5)),
    (Sizes(width=(4, 6)), Shape("", (3, 9), 4, 5, 1), (4, 4, 6, 5)),
    (Sizes(equal_widths=True), Shape("", (3, 2), 4, 5, 1), (4, 3, 3, 5)),
    (Sizes(inputs=(2, 2), outputs=(1, 1)), Shape("", (3,), 4, 5, 1), (2, 3, 1)),
    (Sizes(exactly=((7, 7), (2, 2, 1))), Shape("", (3,), 4, 5, 1), (2, 2, 1)),
    (Sizes(exactly=((7, 7), (2, 2, 1))), Shape("", (), 4, 5, 1), (7, 7)),
])  # fmt: skip
def test_sizes_are_the_nearest_that_are_admitted(sizes: Sizes, wish: Shape, want: tuple[int, ...]) -> None:
    assert admitted(wish, sizes) == want


@pytest.mark.parametrize("kind", ["real", "unit", "binary", "one_hot", "distribution", "index"])
def test_targets_are_of_the_kind_that_the_loss_takes(kind: str) -> None:
    loss = Loss("squared_error", targets=kind)  # type: ignore[arg-type]  # one of them
    output = IDENTITY if kind == "real" else SIGMOID
    fractional = 0
    for case in pool(one(Family((TANH,), (output,), (loss,))), 0, 20):
        assert target_kind(case.net.loss) == kind
        t, d = case.t, case.net.sizes[-1]
        if kind == "index":
            assert t.shape == (case.n,) and t.dtype.kind == "i" and (t >= 0).all() and (t < d).all()
            continue
        assert t.shape == (case.n, d)
        fractional += bool((t != np.round(t)).any())
        if kind in ("one_hot", "distribution"):
            assert (t.sum(axis=1) == 1).all() and (t >= 0).all()
        if kind in ("binary", "one_hot"):
            assert set(np.unique(t)) <= {0, 1}
        if kind == "unit":
            assert (t >= 0).all() and (t <= 1).all()
    assert (fractional > 0) == (kind in ("real", "unit", "distribution"))


def test_biases_are_as_the_family_has_them() -> None:
    family = Family((TANH,), (IDENTITY,), (SQUARED,), biases=("shared", "none"))
    case = build(one(family), family, Shape("", (3, 3), 2, 2, 2), 0)
    assert case.net.biases == ("shared", "shared", "none")
    assert len(set(case.params[0].b.tolist())) == 1 and case.params[0].b.all() and not case.params[2].b.any()


def test_hidden_layers_differ_only_where_they_may() -> None:
    family = Family((TANH, SIGMOID), (IDENTITY,), (SQUARED,))
    assert network(family, (2, 3, 3, 1), 0).activations == (TANH, TANH, IDENTITY)
    assert network(family, (2, 3, 3, 1), 1).activations == (SIGMOID, SIGMOID, IDENTITY)
    assert network(replace(family, mixed=True), (2, 3, 3, 1), 1).activations == (SIGMOID, TANH, IDENTITY)


def test_what_has_no_closed_form_is_not_tamed() -> None:
    net = Network((1, 1), (Activation("other:a"),), SQUARED)
    params = (Layer(np.full((1, 1), 1e3), np.zeros(1)),)
    assert tame(net, params, np.ones((1, 1))) is params
    known = replace(net, activations=(IDENTITY,))
    assert 0 < tame(known, params, np.ones((1, 1)))[0].W.item() <= LOGIT
