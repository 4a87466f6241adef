"""Which objective a class is held against: read off its losses, or else off its gradients or steps; hints override."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backproof.subjects.hinted import hinted_loss
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.calls import LossCall
from backproof.subjects.ordinary.machine import Options
from backproof.subjects.ordinary.objective import (
    Question,
    candidates,
    fit_direction,
    fit_gradient,
    fit_loss,
    gradient_of,
    natural,
    off,
    penalty_of,
)
from backproof.subjects.ordinary.offers import Calls
from backproof.subjects.ordinary.penalties import NO_PENALTY
from backproof.subjects.ordinary.shell import Shape, Shell
from backproof.subjects.ordinary.wording import penalised, spoken
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Layer, Loss, Params, Penalty, Reduction, Sizes
from backproof_spec.vocabulary import MATCHING

LOGARITHMIC = ("cross_entropy", "binary_cross_entropy")
REDUCTION: Reduction = "sum"  # over outputs, where a delta of y - t is taken as it is


@dataclass(frozen=True)
class Objective:
    """What is followed, what is reported, and what was read off where."""

    loss: Loss
    reported: Loss | None
    call: LossCall | None
    unscaled: bool
    said: str
    penalty: Penalty = NO_PENALTY


def objective_of(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, sizes: Sizes, hints: Hints, alone: bool,
    options: Options,
) -> Objective:  # fmt: skip
    """Read off losses, or else off gradients or steps; hints override."""
    said = said_penalty(hints)
    found = _objective(shell, calls, hidden, output, sizes, hints, alone, options)
    return found if said is None else replace(found, penalty=said)


def said_penalty(hints: Hints) -> Penalty | None:
    """The user's; None if nothing is said of it."""
    return None if hints.l2 is None else Penalty(l2=hints.l2)


def _objective(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, sizes: Sizes, hints: Hints, alone: bool,
    options: Options,
) -> Objective:  # fmt: skip
    shapes, by_hand = _shapes(shell, sizes), said_penalty(hints)
    for call in calls.losses:
        penalty = by_hand or penalty_of(shell, call, calls.labels, options)
        loss = fit_loss(shell, call, output, shapes, calls.labels, penalty, options)
        if loss is None:
            continue
        found = _reported(shell, calls, hidden, output, shapes, hints, alone, options, loss, call, penalty)
        if by_hand or not penalty.l2 or found.reported is None:  # to a loss that is not followed none is added
            return found
    if calls.losses:
        call = calls.losses[0]
        if hints.loss is not None:
            return Objective(hinted_loss(natural(output, calls.labels), hints), None, call, False, "loss: as said")
        other = replace(natural(output, calls.labels), name=f"other:{call.call.name}")
        if not calls.labels:  # targets that every loss takes, be it of classes or of numbers
            other = replace(other, targets="one_hot")
        said = f"the loss that {call.call.name} returns is none that is known: gradients are judged against it alone"
        return Objective(hinted_loss(other, hints), None, call, False, said)
    return _followed(shell, calls, hidden, output, shapes, hints, alone, options)


def _shapes(shell: Shell, sizes: Sizes) -> tuple[Shape, ...]:
    """The size at which it was understood, and another number of outputs."""
    if sizes.exactly or sizes.outputs[1] == 1 or not shell.constructor.has("sizes", "out"):
        return (shell.sizes,)
    return (shell.sizes, (*shell.sizes[:-1], 4 if shell.sizes[-1] != 4 else 3))


def _asker(shell: Shell, calls: Calls, options: Options, penalty: Penalty) -> Callable[[Question], Params | None]:
    """The gradient that a question shows, without the penalty that is in it."""

    def ask(question: Question) -> Params | None:
        g = gradient_of(shell, calls.gradient, calls.step, question, options)
        if g is None or penalty == NO_PENALTY:
            return g
        more = expected.penalty_gradient(penalty, question.params, len(question.x))
        return tuple(Layer(d.W - p.W, d.b - p.b) for d, p in zip(g, more, strict=True))

    return ask


def _reported(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, shapes: Sequence[Shape], hints: Hints,
    alone: bool, options: Options, loss: Loss, call: LossCall, penalty: Penalty,
) -> Objective:  # fmt: skip
    """The loss that is reported; what is followed is another where gradients are exactly those of y - t."""
    said = f"loss: {spoken(loss)}{penalised(penalty)}, read off its values"
    followed: Loss | None = None
    own: Loss | None = None
    if (calls.gradient or calls.step) and hints.loss is None:
        ns, h = ((1,) if alone else (1, 3)), hidden or output
        ask = _asker(shell, calls, options, penalty)
        own = fit_gradient(shell, ask, h, output, shapes, calls.labels, ns, [loss], exact=True)
        followed = (
            None
            if own
            else fit_gradient(shell, ask, h, output, shapes, calls.labels, ns, _fused(loss, output), exact=True)
        )
    if followed is None:
        own = loss if own is None else own
        ask = _asker(shell, calls, options, penalty)
        slip = off(shell, ask, own, hidden or output, output, shapes) if own.name in LOGARITHMIC else 0.0
        if slip > loss.epsilon:
            loss, said = replace(loss, epsilon=slip), f"{said}; gradients as with an epsilon of up to {slip:.1g} in it"
        return Objective(hinted_loss(loss, hints), None, call, False, said, penalty)
    said += f"; gradients follow y - t, the derivative of the output's matching loss ({spoken(followed)})"
    return Objective(hinted_loss(followed, hints), loss, call, False, said)


def _fused(loss: Loss, output: Activation) -> list[Loss]:
    """The delta y - t under a loss that it does not belong to, with the reductions of that loss: no scale is excused."""
    if MATCHING.get(output.name) == loss.name:
        return []
    return [
        Loss("matching", factor, loss.samples, outputs)
        for factor in dict.fromkeys((loss.factor, 1.0))
        for outputs in dict.fromkeys((loss.outputs, REDUCTION))
    ]


def _followed(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, shapes: Sequence[Shape], hints: Hints,
    alone: bool, options: Options,
) -> Objective:  # fmt: skip
    """Without a reported loss: the one whose gradient is followed."""
    usual = natural(output, calls.labels)
    names = ["cross_entropy", "squared_error"] if output.name == "softmax" else ["squared_error"]
    names += ["binary_cross_entropy"] if output.name == "sigmoid" else []
    names = [hints.loss] if hints.loss else [*names, "matching"]
    ns = (1,) if alone else (1, 3, 4)
    ask, offered = _asker(shell, calls, options, said_penalty(hints) or NO_PENALTY), list(candidates(output, names))
    if calls.gradient is None and (calls.step is None or not calls.step.rated):
        towards = fit_direction(shell, ask, hidden or output, output, shell.sizes, calls.labels, offered)
        if towards is None and hints.loss is None:
            said = "loss: not known: there is none, and steps at a rate that is not known agree with none; say --loss NAME"
            return Objective(replace(hinted_loss(usual, hints), name="other:unknown"), None, None, True, said)
        towards = towards or usual
        said = f"loss: {spoken(towards)}, read off the direction of steps; their rate is not known"
        return Objective(hinted_loss(towards, hints), None, None, True, said)
    found = fit_gradient(shell, ask, hidden or output, output, shapes, calls.labels, ns, offered)
    if found is not None:
        return Objective(hinted_loss(found, hints), None, None, False, f"loss: {spoken(found)}, read off gradients")
    if hints.loss is None:
        said = "loss: not known: there is none, and gradients agree with those of none; say --loss NAME, and perhaps --l2 L"
        return Objective(replace(hinted_loss(usual, hints), name="other:unknown"), None, None, True, said)
    declared = None not in (hints.samples, hints.factor)
    said = f"loss: {spoken(hinted_loss(usual, hints))}, as said; gradients agree with it in no scale"
    return Objective(hinted_loss(usual, hints), None, None, not declared, said)
