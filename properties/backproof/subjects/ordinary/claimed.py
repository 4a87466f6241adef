"""What is claimed of a class, as far as single questions tell."""

from typing import Literal

import numpy as np

from backproof.subjects.ordinary.aims import Objective
from backproof.subjects.ordinary.calls import StepCall
from backproof.subjects.ordinary.machine import Recognised
from backproof.subjects.ordinary.places import fetch
from backproof.subjects.ordinary.shell import Shell
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Family, Operation, Sizes


def family_of(
    key: tuple[Activation | None, Activation], aim: Objective, shell: Shell, sizes: Sizes, hints: Hints
) -> Family:
    """The family of one pair of activations."""
    return Family(
        hidden=(key[0] or key[1],),
        output=(key[1],),
        loss=(aim.loss,),
        reported=aim.reported,
        penalty=(aim.penalty,),
        biases=(hints.biases or shell.biases[0], hints.biases or shell.biases[1]),
        sizes=sizes,
    )


def operations_of(how: Recognised) -> frozenset[Operation]:
    """What can be asked for."""
    offered: list[tuple[Operation, object]] = [
        ("forward", how.forward), ("initial", how.constructor), ("loss", how.loss), ("gradient", how.gradient),
        ("step", how.step), ("fit", how.fit),
    ]  # fmt: skip
    return frozenset(name for name, call in offered if call is not None)


def training_of(step: StepCall | None) -> StepCall | None:
    """A step that is told how many epochs to make is training as well."""
    told = step is not None and any(t == "one" for t in (*step.call.tokens, *(t for _, t in step.call.keywords)))
    return step if told or (step is not None and step.once) else None


def dtype_of(shell: Shell) -> Literal["float32", "float64"]:
    """The precision in which a fresh object holds its weights."""
    made = shell.constructor.build(shell.sizes)
    paths = shell.layout.weights.paths(made, len(shell.sizes) - 1)
    return "float32" if np.asarray(fetch(made, paths[0])).dtype == np.float32 else "float64"


def seeded_of(shell: Shell) -> bool:
    """Whether the same seed draws the same parameters."""
    one, two = (shell.layout.read(shell.whole(shell.sizes), shell.sizes) for _ in range(2))
    return all(np.array_equal(p.W, q.W) and np.array_equal(p.b, q.b) for p, q in zip(one, two, strict=True))
