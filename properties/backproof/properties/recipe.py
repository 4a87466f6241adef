"""Gates by a recipe, for subjects that train but whose parameters cannot be written: a failure has a computed probability.

2-8-1, tanh hidden units, sigmoid output with binary cross-entropy, Glorot uniform weights, zero biases, full batch, rate
0.5 for the canonical loss. XOR and XNOR reached a mean squared error below 0.01 within 320 steps in 2,000,000 of 2,000,000
runs, the other gates within 81 in 100,000 of 100,000 each: with 1000 steps, one retry for the first two and two for the
others fail together with a probability below 1e-9 (see the training chapter). A start that is not the recipe's is never
accused on its strength.
"""

from collections.abc import Iterator

import numpy as np

from backproof.asked import JudgedFit
from backproof.case import Case
from backproof.must import Outside, Place, Undecided, Violation
from backproof.oracle import closed
from backproof.pool import Shape, admitted, typed
from backproof.registry import holds
from backproof.tasks import CORNERS, GATES, gate_targets, plain
from backproof_spec import Claims, HasInitial, Network, Rule

RATE, STEPS, LEARNT = 0.5, 1000, 0.01
RETRIES = {"XOR": 1, "XNOR": 1}  # after the first run; 2 for every other gate
NEAR, FAR = 0.25, 1.0 + 1e-6  # a largest weight of Glorot's limit times this, at least and at most, looks uniform up to it


def _gates(claims: Claims) -> Iterator[Case]:
    """All sixteen gates for the first family that can hold them."""
    for family in claims.families[:1]:
        sizes = admitted(Shape("", (8,), 2, 2 if family.output[0].name == "softmax" else 1, 4), family.sizes)
        net = plain(family, sizes, claims)
        if net is not None and net.sizes[0] == 2 and net.depth > 1:
            for name, t in zip(GATES, gate_targets(net), strict=True):
                yield typed(claims, Case(net, (), CORNERS, t, name))


def _is_recipe(net: Network) -> bool:
    named = tuple(a.name for a in net.activations) == ("tanh", "sigmoid")
    return net.sizes == (2, 8, 1) and named and net.loss.name in ("binary_cross_entropy", "matching") and not net.biases


def _glorot(subject: JudgedFit, net: Network, seed: int) -> bool:
    """Whether the subject's own start looks like the recipe's: within Glorot's limits, near them, and without biases."""
    if not isinstance(subject, HasInitial) or "initial" not in subject.claims.operations:
        return False
    for layer, fan in zip(subject.initial(net, seed), zip(net.sizes, net.sizes[1:], strict=False), strict=True):
        reach = float(np.abs(layer.W).max()) / (6 / sum(fan)) ** 0.5
        if layer.b.any() or not NEAR <= reach <= FAR:
            return False
    return True


@holds("train-gates", cases=_gates)
def gates_are_learnt_from_the_subjects_own_start(subject: JudgedFit, case: Case) -> None:
    """Trained from its own start by the recipe, each gate is learnt in one of a few runs, but for a chance below 1e-9."""
    if {"step", "gradient"} & subject.claims.operations:
        raise Outside("gates are learnt from committed starts")
    rate = RATE / (closed.scale(case.net.loss, case.n, case.net.sizes[-1]) * case.n)
    runs = 1 + RETRIES.get(case.name, 2)
    worst = 0.0
    for seed in range(runs):
        done = subject.fit(case.net, case.x, case.t, case.x, seed=seed, epochs=STEPS, rule=Rule(rate))
        worst = float(np.mean((np.asarray(done.output, dtype=np.float64) - case.t) ** 2))
        if worst < LEARNT:
            return
    if not _is_recipe(case.net) or not all(_glorot(subject, case.net, seed) for seed in range(runs)):
        raise Undecided(f"{case.name} was not learnt, but the subject's start or network is not the recipe's")
    raise Violation(
        f"{case.name} is not learnt in {runs} runs of {STEPS} steps at rate {rate:g}: the mean squared error ends at "
        f"{worst:.3g}, "
        f"where a correct program stays above {LEARNT:g} with a probability below 1e-9",
        Place("y"),
    )
