"""Outputs and targets: softmax rows are distributions, sigmoid outputs stay in range, class numbers become one-hot rows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Judged, JudgedGradient, JudgedTargets
from backproof.case import Case
from backproof.domain import closed_form, output_bias, sigmoid_output, softmax_output
from backproof.must import Place, Violation, must, must_be_zero, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, gamma, wide
from backproof.pool import Shape, build
from backproof.properties.activations import output_units
from backproof.properties.forward import forward_must_be_closed_form
from backproof.registry import holds
from backproof.subjects.errors import Failure
from backproof_spec import Claims, Layer
from backproof_spec.vocabulary import known, target_kind

LARGE = (710.0, 1e4, -1e4, 90.0, -710.0, 0.0)


@holds("softmax-sum", where=softmax_output)
def softmax_rows_sum_to_one(subject: Judged, case: Case) -> None:
    """Every row of a softmax output sums to 1, to rounding."""
    y = subject.forward(case.net, case.params, case.x)
    sums = wide(y).sum(axis=1)
    bound = gamma(case.net.sizes[-1] + 16, subject.r)
    must_equal(sums, Bounded(np.ones_like(sums), np.full_like(sums, bound)), Place("sum of y over the row"))


@holds("softmax-range", where=softmax_output)
def softmax_outputs_lie_between_zero_and_one(subject: Judged, case: Case) -> None:
    """Every softmax output lies in [0, 1], to rounding."""
    y = wide(subject.forward(case.net, case.params, case.x))
    outside = np.maximum(np.maximum(-y, y - 1), 0)
    must_be_zero(outside, gamma(case.net.sizes[-1] + 16, subject.r), Place("y outside [0, 1], by"))


def _large_logits(claims: Claims) -> Iterator[Case]:
    """Logits up to 1e4, in several orders."""
    for family in claims.families:
        for softmax in (a for a in family.output if a.name == "softmax" and known(a)):
            limited = tuple(float(z) for z in np.clip(LARGE, -family.z_max, family.z_max))
            for roll in range(len(limited)):
                yield from output_units(claims, family, softmax, limited[roll:] + limited[:roll])


@holds("softmax-large", where=softmax_output & closed_form, cases=_large_logits)
def softmax_is_right_for_large_logits(subject: Judged, case: Case) -> None:
    """Softmax is right and finite for logits up to 1e4."""
    forward_must_be_closed_form(subject, case, "softmax of large logits")


@holds("softmax-shift", where=softmax_output & output_bias)
def softmax_ignores_a_shift_of_all_logits(subject: Judged, case: Case) -> None:
    """Adding the same number to every logit of a row does not change the row."""
    last = case.params[-1]
    shifted = case.with_layer(case.net.depth, Layer(last.W, last.b + last.b.dtype.type(2)))
    y = subject.forward(case.net, case.params, case.x)
    error = _logit_error(subject, case) + _logit_error(subject, shifted)
    must_equal(
        subject.forward(case.net, shifted.params, case.x),
        Bounded(wide(y), error),
        Place("y"),
        why="after adding 2 to every logit",
    )


def _logit_error(subject: Judged, case: Case) -> np.ndarray[tuple[int, ...], np.dtype[np.longdouble]]:
    return closed.forward(case.net, case.params, case.x, subject.r).a[-1].error


@holds("sigmoid-range", where=sigmoid_output)
def sigmoid_outputs_lie_between_zero_and_one(subject: Judged, case: Case) -> None:
    """Every sigmoid output lies in [0, 1]."""
    y = wide(subject.forward(case.net, case.params, case.x))
    outside = np.maximum(np.maximum(-y, y - 1), 0)
    must_be_zero(outside, 2 * subject.r.u + subject.r.accuracy, Place("y outside [0, 1], by"))


@holds("targets-one-hot")
def class_numbers_become_one_hot_rows(subject: JudgedTargets, case: Case) -> None:
    """Class number k becomes a row with 1 at k and 0 elsewhere, as wide as the output layer, whichever labels occur."""
    d = case.net.sizes[-1]
    for labels in (np.arange(d), np.arange(d)[::-1].copy(), np.zeros(2, dtype=np.int64)):
        try:
            rows = subject.targets(case.net, labels)
        except Failure as failure:
            raise Violation(failure.message, Place("t")) from None
        must(
            rows.shape == (len(labels), d),
            f"targets of {len(labels)} class numbers have shape {rows.shape}, should be {(len(labels), d)}",
            Place("t"),
        )
        must_equal(
            rows,
            Bounded(wide(np.eye(d)[labels]), wide(np.zeros((len(labels), d)))),
            Place("t"),
            why=f"for the class numbers {labels.tolist()}",
        )


def _classes(claims: Claims) -> Iterator[Case]:
    """One row of every class, for every loss that takes class numbers."""
    for family in claims.families:
        for loss in (one for one in family.loss if target_kind(one) == "index"):
            only = replace(family, loss=(loss,))
            for shape in (Shape("a class number", (3,), 2, 3, 1), Shape("a class number, no hidden layer", (), 2, 3, 1)):
                case = build(claims, only, shape, 0)
                for label in range(case.net.sizes[-1]):
                    yield case.aiming(np.array([label]))


@holds("targets-one-hot", where=closed_form, cases=_classes)
def training_on_a_class_number_is_training_on_its_row(subject: JudgedGradient, case: Case) -> None:
    """Given class numbers, the output delta is negative at the class and not negative elsewhere."""
    if case.net.activations[-1].name not in ("sigmoid", "softmax"):
        return
    g, label = subject.gradient(case.net, case.params, case.x, case.t), int(case.t[0])
    b = g[-1].b
    row = wide(case.x[0]) if case.net.depth == 1 else closed.forward(case.net, case.params, case.x, subject.r).a[-2].value[0]
    delta = wide(b) if b.any() else row @ wide(g[-1].W)
    true = closed.deltas(case.net, case.params, closed.forward(case.net, case.params, case.x, subject.r), case.t, subject.r)[-1]
    loose = subject.slack(case.params, g)[-1]
    cost = wide(loose.b) if b.any() else np.abs(row) @ wide(loose.W)
    sure = np.abs(true.value[0]) > 4 * (true.error[0] + cost)
    for k in range(len(delta)):
        if sure[k]:
            must(
                delta[k] < 0 if k == label else delta[k] > 0,
                f"for class {label} the output delta of unit {k} is {float(delta[k]):.4g}, should be "
                f"{'negative: its target is 1' if k == label else 'positive: its target is 0'}",
                Place("delta", case.net.depth, (k,)),
            )
