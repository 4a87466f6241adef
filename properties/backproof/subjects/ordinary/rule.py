"""The update rule, read off two steps: a memory of momentum, or moves of one size, are an optimiser's and no faults."""

from dataclasses import dataclass

import numpy as np

from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.errors import Failure, NotOffered
from backproof_spec import Array, Claims, Maker, Network, Params, Rule, StepMachine, Targets

RATE = 2.0**-6
ALIKE = 1e-4  # relative: two moves are one multiple of each other, two entries of one size
ENTRIES = 6  # at least so many moves of one size are no chance


@dataclass(frozen=True)
class Read:
    """What two steps from the same parameters show."""

    judged: bool  # whether single steps show the gradient: not where all moves have one size
    rules: tuple[Rule, ...]
    sentence: str  # "" for plain descent


PLAIN = Read(True, (Rule(0.0),), "")


def _moves(maker: Maker, net: Network, params: Params, x: Array, t: Targets) -> tuple[Array, Array]:
    """The first and the second move of one object, each from the same parameters, all entries in a row."""
    with lent_generators():
        seed_generators(0)
        machine = maker.make(net, 0)
        if not isinstance(machine, StepMachine):
            raise NotOffered("step")
        before = np.concatenate([p.ravel() for layer in params for p in layer])
        moved = []
        for _ in range(2):
            machine.write(params)
            machine.step(x.copy(), t.copy(), Rule(RATE))
            moved.append(np.concatenate([np.ravel(p) for layer in machine.read() for p in layer]) - before)
    return moved[0], moved[1]


def read(maker: Maker, claims: Claims, net: Network, params: Params, x: Array, t: Targets) -> Read:
    """The rule of an ordinary class. A gradient that is added to the last one (a ratio of 2) stays a fault, and is plain here."""
    try:
        first, second = asked("step", lambda: _moves(maker, net, params, x, t))
    except (Failure, NotOffered):
        return PLAIN
    if first.shape != second.shape or not (np.isfinite(first).all() and np.isfinite(second).all()) or not first.any():
        return PLAIN
    sizes = np.abs(first[first != 0])
    if len(sizes) >= ENTRIES and sizes.max() <= (1 + 1e-2) * sizes.min():
        return Read(
            False, (Rule(0.0, "own"),), "all its moves have one size, as the first of Adam or RMSProp: steps are not judged"
        )
    ratio = float(first @ second / (first @ first))
    if np.abs(second - ratio * first).max() > ALIKE * np.abs(first).max() or abs(ratio - 1) <= ALIKE or not 0 < ratio < 2 - ALIKE:
        return PLAIN
    if ratio > 1:
        rule, told = Rule(0.0, "momentum", beta1=ratio - 1), f"momentum {ratio - 1:.4g}"
    else:
        rule, told = Rule(0.0, "own"), f"a rate that falls from step to step, by {ratio:.4g} at the first"
    if "gradient" in claims.operations:
        return Read(False, (rule,), f"it has {told}: steps are not judged, the gradient is")
    return Read(True, (rule,), f"it has {told}: only first steps are judged")
