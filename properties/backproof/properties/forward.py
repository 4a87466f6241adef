"""Forward: y is the composition of all layers, in order, of each row alone."""

import numpy as np

from backproof.asked import Judged
from backproof.case import Case
from backproof.domain import closed_forward, has_hidden, no_hidden, output_bias, several_rows
from backproof.must import Place, Unmet, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, wide
from backproof.registry import holds
from backproof_spec import Layer


def forward_must_be_closed_form(subject: Judged, case: Case, why: str = "") -> None:
    """The subject's outputs are those of the closed form, within rounding."""
    want = closed.forward(case.net, case.params, case.x, subject.r).a[-1]
    must_equal(subject.forward(case.net, case.params, case.x), want, Place("y"), why=why)


@holds("forward-affine", where=no_hidden & closed_forward)
def one_layer_is_affine_then_activated(subject: Judged, case: Case) -> None:
    """Without a hidden layer, y = f(x W + b)."""
    forward_must_be_closed_form(subject, case)


@holds("forward-bias", where=output_bias & closed_forward)
def zero_weights_leave_the_bias(subject: Judged, case: Case) -> None:
    """With all weights zero, the output is f(b_L) in every row: a bias has influence, and is added."""
    still = case.at(tuple(Layer(np.zeros_like(layer.W), layer.b) for layer in case.params))
    forward_must_be_closed_form(subject, still, "with all weights 0, where y = f(b)")


@holds("forward-layers", where=has_hidden & closed_forward)
def layers_compose_in_order(subject: Judged, case: Case) -> None:
    """With hidden layers, y is the composition of all of them, in order."""
    forward_must_be_closed_form(subject, case)


@holds("forward-rows", where=several_rows & closed_forward)
def a_row_does_not_see_the_other_rows(subject: Judged, case: Case) -> None:
    """The output of a row does not depend on the other rows of the batch, to rounding."""
    together = subject.forward(case.net, case.params, case.x)
    if not np.isfinite(together).all():
        raise Unmet("shape-forward", "forward gives numbers that are not finite")
    error = closed.forward(case.net, case.params, case.x, subject.r).a[-1].error
    for i in range(case.n):
        alone = subject.forward(case.net, case.params, case.x[i : i + 1])
        want = Bounded(wide(alone[0]), 2 * error[i])
        must_equal(together[i], want, Place(f"y[{i}]"), why=f"as row {i} alone gives")
