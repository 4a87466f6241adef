"""A failed subject is held against the catalogue: which faults compute what it computes, and what speaks for them."""

from dataclasses import dataclass, replace
from math import inf

from backproof.diagnosis import apart, behaviour, probes, remedy, search
from backproof.diagnosis.narrow import narrowest_first
from backproof.diagnosis.programs import KEPT_AS_FRESH, REPEATABLE, Parts, Programs, known
from backproof.diagnosis.questions import KEPT
from backproof.diagnosis.table import BEYOND, Table
from backproof.diagnosis.unknown import Unknown, unknown
from backproof.diagnosis.worked import Worked, worked
from backproof.runner import Judgement, Verdict
from backproof.subjects.calling import lent_for_many_calls, quiet, seed_generators
from backproof_spec.catalogue import KnownFault
from backproof_spec.composing import Part

BEHAVIOUR = frozenset({"initial", "hygiene", "input"})  # chapters that say nothing of a program's equations
NOT_OF_ANSWERS = BEHAVIOUR | {"shapes", "training"}  # nor of its answers on one case


@dataclass(frozen=True)
class Named:
    """One thing that is wrong: the fault, or those that cannot be told apart on what the subject offers."""

    candidates: tuple[Part, ...]  # the likeliest first
    residual: float | None = None  # largest relative difference to the subject on fresh cases; None: told by behaviour
    runner_up: float | None = None  # that of the nearest program with other faults
    second: str = ""  # that program
    apart: str = ""  # why the candidates cannot be told apart
    equation: str = ""  # the right one, in the subject's own conventions

    @property
    def fault(self) -> KnownFault:
        """The first of the candidates."""
        return known()[self.candidates[0].fault]


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a subject, as far as it can be named."""

    named: tuple[Named, ...]
    explained: frozenset[str] = frozenset()  # violated clauses whose findings the named faults give as well
    open: tuple[Verdict, ...] = ()  # root causes that they do not give
    unknown: Unknown | None = None  # what is known where nothing could be named
    worked: Worked | None = None  # a small case with every value on the way

    @property
    def parts(self) -> Parts:
        """The program that is the subject, as far as anybody can see."""
        return tuple(one.candidates[0] for one in self.named)


def diagnose(judgement: Judgement, without: frozenset[str] = frozenset()) -> Diagnosis | None:
    """The faults of a subject that violates something; None for any other.

    without: names of faults that nobody is to think of.
    """
    if judgement.outcome != "violates":
        return None
    programs = Programs(judgement.subject, without)
    with lent_for_many_calls(), quiet():
        seed_generators(0)
        table, fresh = _tables(programs, judgement)
        first, by_chance = table.first_apart(()), _by_chance(judgement)
        odd = first != BEYOND and not by_chance
        numbers = _by_table(table, fresh) if odd else ()
        some = _where_it_answered(table, fresh) if odd and not numbers else ()
        chapters = BEHAVIOUR if by_chance or (odd and not numbers and not some) else None
        compared = frozenset({KEPT_AS_FRESH}) if odd and first[0] == KEPT else frozenset()
        found = _with_behaviour(programs, judgement, numbers or some, chapters, compared)
        if some and found.open:  # what it does not answer is as telling as what it does
            found = _unsettled(judgement, Diagnosis(()))
        if not found.named or (odd and not numbers and not some):
            found = replace(found, unknown=_told(programs, judgement, table))
        return _shown(programs, judgement, found)


def _told(programs: Programs, judgement: Judgement, table: Table) -> Unknown:
    """What is known of the error, with the equation that should stand there."""
    what = unknown(programs, judgement, table)
    net = what.net or next(iter(probes.models(judgement)), None)
    if net is None or (what.stage == "targets" and net.loss.targets != "index"):
        return what
    return replace(what, equation=remedy.of_stage(programs.subject, what.stage, what.layer, net))


def _by_chance(judgement: Judgement) -> bool:
    """Whether its answers are drawn: then none can be compared."""
    return any(verdict.clause.slug == REPEATABLE for verdict in judgement.having("violated"))


def _tables(programs: Programs, judgement: Judgement) -> tuple[Table, Table]:
    """The subject on the cases by which faults are found, and on fresh ones; with those that failed where these tell nothing."""
    chosen, fresh = (Table.of(programs, asked) for asked in (probes.chosen(judgement), probes.fresh(judgement)))
    if BEYOND not in (chosen.first_apart(()), fresh.first_apart(())):
        return chosen, fresh
    asked = (Table.of(programs, questions) for questions in probes.found(judgement))
    found = [table for table in asked if table.first_apart(()) != BEYOND]
    if chosen.first_apart(()) != BEYOND:
        return chosen, fresh.beside(found)
    return chosen.beside(found[::2]), fresh.beside(found[1::2])


def _where_it_answered(table: Table, fresh: Table) -> tuple[Named, ...]:
    """The same without the questions that the subject could not be asked, if there are such."""
    less, other = table.where_it_answered(), fresh.where_it_answered()
    return _by_table(less, other) if len(less.asked) < len(table.asked) else ()


def _by_table(table: Table, fresh: Table) -> tuple[Named, ...]:
    if not (table.asked and fresh.asked) or table.first_apart(()) == BEYOND:
        return ()
    table.leading(())
    fresh.leading(())
    found = search.alone(table) or search.together(table)
    held = next((parts for parts in found if fresh.agrees(parts)), None)
    return () if held is None else _named(table, fresh, held)


def _named(chosen: Table, fresh: Table, parts: Parts) -> tuple[Named, ...]:
    """One entry a fault; in each, who could stand in its place; and the nearest program that could not."""
    residual, stand_ins, best, second = fresh.residual(parts)[1], list[tuple[Part, ...]](), inf, ""
    for i, part in enumerate(parts):
        alike = list[Part]()
        fresh.leading(_with(parts, i, None))
        for tried, other in _in_its_place(fresh, parts, i):
            agrees, off = fresh.residual(tried, best)
            if agrees and chosen.agrees(tried):
                alike += [other] if other is not None else []
            elif off < best:
                best, second = off, " and ".join(map(str, tried)) or "the right program"
                fresh.furthest_first(tried)
            if residual >= best:  # it agrees only where everything does
                return ()
        stand_ins.append(tuple(narrowest_first([part, *(one for one in fresh.programs.comparable() if one in alike)])))
    runner_up = None if best == inf else best
    return tuple(Named(candidates, residual, runner_up, second) for candidates in stand_ins)


def _in_its_place(fresh: Table, parts: Parts, i: int) -> list[tuple[Parts, Part | None]]:
    """Every program with another fault in the place of that one, or none; the nearest first, so that others are soon left."""
    tries = ((_with(parts, i, other), other) for other in (None, *fresh.programs.comparable()) if other not in parts)
    return sorted(
        ((tried, other) for tried, other in tries if fresh.programs.seen(tried) is not None),
        key=lambda one: fresh.residual(one[0], first=True)[1],
    )


def _with(parts: Parts, i: int, other: Part | None) -> Parts:
    """Another fault in the place of that one, or none."""
    return parts[:i] + ((other,) if other is not None else ()) + parts[i + 1 :]


def _with_behaviour(
    programs: Programs, judgement: Judgement, numbers: tuple[Named, ...], only: frozenset[str] | None, compared: frozenset[str]
) -> Diagnosis:
    """What the numbers do not explain is looked for in what the subject does; then among what it is only advised of.

    only: the chapters whose clauses may be explained so; None: all. compared: clauses about which numbers have spoken.
    """
    found = Diagnosis(numbers)
    violated = [verdict for verdict in judgement.having("violated") if verdict.finding is not None]
    for verdict in (*(v for v in violated if v.under is None), *(v for v in violated if v.under is not None)):
        free = verdict.clause.slug not in compared and (only is None or verdict.clause.chapter in only)
        found = _further(programs, judgement, found, verdict, name=verdict.under is None and free)
    found = _unsettled(judgement, found)
    for verdict in judgement.having("advised") if found.open and only is None else []:
        more = _further(programs, judgement, found, verdict, name=True)
        settles = [v for v in found.open if behaviour.explains(programs, more.parts, v)] if more.named != found.named else []
        if settles:
            slugs = {v.clause.slug for v in settles} | more.explained
            found = _unsettled(judgement, replace(more, explained=frozenset(slugs)))
    return found


def _further(programs: Programs, judgement: Judgement, found: Diagnosis, verdict: Verdict, name: bool) -> Diagnosis:
    """With this finding explained by what is named already, or, where it may be, by one more fault."""
    slug, parts = verdict.clause.slug, found.parts
    if parts and (behaviour.explains(programs, parts, verdict) or _same_there(programs, judgement, parts, verdict)):
        return replace(found, explained=found.explained | {slug})
    behind = behaviour.behind(programs, parts, verdict) if name else []
    if not behind:
        return found
    return replace(found, named=(*found.named, Named(tuple(behind))), explained=found.explained | {slug})


def _same_there(programs: Programs, judgement: Judgement, parts: Parts, verdict: Verdict) -> bool:
    """Whether the faults give the very numbers of the subject on the finding's case, and the finding is about numbers."""
    if verdict.finding is None or verdict.clause.chapter in NOT_OF_ANSWERS:
        return False
    table = Table.of(programs, probes.asked(judgement, [verdict.finding.case])).where_it_answered()
    return bool(table.asked) and table.first_apart(()) != BEYOND and table.agrees(parts)


def _unsettled(judgement: Judgement, found: Diagnosis) -> Diagnosis:
    """With the root causes that nothing named explains."""
    return replace(found, open=tuple(v for v in judgement.roots if v.clause.slug not in found.explained))


def _shown(programs: Programs, judgement: Judgement, found: Diagnosis) -> Diagnosis:
    """With a case worked by hand, the right equation of each fault, and why some cannot be told apart."""
    subject, first = judgement.subject, known()
    causes = [*judgement.roots, *judgement.having("violated")]
    small = [verdict.finding.case for verdict in causes if verdict.finding is not None]
    points = [*small, *probes.cases(judgement, probes.CHOSEN[-2:], probes.CHOSEN_SEED)]
    named = list[Named]()
    for i, one in enumerate(found.named):
        others = found.parts[:i] + found.parts[i + 1 :]
        why = apart.reason(subject, found.parts, (*others, one.candidates[1])) if len(one.candidates) > 1 else ""
        line = remedy.equation(subject, one.candidates[0], first[one.candidates[0].fault], points)
        named.append(replace(one, apart=why, equation=line))
    return replace(found, named=tuple(named), worked=worked(subject, found.parts, points, probes.rules(judgement)))
