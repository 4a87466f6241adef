"""Why two faults cannot be told apart on a subject: what would part them, and the subject does not offer."""

from collections.abc import Iterator
from functools import cache

from backproof.case import Case
from backproof.diagnosis.narrow import everything
from backproof.diagnosis.probes import questions
from backproof.diagnosis.programs import Parts, Programs, composer
from backproof.diagnosis.table import Table
from backproof.pool import pool
from backproof.subjects.direct import Direct
from backproof.subjects.subject import Subject
from backproof_spec import Claims

EXAMPLES = 60
EVERYWHERE = "they compute the same numbers everywhere"


@cache
def _cases() -> tuple[Case, ...]:
    return tuple(pool(everything(), 0, EXAMPLES))


def reason(subject: Subject, one: Parts, other: Parts) -> str:
    """The least that would have to be on offer to tell the two sets of faults apart."""
    claims, build = everything(), composer()(one)
    programs = Programs(Subject("one of them", claims, Direct(build, claims), Direct(build, claims)))
    found = list[tuple[str, ...]]()
    for case in _cases():
        for question in questions(claims, case):
            if not Table.of(programs, [question]).agrees(other):
                found.append(tuple(_beyond(subject.claims, question.operation, case)))
                break
    least = min(found, key=len, default=None)
    if least is None:
        return EVERYWHERE
    return f"they part only {' and '.join(least)}" if least else "they part only on cases of another kind"


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
    if not any(net.biases in ((), ("each",) * net.depth) or family.biases[1] == net.biases[-1] for family in claims.families):
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
