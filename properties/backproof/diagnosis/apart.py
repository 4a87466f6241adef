"""Why two faults cannot be told apart on a subject: what would part them, and the subject does not offer."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from backproof.case import Case
from backproof.diagnosis.narrow import answers, everything, same
from backproof.diagnosis.probes import BEHAVIOUR
from backproof.diagnosis.programs import Parts, known
from backproof.diagnosis.questions import Question
from backproof.pool import pool
from backproof.subjects.subject import Subject
from backproof_spec import Claims, Family, Loss, Operation, Rule, Sizes
from backproof_spec.clauses import clauses

FEW = 16  # cases of each kind
RATE, STEPS = 0.5, 3
WHOLE: tuple[Operation, ...] = ("forward", "gradient", "loss")
EVERYWHERE = "they compute the same numbers everywhere"
ALIKE = "what the properties look at is the same of both"


def _nearly(claims: Claims) -> Iterator[Claims]:
    """The subject's own networks of any sizes, on any number of rows; with other hidden activations, penalty, reduction, loss."""
    whole = everything()
    free = tuple(map(_free, claims.families))
    yield replace(claims, batch=None, dtype="float64", families=free)
    yield replace(whole, families=tuple(replace(family, hidden=whole.families[0].hidden) for family in free))
    penalties = tuple(dict.fromkeys(penalty for family in whole.families for penalty in family.penalty))
    yield replace(whole, families=tuple(replace(family, penalty=penalties) for family in free))
    yield replace(whole, families=tuple(replace(family, loss=tuple(map(_reduced, family.loss))) for family in free))
    yield replace(whole, families=tuple(replace(family, hidden=free[0].hidden, mixed=False) for family in whole.families))


def _reduced(loss: Loss) -> Loss:
    return replace(loss, samples="mean" if loss.samples == "sum" else "sum")


def _free(family: Family) -> Family:
    several = any(activation.name == "softmax" for activation in family.output)
    return replace(family, sizes=Sizes(outputs=(2 if several else 1, None)))


@lru_cache(maxsize=64)
def _cases(claims: Claims) -> tuple[Case, ...]:
    return tuple(pool(claims, 0, FEW))


def reason(subject: Subject, one: Parts, other: Parts) -> str:
    """The least that would have to be on offer to tell the two sets of faults apart."""
    chapters = {clauses()[known()[part.fault].breaks].chapter for part in set(one) ^ set(other)}
    found, rules = list[tuple[str, ...]](), "optimisers" in chapters
    for case in (case for claims in (*_nearly(subject.claims), everything()) for case in _cases(claims)):
        parting = next((q for q in _questions(case, rules) if not same(answers(one, q), answers(other, q))), None)
        if parting is not None:
            found.append(tuple(_beyond(subject.claims, parting.operation, case)))
            if len(found[-1]) <= 1:
                break
    least = min(found, key=len, default=None)
    if least is None:
        return ALIKE if chapters and chapters <= BEHAVIOUR else EVERYWHERE
    return f"they part only {' and '.join(least)}" if least else "they part only on cases of another kind"


def _questions(case: Case, by_all_rules: bool) -> Iterator[Question]:
    """What shows most of what a program computes, the cheapest first."""
    yield from (Question(operation, case) for operation in WHOLE)
    yield Question("step", case, Rule(RATE))
    for rule in everything().rules if by_all_rules else ():
        yield Question("descend", case, replace(rule, rate=RATE), STEPS)


def _beyond(claims: Claims, operation: str, case: Case) -> Iterator[str]:
    """What the subject would have to offer for this question."""
    net = case.net
    hidden = {a for family in claims.families for a in family.hidden}
    output = {a for family in claims.families for a in family.output}
    if operation not in claims.operations:
        yield f"in what {operation} gives, which is not on offer"
    others = [a for a in net.activations[:-1] if a not in hidden]
    if others:
        yield f"with other hidden activations, such as {others[0].name}"
    if net.activations[-1] not in output:
        yield f"with another output activation, such as {net.activations[-1].name}"
    if not any(net.loss.name == loss.name for family in claims.families for loss in family.loss):
        yield f"with another loss, such as {net.loss.name.replace('_', ' ')}"
    elif not any(net.loss == loss for family in claims.families for loss in family.loss):
        yield "with another reduction or factor of the loss"
    if not any(net.penalty == penalty for family in claims.families for penalty in family.penalty):
        yield "with another penalty"
    if claims.batch is not None and case.n > claims.batch:
        yield "on more rows at once"
    held = tuple(net.bias(l) for l in range(1, net.depth + 1))
    if not any(held == (family.biases[0],) * (net.depth - 1) + family.biases[1:] for family in claims.families):
        yield "with biases held in another way"
    if not _fits(claims, net.sizes):
        yield f"with other sizes, such as {'-'.join(map(str, net.sizes))}"


def _fits(claims: Claims, sizes: tuple[int, ...]) -> bool:
    """Whether any family takes networks of these sizes."""
    def within(value: int, span: tuple[int, int | None]) -> bool:
        return span[0] <= value and (span[1] is None or value <= span[1])

    return any(
        sizes in family.sizes.exactly
        if family.sizes.exactly
        else within(sizes[0], family.sizes.inputs)
        and within(len(sizes) - 2, family.sizes.depth)
        and within(sizes[-1], family.sizes.outputs)
        and all(within(width, family.sizes.width) for width in sizes[1:-1])
        for family in claims.families
    )
