"""A step is sought by name: one call, or a gradient and then another, that changes parameters."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.subjects.calling import lent_generators, quiet, seed_generators
from backproof.subjects.ordinary.arrangements import calls, keywords_of, said_by, unused
from backproof.subjects.ordinary.calls import Asked, GradientCall, StepCall, epoch_attributes, rate_attribute
from backproof.subjects.ordinary.operations import FIT, STEP, UPDATE, Call, Token, method, parameters_of
from backproof.subjects.ordinary.places import Path, fetch
from backproof.subjects.ordinary.trial import Trial, flat
from backproof_spec import Array


def steps(trial: Trial, gradient: GradientCall | None) -> list[StepCall]:
    """Every call, or pair of calls, that changes parameters."""
    found = list[StepCall]()
    for name in STEP:
        for first, call in calls(trial.whole(), name):
            if {"t", "pairs"} & set(call.tokens) and "grads" not in call.tokens:
                found += _stepping(trial, call, first, None)
        if found:
            return found
    return _updating(trial, gradient) if gradient is not None else []


def _updating(trial: Trial, gradient: GradientCall) -> list[StepCall]:
    """Every call that takes gradients to parameters; one that does so for equal widths only is offered, and judged."""
    equal = replace(trial, sizes=trial.sizes[:1] * len(trial.sizes))
    for tried in (trial, equal) if trial.shell.constructor.complete else (trial,):
        for name in UPDATE:
            found = [way for call in updates(tried.whole(), name) for way in _stepping(tried, call, False, gradient)]
            if found:
                return found
    return []


def updates(whole: object, name: str) -> Iterator[Call]:
    """Every arrangement in which the method takes gradients, or nothing but a rate."""
    found = method(whole, name)
    if found is None:
        return
    required, optional = parameters_of(found)
    keywords = keywords_of([p.name for p in optional])
    tokens = said_by([p.name for p in required])
    orders: dict[int, list[tuple[Token, ...]]] = {
        0: [()],
        1: [("grads",), ("rate",)],
        2: [("grads", "rate"), ("rate", "grads")],
    }
    ways = [tokens] if tokens is not None else orders.get(len(required), [])
    yield from (Call(name, way, unused(keywords, way)) for way in ways if set(way) <= {"grads", "rate"})


def _stepping(trial: Trial, call: Call, first: bool, gradient: GradientCall | None) -> list[StepCall]:
    whole = trial.whole()
    rated = "rate" in call.tokens or any(token == "rate" for _, token in call.keywords)
    once = (
        ()
        if any(token == "one" for token in (*call.tokens, *(t for _, t in call.keywords)))
        else epoch_attributes(whole)
    )
    way = StepCall(call, first, None if rated else rate_attribute(whole), gradient, once)
    way = replace(way, once=tuple(path for path in once if not _counted(trial, way, path) and _repeats(trial, way, path)))
    works = moved(trial, way, trial.asked()) or moved(trial, way, trial.asked().rows()[0])
    return [way] if works and not starts_anew(trial, way) else []


def _counted(trial: Trial, way: StepCall, path: Path) -> bool:
    """Whether a step itself changes the attribute: then it counts updates, and is no number of epochs to make."""
    whole = trial.whole()
    try:
        with quiet(), lent_generators():
            before = fetch(whole, path)
            replace(way, once=())(whole, trial.asked())
            return bool(fetch(whole, path) != before)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False


def _repeats(trial: Trial, way: StepCall, path: Path) -> bool:
    """Whether the call goes on for as many epochs as the attribute says, or should: it is called so, and no other is."""
    loops = [name for name in FIT if method(trial.whole(), name) is not None]
    if loops == [way.call.name]:
        return True
    only = replace(way, once=(path,))
    one, two = (moved(trial, only, replace(trial.asked(), epochs=epochs)) for epochs in (1, 2))
    return not one or not two or not np.array_equal(one[0], two[0], equal_nan=True)


def starts_anew(trial: Trial, way: StepCall) -> bool:
    """Whether what comes out does not depend on the parameters that were there: training from a start of its own is no step."""
    return any(_same_end(trial, way, asked) for asked in (trial.asked(), trial.asked().rows()[0]))


def _same_end(trial: Trial, way: StepCall, asked: Asked) -> bool:
    ends = []
    for seed in (5, 6):
        whole = trial.shell.whole(trial.sizes, trial.shell.drawn(trial.sizes, seed))
        try:
            with quiet(), lent_generators():
                seed_generators(0)
                way(whole, asked)
                ends.append(np.array(flat(trial.shell.layout.read(whole, trial.sizes)), dtype=float))
        except (Exception, SystemExit):  # noqa: BLE001 - a trial
            return False
    spread = bool(np.isfinite(ends[0]).all()) and float(np.ptp(ends[0])) > 0  # training ends in numbers, not in one number
    return spread and ends[0].shape == ends[1].shape and np.array_equal(ends[0], ends[1])


def moved(trial: Trial, way: StepCall, *batches: Asked) -> list[Array]:
    """Parameters, in one vector, after a step on each batch; [] if it raises or moves nothing."""
    whole = trial.whole()
    before = np.array(flat(trial.shell.layout.read(whole, trial.sizes)))
    try:
        with quiet(), lent_generators():
            for asked in batches:
                way(whole, asked)
            after = np.array(flat(trial.shell.layout.read(whole, trial.sizes)), dtype=float)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return []
    same = after.shape == before.shape and np.array_equal(after, before)
    return [] if same else [after]


def one_at_a_time(trial: Trial, way: StepCall) -> bool:
    """Whether a call on two rows does what two calls on one row each do, or cannot be made."""
    if trial.shell.forward.single:
        return True
    pair = Asked(trial.shell.forward, trial.x[:2], trial.t[:2], 0.5)
    one, two = pair.rows()
    together = moved(trial, way, pair)
    if not together:
        return bool(moved(trial, way, one))
    return any(
        bool(apart)
        and apart[0].shape == together[0].shape
        and np.allclose(apart[0], together[0], rtol=1e-9, atol=1e-12)
        for apart in (moved(trial, way, one, two), moved(trial, way, two, one))
    )
