"""Whether loss and gradient are right, but for other targets than were given."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet
from backproof.oracle import closed
from backproof.oracle.bounded import wide
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Subject
from backproof_spec import Array, Network
from backproof_spec.vocabulary import MATCHING

TIMES, NOTICED = 64.0, 1e-9  # roundings, and what is more than rounding, of numbers that were solved for
FEW = 4  # rows of which every order is tried


def are_others(subject: Subject, case: Case) -> bool:
    """Whether the loss is that of other target rows: those that a row's output delta betrays, or the same in another order."""
    asked, net = Asked(subject, once=True), dense(case.net)
    try:
        loss = asked.loss(case.net, case.params, case.x, case.t)
        found = list(_others(asked, case))
    except (Unmet, Undecided, Failure, NotOffered):
        return False
    for t in found:
        want = closed.loss(net, case.params, case.x, t, asked.r)
        if bool(abs(loss - want.value) <= TIMES * want.error + NOTICED * abs(want.value)):
            return True
    return False


def dense(net: Network) -> Network:
    """The same with rows of targets."""
    return replace(net, loss=replace(net.loss, targets="natural"))


def _others(asked: Asked, case: Case) -> Iterator[Array]:
    """Target rows that differ from those of the case."""
    t = closed.rows(case.net, case.t).astype(np.float64)
    if case.n == 1:
        yield from (other for other in _betrayed(asked, case, t) if float(np.max(np.abs(other - t))) > NOTICED)
    elif case.n <= FEW:
        orders = (list(order) for order in permutations(range(case.n)))
        yield from (t[order] for order in orders if not np.array_equal(t[order], t))


def _proportional(other: Array, t: Array) -> bool:
    """The same targets, or the same times a number: cross-entropy and its delta are multiplied by it, a matter of the loss."""
    c = float((other * t).sum() / max(float((t * t).sum()), 1e-300))
    return float(np.max(np.abs(other - c * t))) <= NOTICED * max(1.0, abs(c))


def _betrayed(asked: Asked, case: Case, t: Array) -> Iterator[Array]:
    """The targets from which a right output delta of one row comes: it is linear in them."""
    net = dense(case.net)
    if "gradient" not in asked.claims.operations or net.bias(net.depth) != "each":
        return
    if net.activations[-1].name == "softmax" and MATCHING["softmax"] == net.loss.name:
        other = _betrayed_by_softmax(asked, case)
        if not _proportional(other, t):
            yield other
        return
    got = wide(asked.gradient(case.net, case.params, case.x, case.t)[-1].b)
    at = (net, case.params, case.x)
    zero, one = (closed.gradient(*at, level + 0 * t, asked.r)[-1].b.value for level in (0, 1))
    if (zero != one).all():
        yield ((got - zero) / (one - zero))[None].astype(np.float64)


def _betrayed_by_softmax(asked: Asked, case: Case) -> Array:
    """delta = p s - t, where s is the sum of the targets: it is the same for other inputs."""
    net, p, delta = case.net, [], []
    c = wide(closed.scale(net.loss, 1, net.sizes[-1]) * net.activations[-1].slope)
    for x in (case.x, case.x / 2):
        p.append(closed.forward(net, case.params, x, asked.r).a[-1].value)
        delta.append(wide(asked.gradient(net, case.params, x, case.t)[-1].b) / c)
    moved = p[0] - p[1]
    s = float((moved * (delta[0] - delta[1])).sum() / max(float((moved**2).sum()), 1e-300))
    return (p[0] * s - delta[0]).astype(np.float64)
