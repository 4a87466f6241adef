"""Every property in one place: which clause it puts, where it is true, which operations it needs."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

from backproof.asked import Asked, offers
from backproof.case import Case, Where
from backproof.domain import far_out
from backproof.must import Unmet, Violation
from backproof.subjects.subject import Subject
from backproof_spec import Claims
from backproof_spec.clauses import Clause, clause, clauses

Check = Callable[[Any, Case], None]  # Any: the Protocol that the property asks for; an Asked meets them all
Cases = Callable[[Claims], Iterable[Case]]
OPERATIONS = ("loss", "gradient", "step", "initial", "targets", "fit", "descend", "updates")
EVERYWHERE = Where("every case", lambda _: True)
NOWHERE = Where("no case", lambda _: False)
C = TypeVar("C", bound=Check)


@dataclass(frozen=True)
class Property:
    """An executable statement of a clause: for all cases where it is true, this holds."""

    slug: str
    check: Check
    where: Where
    needs: frozenset[str]
    cases: Cases | None  # None: the shared pool
    tries: int = 200  # calls at most to make a counterexample smaller; fewer where each asks for many losses
    smaller: Where | None = None  # where it stays true, and of its own clause, on a smaller case; None: as `reducible` says

    @property
    def name(self) -> str:
        """The function's name: a sentence, and the test id."""
        return self.check.__name__

    @property
    def statement(self) -> str:
        """The clause in words, as the docstring has it."""
        return (self.check.__doc__ or "").strip()

    @property
    def clause(self) -> Clause:
        """The clause that it puts."""
        return clause(self.slug)

    @property
    def reducible(self) -> Where:
        """Which smaller cases may be shown in place of one that fails: if not said, all of the pool's and none of a plan's."""
        return self.smaller or (EVERYWHERE if self.cases is None else NOWHERE)

    def lacking(self, subject: Subject) -> list[str]:
        """The operations that it needs and the subject does not offer."""
        return sorted(need for need in self.needs if not offers(subject, need))

    def put(self, asked: Asked, case: Case) -> None:
        """Check the case: returns where the statement holds, raises Violation, Undecided or Unmet.

        The clauses on shapes want an answer at ordinary arguments only: a call that fails further out is told here or nowhere,
        as advice if it raised.
        """
        try:
            self.check(asked, case)
        except Unmet as why:
            if why.call and far_out.holds(case):
                raise Violation(why.reason, costly=why.costly, needs=why.slug) from None
            raise


_REGISTERED: dict[str, Property] = {}


def holds(
    slug: str,
    where: Where = EVERYWHERE,
    cases: Cases | None = None,
    tries: int = 200,
    reducible: Where | None = None,
) -> Callable[[C], C]:
    """Register a property of the clause: where it is true, on cases of its own if the pool cannot hold them.

    reducible: which smaller cases may be shown in place of one that fails; if not said, all of the pool's and none of a plan's.
    """

    def register(check: C) -> C:
        name = check.__name__
        if name in _REGISTERED and _REGISTERED[name].check.__module__ != check.__module__:
            raise ValueError(f"two properties are called {name}: a name is a test id, choose another")
        asks = get_type_hints(check)["subject"]
        needs = frozenset(operation for operation in OPERATIONS if hasattr(asks, operation))
        _REGISTERED[name] = Property(slug, check, where, needs, cases, tries, reducible)
        return check

    return register


@cache
def _load() -> None:
    package = importlib.import_module("backproof.properties")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        importlib.import_module(f"backproof.properties.{module.name}")


def properties() -> tuple[Property, ...]:
    """All properties, in the order of the specification's clauses."""
    _load()
    order = {slug: i for i, slug in enumerate(clauses())}
    return tuple(sorted(_REGISTERED.values(), key=lambda p: order.get(p.slug, len(order))))


def properties_of(slug: str) -> Iterator[Property]:
    """The properties of one clause."""
    return (p for p in properties() if p.slug == slug)
