"""What a program makes of its rate, told from its steps."""

from dataclasses import replace

import pytest

from backproof.properties.step import habit
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Array, Claims, Layer, Network, Params, Rule, Targets

RATES = (1e-5, 2.0**-10, 1.0, 5.0)


@pytest.mark.parametrize(("shares", "said"), [
    ([0.1, 0.1, 0.1, 0.1], ": the rate is ignored, and every step is as at rate 0.1"),
    ([rate**2 for rate in RATES], ": the rate is applied twice"),
    ([1e-5, 2.0**-10, 1.0, 1.0], ": the rate is clamped, and the step is as at rate 1"),
    ([0.01, 0.01, 1.0, 5.0], ": the rate is clamped, and the step is as at rate 0.01"),
    ([2 * rate for rate in RATES], ": 2 times what the rate says"),
    ([1e-5, 2.0**-10, 1.0, 3.0], ": the rate is clamped, and the step is as at rate 3"),
    ([1e-5, 2.0**-9, 1.0, 3.0], ": 2 times what the rate says"),
])  # fmt: skip
def test_a_habit_is_told_from_what_is_taken_at_each_rate(shares: list[float], said: str) -> None:
    assert habit(dict(zip(RATES, shares, strict=True))) == said


class Habit:
    """It offers nothing but outputs and steps, and steps at a rate of its own making."""

    @property
    def claims(self) -> Claims:
        claims = Reference().claims
        return replace(claims, families=claims.families[:1], operations=frozenset({"forward", "step"}))

    def rate(self, rate: float) -> float:
        return rate

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return Reference().forward(net, params, x)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return Reference().step(net, params, x, t, Rule(self.rate(rule.rate)))


class Ignores(Habit):
    def rate(self, rate: float) -> float:
        return 0.1


class Twice(Habit):
    def rate(self, rate: float) -> float:
        return rate**2


class Clamps(Habit):
    def rate(self, rate: float) -> float:
        return min(rate, 1.0)


@pytest.mark.parametrize(("kind", "words"), [
    (Ignores, "the rate is ignored"), (Twice, "the rate is applied twice"),
    (Clamps, "the rate is clamped, and the step is as at rate 1"),
])  # fmt: skip
def test_a_program_that_steps_only_is_told_what_it_makes_of_its_rate(kind: type[Habit], words: str) -> None:
    violated = {v.clause.slug: v.reason for v in judge(load(kind), examples=5).having("violated")}
    assert words in violated["step-rate"]


def test_its_gradient_is_not_blamed_for_its_rate() -> None:
    for kind in (Ignores, Clamps):
        violated = {v.clause.slug for v in judge(load(kind), examples=5).having("violated")}
        assert not violated & {"grad-value", "grad-weights", "grad-biases", "grad-hidden-delta", "grad-output-delta"}


def test_a_rate_that_is_taken_as_given_is_no_habit() -> None:
    assert judge(load(Habit), examples=5).outcome == "conforms"


class Shrinks(Habit):
    """Weights shrink where the gradient is zero."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        after = super().step(net, params, x, t, rule)
        return tuple(Layer(q.W - rule.rate * 0.01 * p.W, q.b) for p, q in zip(params, after, strict=True))


def test_weights_that_shrink_at_zero_gradient_are_told_from_a_wrong_gradient() -> None:
    (root,) = judge(load(Shrinks), examples=5).roots
    assert root.clause.slug == "grad-penalty" and "shrinks by 0.01 of itself" in root.reason
