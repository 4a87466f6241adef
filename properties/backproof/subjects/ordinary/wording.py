"""What was recognised, and what was taken for granted, in words."""

from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.machine import Recognised
from backproof.subjects.ordinary.shell import Shell
from backproof_spec import Activation, Claims, Loss, Penalty


def sentences(
    name: str, how: Recognised, pair: Pair, aim: str, claims: Claims, limits: tuple[str, ...],
    odd: tuple[str, ...], shell: Shell,
) -> tuple[str, ...]:  # fmt: skip
    """What was recognised, and what was taken for granted."""
    said = [how.constructor.sentence(name.rpartition(":")[2]), *limits, how.layout.sentence(), how.forward.sentence()]
    shown = how.forward.name
    deep = len(shell.sizes) > 2
    said.append(
        f"activations: {f'{wording(pair.hidden)}, ' if deep else ''}output {wording(pair.output)}, read off {shown}"
    )
    said += [aim, *(call.sentence() for call in (how.loss, how.gradient, how.step) if call is not None)]
    said += ["one sample a step"] if claims.batch == 1 else []
    options = how.constructor.untouched
    said += [f"options as by default, and judged with no other values: {options}"] if options else []
    said += ["its initial values cannot be repeated: it draws from a generator of its own"] if not claims.seeded else []
    return (*said, *odd)


def wording(activation: Activation) -> str:
    """An activation, with the parameters that are not as usual."""
    parts = [f"{k}={v:g}" for k, v in (("slope", activation.slope), ("scale", activation.scale)) if v != 1]
    parts += [f"alpha={activation.alpha:g}"] if activation.alpha is not None else []
    return activation.name + (f" ({', '.join(parts)})" if parts else "")


def spoken(loss: Loss) -> str:
    """A loss in words."""
    text = f"{loss.name}, {loss.samples} over samples, {loss.outputs} over outputs"
    text += f", times {loss.factor:g}" if loss.factor != 1 else ""
    text += f", epsilon {loss.epsilon:g}" if loss.epsilon else ""
    return text + {"index": ", class numbers as targets", "one_hot": ", one-hot targets"}.get(loss.targets, "")


def penalised(rule: Penalty) -> str:
    """A penalty in words, as what comes after a loss."""
    if not rule.l2:
        return ""
    over = "weights and biases" if rule.biases else "weights"
    return f", and {rule.l2:g} / 2 times the sum of squares of {over}" + (" over samples" if rule.per_sample else "")
