"""Domains: the cases in which a statement is true and can be put, by name, so that properties can say them."""

import numpy as np

from backproof.case import Case, Where, flavoured
from backproof.oracle import activations, closed
from backproof.oracle.bounded import DOUBLE
from backproof_spec.vocabulary import LOSSES, SMOOTH, target_kind

FAR = 30.0  # |slope * z|, from which on an answer is asked for by the clauses on what is far out alone
moderate = flavoured("moderate")
on_the_grid = Where("the boundary grid", lambda case: not case.name.startswith("pool"))  # what no number decides
several_rows = Where("two rows or more", lambda case: case.n > 1)
has_hidden = Where("a hidden layer", lambda case: case.net.depth > 1)
no_hidden = Where("no hidden layer", lambda case: case.net.depth == 1)
closed_forward = Where("activations with a closed form", lambda case: closed.has_closed_forward(case.net))
closed_form = Where("activations and loss with a closed form", lambda case: closed.has_closed_form(case.net))
own_loss = Where("the reported loss is the objective", lambda case: case.net.reported is None)
reported_known = Where("a reported loss with a closed form", lambda case: (case.net.reported or case.net.loss).name in LOSSES)
softmax_output = Where("softmax output", lambda case: case.net.activations[-1].name == "softmax")
sigmoid_output = Where(
    "sigmoid output",
    lambda case: (
        case.net.activations[-1].name == "sigmoid"
        and case.net.activations[-1].scale == 1
        and case.net.activations[-1].offset == 0
    ),
)
output_bias = Where("a bias in the output layer", lambda case: case.net.bias(case.net.depth) == "each")
no_penalty = Where("no penalty", lambda case: not (case.net.penalty.l1 or case.net.penalty.l2))
dense_targets = Where(
    "targets that may take any value of the output", lambda case: target_kind(case.net.loss) in ("real", "unit")
)
smooth = Where("smooth activations", lambda case: all(a.name in SMOOTH for a in case.net.activations))


def _stationary(case: Case) -> bool:
    return case.net.loss.name in ("squared_error", "matching")


stationary_at_target = Where("a loss whose derivative is exactly 0 at y = t", _stationary)


def _is_far_out(case: Case) -> bool:
    """A forward pass of ours reaches such an argument; where there is none of ours, nobody says so."""
    if not closed.has_closed_forward(case.net):
        return False
    passed = zip(case.net.activations, closed.forward(case.net, case.params, case.x, DOUBLE).z, strict=True)
    return any(bool((np.abs(activations.argument(f, z, DOUBLE).value) >= FAR).any()) for f, z in passed)


far_out = Where(f"|slope * z| of {FAR:g} or more in some layer", _is_far_out)
