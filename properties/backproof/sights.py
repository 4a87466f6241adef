"""A subject seen through less than it offers: what a suite catches must not hang on one window."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backproof.subjects.subject import Everything, Subject
from backproof_spec import Activation, Claims, Family, Loss, Network

Narrowed = Callable[[Subject], Subject]
OTHER = "other:"
RECIPE = Family((Activation("tanh"),), (Activation("sigmoid"),), (Loss("binary_cross_entropy"),))


class Unnamed:
    """A subject whose losses have names that the specification does not know: its own loss is all there is to go by."""

    def __init__(self, within: Everything) -> None:
        self._within = within

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._within, name)
        return (lambda *given, **more: found(*map(_named, given), **more)) if callable(found) else found


def _named(given: object) -> object:
    """A network with the name of its loss as the subject itself has it; anything else as it is."""
    return replace(given, loss=_renamed(given.loss, "")) if isinstance(given, Network) else given


def _renamed(loss: Loss, prefix: str) -> Loss:
    return replace(loss, name=prefix + loss.name.removeprefix(OTHER))


def own_loss_only(subject: Subject) -> Subject:
    """Losses without a closed form, and no step."""
    families = tuple(
        replace(family, loss=tuple(_renamed(loss, OTHER) for loss in family.loss if loss.targets == "natural"))
        for family in subject.claims.families
        if any(loss.targets == "natural" for loss in family.loss)
    )
    claims = replace(_offering(subject.claims, "forward", "loss", "gradient"), families=families)
    return replace(subject, claims=claims, fresh=_as(Unnamed(subject.fresh), claims), kept=_as(Unnamed(subject.kept), claims))


def step_only(subject: Subject) -> Subject:
    """Outputs and steps; neither loss nor gradient."""
    return replace(subject, claims=_offering(subject.claims, "forward", "step"))


def fit_only(subject: Subject) -> Subject:
    """Training from its own start, by the recipe's network."""
    claims = replace(_offering(subject.claims, "forward", "fit", "initial"), families=(RECIPE,), writable=False)
    return replace(subject, claims=claims)


def single(subject: Subject) -> Subject:
    """The same in float32."""
    return replace(subject, claims=replace(subject.claims, dtype="float32"))


SIGHTS: dict[str, Narrowed] = {
    "own loss only": own_loss_only, "step only": step_only, "fit only": fit_only, "float32": single,
}  # fmt: skip


def _offering(claims: Claims, *operations: str) -> Claims:
    return replace(claims, operations=claims.operations & frozenset(operations))


def _as(answers: Unnamed, claims: Claims) -> Any:
    answers.__dict__["claims"] = claims
    return answers
