"""The cases on which a failed subject is asked: where faults cannot hide, of the networks on which it failed."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import recovery_rate
from backproof.case import Case
from backproof.diagnosis.programs import KEPT_AS_FRESH
from backproof.diagnosis.questions import Question, turns
from backproof.drawn import Drawn
from backproof.pool import Shape, admitted, dyadic, parameters, tame, targets, typed
from backproof.registry import properties_of
from backproof.runner import Finding, Judgement
from backproof_spec import Claims, Family, Network, Rule

CHOSEN = (  # two hidden layers, unequal widths, several outputs and rows; then what each of these hides
    Shape("two hidden layers, five rows", (4, 3), 3, 2, 5),
    Shape("all widths equal", (3, 3), 3, 3, 3),
    Shape("one output, four rows", (3,), 2, 1, 4),
    Shape("no hidden layer", (), 3, 2, 4),
    Shape("two hidden layers, one row", (3, 2), 4, 3, 1),
    Shape("zero biases, four rows", (3, 4), 2, 1, 4, zero_biases=True),
)
FRESH = (
    Shape("fresh: two hidden layers, six rows", (2, 4), 3, 3, 6),
    Shape("fresh: one hidden layer, two rows", (5,), 4, 2, 2),
    Shape("fresh: all widths equal", (4, 4), 4, 4, 4),
    Shape("fresh: three hidden layers", (2, 3, 4), 2, 3, 3),
    Shape("fresh: one of everything but outputs", (1,), 1, 2, 1),
    Shape("fresh: no hidden layer", (), 2, 3, 3),
    Shape("fresh: zero biases, four rows", (4,), 3, 1, 4, zero_biases=True),
)
CHOSEN_SEED, FRESH_SEED = 1, 5000
BEHAVIOUR = frozenset({"initial", "hygiene", "input", "training"})  # chapters that say nothing of answers on one case
MODELS = 3  # networks whose activations, loss and penalty are looked at
RATES = (0.5, 2.0**-10, 4.0, 0.0)
STEPS = 3
OTHERS = 12  # cases of a property that failed
KEPT = Shape("kept", (5,), 3, 2, 4)
KEPT_FRESH = Shape("fresh: kept", (6, 2), 2, 3, 3)


def models(judgement: Judgement) -> list[Network]:
    """One network for each set of activations, loss and penalty on which the subject failed, root causes first."""
    causes = [*judgement.roots, *judgement.having("violated"), *judgement.having("advised")]
    nets = [verdict.finding.case.net for verdict in causes if verdict.finding is not None]
    found = dict[object, Network]()
    for net in nets:
        found.setdefault((frozenset(net.activations), net.loss, net.reported, net.penalty, frozenset(net.biases)), net)
    return list(found.values())[:MODELS]


def family_of(net: Network, claims: Claims) -> Family:
    """The family to which it belongs, as far as can be told; the first if to none."""
    def fits(family: Family) -> bool:
        hidden = set(net.activations[:-1]) <= set(family.hidden)
        rest = net.loss in family.loss and net.reported == family.reported and net.penalty in family.penalty
        biases = not net.biases or net.biases[-1] == family.biases[1]
        return hidden and net.activations[-1] in family.output and rest and biases

    return next((family for family in claims.families if fits(family)), claims.families[0])


def like(net: Network, shape: Shape, claims: Claims) -> Network:
    """A network of that shape with the other's activations, loss and penalty."""
    family = family_of(net, claims)
    sizes = admitted(shape, family.sizes)
    depth = len(sizes) - 2
    inner = net.activations[:-1] or family.hidden[:1]
    others = family.hidden if family.mixed else inner[:1]
    hidden = tuple(inner[0] if i == 0 else others[i % len(others)] for i in range(depth))
    first, last = family.biases
    biases = () if family.biases == ("each", "each") else (first,) * depth + (last,)
    return replace(net, sizes=sizes, activations=(*hidden, net.activations[-1]), biases=biases)


def case(net: Network, shape: Shape, seed: int, claims: Claims) -> Case:
    """The network at a point of its own, with weights that are not small and biases that are not zero."""
    rng = np.random.default_rng([seed, 7])
    n = shape.n if claims.batch is None else min(shape.n, claims.batch)
    x = dyadic(rng, (n, net.sizes[0]), 1.0)
    params = tame(net, parameters(net, rng, shape.zero_biases), x)
    return typed(claims, Case(net, params, x, targets(net, n, rng), shape.name, frozenset({"moderate"})))


def cases(judgement: Judgement, shapes: tuple[Shape, ...], seed: int) -> list[Case]:
    """Cases of these shapes for every model."""
    claims = judgement.subject.claims
    made = [
        case(like(net, shape, claims), shape, seed + 100 * number + which, claims)
        for number, net in enumerate(models(judgement))
        for which, shape in enumerate(shapes)
    ]
    distinct = {(one.net, one.n, _biased(one)): one for one in made}  # narrow claims make shapes fall together
    return list(distinct.values())


def chosen(judgement: Judgement) -> list[Question]:
    """All that can be asked on the cases by which faults are found."""
    return [*asked(judgement, cases(judgement, CHOSEN, CHOSEN_SEED)), *of_a_kept_object(judgement, KEPT, CHOSEN_SEED)]


def fresh(judgement: Judgement) -> list[Question]:
    """The same on those on which they must hold."""
    return [*asked(judgement, cases(judgement, FRESH, FRESH_SEED)), *of_a_kept_object(judgement, KEPT_FRESH, FRESH_SEED)]


def found(judgement: Judgement) -> list[list[Question]]:
    """The same on cases on which a property of the answers failed, and on others of its own: ties, far tails, perfect fits."""
    failed = [v for v in judgement.having("violated") if v.finding and v.clause.chapter not in BEHAVIOUR]
    cases = [case for v in failed if v.finding for case in (v.finding.case, *_others(judgement, v.clause.slug, v.finding))]
    return [asked(judgement, [case]) for case in dict.fromkeys(cases)]


def _others(judgement: Judgement, slug: str, finding: Finding) -> Iterator[Case]:
    """Some of those that the property makes for itself."""
    for one in properties_of(slug):
        if one.name == finding.property and one.cases is not None:
            own = Drawn.of(judgement.subject.claims).own(one.cases, few=True)
            yield from own[:: max(1, len(own) // OTHERS)][:OTHERS]


def asked(judgement: Judgement, cases: list[Case]) -> list[Question]:
    """All that can be asked on the cases."""
    return [question for case in cases for question in questions(judgement.subject.claims, case, rules(judgement))]


def rules(judgement: Judgement) -> tuple[Rule, ...]:
    """The rules that may be wrong: one that held may have its epsilon, say, in another place than ours."""
    right = {verdict.clause.slug for verdict in judgement.having("held")}
    return tuple(rule for rule in judgement.subject.claims.rules if f"rule-{rule.name}" not in right)


def _biased(case: Case) -> bool:
    return any(layer.b.any() for layer in case.params)


def of_a_kept_object(judgement: Judgement, shape: Shape, seed: int) -> Iterator[Question]:
    """The same object asked several times, of networks that nobody asked it about before; only where that matters."""
    if any(verdict.clause.slug == KEPT_AS_FRESH for verdict in judgement.having("violated")):
        claims = judgement.subject.claims
        rule = claims.rules[0] if claims.rules else Rule(0.0)
        yield from turns(cases(judgement, (shape,), seed)[0], replace(rule, rate=_rate(claims, 0.25)))


def questions(claims: Claims, case: Case, by: tuple[Rule, ...]) -> Iterator[Question]:
    """All that can be asked on a case; several steps by these rules."""
    on = claims.operations
    for operation in ("forward", "loss", "gradient"):
        if operation in on:
            yield Question(operation, case)
    if "step" in on:
        yield from _steps(claims, case)
    if "descend" in on and "step" in on:
        for rule in by:
            yield Question("descend", case, replace(rule, rate=_rate(claims, 0.25)), STEPS)
    if "targets" in on and case.net.sizes[-1] > 1:
        rows, d = np.arange(case.n)[::-1], case.net.sizes[-1]
        for labels in (rows % d, 1 + rows % (d - 1)):  # of all classes, as far as rows go, and none of the first
            yield Question("targets", replace(case, t=labels))


def _steps(claims: Claims, case: Case) -> Iterator[Question]:
    rule, main = claims.rules[0] if claims.rules else Rule(0.0), recovery_rate(claims)
    alone = "gradient" not in claims.operations
    if alone and main is not None:
        yield Question("step", case, replace(rule, rate=main), alone=True)
    if claims.rates is None:
        return
    for rate in RATES:
        if claims.rates[0] <= rate <= claims.rates[1] and not (alone and rate == main):
            yield Question("step", case, replace(rule, rate=rate))


def _rate(claims: Claims, wish: float) -> float:
    least, most = claims.rates or (wish, wish)
    return max(least, min(wish, most))
