"""Faults that no single answer shows: what the judge's own properties make of a suspect, beside what they make of the subject.

A finding that the faults found so far do not explain is put to every fault of its clause and its chapter. One of them is named
only if each property of the clause says the same of it, on the very case of the finding and on others: held, violated in the same
place and in the same words, open for the same reason.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis.agreement import COARSE
from backproof.diagnosis.features import CHANCE, oddities
from backproof.diagnosis.programs import Parts, Programs, known
from backproof.drawn import Drawn
from backproof.must import Outside, Undecided, Unmet, Violation
from backproof.registry import Property, properties_of
from backproof.runner import Finding, Verdict
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Subject
from backproof_spec.clauses import clauses
from backproof_spec.composing import Part

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\bnan\b|\binf\b")
MORE = 6  # further cases of each property
BY_CHANCE = frozenset({"initial", "training", "hygiene"})  # chapters whose numbers come from draws, orders, or a past
REPEATED = frozenset({"train-fit", "initial-start", "arguments-untouched"})  # not so these, from the subject's own start
COUNTED = frozenset({"train-every-sample"})  # which sample it is tells faults apart
LIKE = 1e-6  # two findings tell of one number if they agree so far: they were rounded, printed, made from other orders


@dataclass(frozen=True)
class Outcome:
    """What a property made of one case."""

    kind: str  # held, violated, undecided, ...
    words: str = ""  # its message without the numbers
    numbers: tuple[float, ...] = ()

    def like(self, other: "Outcome", exact: bool) -> bool:
        """Whether both tell of the same; numbers count only where they are exact."""
        if (self.kind, self.words) != (other.kind, other.words):
            return False
        return not exact or all(_close(a, b) for a, b in zip(self.numbers, other.numbers, strict=True))


def _close(a: float, b: float) -> bool:
    if not (isfinite(a) and isfinite(b)):
        return str(a) == str(b)
    return abs(a - b) <= LIKE * max(abs(a), abs(b)) + COARSE * 2.0**-53


def outcome(found: Property, asked: Asked, case: Case) -> Outcome:
    """The property put to the case."""
    try:
        found.put(asked, case)
    except Violation as violation:
        return _violated(found, violation)
    except Failure as failure:
        return Outcome("violated", _words(failure.message))
    except (Outside, Undecided, Unmet, NotOffered) as why:
        return Outcome(type(why).__name__)
    return Outcome("held")


def _violated(found: Property, violation: Violation) -> Outcome:
    place = violation.place.index if violation.place and found.slug in COUNTED else ""
    numbers = tuple(value for value in (violation.got, violation.want) if value is not None)
    return Outcome("violated", f"{_words(violation.message)}{place}", numbers)


def _words(message: str) -> str:
    """What is said, without numbers, and without what a program says itself when it raises."""
    return NUMBER.sub("#", re.sub(r" raised .*", " raised", message))


def is_exact(slug: str) -> bool:
    """Whether the numbers of the clause's findings depend on nothing but the program's equations and its start."""
    return clauses()[slug].chapter not in BY_CHANCE or slug in REPEATED


def explains(programs: Programs, parts: Parts, verdict: Verdict) -> bool:
    """Whether a program with these faults violates the clause there as well: on that case, or on a row of it alone."""
    suspect = programs.seen(parts, start=verdict.clause.chapter == "training")
    finding, slug = verdict.finding, verdict.clause.slug
    if suspect is None or finding is None:
        return False
    asked, case = Asked(suspect, once=True), finding.case
    found = sorted(properties_of(slug), key=lambda one: one.name != finding.property)
    rows = [case.rows([i]) for i in range(case.n)] if case.n > 1 else []
    return any(
        outcome(one, asked, at).kind == "violated"
        for one in found
        for at in (case, *rows)
        if one.where.holds(at) and not one.lacking(suspect) and (one.name == finding.property or one.cases is None)
    )


def _same(suspect: Subject, finding: Finding, slug: str, exact: bool) -> bool:
    found = next(one for one in properties_of(slug) if one.name == finding.property)
    want = _violated(found, finding.violation)
    return outcome(found, Asked(suspect, once=True), finding.case).like(want, exact)


def behind(programs: Programs, parts: Parts, verdict: Verdict) -> list[Part]:
    """The faults that, beside these, make the properties of the violated clause say what they say of the subject."""
    finding, slug = verdict.finding, verdict.clause.slug
    if finding is None:
        return []
    trials = list(_trials(programs.subject, slug, finding))
    subject = Asked(programs.subject, once=True)
    put = [(found, case, outcome(found, subject, case)) for found, case in trials]
    trials = [(found, case) for found, case, said in put if said.kind != Unmet.__name__]  # what it cannot be asked tells nothing
    want = [said for _, _, said in put if said.kind != Unmet.__name__]
    features, exact = oddities(slug, programs.subject), is_exact(slug)

    def behaves(part: Part) -> bool:
        suspect = programs.seen((*parts, part), start=verdict.clause.chapter == "training")
        if suspect is None or oddities(slug, suspect) != features:
            return False
        if slug in CHANCE:
            return True  # what a property makes of answers by chance is chance as well
        if not _same(suspect, finding, slug, exact):
            return False
        asked = Asked(suspect, once=True)
        told = (outcome(found, asked, case) for found, case in trials)
        return all(o.like(w, exact) for o, w in zip(told, want, strict=True))

    return [part for part in _candidates(programs, slug) if part not in parts and behaves(part)]


def _candidates(programs: Programs, slug: str) -> Iterable[Part]:
    """Faults that break the clause, then those that break another of its chapter."""
    chapter = clauses()[slug].chapter
    near = [part for part in programs.anywhere() if clauses()[known()[part.fault].breaks].chapter == chapter]
    return sorted(near, key=lambda part: known()[part.fault].breaks != slug)


def _trials(subject: Subject, slug: str, finding: Finding) -> Iterable[tuple[Property, Case]]:
    """Every property of the clause on a few of its cases, and on that of the finding."""
    drawn = Drawn.of(subject.claims)
    for found in properties_of(slug):
        if found.lacking(subject):
            continue
        cases = drawn.pool(0, MORE) if found.cases is None else drawn.own(found.cases, few=True)
        within = [case for case in cases if found.where.holds(case)]
        spread = within[:: max(1, len(within) // MORE)][:MORE]
        yield from ((found, case) for case in spread)
        if found.name == finding.property:
            yield found, finding.case
