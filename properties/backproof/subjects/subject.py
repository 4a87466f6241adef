"""What the judge speaks to: every operation, on a fresh object for each call or on one kept object."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from backproof.subjects.manner import Manner
from backproof_spec import (
    Array,
    Claims,
    HasFit,
    HasGradient,
    HasInitial,
    HasLoss,
    HasStep,
    HasTargets,
    Network,
    Operation,
    Params,
    Reduction,
    Rule,
    Targets,
)


class Everything(HasLoss, HasGradient, HasStep, HasInitial, HasTargets, HasFit, Protocol):
    """All operations. One that is not on offer (see claims.operations) raises NotOffered; trouble raises Failure."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many passes over the batch, by one object; by its gradient if it has no step.

        A pass is one step; for a subject that takes fewer rows a step, the steps that it needs, in order.
        """
        ...

    def losses(
        self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /
    ) -> NDArray[np.float64]:
        """The loss (len(stack),) of the same batch at each of the parameters; as `loss`, asked once for all."""
        ...

    def touched(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation changed though only lent: "x", "t", "W1", "b2", ...."""
        ...

    def left(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation used up of the caller's, shares memory with, or overwrites in its next call."""
        ...


def chunks(x: Array, t: Targets, most: int | None) -> list[tuple[Array, Targets]]:
    """The batch in pieces of at most that many rows, in order; None: as it is."""
    size = len(x) if most is None else most
    return [(x[i : i + size], t[i : i + size]) for i in range(0, len(x), size)]


def rounds(x: Array, t: Targets, most: int | None, times: int) -> Iterator[tuple[Array, Targets]]:
    """The pieces of the batch, so many times; each time the very same arrays, as a training loop gives them.

    A program that knows a batch again by its identity is then seen to. What it changed in them is mended, and told elsewhere.
    """
    pieces = chunks(x, t, most)
    lent = [(some_x.copy(), some_t.copy()) for some_x, some_t in pieces]
    for _ in range(times):
        for k, piece in enumerate(pieces):
            if not all(map(np.array_equal, piece, lent[k])):
                lent[k] = piece[0].copy(), piece[1].copy()
            yield lent[k]


def losses_one_by_one(
    subject: HasLoss, net: Network, stack: tuple[Params, ...], x: Array, t: Targets
) -> NDArray[np.float64]:
    """What `losses` means: the loss (len(stack),) at each of the parameters, asked one after the other."""
    return np.array([subject.loss(net, params, x, t) for params in stack], dtype=np.float64)


@dataclass(frozen=True)
class Subject:
    """A subject, found, recognised and ready to be asked."""

    target: str  # as the user named it
    claims: Claims  # with its operations
    fresh: Everything  # a fresh object for each call: numeric clauses
    kept: Everything  # one kept object: hygiene clauses
    assumed: tuple[str, ...] = ()  # sentences: what was recognised, and what was taken for granted
    unscaled: bool = False  # the scale of the objective is neither declared nor readable: only directions are judged
    manner: Manner = field(default_factory=Manner)  # how it writes its layers down: names, orientation, samples
    close: "Closing" = field(default=lambda: None, compare=False)


class Closing(Protocol):
    """Ends the subject's process, if it has one."""

    def __call__(self) -> None:
        """End it; twice is harmless."""
        ...


@dataclass(frozen=True)
class Hints:
    """What the user says of a subject on the command line; None: to be recognised."""

    hidden: str | None = None  # "tanh", "leaky_relu:alpha=0.2", "tanh:slope=0.6667,scale=1.7159"
    output: str | None = None
    loss: str | None = None
    samples: Reduction | None = None
    outputs: Reduction | None = None
    factor: float | None = None
    l2: float | None = None
    layout: Literal["in-out", "out-in"] | None = None
    biases: Literal["each", "none"] | None = None
    targets: Literal["dense", "labels"] | None = None
    dtype: Literal["float32", "float64"] | None = None
