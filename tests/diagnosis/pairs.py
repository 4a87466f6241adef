"""Pairs of faults that sit at different stages of one class, where each shows beside the other."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

import numpy as np
from tests.diagnosis.ordinary import SETTINGS, Form, Setting
from tests.diagnosis.points import Answer, Parts, alike, answers, differs, plain_points

from backproof_impl.faults import Fault, catalogue
from backproof_impl.faults.composed import composed
from backproof_spec.clauses import clauses
from backproof_spec.composing import Part

SEED, PLAIN = 2024, Form()
STEPPING = tuple(one for one in SETTINGS if one.rule.name == "sgd")  # beside a gradient, steps with a memory are not judged


def eligible() -> tuple[Fault, ...]:
    """Those that violate something alone; of the others one is only advised."""
    return tuple(one for one in catalogue() if clauses()[one.breaks].level == "MUST")


def pairs(count: int) -> list[tuple[str, str, Setting]]:
    """So many, and where they show; the first ones are the same however many are asked for."""
    return list(islice(_drawn(), count))


def _drawn() -> Iterator[tuple[str, str, Setting]]:
    rng, every, seen = np.random.default_rng(SEED), eligible(), set[frozenset[str]]()
    while True:
        one, other = (every[i] for i in rng.choice(len(every), 2, replace=False))
        settings = [STEPPING[i] for i in rng.permutation(len(STEPPING))]
        if one.stage == other.stage or frozenset((one.name, other.name)) in seen:
            continue
        seen.add(frozenset((one.name, other.name)))
        found = next((setting for setting in settings if _show(one, other, setting)), None)
        if found is not None:
            yield one.name, other.name, found


@cache
def _shows(fault: str, setting: Setting) -> bool:
    return differs((Part(fault),), setting, PLAIN)


@lru_cache(maxsize=2048)
def _alone(fault: str, setting: Setting) -> tuple[Answer, ...]:
    return _answers((Part(fault),), setting)


def _answers(parts: Parts, setting: Setting) -> tuple[Answer, ...]:
    return answers(composed(parts), setting, PLAIN, plain_points(setting, PLAIN))


def _show(one: Fault, other: Fault, setting: Setting) -> bool:
    """Whether they go together, and neither hides the other."""
    if not (_shows(one.name, setting) and _shows(other.name, setting)):
        return False
    try:
        both = _answers((Part(one.name), Part(other.name)), setting)
    except ValueError:
        return False
    return not any(alike(both, _alone(fault.name, setting)) for fault in (one, other))
