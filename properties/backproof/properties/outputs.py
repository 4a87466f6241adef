"""Outputs and targets: softmax rows are distributions, sigmoid outputs stay in range, class numbers become one-hot rows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Judged, JudgedGradient, JudgedTargets
from backproof.case import Case
from backproof.domain import closed_form, output_bias, sigmoid_output, softmax_output
from backproof.must import Place, Violation, agree, must, must_be_zero, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, Wide, gamma, wide
from backproof.pool import Shape, build
from backproof.properties.activations import output_units
from backproof.properties.forward import forward_must_be_closed_form
from backproof.reduce import planned
from backproof.registry import EVERYWHERE, holds
from backproof.subjects.errors import Failure
from backproof_spec import Claims, Layer, Params
from backproof_spec.vocabulary import known, target_kind

ABOVE = (1e4, 9999.0, 9990.0, 9000.0, 9998.5, 9999.5)  # all far above 0, so that a row of their opposites is far below
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


def _beside_its_opposite(case: Case) -> Case:
    """A second row with all logits of the other sign: no number that serves one row serves both."""
    return replace(case, x=np.vstack([case.x, -case.x]), t=np.concatenate([case.t, case.t]))


def far_apart(claims: Claims) -> Iterator[Case]:
    """Two rows, the logits of one far above those of the other."""
    for family in claims.families:
        for softmax in (a for a in family.output if a.name == "softmax" and known(a)):
            above = tuple(float(z) for z in np.clip(ABOVE, -family.z_max, family.z_max))
            for case in output_units(claims, family, softmax, above):
                if case.net.depth == 1 and claims.batch is None:
                    yield _beside_its_opposite(case)


@holds("softmax-apart", where=softmax_output & closed_form, cases=far_apart)
def softmax_is_right_for_rows_that_lie_far_apart(subject: Judged, case: Case) -> None:
    """Softmax is right and finite for a row whose logits all lie far below those of another row."""
    forward_must_be_closed_form(subject, case, "softmax of rows that lie far apart")


@holds("softmax-large", where=softmax_output & closed_form, cases=_large_logits, reducible=planned.logits_large)
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
            several = build(claims, only, Shape("class numbers", (3,), 2, 3, 3), 0)
            if several.n > 1:
                yield several.aiming(np.arange(several.n) % several.net.sizes[-1])


@holds("targets-one-hot", where=closed_form, cases=_classes, reducible=EVERYWHERE)
def training_on_a_class_number_is_training_on_its_row(subject: JudgedGradient, case: Case) -> None:
    """Given class numbers, the gradient is not that of other targets: another class, the number itself, all ones."""
    g = subject.gradient(case.net, case.params, case.x, case.t)
    slack, true = subject.slack(case.params, g), _gradient(subject, case, None)
    if _is(g, slack, true):
        return
    for words, rows in mistaken(case):
        other = _gradient(subject, case, rows)
        if _is(g, slack, other) and not all(agree(t.W.value, o.W) for t, o in zip(true, other, strict=True)):
            raise Violation(
                f"for the class numbers {case.t.tolist()} the gradient is the one for {words}: targets {rows.tolist()}",
                Place("t"),
            )


def mistaken(case: Case) -> Iterator[tuple[str, Wide]]:
    """What class numbers k are mistaken for, with the rows that this makes."""
    labels, d = case.t.astype(np.int64), case.net.sizes[-1]
    eye = wide(np.eye(d))
    numbers = wide(np.repeat(labels[:, None], d, axis=1))
    yield "the number itself in every output", numbers
    yield "the number counted from 1 in every output", numbers + 1
    for shift in range(1, d):
        yield f"the class {shift} further on", eye[(labels + shift) % d]
    yield "classes numbered from the last", eye[d - 1 - labels]
    yield "every class at once", wide(np.ones((len(labels), d)))
    yield "all classes of the batch in every row", np.broadcast_to(eye[labels].max(axis=0), (len(labels), d)).copy()
    yield "no class", wide(np.zeros((len(labels), d)))
    yield "1 and -1 for 1 and 0", 2 * eye[labels] - 1
    yield "0 for 1 and 1 for 0", 1 - eye[labels]


def _gradient(subject: JudgedGradient, case: Case, rows: Wide | None) -> tuple[closed.Gradient, ...]:
    t = case.t if rows is None else np.asarray(rows, dtype=np.float64)
    return closed.gradient(case.net, case.params, case.x, t, subject.r)


def _is(g: Params, slack: Params, want: tuple[closed.Gradient, ...]) -> bool:
    parts = zip(g, slack, want, strict=True)
    return all(agree(p.W, w.W, s.W) and (agree(p.b, w.b, s.b) or not p.b.any()) for p, s, w in parts)


def _whole(claims: Claims) -> Iterator[Case]:
    """Inputs and targets of 0 and 1, for losses that take rows of them."""
    for number, family in enumerate(claims.families[:4]):
        case = build(claims, family, Shape("whole numbers", (3,), 2, 2, 3), 600 + number)
        if case.t.ndim == 2:
            x = (case.x > 0).astype(case.x.dtype)
            rows = np.eye(case.net.sizes[-1])[np.arange(case.n) % case.net.sizes[-1]]
            yield replace(case, x=x, t=rows.astype(case.x.dtype))


@holds("targets-integers", where=closed_form, cases=_whole)
def whole_numbers_are_numbers(subject: JudgedGradient, case: Case) -> None:
    """Integer arrays of inputs and targets are answered as the same numbers in floating point, or refused."""
    x, t, ask = case.x.astype(np.int64), case.t.astype(np.int64), subject.subject.fresh
    want = closed.forward(case.net, case.params, case.x, subject.r).a[-1]
    right = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    plain = subject.forward(case.net, case.params, case.x)
    try:
        y = ask.forward(case.net, case.params, x)  # type: ignore[arg-type]  # that is the question
        g = ask.gradient(case.net, case.params, case.x, t) if "gradient" in subject.claims.operations else None
    except Failure:
        return
    must_equal(y, Bounded(wide(plain), 2 * want.error), Place("y"), why="for integer inputs, as floating-point ones have it")
    if g is not None:
        was = subject.gradient(case.net, case.params, case.x, case.t)
        for l, (one, two, e) in enumerate(zip(was, g, right, strict=True), start=1):
            why = "for integer targets, as floating-point ones have it"
            must_equal(two.W, Bounded(wide(one.W), 2 * e.W.error), Place("dW", l), why=why)
