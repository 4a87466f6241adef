"""The first wrong equation of the forward pass: which stage it is, and in which layer.

A network of single units is driven by its inputs alone, and by its biases alone: the activation is wrong if both ways show it,
what comes before it if one way does.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis import probes
from backproof.oracle import closed
from backproof.oracle.bounded import wide
from backproof.pool import Shape
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Subject
from backproof_spec import Array, Layer, Network

CHAIN = (Shape("logits", (), 1, 2, 3), Shape("one unit after the other", (1, 1), 1, 2, 1), Shape("one unit", (1,), 1, 1, 1))
NEAR = 1e-6  # relative: two numbers that are one, but for how they were rounded on the way
LARGEST, HALVINGS = 64.0, 60  # inputs among which others are sought
SCALES = (1.0, 8.0, -8.0, 2.0**10, -(2.0**10))  # of what drives the chain: also the far tails


class Place(NamedTuple):
    """Where the first wrong equation stands."""

    stage: str
    layer: int | None  # counted from 1; None: of no layer, or of every one alike
    net: Network | None  # on which it was found


def place(subject: Subject, wrong: list[Case]) -> Place:
    """By the cases on which outputs are wrong."""
    stage = _stage(subject, wrong)
    net, layer = _layer(subject, wrong, stage)
    last = net is not None and layer == net.depth and net.depth > 1
    return Place("output" if stage == "activation value" and last and _hidden_are_right(subject, wrong[0]) else stage, layer, net)


def _hidden_are_right(subject: Subject, case: Case) -> bool:
    """Whether one hidden unit at two values gives the same output, if its weight undoes the difference that it should make."""
    shape, claims = CHAIN[-1], subject.claims
    chain = probes.case(probes.like(case.net, shape, claims), shape, 3, claims)
    if chain.net.sizes[:-1] != (1, 1) or chain.net.bias(1) != "each":
        return False
    first, last, r = chain.params[0], chain.params[1], Asked(subject).r
    outputs = []
    for value in (1.0, 2.0):
        hidden = Layer(0 * first.W, 0 * first.b + value)
        a = closed.forward(chain.net, (hidden, last), chain.x, r).a[0].value[0, 0]
        if not a:
            return False
        at = (hidden, Layer((_apart(last.W) / a).astype(last.W.dtype), 0 * last.b))
        try:
            outputs.append(wide(subject.fresh.forward(chain.net, at, chain.x)))
        except (Failure, NotOffered):
            return False
    return outputs[0].shape == outputs[1].shape and bool(np.abs(outputs[0] - outputs[1]).max() <= NEAR * np.abs(outputs[0]).max())


def _stage(subject: Subject, wrong: list[Case]) -> str:
    """The activation, if a chain of single units shows it; softmax, if logits do; else what comes before."""
    for case in wrong:
        softmax = case.net.activations[-1].name == "softmax"
        for chain in _chains(subject, case):
            if _activation_is_wrong(subject, chain):
                return "output" if softmax and chain.net.depth == 1 else "activation value"
        if softmax and not holds(subject, case.at(tuple(layer._replace(W=0 * layer.W) for layer in case.params))):
            return "output"
    touched = any(_inputs_are_touched(subject, case) for case in wrong)
    return "inputs" if touched and _are_other_inputs(subject, wrong[0]) else "forward"


def _activation_is_wrong(subject: Subject, chain: Case) -> bool:
    """Whether it shows however the chain is driven."""
    bare = [Layer(_apart(layer.W), 0 * layer.b) for layer in chain.params]
    by_inputs = [replace(chain, params=tuple(bare), x=scale * chain.x) for scale in SCALES]
    if all(holds(subject, one) for one in by_inputs):
        return False
    if any(chain.net.bias(l) != "each" for l in range(1, chain.net.depth + 1)):
        return not _inputs_are_touched(subject, by_inputs[0])
    drive = np.ones_like(bare[0].b) + np.arange(bare[0].b.size, dtype=bare[0].b.dtype) / 2
    by_biases = [chain.at((Layer(0 * bare[0].W, scale * drive), *bare[1:])) for scale in SCALES]
    return not all(holds(subject, one) for one in by_biases)


def _apart(W: Array) -> Array:
    """Ones; of several units, weights that tell them apart."""
    apart: Array = np.ones_like(W) + np.arange(W.shape[1], dtype=W.dtype)
    return apart


def _inputs_are_touched(subject: Subject, case: Case) -> bool:
    """Whether inputs four times as large, with weights of a quarter, give anything else."""
    first = case.params[0]
    other = replace(case, x=4 * case.x, params=(Layer(first.W / 4, first.b), *case.params[1:]))
    try:
        y, z = (subject.fresh.forward(one.net, one.params, one.x) for one in (case, other))
    except (Failure, NotOffered):
        return False
    want = closed.forward(case.net, case.params, case.x, Asked(subject).r).a[-1]
    return y.shape == z.shape == want.value.shape and bool((np.abs(wide(y) - wide(z)) > 8 * want.error).any())


def _chains(subject: Subject, case: Case) -> Iterator[Case]:
    """Networks of single units with the case's activations, as far as the subject has such."""
    softmax = case.net.activations[-1].name == "softmax"
    for shape in CHAIN:
        chain = probes.case(probes.like(case.net, shape, subject.claims), shape, 3, subject.claims)
        if max(chain.net.sizes[:-1]) == 1 and chain.net.sizes[-1] <= 1 + softmax:
            yield chain


def _are_other_inputs(subject: Subject, case: Case) -> bool:
    """Whether a right chain gives these outputs for other inputs, and for the same ones with first weights twice as large."""
    chain, asked = next(_chains(subject, case), None), Asked(subject)
    if chain is None:
        return True  # it cannot be told
    first, *rest = (Layer(_apart(layer.W), 0 * layer.b) for layer in chain.params)
    answers, params = list[Array](), [(first, *rest), (Layer(2 * first.W, first.b), *rest)]
    for at in params:
        try:
            answers.append(subject.fresh.forward(chain.net, at, chain.x))
        except (Failure, NotOffered):
            return False
    if answers[0].shape != (chain.n, chain.net.sizes[-1]):
        return False
    least, most = (np.full(chain.x.shape, end, dtype=np.float64) for end in (-LARGEST, LARGEST))
    for _ in range(HALVINGS):  # every activation of the specification grows where it is not flat
        middle = (least + most) / 2
        below = closed.forward(chain.net, params[0], middle, asked.r).a[-1].value[:, -1:] < wide(answers[0])[:, -1:]
        least, most = np.where(below, middle, least), np.where(below, most, middle)
    want = closed.forward(chain.net, params[1], most, asked.r).a[-1].value
    return bool((np.abs(want - wide(answers[1])) <= NEAR * (1 + np.abs(want))).all())


def _layer(subject: Subject, wrong: list[Case], stage: str) -> tuple[Network | None, int | None]:
    """With all weights into a layer zero nothing before it counts: the last layer of which so much is needed to see it."""
    if wrong and stage == "output":
        return wrong[0].net, wrong[0].net.depth
    for case in sorted(wrong, key=lambda one: one.net.depth, reverse=True)[:2]:
        for l in range(case.net.depth, 0, -1):
            cut = _cut(case, l)
            if holds(subject, cut):
                continue
            if stage != "forward" or l == case.net.depth:
                return case.net, l
            above = case.params[l]  # if all its weights are 1, no way of weighing goes wrong: then it is the bias below
            return case.net, l + holds(subject, cut.with_layer(l + 1, Layer(0 * above.W + 1, above.b)))
    return (wrong[0].net, 1) if wrong else (None, None)


def _cut(case: Case, l: int) -> Case:
    """All weights into layer l are zero; below it everything is, so that nothing overflows there."""
    below = [Layer(0 * layer.W, 0 * layer.b) for layer in case.params[: l - 1]]
    return case.at((*below, Layer(0 * case.params[l - 1].W, case.params[l - 1].b), *case.params[l:]))


def holds(subject: Subject, case: Case) -> bool:
    """Whether its outputs are right there."""
    try:
        y = subject.fresh.forward(case.net, case.params, case.x)
    except (Failure, NotOffered):
        return False
    want = closed.forward(case.net, case.params, case.x, Asked(subject).r).a[-1]
    return y.shape == want.value.shape and bool((np.abs(wide(y) - want.value) <= 4 * want.error).all())
