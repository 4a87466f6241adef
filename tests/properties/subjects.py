"""The reference as it is, in single precision, and as it looks to somebody who may only watch its steps."""

from dataclasses import replace
from functools import cache

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Outside, Undecided, Unmet, Violation
from backproof.pool import pool
from backproof.registry import Property
from backproof.runner import SMOKE
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    Fitted,
    HasFit,
    HasInitial,
    HasLoss,
    HasStep,
    Implementation,
    Loss,
    Network,
    Params,
    Rule,
    Targets,
)


class InSingle(Reference):
    """The reference, claiming float32."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, dtype="float32")


class OnlySteps(HasStep):
    """The reference, its gradient hidden behind its steps."""

    reference = Reference()

    @property
    def claims(self) -> Claims:
        """Those of the reference."""
        return self.reference.claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return self.reference.forward(net, params, x)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one step."""
        return self.reference.step(net, params, x, t, rule)


class StepsAndALoss(OnlySteps, HasLoss):
    """It reports its loss too."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        return self.reference.loss(net, params, x, t)


class OnlyFits(HasInitial, HasFit):
    """The reference on the network of the recipe, seen only through its training."""

    reference = Reference()

    @property
    def claims(self) -> Claims:
        """The recipe's family."""
        family = Family((Activation("tanh"),), (Activation("sigmoid"),), (Loss("binary_cross_entropy"),))
        return Claims("only fits", (family,), writable=False)

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return self.reference.forward(net, params, x)

    def initial(self, net: Network, seed: int, /) -> Params:
        """Glorot's initial weights, no biases."""
        return self.reference.initial(net, seed)

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        """Outputs at the query rows after training."""
        return self.reference.fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)


class FitsNothing(OnlyFits):
    """fit stops before its first step."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        return super().fit(net, x, t, query, seed=seed, epochs=0, rule=rule)


@cache
def asked(kind: type[Implementation]) -> Asked:
    """The class as a subject, loaded once."""
    return Asked(load(kind))


@cache
def shared_cases(claims: Claims, examples: int = SMOKE) -> tuple[Case, ...]:
    """The grid and a small pool."""
    return tuple(pool(claims, 0, examples))


def cases_of(found: Property, claims: Claims, examples: int = SMOKE) -> tuple[Case, ...]:
    """The cases on which the property is put, within its domain."""
    own = shared_cases(claims, examples) if found.cases is None else tuple(found.cases(claims))
    return tuple(case for case in own if found.where.holds(case))


def held(found: Property, subject: Asked) -> int:
    """On how many cases the property holds; a Violation passes through."""
    count = 0
    for case in cases_of(found, subject.claims):
        try:
            found.put(subject, case)
            count += 1
        except (Outside, Undecided, Unmet):
            continue
    return count


def rejection(found: Property, subject: Asked) -> Violation | None:
    """The first violation that the property finds."""
    for case in cases_of(found, subject.claims, 60):
        try:
            found.put(subject, case)
        except Violation as violation:
            return violation
        except (Undecided, Unmet):
            continue
    return None
