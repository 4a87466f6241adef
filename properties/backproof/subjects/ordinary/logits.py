"""Programs whose forward ends in logits: their own loss puts these through softmax, or through a sigmoid."""

from dataclasses import replace

from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.aims import said_penalty
from backproof.subjects.ordinary.objective import fit_loss, penalty_of
from backproof.subjects.ordinary.offers import Calls, offered
from backproof.subjects.ordinary.shell import Shell
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Loss

TAKEN = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}  # through what, by which loss


def with_outputs(shell: Shell, pair: Pair, calls: Calls, hints: Hints) -> tuple[Shell, Pair, Calls]:
    """The same; or with outputs y = f(z) in place of logits z, where the loss of the program is one of y and none of z."""
    plain = pair.output == Activation("identity") and hints.output is None and hints.loss is None
    if not plain or not calls.losses or _read(shell, pair, calls, hints) is not None:
        return shell, pair, calls
    for through, name in TAKEN.items():
        other = replace(shell, forward=replace(shell.forward, through=through))
        seen = pair._replace(output=Activation(through))
        loss = _read(other, seen, calls, hints)
        if loss is not None and loss.name == name:
            return other, seen, offered(other, seen, hints)
    return shell, pair, calls


def _read(shell: Shell, pair: Pair, calls: Calls, hints: Hints) -> Loss | None:
    """The loss that the values of some call are, for outputs of this kind."""
    penalties = [said_penalty(hints) or penalty_of(shell, call, calls.labels) for call in calls.losses]
    asked = zip(calls.losses, penalties, strict=True)
    read = (fit_loss(shell, call, pair.output, [shell.sizes], calls.labels, penalty) for call, penalty in asked)
    return next((loss for loss in read if loss is not None), None)
