"""Penalty: what it adds to loss and gradient is the declared one, and where none is declared nothing shrinks."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import JudgedGradient, JudgedLoss
from backproof.case import Case
from backproof.domain import closed_form, dense_targets, own_loss, stationary_at_target
from backproof.must import Outside, Place, Unmet, must_equal
from backproof.oracle import closed, declared, scale
from backproof.oracle.bounded import Bounded, Wide, wide
from backproof.pool import Shape, build
from backproof.registry import EVERYWHERE, holds
from backproof_spec import Claims, Layer, Penalty

NONE = Penalty()
SHAPES = (Shape("penalised", (3,), 2, 2, 2), Shape("penalised, two hidden layers, one row", (2, 3), 2, 2, 1))


def _penalised(claims: Claims) -> Iterator[Case]:
    """Two networks for every family and each of its penalties, where it can be asked without one as well."""
    for family in claims.families:
        for number, penalty in enumerate(family.penalty):
            if penalty != NONE and NONE in family.penalty:
                for shape in SHAPES:
                    case = build(claims, replace(family, penalty=(penalty,)), shape, 40 + number, number)
                    yield case
                yield _with_zeros(case)


def _with_zeros(case: Case) -> Case:
    """The first weight of every layer, and all biases, at 0: where |w| has a kink."""
    layers = [Layer(p.W.copy(), np.zeros_like(p.b)) for p in case.params]
    for layer in layers:
        layer.W.flat[0] = 0
    return case.at(tuple(layers))


def _without(case: Case) -> Case:
    return replace(case, net=replace(case.net, penalty=NONE))


@holds("loss-penalty", where=closed_form & own_loss, cases=_penalised, reducible=EVERYWHERE)
def what_a_penalty_adds_to_the_loss_is_the_declared_one(subject: JudgedLoss, case: Case) -> None:
    """The loss with the penalty, less the loss without it, is l1 sum |w| + l2 / 2 sum w**2."""
    plain = _without(case)
    got, less = (subject.loss(c.net, c.params, c.x, c.t) for c in (case, plain))
    want = closed.penalty(case.net, case.params, case.n, subject.r)
    room = want.error + 8 * subject.r.u * (abs(got) + abs(less))  # of the two sums that are subtracted
    must_equal(wide(got) - wide(less), Bounded(want.value, wide(room)), Place("what the penalty adds to the loss"))


@holds("grad-penalty", where=closed_form, cases=_penalised, reducible=EVERYWHERE)
def what_a_penalty_adds_to_the_gradient_is_the_declared_one(subject: JudgedGradient, case: Case) -> None:
    """The gradient with the penalty, less the gradient without it, is l1 sign(w) + l2 w."""
    if not scale.is_known(subject):
        raise Outside("the scale of the gradient is not known")
    plain = _without(case)
    got, less = (subject.gradient(c.net, c.params, c.x, c.t) for c in (case, plain))
    if not all(np.isfinite(p).all() for layer in less for p in layer):
        raise Unmet("shape-weights", "the gradient is not finite")
    slack, more = subject.slack(case.params, got), subject.slack(plain.params, less)
    for l in range(1, case.net.depth + 1):
        for part, name in ((0, "dW"), (1, "db")):
            if part == 1 and case.net.bias(l) == "none":
                continue
            one, two = wide(got[l - 1][part]), wide(less[l - 1][part])
            want = closed.penalised(case.net, case.params[l - 1][part], part == 1, case.n, subject.r)
            room = want.error + 8 * subject.r.u * (np.abs(one) + np.abs(two)) + slack[l - 1][part] + more[l - 1][part]
            place = Place(f"what the penalty adds to {name}", l)
            must_equal(one - two, Bounded(want.value, wide(room)), place)


@holds("grad-penalty", where=closed_form & dense_targets & stationary_at_target)
def weights_shrink_by_the_declared_penalty_and_no_more(subject: JudgedGradient, case: Case) -> None:
    """At a perfect fit the gradient is the declared penalty's alone: weights do not shrink where none is declared."""
    if not scale.is_known(subject):
        raise Outside("the scale of the gradient is not known")
    fit = case.aiming(subject.forward(case.net, case.params, case.x))
    got = subject.gradient(fit.net, fit.params, fit.x, fit.t)
    slack = subject.slack(fit.params, got)
    want = declared.gradient(subject, fit)
    for part, name in ((0, "dW"), (1, "db")):
        off: list[Wide] = [wide(g[part]) - w[part].value for g, w in zip(got, want, strict=True)]
        own: list[Wide] = [wide(layer[part]) for layer in fit.params]
        room: list[Wide] = [2 * w[part].error + s[part] for w, s in zip(want, slack, strict=True)]
        extra = _shrinkage(off, own, room)
        if extra is None:
            continue  # whatever is wrong here, nothing shrinks in proportion to itself
        for l, (g, w, more) in enumerate(zip(got, want, room, strict=True), start=1):
            why = f"at y = t: {name[1]} shrinks by {extra:.6g} of itself"
            must_equal(g[part], w[part], Place(name, l), more, why)


def _shrinkage(off: list[Wide], own: list[Wide], room: list[Wide]) -> float | None:
    """The one c with off = c * own in every layer, if there is one and the layers have numbers enough to tell."""
    square = float(sum((p * p).sum() for p in own))
    if square == 0 or sum(p.size for p in own) < 3:
        return None
    c = float(sum((o * p).sum() for o, p in zip(off, own, strict=True))) / square
    loose = float(sum((e * np.abs(p)).sum() for e, p in zip(room, own, strict=True))) / square  # how far that may carry c
    fits = all((np.abs(o - c * p) <= loose * np.abs(p) + e).all() for o, p, e in zip(off, own, room, strict=True))
    return c if fits else None
