"""Optimisers: every update of the first few is the rule's own, at the point where the subject itself has arrived."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from backproof.asked import Asked, Judged, JudgedDescent, JudgedFit, JudgedStep, JudgedUpdates
from backproof.case import Case
from backproof.domain import closed_form, dense_targets, no_penalty, stationary_at_target
from backproof.must import Outside, Place, Undecided, Unmet, must_be_zero, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, Wide, wide
from backproof.pool import Shape, build
from backproof.registry import holds
from backproof_spec import Array, Claims, Params, Rule

UPDATES, RATE, HUGE = 4, 2.0**-6, 1e300
SHAPES = (Shape("updates", (3,), 2, 2, 3), Shape("updates, no hidden layer", (), 2, 2, 2))
MEMORIES = ("momentum", "nesterov", "rmsprop", "adam")


def _few(claims: Claims) -> Iterator[Case]:
    for family in claims.families[:3]:
        for number, shape in enumerate(SHAPES):
            yield build(claims, family, shape, 300 + number)


def declared(claims: Claims, name: str) -> Rule:
    """The rule of that name as the subject declares it, at the rate of the test. Raises Outside."""
    found = next((rule for rule in claims.rules if rule.name == name), None)
    if found is None or claims.rates is None:
        raise Outside(f"the subject does not declare {name}, with a rate")
    return replace(found, rate=_rate(claims))


def _rate(claims: Claims) -> float:
    least, most = claims.rates or (RATE, RATE)
    return min(max(RATE, least), most)


class Seen(NamedTuple):
    """The updates of one tensor: the points w_0 ... w_K, the gradients at all but the last, and the rounding unit."""

    points: list[Wide]
    gradients: list[Bounded]
    rule: Rule
    u: float


Moves: TypeAlias = Callable[[Seen], list[Bounded]]  # the moves that the rule makes of the gradients


def momentum(seen: Seen) -> list[Bounded]:
    """v_k = beta_1 v_{k-1} - rate g_k, from the subject's own v_{k-1}."""
    before = [np.zeros_like(seen.points[0]), *np.diff(seen.points, axis=0)]
    beta, rate = seen.rule.beta1, seen.rule.rate
    return [_sum(seen, (beta, before[k], before_error(seen, k)), (-rate, g.value, g.error)) for k, g in enumerate(seen.gradients)]


def before_error(seen: Seen, k: int) -> Wide:
    """How far a measured move may be from the velocity: the parameters' own rounding, twice."""
    return wide(0 if k == 0 else 2 * seen.u * np.abs(seen.points[k]).max(initial=0))


def nesterov(seen: Seen) -> list[Bounded]:
    """v_k = beta_1 v_{k-1} - rate g_k; the move is beta_1 v_k - rate g_k."""
    beta, rate, moves = seen.rule.beta1, seen.rule.rate, list[Bounded]()
    v, error = np.zeros_like(seen.points[0]), np.zeros_like(seen.points[0])
    for g in seen.gradients:
        v, error = beta * v - rate * g.value, beta * error + rate * g.error
        moves.append(_sum(seen, (beta, v, error), (-rate, g.value, g.error)))
    return moves


def averaging(seen: Seen) -> Seen:
    """The gradient joins with the weight 1 - beta_1, as in a running mean: another rate, the same directions."""
    return seen._replace(gradients=[_times(1 - seen.rule.beta1, g) for g in seen.gradients])


def _sum(seen: Seen, *terms: tuple[float, Wide, Wide]) -> Bounded:
    value = sum((c * one for c, one, _ in terms), wide(0))
    size = sum((np.abs(c * one) for c, one, _ in terms), wide(0))
    error = sum((abs(c) * off for c, _, off in terms), wide(0))
    return Bounded(wide(value), wide(error + 8 * seen.u * size))


def _mean(seen: Seen, beta: float, power: int) -> list[Bounded]:
    """The running means of g**power, from 0."""
    value, error, means = wide(0), wide(0), list[Bounded]()
    for g in seen.gradients:
        off = g.error if power == 1 else g.error * (2 * np.abs(g.value) + g.error)
        value, error = beta * value + (1 - beta) * g.value**power, beta * error + (1 - beta) * off
        means.append(Bounded(wide(value), wide(error + 8 * seen.u * np.abs(value))))
    return means


def _quotient(m: Bounded, v: Bounded, epsilon: float, inside: bool, u: float) -> Bounded:
    """m / (sqrt(v) + epsilon), or m / sqrt(v + epsilon); an entry of which nothing is known has an endless error."""
    low, high = np.maximum(v.value - v.error, 0), v.value + v.error
    root, least, most = (np.sqrt(x + epsilon) if inside else np.sqrt(x) + epsilon for x in (v.value, low, high))
    sure = least > 0
    value = np.where(sure, m.value / np.where(sure, root, 1), 0)
    spread = (np.abs(m.value) + m.error) / np.where(sure, least, 1) - np.abs(m.value) / np.where(sure, most, 1)
    return Bounded(wide(value), wide(np.where(sure, 2 * spread + 16 * u * np.abs(value), HUGE)))


def _rmsprop(seen: Seen, inside: bool) -> list[Bounded]:
    means = _mean(seen, seen.rule.beta2, 2)
    return [
        _times(-seen.rule.rate, _quotient(g, v, seen.rule.epsilon, inside, seen.u))
        for g, v in zip(seen.gradients, means, strict=True)
    ]


def _adam(seen: Seen, inside: bool, late: bool) -> list[Bounded]:
    """late: epsilon stands beside the uncorrected root."""
    rule, moves = seen.rule, list[Bounded]()
    for k, (m, v) in enumerate(zip(_mean(seen, rule.beta1, 1), _mean(seen, rule.beta2, 2), strict=True), start=1):
        first, second = 1 - rule.beta1**k, 1 - rule.beta2**k
        if late:
            moves.append(_times(-rule.rate * second**0.5 / first, _quotient(m, v, rule.epsilon, inside, seen.u)))
        else:
            corrected = _quotient(_times(1 / first, m), _times(1 / second, v), rule.epsilon, inside, seen.u)
            moves.append(_times(-rule.rate, corrected))
    return moves


def _times(c: float, b: Bounded) -> Bounded:
    return Bounded(wide(c * b.value), wide(abs(c) * b.error))


# The equation of the clause first, then other forms of it that are no faults.
FORMS: dict[str, tuple[Moves, ...]] = {
    "sgd": (lambda seen: [_sum(seen, (-seen.rule.rate, g.value, g.error)) for g in seen.gradients],),
    "momentum": (momentum, lambda seen: momentum(averaging(seen))),
    "nesterov": (nesterov, lambda seen: nesterov(averaging(seen))),
    "rmsprop": (lambda seen: _rmsprop(seen, False), lambda seen: _rmsprop(seen, True)),
    "adam": (
        lambda seen: _adam(seen, False, False), lambda seen: _adam(seen, True, False),
        lambda seen: _adam(seen, False, True), lambda seen: _adam(seen, True, True),
    ),
}  # fmt: skip


def trajectory(subject: JudgedDescent, case: Case, rule: Rule) -> list[Params]:
    """Where the subject is after 0, 1, ..., 4 updates; a step on at most so many rows is a case of so many rows."""
    ends = [subject.descend(case.net, case.params, case.x, case.t, rule, k) for k in range(1, UPDATES + 1)]
    if not all(np.isfinite(p).all() for end in ends for layer in end for p in layer):
        raise Undecided("the parameters do not stay finite")
    return [case.params, *ends]


def updates_must_follow(subject: JudgedDescent, case: Case, rule: Rule) -> None:
    """Every move is what one and the same form of the rule makes of the gradients at the points before it."""
    points_must_follow(subject, case, trajectory(subject, case, rule), rule)


def points_must_follow(subject: Judged, case: Case, points: list[Params], rule: Rule) -> None:
    """The same, of points that were reached in whatever way."""
    gradients = [followed(subject, case.at(p)) for p in points[:-1]]
    forms = [list(_moves(subject.r.u, case, points, gradients, rule, form)) for form in FORMS[rule.name]]
    if any(all((np.abs(got - want.value) <= want.error).all() for _, got, want in form) for form in forms):
        return
    for place, got, want in forms[0]:
        must_equal(got, want, place, why=f"by {rule.name} at rate {rule.rate:g}")


def followed(subject: Judged, case: Case) -> tuple[closed.Gradient, ...]:
    """The gradient that a move should follow: the subject's own where it gives one, else that of the declared loss."""
    true = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    if not isinstance(subject, Asked) or "gradient" not in subject.claims.operations:
        return true
    own = subject.gradient(case.net, case.params, case.x, case.t)
    return tuple(
        closed.Gradient(*(_beside(got, want, subject.r.u) for got, want in zip(g, w, strict=True)))
        for g, w in zip(own, true, strict=True)
    )


def _beside(got: Array, want: Bounded, u: float) -> Bounded:
    """The subject's own number, with the rounding of the true one and of itself: computed again, it may differ by that."""
    if not np.isfinite(got).all():
        raise Unmet("shape-weights", "the gradient is not finite")
    return Bounded(wide(got), wide(want.error + 8 * u * np.abs(got)))


def _moves(
    u: float, case: Case, points: list[Params], gradients: list[tuple[closed.Gradient, ...]], rule: Rule, form: Moves
) -> Iterator[tuple[Place, Wide, Bounded]]:
    """Every move of every tensor, and what the form makes it."""
    for l in range(case.net.depth):
        for part, name in ((0, "W"), (1, "b")):
            if part == 1 and case.net.bias(l + 1) == "none":
                continue
            ends = [wide(p[l][part]) for p in points]
            seen = Seen(ends, [Bounded(g[l][part].value, 2 * g[l][part].error) for g in gradients], rule, u)
            for k, want in enumerate(form(seen), start=1):
                room = want.error + 2 * u * np.maximum(np.abs(ends[k]), np.abs(ends[k - 1]))
                yield Place(f"move {k} of {name}", l + 1), ends[k] - ends[k - 1], Bounded(want.value, wide(room))


@holds("train-trajectory", where=closed_form, cases=_few)
def every_step_is_the_rate_times_the_gradient_where_it_began(subject: JudgedDescent, case: Case) -> None:
    """Each of the first steps is minus the rate times the gradient at the point where this very step began."""
    if subject.claims.rates is None or subject.subject.unscaled:
        raise Outside("the subject's rate, or the scale of its objective, is not known")
    updates_must_follow(subject, case, Rule(_rate(subject.claims)))


@holds("rule-momentum", where=closed_form, cases=_few)
def momentum_remembers_the_moves(subject: JudgedUpdates, case: Case) -> None:
    """Each move is beta_1 times the one before it, minus the rate times the gradient."""
    updates_must_follow(subject, case, declared(subject.claims, "momentum"))


@holds("rule-nesterov", where=closed_form, cases=_few)
def nesterovs_momentum_looks_ahead(subject: JudgedUpdates, case: Case) -> None:
    """Each move is beta_1 times the new velocity, minus the rate times the gradient."""
    updates_must_follow(subject, case, declared(subject.claims, "nesterov"))


@holds("rule-rmsprop", where=closed_form, cases=_few)
def rmsprop_divides_by_the_running_root_mean_square(subject: JudgedUpdates, case: Case) -> None:
    """Each entry of the gradient is divided by the root of its running mean square."""
    updates_must_follow(subject, case, declared(subject.claims, "rmsprop"))


@holds("rule-adam", where=closed_form, cases=_few)
def adam_corrects_for_having_begun_at_zero(subject: JudgedUpdates, case: Case) -> None:
    """Each entry moves by the corrected mean of its gradients over the corrected root of their mean square."""
    updates_must_follow(subject, case, declared(subject.claims, "adam"))


@holds("rule-rest", where=closed_form & dense_targets & no_penalty & stationary_at_target, cases=_few)
def nothing_moves_without_a_rate_or_a_gradient(subject: JudgedStep, case: Case) -> None:
    """At rate 0 a first update moves nothing under any declared rule; at a perfect fit it stays finite."""
    names = [rule.name for rule in subject.claims.rules if rule.name in MEMORIES]
    if not names or subject.claims.rates is None or subject.claims.rates[0] > 0:
        raise Outside("no rule with a memory is declared, or rate 0 is outside what the subject claims")
    fit = case.aiming(subject.forward(case.net, case.params, case.x))
    for rule in (rule for rule in subject.claims.rules if rule.name in names):
        still = subject.step(case.net, case.params, case.x, case.t, replace(rule, rate=0.0))
        rest = subject.step(fit.net, fit.params, fit.x, fit.t, replace(rule, rate=RATE))
        for l, (p, s, r) in enumerate(zip(case.params, still, rest, strict=True), start=1):
            must_be_zero(wide(s.W) - wide(p.W), 0.0, Place("change of W", l), f"at rate 0, by {rule.name}")
            room = _room(subject, fit, rule, l)
            must_be_zero(wide(r.W) - wide(p.W), room, Place("change of W", l), f"at y = t, by {rule.name}")


def _room(subject: JudgedStep, fit: Case, rule: Rule, l: int) -> Wide:
    """How far a first step at a perfect fit may go: the gradient's rounding, or where that is divided by itself, finitely far."""
    if rule.name in ("rmsprop", "adam"):
        return wide(HUGE)
    error = closed.gradient(fit.net, fit.params, fit.x, fit.t, subject.r)[l - 1].W.error
    return wide(4 * RATE * error + 2 * subject.r.u * np.abs(wide(fit.params[l - 1].W)))


@holds("rule-reset", cases=_few)
def training_anew_begins_with_a_fresh_optimiser(subject: JudgedFit, case: Case) -> None:
    """Training twice from the same seed, by one object, ends at the same outputs, under every declared rule."""
    rules = [rule for rule in subject.claims.rules if rule.name in MEMORIES]
    if not rules or not subject.claims.seeded or subject.claims.rates is None:
        raise Outside("no rule with a memory is declared, or the subject is not seeded")
    kept = Asked(subject.subject, kept=True)
    for rule in rules:
        told = replace(rule, rate=_rate(subject.claims))
        one, two = (wide(kept.fit(case.net, case.x, case.t, case.x, seed=5, epochs=3, rule=told).output) for _ in range(2))
        # half of the digits: threads may change a few units of the last; what is left over of a memory changes the first
        room = subject.r.u**0.5 * (np.abs(one).max(initial=0) + 1)
        must_equal(two, Bounded(one, np.full_like(one, room)), Place("y"), why=f"as the first training by {rule.name} gave")
