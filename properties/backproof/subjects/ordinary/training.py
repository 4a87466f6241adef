"""Training beside a step: a loop over epochs and batches, sought by name, and judged where its updates are plain descent.

What only trains has its loop taken for a step, of one epoch. What has both is asked for both: a step may be right, and the
loop around it pair inputs with the targets of others, or leave samples out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from backproof.subjects.calling import lent_generators, quiet, seed_generators, sentence, where
from backproof.subjects.ordinary.arrangements import calls
from backproof.subjects.ordinary.calls import Asked, StepCall, epoch_attributes, rate_attribute
from backproof.subjects.ordinary.machine import OrdinaryMaker
from backproof.subjects.ordinary.operations import FIT, Call, method, parameters_of, token_of
from backproof.subjects.ordinary.rule import ALIKE, RATE, alike, row
from backproof.subjects.ordinary.steps import moved, starts_anew
from backproof.subjects.ordinary.trial import Trial, flat
from backproof_spec import Array, Network, Params, Rule, Targets

_ENDS_EARLY = re.compile(r"(early\w*|patience|tol\w*|min_?delta|goal|target_?(error|loss)|max_?error|stop\w*)", re.I)
_HOLDS_OUT = re.compile(r"(val\w*(split|frac\w*|ratio|size|share)|split|hold_?out\w*|test_?(split|size|frac\w*))", re.I)
MOST_STEPS = 20  # of one sample in an epoch that are looked for


@dataclass(frozen=True)
class Training:
    """How it is asked for; or why it is not judged, in a sentence, which is "" where there is none."""

    call: StepCall | None = None
    why: str = ""


def training_beside(trial: Trial, step: StepCall | None) -> Training:
    """The first loop that is told, or holds, how many epochs to make, and moves parameters from where they are."""
    whole, told = trial.whole(), ""
    for name in FIT:
        if step is None or method(whole, name) is None or name in {step.call.name, trial.shell.forward.name}:
            continue
        ways = list(_ways(trial, name))
        if ways and (option := _option(whole, name)):
            return Training(why=f"training: {name} is not judged: it has the option {option}")
        for way in ways:
            if moved(trial, way, trial.asked()):
                return _from_here(trial, step, way)
            told = told or _raised(trial, way, trial.asked())
    return Training(why=told)


def unlike_descent(maker: OrdinaryMaker, net: Network, params: Params, x: Array, t: Targets) -> str:
    """What the second epoch of a training on one sample is beside a step of its own, where that is a convention; else "".

    A rate that falls from epoch to epoch, or grows, and a velocity that lives as long as the training show in no single epoch.
    A last move that is simply added to the next one is no momentum.
    """
    rule = Rule(RATE)

    def ends(begin: Params, epochs: int) -> Params:
        machine = maker.make(net, 0)
        machine.write(begin)
        machine.fit(x.copy(), t.copy(), epochs=epochs, rule=rule)
        return machine.read()

    try:
        with quiet(), lent_generators():
            seed_generators(0)
            one = ends(params, 1)
            two, again = row(ends(params, 2)) - row(one), row(ends(one, 1)) - row(one)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial: whatever it raises is judged where it is asked for
        return ""
    first = row(one) - row(params)
    if not all(np.isfinite(move).all() and move.any() for move in (first, two, again)) or alike(two, again, ALIKE):
        return ""
    (a, b), *_ = np.linalg.lstsq(np.stack([again, first], axis=1), two, rcond=None)
    if not alike(two, a * again + b * first, ALIKE) or a <= 0 or not -ALIKE < b < 1 - ALIKE:
        return ""
    changes = "falls" if a < 1 else "grows"
    return f"it has momentum {b:.4g}" if b > ALIKE else f"its rate {changes}, by {a:.4g} after the first epoch"


def _ways(trial: Trial, name: str) -> Iterator[StepCall]:
    whole = trial.whole()
    for first, call in calls(whole, name):
        rated = "rate" in call.tokens or any(token == "rate" for _, token in call.keywords)
        epochs = () if _counts(call) else epoch_attributes(whole)
        if not first and ("pairs" in call.tokens or {"x", "t"} <= set(call.tokens)) and (epochs or _counts(call)):
            yield StepCall(call, False, None if rated else rate_attribute(whole), None, epochs, many=True)


def _counts(call: Call) -> bool:
    """Whether it is told how many epochs to make."""
    return any(token == "one" for token in (*call.tokens, *(t for _, t in call.keywords)))


def _option(whole: object, name: str) -> str:
    """What may end a training before its last epoch, or keep samples out of it; "" if nothing is said to."""
    found = method(whole, name)
    required, optional = parameters_of(found) if found is not None else ([], [])
    for p in (*required, *optional):
        off = p.default is None or p.default is False or (p.default is not p.empty and p.default == 0)
        if not off and token_of(p.name) is None and (_ENDS_EARLY.fullmatch(p.name) or _HOLDS_OUT.fullmatch(p.name)):
            return p.name if p.default is p.empty else f"{p.name}={p.default!r}"
    return ""


def _from_here(trial: Trial, step: StepCall, way: StepCall) -> Training:
    """The loop, unless it has a convention of its own that clauses on training do not know."""
    if starts_anew(trial, way):
        return _untold(way, "it begins with parameters of its own")
    if step.rated and not way.rated:
        return _untold(way, "no rate can be set")
    alone = trial.asked(RATE).rows()[0]
    one = moved(trial, way, alone)
    if not one:
        return Training(why=_raised(trial, way, alone, "of one sample "))
    if not np.isfinite(one[0]).all() and np.isfinite(moved(trial, way, trial.asked(RATE))[0]).all():
        return _untold(way, "of one sample it makes no numbers")
    if _leaves_more(trial, way):
        return _untold(way, "it changes more than the parameters: with the same ones outputs differ afterwards")
    told = "" if _moves_alike(trial, step, alone, 1, one[0]) else _in_other_words(trial, step, way, alone, one[0])
    return _untold(way, told) if told else Training(way)


def _untold(way: StepCall, why: str) -> Training:
    return Training(why=f"training: {way.call.of_epochs} is not judged: {why}")


def _in_other_words(trial: Trial, step: StepCall, way: StepCall, alone: Asked, end: Array) -> str:
    """What an epoch is, where it is not one step of the sample and yet made of right ones; "" if nothing is found."""
    d = trial.sizes[-1]
    if d > 1 and not trial.labels:
        labels = replace(trial, labels=True)
        numbers = moved(trial, way, labels.asked(RATE).rows()[0])
        rows = replace(alone, t=np.eye(d)[labels.t[:1]])
        if numbers and _moves_alike(trial, step, rows, 1, numbers[0]):
            return "it takes class numbers, and its step takes rows"
    steps = next((k for k in range(2, MOST_STEPS + 1) if _moves_alike(trial, step, alone, k, end)), 0)
    return f"an epoch makes {steps} steps of one sample" if steps else ""


def _moves_alike(trial: Trial, step: StepCall, alone: Asked, times: int, end: Array) -> bool:
    """Whether so many steps on the sample end there."""
    begin, after = flat(trial.params), moved(trial, step, *[alone] * times)
    return bool(after) and alike(after[0] - begin, end - begin, ALIKE)


def _leaves_more(trial: Trial, way: StepCall) -> bool:
    """Whether outputs at the same parameters are others after a training: it has kept a mean of the inputs, say."""
    whole, d = trial.whole(), trial.sizes[-1]
    with quiet(), lent_generators():
        before = trial.shell.forward(whole, trial.x, d)
        way(whole, trial.asked(RATE))
        trial.shell.layout.write(whole, trial.params)
        return not np.array_equal(before, trial.shell.forward(whole, trial.x, d), equal_nan=True)


def _raised(trial: Trial, way: StepCall, asked: Asked, of: str = "") -> str:
    """What it raised, if it did."""
    try:
        with quiet(), lent_generators():
            way(trial.whole(), asked)
    except (Exception, SystemExit) as trouble:  # noqa: BLE001 - a trial: what it raises is told
        return f"training: {way.call.of_epochs} is not understood: {of}it raised {sentence(trouble)}{where(trouble)}"
    return f"training: {way.call.of_epochs} is not judged: {of}it moves no parameter"
