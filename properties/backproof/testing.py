"""The properties as pytest tests: one for each property, named after it; Hypothesis explores, shrinks, remembers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from inspect import Parameter, Signature
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet, Violation
from backproof.pool import pool
from backproof.reach import has_hidden
from backproof.registry import Property, properties
from backproof.report import words
from backproof.runner import CORE
from backproof.strategies import cases
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints, Subject
from backproof_spec.clauses import clause

EXAMPLES = 25
CLOSING = "the_core_was_judged"


@dataclass
class Suite:
    """One subject's tests, and what came of them."""

    open: Callable[[], Subject]
    known: Mapping[str, str] = field(default_factory=dict)
    examples: int = EXAMPLES
    outcomes: dict[str, str] = field(default_factory=dict)  # of each property that ran
    deep: bool = False  # whether a property of the core held of a network with a hidden layer

    @cached_property
    def asked(self) -> Asked:
        """The subject, opened when the first test runs."""
        return Asked(self.open())

    def run(self, found: Property) -> None:
        """The test of one property: passes, fails with the finding, or is skipped with its reason."""
        self.outcomes[found.name] = "skipped"
        try:
            self._put(found)
        except (Violation, Failure) as said:
            self.outcomes[found.name] = "violated"
            if found.slug in self.known:
                pytest.xfail(self.known[found.slug])
            if found.clause.level == "SHOULD":
                pytest.skip(f"advice: {said}")
            raise
        self.outcomes[found.name] = "held"

    def _put(self, found: Property) -> None:
        lacking = found.lacking(self.asked.subject)
        if lacking:
            pytest.skip(f"not applicable: the subject offers no {' and no '.join(lacking)}")
        claims, tally = self.asked.claims, Reasons()
        for case in pool(claims, 0, 0) if found.cases is None else found.cases(claims):
            tally.put(found, self.asked, case)
        if found.cases is None:
            self._explore(found, tally)
        self.deep = self.deep or (found.slug in CORE and tally.deep)
        if tally.advice:
            pytest.skip(f"advice: {tally.advice}")
        if not tally.held:
            pytest.skip(tally.why or "not applicable: no network of the subject is in the clause's domain")

    def _explore(self, found: Property, tally: "Reasons") -> None:
        @wraps(found.check)  # so that the example database keeps each property's examples apart
        def check(case: Case) -> None:
            tally.put(found, self.asked, case)

        vars(check)["__signature__"] = Signature([Parameter("case", Parameter.KEYWORD_ONLY)])
        phases = [phase for phase in Phase if phase is not Phase.explain]
        quiet = settings(max_examples=self.examples, deadline=None, phases=phases, suppress_health_check=list(HealthCheck))
        given(case=cases(self.asked.claims))(quiet(check))()

    def close(self) -> None:
        """The last test: something of the core was judged and held; each expected violation was there."""
        if set(self.outcomes) != {found.name for found in properties()}:
            pytest.skip("not all properties ran")
        of = {slug: {self.outcomes[p.name] for p in properties() if p.slug == slug} for slug in (*CORE, *self.known)}
        gone = [slug for slug in self.known if "violated" not in of[slug]]
        if gone:
            pytest.fail(f"expected to be violated, but held: {', '.join(gone)}", pytrace=False)
        if any(outcome == "violated" for outcome in self.outcomes.values()):
            return
        if not any("held" in of[slug] for slug in CORE):
            pytest.fail(f"none of {', '.join(CORE)} could be judged: the subject offers too little", pytrace=False)
        if has_hidden(self.asked.claims) and not self.deep:
            pytest.fail(f"none of {', '.join(CORE)} could be judged of a network with a hidden layer", pytrace=False)


@dataclass
class Reasons:
    """On how many cases a property held, and why it was not judged on the others."""

    held: int = 0
    deep: bool = False  # on one with a hidden layer
    why: str = ""
    advice: str = ""

    def put(self, found: Property, asked: Asked, case: Case) -> None:
        """One case; a Violation passes through, with the case in its notes."""
        __tracebackhide__ = True
        if not found.where.holds(case):
            return
        try:
            found.put(asked, case)
            self.held, self.deep = self.held + 1, self.deep or case.net.depth > 1
        except Undecided as why:
            self.why = f"undecided: {why}"
        except (Unmet, NotOffered) as why:
            self.why = f"not judged: {why}"
        except Violation as violation:
            if violation.is_advice:
                self.advice = self.advice or violation.message
                return
            notes = [f"clause {found.slug}: {found.statement}", *words.case(case), f"read: backproof spec {found.slug}"]
            violation.__notes__ = notes
            raise


def checked(known: Mapping[str, str]) -> Mapping[str, str]:
    """The expected violations, every slug a clause's. Raises UnknownClause, with the nearest one."""
    for slug in known:
        clause(slug)
    return known


def suite(
    target: object, *, known: Mapping[str, str] | None = None, examples: int = EXAMPLES, **hints: Any
) -> Callable[..., None]:
    """A pytest test of everything about `target`: `test_net = backproof.suite(Net)`.

    target: a class, an instance, a module of functions, or a target as the command line takes it; runs in this process.
    known: expected violations, slug to reason; an expected one that holds fails the last test.
    hints: what is not to be recognised, as the flags of `backproof check`: hidden="tanh", samples="sum", ...
    Raises UnknownClause for a slug that is none; TypeError for an unknown hint.
    """
    said = Hints(**hints)
    whole = Suite(lambda: _loaded(target, said), checked(known or {}), examples)
    marked = [pytest.param(p, id=p.name, marks=pytest.mark.backproof(p.slug)) for p in properties()]

    @pytest.mark.parametrize("found", [*marked, pytest.param(None, id=CLOSING)])
    def test(found: Property | None) -> None:
        __tracebackhide__ = True
        if found is None:
            whole.close()
        else:
            whole.run(found)

    return test


def _loaded(target: object, hints: Hints) -> Subject:
    try:
        return load(target, hints)
    except Unusable as trouble:
        pytest.fail(str(trouble), pytrace=False)
