"""No known fault does what the subject does: what is wrong first, where, what is still right, and what the error looks like."""

from collections.abc import Iterator
from dataclasses import dataclass

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis import shape_of_error
from backproof.diagnosis.placing import backward, forward, targets
from backproof.diagnosis.probes import models
from backproof.diagnosis.programs import Programs
from backproof.diagnosis.questions import BACKWARD, DESCENT, FORWARD, KEPT, LOSS, STEP, TARGETS, Level
from backproof.diagnosis.table import BEYOND, Table, shapes
from backproof.oracle import closed
from backproof.runner import Judgement, Verdict
from backproof_spec import Network
from backproof_spec.clauses import clauses

STAGES = (  # in the order in which a program works them out
    "targets", "initial", "inputs", "forward", "activation value", "output", "loss", "output delta", "activation", "hidden delta",
    "weight gradient", "bias gradient", "batch", "penalty", "step", "optimiser", "fitting", "shapes", "hygiene", "numerics",
)  # fmt: skip
OF_LEVEL = {LOSS: "loss", STEP: "step", DESCENT: "optimiser", TARGETS: "targets", KEPT: "hygiene"}
OF_CHAPTER = {
    "shapes": "shapes", "forward": "forward", "outputs": "output", "losses": "loss", "batches": "batch", "penalty": "penalty",
    "step": "step", "optimisers": "optimiser", "numerics": "numerics", "hygiene": "hygiene", "initial": "initial",
    "training": "fitting", "collapse": "fitting", "input": "inputs", "algebra": "inputs",
}  # fmt: skip
OF_CLAUSE = {
    "activation-value": "activation value", "activation-far": "activation value", "activation-derivative": "activation",
    "activation-derivative-far": "activation", "activation-tie": "activation", "targets-one-hot": "targets",
    "targets-integers": "numerics", "grad-output-delta": "output delta", "grad-scale": "output delta",
    "grad-hidden-delta": "hidden delta", "grad-weights": "weight gradient", "grad-biases": "bias gradient",
    "grad-batch": "batch", "loss-penalty": "loss", "initial-start": "fitting",
}  # fmt: skip
ROWS = 2
COARSE = 2.0**-20  # relative to the largest number in a tensor: what float32 leaves of float64


@dataclass(frozen=True)
class Unknown:
    """What is known of an error that has no name here."""

    stage: str
    layer: int | None = None  # counted from 1; None: of no layer, or of every one alike
    net: Network | None = None  # on which that was found
    right: tuple[str, ...] = ()  # what is still as it should be
    looks: tuple[str, ...] = ()  # what the first wrong tensor looks like
    equation: str = ""  # what should stand there, in the subject's own conventions


def unknown(programs: Programs, judgement: Judgement, table: Table) -> Unknown:
    """The first wrong stage and layer, as far as answers tell, and what the error looks like."""
    if not any(closed.has_closed_forward(net) for net in models(judgement)):
        return Unknown("gradient" if _is_of_gradients(judgement) else _of_roots(judgement))
    answered = table.where_it_answered()
    if answered.asked and answered.first_apart(()) != BEYOND:
        table = answered
    first = table.first_apart(())
    right = tuple(_still_right(table, first))
    if first != BEYOND and _misshapen(table, first):
        return Unknown("shapes", right=right)
    if first == (LOSS,) and any(targets.are_others(programs.subject, case) for case in _cases(table)):
        return Unknown("targets", right=right)
    roots = {verdict.clause.slug for verdict in judgement.roots}
    if "repeatable" in {verdict.clause.slug for verdict in judgement.having("violated")}:
        return Unknown("hygiene", right=right)
    if first != BEYOND and table.residual(())[1] < COARSE:
        return Unknown("numerics", right=right)
    if first[0] in (DESCENT, KEPT) and any(clauses()[slug].chapter == "hygiene" for slug in roots):
        return Unknown("hygiene", right=right)
    if first == BEYOND or first[0] in OF_LEVEL:
        stage = OF_LEVEL.get(first[0]) or _of_roots(judgement)
        both = {"loss-penalty", "grad-penalty"} <= roots
        return Unknown("penalty" if stage == "loss" and both else stage, right=right)
    wrong = [one.question.case for n, one in enumerate(table.asked) if _wrong(table, n)]
    if first[0] == FORWARD:
        there = forward.place(programs.subject, wrong)
        return Unknown(there.stage, there.layer, there.net, right)
    deepest = sorted(dict.fromkeys(wrong), key=lambda one: (-one.net.depth, -one.n))
    asked = Asked(programs.subject, once=True)
    stage, layer, net = backward.place(asked, deepest, roots)
    alike = [case for case in deepest if net is None or case.net.depth == net.depth]
    return Unknown(stage, layer, net, right, tuple(shape_of_error.looks(asked, alike, stage, layer)))


def _is_of_gradients(judgement: Judgement) -> bool:
    """Whether nothing but its gradient is wrong, of an activation that nobody knows: no right program can be held beside it."""
    return {verdict.clause.chapter for verdict in judgement.roots} == {"gradients"}


def _cases(table: Table) -> Iterator[Case]:
    """All that were asked, and their first rows alone."""
    for case in dict.fromkeys(one.question.case for one in table.asked):
        yield case
        yield from (case.rows([row]) for row in range(min(case.n, ROWS)) if case.n > 1)


def _wrong(table: Table, number: int) -> bool:
    return any(not one.agree for _, _, one in table.compared((), number))


def _misshapen(table: Table, first: Level) -> bool:
    """Whether what is wrong first has a wrong shape, or is no array at all."""
    for number, asked in enumerate(table.asked):
        given = table.answer((), number)
        if asked.seen[0].level[:1] != first[:1]:
            continue
        if shapes(asked.seen) != shapes(given):
            return True
    return False


def _still_right(table: Table, first: Level) -> Iterator[str]:
    """What comes before the first wrong level, and was asked."""
    asked = {one.question.first for one in table.asked}
    for level, name in ((FORWARD, "outputs"), (LOSS, "loss"), (BACKWARD, "gradient"), (STEP, "step")):
        if (level,) < first and (level,) in asked and first[0] != level:
            yield name


def stage_of(verdict: Verdict) -> str:
    """The stage that a violated clause speaks of."""
    slug = verdict.clause.slug
    return OF_CLAUSE.get(slug) or OF_CHAPTER.get(clauses()[slug].chapter, "output delta")


def _of_roots(judgement: Judgement, among: tuple[str, ...] = STAGES) -> str:
    """The earliest stage that a root cause speaks of."""
    told = {stage_of(verdict) for verdict in (*judgement.roots, *judgement.having("violated"))}
    roots = [stage for stage in among if stage in {stage_of(verdict) for verdict in judgement.roots}]
    return next(iter(roots), next((stage for stage in among if stage in told), among[0] if among != STAGES else "hygiene"))
