"""A run: one pool of cases put to every property, and a verdict for every clause, with its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import Literal, TypeAlias

from backproof import control
from backproof.asked import Asked
from backproof.case import Case
from backproof.domain import far_out
from backproof.drawn import Drawn
from backproof.must import Call, Outside, Undecided, Unmet, Violation
from backproof.reach import NOTHING, Reach, has_hidden
from backproof.reduce import reduced
from backproof.registry import Property, properties, properties_of
from backproof.subjects.calling import lent_for_many_calls
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.subject import Subject
from backproof.thin import thinned, trains
from backproof.together import Together
from backproof_spec.clauses import Clause, clauses

Status: TypeAlias = Literal["held", "violated", "advised", "undecided", "not judged", "not applicable", "known"]
STATUSES: tuple[Status, ...] = ("held", "violated", "advised", "undecided", "not judged", "not applicable", "known")
Outcome: TypeAlias = Literal["conforms", "violates", "not judged"]
HIDDEN = 3  # failed calls that a clause is put to beyond its own cases
CORE = ("grad-value", "grad-direction", "step-direction", "train-gates", "collapse-constant")
EXAMPLES, SMOKE = 100, 10
Progress: TypeAlias = Callable[[int, int, str], None]  # done, of how many, the property at work


@dataclass(frozen=True)
class Finding:
    """A violation with the smallest case found for it."""

    property: str
    violation: Violation
    case: Case


@dataclass(frozen=True)
class Verdict:
    """What became of one clause."""

    clause: Clause
    status: Status
    reason: str = ""  # why it is not simply held
    finding: Finding | None = None
    under: str | None = None  # the violated clause that this violation follows from
    cases: int = 0  # on which it was judged
    seconds: float = field(default=0.0, compare=False)  # until the violation was found, or until all cases were judged
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one subject."""

    subject: Subject
    seed: int
    verdicts: tuple[Verdict, ...]
    reach: Reach = NOTHING  # of what was seen to hold

    def having(self, status: Status) -> list[Verdict]:
        """The verdicts of that status, in the order of the specification."""
        return [verdict for verdict in self.verdicts if verdict.status == status]

    @property
    def roots(self) -> list[Verdict]:
        """Violations that follow from no other."""
        return [verdict for verdict in self.having("violated") if verdict.under is None]

    @property
    def scope(self) -> str:
        """What the subject let us see: gradient, step, or black box."""
        on = self.subject.claims.operations
        return "gradient" if "gradient" in on else "step" if "step" in on else "black box"

    @property
    def unsettled(self) -> list[Verdict]:
        """MUST clauses that could be put and stayed open."""
        return [v for v in self.verdicts if v.clause.level == "MUST" and v.status == "undecided"]

    @property
    def outcome(self) -> Outcome:
        """conforms, violates, or not judged: never green by omission."""
        if self.having("violated"):
            return "violates"
        core = {v.status for v in self.verdicts if v.clause.slug in CORE}
        seen = "known" in core or ("held" in core and not self.is_shallow)
        return "conforms" if seen and not self.unsettled else "not judged"

    @property
    def is_shallow(self) -> bool:
        """Whether hidden layers are claimed, and no gradient was seen behind one."""
        return self.reach.hidden_layers == 0 and has_hidden(self.subject.claims)


@dataclass
class Tally:
    """What one property saw, case after case."""

    held: int = 0
    undecided: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    failed: list[tuple[str, Case]] = field(default_factory=list)  # calls without an answer: whose matter that is, and where
    outside: list[str] = field(default_factory=list)
    finding: Finding | None = None
    advice: Finding | None = None  # a call that raised where an answer would be better
    applicable: int = 0
    reach: Reach = NOTHING
    powerless: str = ""  # why what held says nothing
    seconds: float = 0.0  # until the violation was found, before its case was made smaller; or in all


def put(found: Property, asked: Asked, cases: Iterable[Case], shrink: bool = True, together: Together | None = None) -> Tally:
    """One property on all its cases, until the first violation, whose case is then reduced."""
    tally, held, began = Tally(), list[Case](), monotonic()
    within = [case for case in cases if found.where.holds(case)]
    known = set(asked.notes)
    settled = together.settled(found, asked, within) if together else {}
    for number, case in enumerate(within):
        tally.applicable += 1
        try:
            settled.get(number, partial(found.put, asked, case))()
            tally.held += 1
            held.append(case)
        except Violation as violation:
            if violation.is_advice:
                tally.advice = tally.advice or Finding(found.name, violation, case)
                continue
            tally.seconds = monotonic() - began
            _forget(asked, within[number + 1 :], known)
            small, finding = reduced(found, asked, case, violation) if shrink else (case, violation)
            tally.finding = Finding(found.name, finding, small)
            return tally
        except Outside as why:
            tally.outside.append(str(why))
        except Undecided as why:
            tally.undecided.append(str(why))
        except Unmet as why:
            tally.unmet.append(f"needs {why.slug}: {why.reason}")
            tally.failed += [(why.slug, _called(case, why.call))] if why.call else []
        except NotOffered as why:
            tally.unmet.append(f"not on offer: {why}")
        except Failure as failure:
            tally.finding = Finding(found.name, Violation(failure.message), case)
            return tally
    if tally.advice is not None and shrink:
        small, advice = reduced(found, asked, tally.advice.case, tally.advice.violation)
        tally.advice = Finding(found.name, advice, small)
    tally.seconds, tally.powerless = monotonic() - began, control.failed(found, asked, held)
    tally.reach = Reach.of(held)
    return tally


def _whole(found: Property, drawn: Drawn, shared: tuple[Case, ...], few: bool = False) -> tuple[Case, ...]:
    """The cases of the property: its own, few or all, or those that it shares."""
    return shared if found.cases is None else drawn.own(found.cases, few)


def _forget(asked: Asked, later: list[Case], known: set[object]) -> None:
    """What was measured on cases after the one that fails, side by side with it: other properties do not count on it."""
    for case in later:
        if case not in known:
            asked.notes.pop(case, None)


def _status(clause: Clause, tallies: list[Tally], lacking: list[str]) -> Verdict:
    finding = next((t.finding for t in tallies if t.finding), None)
    held, applicable = sum(t.held for t in tallies), sum(t.applicable for t in tallies)
    if finding is not None:
        status: Status = "violated" if clause.level == "MUST" else "advised"
        quickest = min((t for t in tallies if t.finding), key=lambda t: t.seconds)
        return Verdict(clause, status, finding.violation.message, finding, cases=quickest.applicable, seconds=quickest.seconds)
    powerless = next((t.powerless for t in tallies if t.powerless), "")
    unmet, open_ = [u for t in tallies for u in t.unmet], [u for t in tallies for u in t.undecided]
    advice = next((t.advice for t in tallies if t.advice), None)
    if advice is not None and not powerless and (held or not open_):
        return Verdict(clause, "advised", advice.violation.message, advice, cases=applicable)
    if held and not powerless:
        return Verdict(clause, "held", cases=held)
    if powerless:
        return Verdict(clause, "undecided", powerless, cases=applicable)
    if open_:
        return Verdict(clause, "undecided", open_[0], cases=applicable)
    if unmet:
        return Verdict(clause, "not judged", unmet[0], cases=applicable)
    if lacking:
        return Verdict(clause, "not applicable", f"the subject offers no {' and no '.join(lacking)}")
    outside = [o for t in tallies for o in t.outside]
    return Verdict(clause, "not applicable", outside[0] if outside else "no network of the subject is in the clause's domain")


def folded(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    """Each violation that follows from another one carries its slug: the first violated clause up the chain."""
    broken = {v.clause.slug for v in verdicts if v.status == "violated"}

    def root(slug: str) -> str:
        above = next((up for up in clauses()[slug].follows if up in broken), None)
        return slug if above is None else root(above)

    return tuple(
        replace(v, under=root(v.clause.slug) if root(v.clause.slug) != v.clause.slug else None) if v.status == "violated" else v
        for v in verdicts
    )


def judge(
    subject: Subject,
    seed: int = 0,
    examples: int = EXAMPLES,
    progress: Progress | None = None,
    known: dict[str, str] | None = None,
    shrink: bool = True,
    thin: bool = False,
) -> Judgement:
    """Put every property to the subject, and give every clause its verdict.

    known: expected violations, slug to reason. shrink: make counterexamples smaller, but for known ones. thin: put only a share
    of the cases, where a property has many.
    """
    tallies: dict[str, list[Tally]] = {}
    lacking: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    everything, asked, drawn = properties(), Asked(subject, once=True), Drawn.of(subject.claims)
    shared = drawn.pool(seed, examples)
    together = Together.of(asked)
    for done, found in enumerate(everything):
        if progress is not None:
            progress(done, len(everything), found.name)
        names.setdefault(found.slug, []).append(found.name)
        if found.lacking(subject):
            lacking.setdefault(found.slug, []).extend(found.lacking(subject))
            continue
        whole = partial(_whole, found, drawn, shared)
        with lent_for_many_calls():
            smaller = shrink and found.slug not in (known or {})
            tally = put(found, asked, thinned(found, whole(few=trains(found))) if thin else whole(), smaller, together)
            if thin and not tally.held and tally.finding is None:  # the share shows nothing: perhaps the others do
                tally = put(found, asked, whole(), smaller, together)
            tallies.setdefault(found.slug, []).append(tally)
    for slug, tally in _hidden(subject, tallies, shrink):
        tallies[slug].append(tally)
    verdicts = [
        replace(
            _status(clause, tallies.get(slug, []), sorted(set(lacking.get(slug, [])))),
            properties=tuple(names.get(slug, ())),
        )
        for slug, clause in clauses().items()
    ]
    reach = sum((tally.reach for slug in CORE for tally in tallies.get(slug, [])), start=NOTHING)
    return Judgement(subject, seed, folded(_expected(_told_once(verdicts), known or {})), reach)


def _told_once(verdicts: list[Verdict]) -> list[Verdict]:
    """A call that fails everywhere is told by the clause that wants an answer, and by none that asks far out."""
    broken = {verdict.clause.slug for verdict in verdicts if verdict.status == "violated"}
    return [
        replace(verdict, status="not judged", reason=f"needs {verdict.finding.violation.needs}: {verdict.reason}", finding=None)
        if verdict.finding is not None and verdict.finding.violation.needs in broken
        else verdict
        for verdict in verdicts
    ]


def _called(case: Case, call: Call) -> Case:
    """The case with what the subject was given."""
    t = case.t if call.t is None else call.t
    return replace(case, net=call.net, params=call.params, x=call.x, t=t) if len(t) == len(call.x) else case


def _hidden(subject: Subject, tallies: dict[str, list[Tally]], shrink: bool) -> Iterator[tuple[str, Tally]]:
    """Calls that failed on the cases of one clause only, held against the clause that wants an answer there as well."""
    seen = Counter[str]()
    for slug, case in [one for every in tallies.values() for tally in every for one in tally.failed]:
        seen[slug] += 1
        if seen[slug] > HIDDEN or any(tally.finding for tally in tallies.get(slug, ())):
            continue
        for found in properties_of(slug):
            if found.cases is None and not found.lacking(subject) and not far_out.holds(case):
                yield slug, put(found, Asked(subject, once=True), (case,), shrink)


def _expected(verdicts: list[Verdict], known: dict[str, str]) -> list[Verdict]:
    """Known violations become known; a known one that holds after all is a violation of the list."""
    result = []
    for verdict in verdicts:
        reason = known.get(verdict.clause.slug)
        if reason is not None and verdict.status in ("violated", "advised"):
            verdict = replace(verdict, status="known", reason=reason)
        elif reason is not None and verdict.status == "held":
            verdict = replace(verdict, status="violated", reason=f"expected to be violated ({reason}), but it holds")
        result.append(verdict)
    return result
