"""Losses: the reported number is the declared loss of the batch."""

from backproof.asked import Judged, JudgedLoss
from backproof.case import Case, Where
from backproof.domain import closed_form, reported_known, several_rows
from backproof.must import Outside, Place, Violation, must, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, gamma, wide
from backproof.registry import holds
from backproof_spec.vocabulary import MATCHING


def _never_negative(case: Case) -> bool:
    return (case.net.reported or case.net.loss).name in ("squared_error", "cross_entropy", "binary_cross_entropy")


never_negative = Where("a loss that is never negative", _never_negative)


def loss_must_be_closed_form(subject: JudgedLoss, case: Case, why: str = "") -> None:
    """The subject's loss is that of the closed form, within rounding."""
    want = closed.loss(case.net, case.params, case.x, case.t, subject.r)
    must_equal(wide(subject.loss(case.net, case.params, case.x, case.t)), want, Place("loss"), why=why)


@holds("loss-value", where=closed_form & reported_known)
def loss_is_the_declared_one(subject: JudgedLoss, case: Case) -> None:
    """The reported loss is the declared one: its form, its factor and its reduction."""
    loss_must_be_closed_form(subject, case)


@holds("loss-nonnegative", where=closed_form & never_negative)
def errors_do_not_cancel(subject: JudgedLoss, case: Case) -> None:
    """Squared error and the cross-entropies are never negative, to rounding: errors of opposite sign do not cancel."""
    loss = subject.loss(case.net, case.params, case.x, case.t)
    bound = float(closed.loss(case.net, case.params, case.x, case.t, subject.r).error)
    must(loss >= -bound, f"loss is {loss:.6g}, should not be negative", Place("loss"))


@holds("loss-batch", where=closed_form & reported_known & several_rows)
def loss_of_a_batch_is_that_of_its_rows(subject: JudgedLoss, case: Case) -> None:
    """The loss of a batch is the mean, or the sum, of the losses of its rows."""
    if case.net.reported is None and (case.net.penalty.l1 or case.net.penalty.l2):
        raise Outside("the penalty is part of the loss of every row")
    whole = subject.loss(case.net, case.params, case.x, case.t)
    rows = [case.rows([i]) for i in range(case.n)]
    alone = wide([subject.loss(row.net, row.params, row.x, row.t) for row in rows])
    errors = sum(closed.loss(row.net, row.params, row.x, row.t, subject.r).error for row in rows)
    divide = case.n if (case.net.reported or case.net.loss).samples == "mean" else 1
    error = (errors + gamma(case.n + 4, subject.r) * abs(alone).sum()) / divide
    error = error + closed.loss(case.net, case.params, case.x, case.t, subject.r).error
    must_equal(
        wide(whole),
        Bounded(wide(alone.sum() / divide), wide(error)),
        Place("loss"),
        why=f"as the losses {[round(float(a), 6) for a in alone]} of its rows give",
    )


@holds("loss-matching", where=closed_form)
def a_delta_of_y_minus_t_belongs_to_the_matching_loss(subject: Judged, case: Case) -> None:
    """Where the gradient follows y - t, the loss reported is the matching loss of the output, or it says so."""
    net = case.net
    if net.loss.name != "matching" or net.reported is None:
        return
    output = net.activations[-1].name
    if net.reported.name not in ("matching", MATCHING.get(output)):
        raise Violation(
            f"the gradient follows y - t, the delta of {MATCHING.get(output, 'another loss')} at {output} outputs, "
            f"but the loss reported is {net.reported.name}",
            Place("delta", net.depth),
        )
