"""What the user says of a subject overrides what the subject says, as far as the subject can follow."""

import difflib
from dataclasses import replace

from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Claims, Family, Loss, Penalty
from backproof_spec.vocabulary import ACTIVATIONS, ELEMENTWISE, LOSSES

_PARAMETERS = ("slope", "scale", "offset", "alpha")


def activation_hint(text: str, flag: str) -> Activation:
    """`tanh`, `leaky_relu:alpha=0.2`, `tanh:slope=0.6667,scale=1.7159`."""
    name, _, rest = text.partition(":")
    _known(name, ELEMENTWISE if flag == "--hidden" else ACTIVATIONS, flag, "activation")
    given = dict(_parameter(item, flag) for item in rest.split(",") if item)
    return Activation(
        name,
        given.get("slope", 1.0),
        given.get("scale", 1.0),
        given.get("offset", 0.0),
        given.get("alpha"),
    )


def _parameter(item: str, flag: str) -> tuple[str, float]:
    """`alpha=0.2`."""
    key, _, value = item.partition("=")
    if key not in _PARAMETERS:
        raise Unusable(f"{flag}: {key} is no parameter of an activation; these are {', '.join(_PARAMETERS)}")
    try:
        return key, float(value)
    except ValueError:
        raise Unusable(f"{flag}: {key} is {value!r}, should be a number") from None


def _known(name: str, names: tuple[str, ...], flag: str, noun: str) -> None:
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        nearest = f"; did you mean {close[0]}?" if close else ""
        raise Unusable(f"{flag}: there is no {noun} named {name}{nearest}; there are {', '.join(names)}")


def checked(hints: Hints) -> None:
    """Raise Unusable for a name that the specification does not know."""
    if hints.hidden is not None:
        activation_hint(hints.hidden, "--hidden")
    if hints.output is not None:
        activation_hint(hints.output, "--output")
    if hints.loss is not None:
        _known(hints.loss, LOSSES, "--loss", "loss")


def hinted_loss(loss: Loss, hints: Hints) -> Loss:
    """The loss with the hinted conventions in it."""
    if hints.loss is not None:
        loss = replace(loss, name=hints.loss)
    if hints.samples is not None:
        loss = replace(loss, samples=hints.samples)
    if hints.outputs is not None:
        loss = replace(loss, outputs=hints.outputs)
    if hints.factor is not None:
        loss = replace(loss, factor=hints.factor)
    if hints.targets is not None:
        loss = replace(loss, targets="index" if hints.targets == "labels" else "natural")
    return loss


def hinted(name: str, claims: Claims, hints: Hints) -> Claims:
    """The claims of a subject that speaks for itself, with the hints in them."""
    checked(hints)
    fitting = _claiming(name, claims.families, hints)
    families = tuple(dict.fromkeys(_family(name, family, hints) for family in fitting))
    return replace(claims, families=families, dtype=hints.dtype or claims.dtype)


def _claiming(name: str, families: tuple[Family, ...], hints: Hints) -> tuple[Family, ...]:
    """Those that claim the hinted activations and loss; with the sentence of the flag that leaves none."""
    for flag, text, of in (("--hidden", hints.hidden, "hidden"), ("--output", hints.output, "output")):
        if text is not None:
            wanted = activation_hint(text, flag).name
            fitting = tuple(f for f in families if any(a.name == wanted for a in getattr(f, of)))
            if not fitting:
                _claimed(name, tuple(a for f in families for a in getattr(f, of)), text, flag)
            families = fitting
    of_loss = tuple(f for f in families if any(hints.loss in (None, loss.name) for loss in f.loss))
    return of_loss or families


def _family(name: str, family: Family, hints: Hints) -> Family:
    if hints.hidden is not None:
        family = replace(family, hidden=(_claimed(name, family.hidden, hints.hidden, "--hidden"),), mixed=False)
    if hints.output is not None:
        family = replace(family, output=(_claimed(name, family.output, hints.output, "--output"),))
    if hints.l2 is not None:
        family = replace(family, penalty=(Penalty(l2=hints.l2),))
    if hints.biases is not None:
        family = replace(family, biases=(hints.biases, hints.biases))
    return replace(family, loss=_losses(family.loss, hints))


def _losses(losses: tuple[Loss, ...], hints: Hints) -> tuple[Loss, ...]:
    """The claimed losses of the hinted name, or the hinted one if none is claimed; the other conventions in each."""
    same = tuple(loss for loss in losses if hints.loss in (None, loss.name))
    return tuple(dict.fromkeys(hinted_loss(loss, hints) for loss in same or losses[:1]))


def _claimed(name: str, claimed: tuple[Activation, ...], text: str, flag: str) -> Activation:
    """The hinted activation, if the subject claims one of that name."""
    wanted = activation_hint(text, flag)
    names = tuple(dict.fromkeys(activation.name for activation in claimed))
    if wanted.name not in names:
        raise Unusable(f"{flag}: {name} does not claim {wanted.name}; it claims {', '.join(names)}")
    return wanted
