"""Input that a program cannot mean: it is refused, or at least not answered as if nothing were wrong."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from backproof.asked import Judged, JudgedGradient, JudgedLoss, JudgedTargets
from backproof.case import Case
from backproof.must import Outside, Place, Unmet, must
from backproof.pool import Shape, build
from backproof.registry import holds
from backproof.subjects.errors import Failure
from backproof_spec import Claims

SHAPES = (Shape("refused", (3,), 2, 2, 4), Shape("refused, no hidden layer", (), 3, 2, 3))


def _few(claims: Claims) -> Iterator[Case]:
    for family in claims.families[:4]:
        for number, shape in enumerate(SHAPES):
            yield build(claims, family, shape, 500 + number)


def refused(call: Callable[[], object]) -> bool:
    """Whether the call raises, or its answer has a shape that nobody could take for one; a hang or a crash is no refusal."""
    try:
        call()
    except Failure as failure:
        return failure.kind in ("raised", "answer")
    return False


@holds("input-width", cases=_few)
def a_wrong_number_of_columns_is_refused(subject: Judged, case: Case) -> None:
    """Inputs with a column too many, or one too few, are refused."""
    ask, d = subject.subject.fresh, case.net.sizes[0]
    for x in (np.hstack([case.x, case.x[:, :1]]), *([case.x[:, :-1]] if d > 1 else [])):
        said = f"inputs of shape {x.shape} were answered, though the network takes {d} columns"
        must(refused(partial(ask.forward, case.net, case.params, x)), said, Place("x"))
        if "gradient" in subject.claims.operations:
            must(refused(partial(ask.gradient, case.net, case.params, x, case.t)), f"for the gradient, {said}", Place("x"))


@holds("input-rows", cases=_few)
def targets_for_other_rows_are_refused(subject: JudgedLoss, case: Case) -> None:
    """Targets with a row too few, or with one column for several outputs, are refused."""
    if case.n < 3:
        raise Outside("the subject takes too few rows")
    ask, wrong = subject.subject.fresh, [case.t[:-1]]
    if case.t.ndim == 2 and case.net.sizes[-1] > 1:
        wrong.append(case.t[:, :1])
    for t in wrong:
        said = f"targets of shape {t.shape} were answered, for {case.n} rows and {case.net.sizes[-1]} outputs"
        for name, call in (("loss", ask.loss), ("gradient", ask.gradient)):
            if name in subject.claims.operations:
                must(refused(partial(call, case.net, case.params, case.x, t)), f"by {name}, {said}", Place("t"))


@holds("input-empty", cases=_few)
def a_batch_without_rows_is_refused_or_adds_nothing(subject: JudgedGradient, case: Case) -> None:
    """The gradient of no rows is refused, or finite."""
    if "gradient" not in subject.claims.operations:
        raise Outside("a gradient that is read off steps needs rows")
    ask, none = subject.subject.fresh, (case.net, case.params, case.x[:0], case.t[:0])
    if "loss" in subject.claims.operations:
        fair = refused(partial(ask.loss, *none)) or np.isfinite(ask.loss(*none))
        must(fair, "the loss of a batch without rows is 0 / 0", Place("loss"))
    try:
        g = ask.gradient(*none)
    except Failure as failure:
        must(failure.kind in ("raised", "answer"), failure.message, Place("dW"))
        return
    finite = all(np.isfinite(p).all() for layer in g for p in layer)
    must(finite, "the gradient of a batch without rows is not finite: 0 / 0", Place("dW"))


@holds("input-nan", cases=_few)
def a_nan_does_not_vanish(subject: Judged, case: Case) -> None:
    """A NaN in a row of inputs is refused, or seen in the outputs of that row."""
    x = case.x.copy()
    x[0, 0] = np.nan
    try:
        y = subject.subject.fresh.forward(case.net, case.params, x)
    except Failure as failure:
        must(failure.kind in ("raised", "answer"), failure.message, Place("y"))
        return
    if y.shape != (len(x), case.net.sizes[-1]):
        raise Unmet("shape-forward", f"forward returned the shape {y.shape}")
    seen = np.round(y[0].astype(float), 4).tolist()
    must(np.isnan(y[0]).any(), f"x[0, 0] is NaN, and the outputs of that row are {seen}", Place("y"))


@holds("input-labels", cases=_few)
def a_class_that_does_not_exist_is_refused(subject: JudgedTargets, case: Case) -> None:
    """Class numbers of -1, and as large as the number of outputs, are refused."""
    ask, d = subject.subject.fresh, case.net.sizes[-1]
    for label in (-1, d):
        said = f"class number {label} was given a row of targets, though there are classes 0 to {d - 1}"
        must(refused(partial(ask.targets, case.net, np.array([0, label]))), said, Place("t"))
