"""A case with plainer activations, as far as the subject claims them."""

from collections.abc import Iterator
from dataclasses import replace

from backproof.case import Case
from backproof_spec import Activation

PLAIN = tuple(Activation(name) for name in ("identity", "sigmoid", "tanh", "relu"))


def _plainer(one: Activation) -> tuple[Activation, ...]:
    return PLAIN[: PLAIN.index(one)] if one in PLAIN else PLAIN


def plainer(case: Case) -> Iterator[Case]:
    """All hidden layers with one and the same plain activation; then one layer at a time."""
    *hidden, output = case.net.activations
    if len(hidden) > 1:
        yield from (_with(case, (*(one for _ in hidden), output)) for one in PLAIN)
    for l, old in enumerate(case.net.activations):
        for one in _plainer(old):
            yield _with(case, (*case.net.activations[:l], one, *case.net.activations[l + 1 :]))


def _with(case: Case, activations: tuple[Activation, ...]) -> Case:
    return replace(case, net=replace(case.net, activations=activations))
