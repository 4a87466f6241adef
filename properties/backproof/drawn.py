"""Cases drawn once for all programs that claim the same: their closed forms are then worked out once as well."""

from dataclasses import replace
from functools import lru_cache

from backproof.case import Case
from backproof.pool import pool
from backproof.registry import Cases
from backproof_spec import Claims

CLAIMS = 4  # of so many different claims the cases are kept


class Drawn:
    """The cases of one set of claims: those of the pool, and those that a property makes for itself."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._pools: dict[tuple[int, int], tuple[Case, ...]] = {}
        self._own: dict[Cases, tuple[Case, ...]] = {}

    @staticmethod
    def of(claims: Claims) -> "Drawn":
        """Those of these claims, whoever makes them: a name and a version decide no case."""
        return _drawn(replace(claims, name="", version=""))

    def pool(self, seed: int, examples: int) -> tuple[Case, ...]:
        """The grid and so many seeded cases."""
        if (seed, examples) not in self._pools:
            self._pools = {(seed, examples): tuple(pool(self._claims, seed, examples))}
        return self._pools[seed, examples]

    def own(self, cases: Cases, few: bool = False) -> tuple[Case, ...]:
        """What a property, or several, put instead; few: those of the first family, if it has any."""
        first = replace(self._claims, families=self._claims.families[:1])
        if few and len(self._claims.families) > 1 and (found := Drawn.of(first).own(cases)):
            return found
        if cases not in self._own:
            self._own[cases] = tuple(cases(self._claims))
        return self._own[cases]


_drawn = lru_cache(CLAIMS)(Drawn)
