"""Batches: rows have no order, and one that comes twice counts twice; the program is held against itself."""

from dataclasses import replace

import numpy as np

from backproof.asked import Judged, JudgedGradient, JudgedLoss
from backproof.case import Case
from backproof.domain import closed_form, reported_known, several_rows
from backproof.must import Outside, Place, Unmet, must_equal
from backproof.oracle import closed, scale
from backproof.oracle.bounded import Bounded, wide
from backproof.registry import holds
from backproof_spec import Loss


def _same_loss(subject: JudgedLoss, case: Case, other: Case, share: float, why: str) -> None:
    """The loss of the other case is `share` times that of the case, within the rounding of both."""
    one, two = (subject.loss(c.net, c.params, c.x, c.t) for c in (case, other))
    want, room = (closed.loss(c.net, c.params, c.x, c.t, subject.r) for c in (case, other))
    loose = 32 * subject.r.u * abs(share * one)  # of the subject's own number, which may be larger than the true one
    must_equal(wide(two), Bounded(wide(share * one), wide(share * want.error + room.error + loose)), Place("loss"), why=why)


def _same_gradient(subject: JudgedGradient, case: Case, other: Case, share: float, why: str) -> None:
    """The gradient of the other case is `share` times that of the case, within the rounding of both."""
    one, two = (subject.gradient(c.net, c.params, c.x, c.t) for c in (case, other))
    if not all(np.isfinite(p).all() for layer in one for p in layer):
        raise Unmet("shape-weights", "the gradient is not finite")
    wants, rooms = (closed.gradient(c.net, c.params, c.x, c.t, subject.r) for c in (case, other))
    slack, more = subject.slack(case.params, one), subject.slack(other.params, two)
    for l in range(1, case.net.depth + 1):
        for part, name in ((0, "dW"), (1, "db")):
            if part == 1 and case.net.bias(l) == "none":
                continue
            size = np.abs(wide(one[l - 1][part])).max(initial=0)  # sums of the subject's own, in another order
            error = share * wants[l - 1][part].error + rooms[l - 1][part].error + 32 * subject.r.u * share * size
            loose = share * wide(slack[l - 1][part]) + wide(more[l - 1][part])
            want = Bounded(wide(share * wide(one[l - 1][part])), wide(error))
            must_equal(two[l - 1][part], want, Place(name, l), loose, why)


def _reversed(case: Case) -> Case:
    return case.rows(list(range(case.n))[::-1])


@holds("batch-order", where=closed_form & reported_known & several_rows)
def the_loss_does_not_depend_on_the_order_of_the_rows(subject: JudgedLoss, case: Case) -> None:
    """The loss of a batch is the same, to rounding, with its rows in reverse order."""
    _same_loss(subject, case, _reversed(case), 1.0, "as with the rows in reverse order")


@holds("batch-order", where=closed_form & several_rows)
def the_gradient_does_not_depend_on_the_order_of_the_rows(subject: JudgedGradient, case: Case) -> None:
    """The gradient of a batch is the same, to rounding, with its rows in reverse order."""
    _same_gradient(subject, case, _reversed(case), 1.0, "as with the rows in reverse order")


def _twice(subject: Judged, case: Case) -> Case:
    if subject.claims.batch is not None and subject.claims.batch < 2 * case.n:
        raise Outside(f"the subject takes at most {subject.claims.batch} rows")
    return replace(case, x=np.concatenate([case.x, case.x]), t=np.concatenate([case.t, case.t]))


def _share(case: Case, loss: Loss) -> float:
    """1 for a mean, 2 for a sum; a penalty is counted once, so a sum with one is neither."""
    penalised = case.net.penalty.l1 or case.net.penalty.l2
    if penalised and (case.net.penalty.per_sample or loss.samples == "sum"):
        raise Outside("the penalty does not repeat with the rows")
    return 1.0 if loss.samples == "mean" else 2.0


@holds("batch-repeat", where=closed_form & reported_known)
def the_loss_of_rows_given_twice_is_theirs(subject: JudgedLoss, case: Case) -> None:
    """With every row given twice a mean loss stays the same, and a sum doubles."""
    share = _share(case, case.net.reported or case.net.loss)
    _same_loss(subject, case, _twice(subject, case), share, "as the rows given once have it")


@holds("batch-repeat", where=closed_form)
def the_gradient_of_rows_given_twice_is_theirs(subject: JudgedGradient, case: Case) -> None:
    """With every row given twice the gradient of a mean stays the same, and that of a sum doubles."""
    if not scale.is_known(subject):
        raise Outside("whether it is a mean or a sum is not known")
    share = _share(case, case.net.loss)
    _same_gradient(subject, case, _twice(subject, case), share, "as the rows given once have it")
