"""The gradient of the declared loss, judged only where the subject's forward is the closed form: its deltas start there."""

import numpy as np

from backproof.asked import JudgedGradient
from backproof.case import Case
from backproof.must import Unmet, agree
from backproof.oracle import closed
from backproof_spec import Params


def forward_must_hold(subject: JudgedGradient, case: Case) -> None:
    """Raise Unmet where the forward pass of this very case is not the closed form; looked at once."""
    key = ("forward", id(case.params), id(case.x))
    if key not in subject.notes:
        want = closed.forward(case.net, case.params, case.x, subject.r).a[-1]
        # the case is noted too: an id is its own only while it lives
        subject.notes[key] = (agree(np.asarray(subject.forward(case.net, case.params, case.x)), want), case)
    noted = subject.notes[key]
    if not (isinstance(noted, tuple) and noted[0]):
        raise Unmet("forward-layers", "the forward pass of the case is not right, so its gradient is not comparable")


def gradient(subject: JudgedGradient, case: Case) -> tuple[closed.Gradient, ...]:
    """The closed-form gradient, where the forward pass holds."""
    forward_must_hold(subject, case)
    return closed.gradient(case.net, case.params, case.x, case.t, subject.r)


def finite(g: Params, case: Case) -> Params:
    """The gradient, if it is finite or the case is no ordinary one; what is NaN on ordinary numbers is told once, elsewhere."""
    if "moderate" in case.flavours and not all(np.isfinite(p).all() for layer in g for p in layer):
        raise Unmet("shape-weights", "the gradient is not finite on ordinary numbers")
    return g
