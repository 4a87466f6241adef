"""Whether two programs are one, as far as a subject lets anybody see: on fresh cases they give the same numbers."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from tests.diagnosis.points import Answer, Parts, alike, odd

from backproof.case import Case
from backproof.pool import pool
from backproof.subjects.direct import Direct, elsewhere
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Everything, Subject
from backproof_impl.faults.composed import composed
from backproof_spec import Claims, Params, Rule

CASES, SEED = 60, 7919
RATES, STEPS = (0.5, 0.0, 2.0**-10, 4.0), 3


def program(parts: Parts, subject: Subject) -> Subject | None:
    """A program with these faults, in the subject's place; None where they do not go together."""
    try:
        made = composed(parts)
    except ValueError:
        return None
    one = made()
    return Subject("", subject.claims, Direct(made, subject.claims), Direct(lambda: one, subject.claims))


@lru_cache(maxsize=8)
def cases(claims: Claims) -> tuple[Case, ...]:
    """Random ones of these claims, and what is odd about the first of them."""
    random = tuple(pool(claims, SEED, CASES))[-CASES:]
    return (*random, *odd(max(random, key=lambda case: (case.net.depth, case.n))))


def one_program(one: Subject | None, other: Subject | None) -> bool:
    """Whether they give the same on every operation that is offered."""
    if one is None or other is None:
        return False
    return all(alike(_told(one, case), _told(other, case)) for case in cases(one.claims))


def _told(subject: Subject, case: Case) -> list[Answer]:
    """By a fresh object, and by one that was used elsewhere before."""
    found = [answer for ask in _questions(subject.fresh, subject.claims, case) for answer in _answer(ask)]
    for at in (case.at(elsewhere(case.params)).rows(list(range(max(1, case.n - 1)))), case):
        found += [answer for ask in _questions(subject.kept, subject.claims, at) for answer in _answer(ask)]
    return found


def _questions(to: Everything, claims: Claims, case: Case) -> Iterator[Callable[[], object]]:
    on, at = claims.operations, (case.net, case.params, case.x)
    rule = claims.rules[0] if claims.rules else Rule(0.0)
    yield lambda: to.forward(*at)
    if "loss" in on:
        yield lambda: to.loss(*at, case.t)
    if "gradient" in on:
        yield lambda: to.gradient(*at, case.t)
    if "initial" in on:
        yield lambda: to.initial(case.net, 3)
    if "step" in on:
        for rate in RATES if claims.rates is None or claims.rates[0] == 0 else RATES[:1]:
            yield lambda rate=rate: to.step(*at, case.t, Rule(rate, rule.name, rule.beta1, rule.beta2, rule.epsilon))  # type: ignore[misc]  # bound now
    if "descend" in on:
        yield lambda: to.descend(*at, case.t, Rule(0.25, rule.name, rule.beta1, rule.beta2, rule.epsilon), STEPS)


def _answer(ask: Callable[[], object]) -> Sequence[Answer]:
    try:
        found = ask()
    except (Failure, NotOffered) as trouble:
        return [getattr(trouble, "kind", type(trouble).__name__)]
    except (ValueError, TypeError) as trouble:  # of the judge's own: an odd case is not everybody's
        return [type(trouble).__name__]
    if isinstance(found, tuple):
        params: Params = found
        return [np.asarray(p) for layer in params for p in layer]
    return [np.asarray(found)]
