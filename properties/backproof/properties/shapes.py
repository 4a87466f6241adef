"""Shapes: what has the architecture's shape keeps it, at every operation and batch size."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Judged, JudgedFit, JudgedGradient, JudgedInitial, JudgedLoss, JudgedUpdates, recovery_rate
from backproof.case import Case
from backproof.must import Outside, Place, Unmet, Violation, must
from backproof.pool import Shape, build
from backproof.registry import holds
from backproof.subjects.errors import Failure
from backproof.subjects.subject import Everything
from backproof_spec import Array, Claims, Network, Params, Rule, Targets


@holds("shape-forward")
def forward_has_a_row_for_each_sample_and_a_column_for_each_output(subject: Judged, case: Case) -> None:
    """forward of x (n, d_0) is an array (n, d_L) of finite numbers."""
    try:
        y = subject.forward(case.net, case.params, case.x)
    except Unmet as unmet:
        raise Violation(unmet.reason, Place("y"), costly=unmet.costly) from None
    must(np.isfinite(y).all(), "forward returned NaN or infinity on ordinary numbers", Place("y"))


@holds("shape-loss")
def loss_is_one_finite_number(subject: JudgedLoss, case: Case) -> None:
    """loss of a batch is one finite real number."""
    try:
        subject.loss(case.net, case.params, case.x, case.t)
    except Unmet as unmet:
        raise Violation(unmet.reason, Place("loss"), costly=unmet.costly) from None


def _failed(failure: Failure, place: Place) -> Violation:
    return Violation(failure.message, place, costly=failure.kind in ("hung", "crashed"))


def _answers(ask: Everything, case: Case, operations: frozenset[str]) -> Iterator[tuple[str, Params]]:
    """One answer at a time: a step that fails must not hide the shapes of a gradient that was given."""
    if "gradient" in operations:
        yield "gradient", ask.gradient(case.net, case.params, case.x, case.t)
    if "step" in operations:
        rate = recovery_rate(ask.claims) or 0.0
        yield "step", ask.step(case.net, case.params, case.x, case.t, Rule(rate))


def _weights(operation: str, case: Case, answer: Params) -> None:
    prefix = "dW" if operation == "gradient" else "W"
    must(len(answer) == case.net.depth, f"{operation} returned {len(answer)} layers, should be {case.net.depth}")
    for l, (layer, shape) in enumerate(zip(answer, zip(case.net.sizes, case.net.sizes[1:], strict=False), strict=True), 1):
        must(
            layer.W.shape == shape,
            f"after {operation} the shape of {prefix}{l} is {layer.W.shape}, should be {shape} (batch of {case.n})",
            Place(prefix, l),
        )
        must(np.isfinite(layer.W).all(), f"after {operation} {prefix}{l} is not finite", Place(prefix, l))


def _biases(operation: str, case: Case, answer: Params) -> None:
    prefix = "db" if operation == "gradient" else "b"
    for l, (layer, d) in enumerate(zip(answer, case.net.sizes[1:], strict=False), start=1):
        must(
            layer.b.shape == (d,),
            f"after {operation} the shape of {prefix}{l} is {layer.b.shape}, should be {(d,)} (batch of {case.n})",
            Place(prefix, l),
        )


@holds("shape-weights")
def weights_keep_their_shape(subject: JudgedGradient, case: Case) -> None:
    """In gradient and step, W_l and dW_l have shape (d_{l-1}, d_l), at every batch size."""
    try:
        for operation, answer in _answers(subject.subject.fresh, case, subject.claims.operations):
            _weights(operation, case, answer)
    except Failure as failure:
        raise _failed(failure, Place("dW")) from None


@holds("shape-biases")
def biases_keep_their_shape(subject: JudgedGradient, case: Case) -> None:
    """In gradient and step, b_l and db_l have shape (d_l,), at every batch size: a bias never depends on the batch."""
    try:
        for operation, answer in _answers(subject.subject.fresh, case, subject.claims.operations):
            _biases(operation, case, answer)
    except Failure as failure:
        raise Unmet("shape-weights", failure.message) from None


@holds("shape-weights")
def initial_weights_have_the_shape_of_the_architecture(subject: JudgedInitial, case: Case) -> None:
    """The subject's own initial weights have shape (d_{l-1}, d_l) and are finite."""
    try:
        _weights("initial", case, subject.subject.fresh.initial(case.net, 0))
    except Failure as failure:
        raise _failed(failure, Place("W")) from None


@holds("shape-biases")
def initial_biases_have_the_shape_of_the_architecture(subject: JudgedInitial, case: Case) -> None:
    """The subject's own initial biases have shape (d_l,)."""
    try:
        _biases("initial", case, subject.subject.fresh.initial(case.net, 0))
    except Failure as failure:
        raise Unmet("shape-weights", failure.message) from None


def _trained(subject: JudgedFit, case: Case) -> Params:
    """The parameters after one epoch of the subject's own training, where they can be read. Raises Failure."""
    rule = Rule(recovery_rate(subject.claims) or 1.0)
    done = subject.subject.fresh.fit(case.net, case.x, case.t, case.x[:1], seed=0, epochs=1, rule=rule)
    if done.params is None:
        raise Outside("the parameters cannot be read after training")
    return done.params


@holds("shape-weights")
def trained_weights_keep_their_shape(subject: JudgedFit, case: Case) -> None:
    """After the subject's own training, W_l has shape (d_{l-1}, d_l), whatever the batch was."""
    try:
        _weights("fit", case, _trained(subject, case))
    except Failure as failure:
        raise _failed(failure, Place("W")) from None


@holds("shape-biases")
def trained_biases_keep_their_shape(subject: JudgedFit, case: Case) -> None:
    """After the subject's own training, b_l has shape (d_l,), whatever the batch was."""
    try:
        _biases("fit", case, _trained(subject, case))
    except Failure as failure:
        raise Unmet("shape-weights", failure.message) from None


def _few(claims: Claims) -> Iterator[Case]:
    for family in claims.families[:2]:
        yield build(claims, family, Shape("every rule", (3,), 2, 2, 3), 800)


@holds("shape-weights", cases=_few)
def every_declared_rule_gives_weights_of_the_right_shape(subject: JudgedUpdates, case: Case) -> None:
    """After two updates by any declared rule, W_l has shape (d_{l-1}, d_l) and is finite."""
    rate = recovery_rate(subject.claims) or 0.0
    for rule in (replace(rule, rate=min(rate, 2.0**-6)) for rule in subject.claims.rules if rule.name != "own"):
        try:
            _weights(f"two updates by {rule.name}", case, subject.subject.fresh.descend(*_given(case), rule, 2))
            if "fit" in subject.claims.operations:
                subject.subject.fresh.fit(case.net, case.x, case.t, case.x, seed=0, epochs=2, rule=rule)
        except Failure as failure:
            raise _failed(failure, Place("W")) from None


def _given(case: Case) -> tuple[Network, Params, Array, Targets]:
    return case.net, case.params, case.x, case.t
