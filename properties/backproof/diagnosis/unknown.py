"""No known fault does what the subject does: what is wrong first, where, what is still right, and what the error looks like.

A gradient on one row bears witness to deltas: dW_l = a_{l-1}^T delta_l and db_l = delta_l. Going down from the output layer, the
first delta that does not follow from the subject's own delta above it is where the first wrong equation stands; where both
witnesses of a layer are at odds, the one that does follow says that the other's equation is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis import probes, shape_of_error
from backproof.diagnosis.programs import Programs
from backproof.diagnosis.questions import BACKWARD, DESCENT, FORWARD, KEPT, LOSS, STEP, TARGETS, Level
from backproof.diagnosis.table import BEYOND, Table, shapes
from backproof.must import Undecided, Unmet
from backproof.oracle import activations, backward, closed
from backproof.oracle.backward import Witness, Witnesses
from backproof.oracle.bounded import Wide, wide
from backproof.pool import Shape
from backproof.runner import Judgement, Verdict
from backproof.subjects.errors import Failure, NotOffered
from backproof_spec import Layer, Network
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
FORWARDS = ("inputs", "forward", "activation value", "output")
CHAIN = (Shape("logits", (), 1, 2, 3), Shape("one unit after the other", (1, 1), 1, 2, 1), Shape("one unit", (1,), 1, 1, 1))
TURNED = 2.0**-20  # relative room in which two factors are one
COARSE = 2.0**-20  # relative to the largest number in a tensor: what float32 leaves of float64
TIMES, NOTICED = 64.0, 1e-9  # roundings, and what is more than rounding, of numbers that were solved for


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
    answered = table.where_it_answered()
    if answered.asked and answered.first_apart(()) != BEYOND:
        table = answered
    first = table.first_apart(())
    right = tuple(_still_right(table, first))
    if first != BEYOND and _misshapen(table, first):
        return Unknown("shapes", right=right)
    if first == (LOSS,) and any(_of_other_targets(programs, one.question.case) for one in table.asked):
        return Unknown("targets", right=right)
    roots = {verdict.clause.slug for verdict in judgement.roots}
    if first != BEYOND and table.residual(()) < COARSE:
        return Unknown("numerics", right=right)
    if first[0] in (DESCENT, KEPT) and any(clauses()[slug].chapter == "hygiene" for slug in roots):
        return Unknown("hygiene", right=right)
    if first == BEYOND or first[0] in OF_LEVEL:
        stage = OF_LEVEL.get(first[0]) or _of_roots(judgement)
        both = {"loss-penalty", "grad-penalty"} <= roots
        return Unknown("penalty" if stage == "loss" and both else stage, right=right)
    wrong = [one.question.case for n, one in enumerate(table.asked) if _wrong(table, n)]
    if first[0] == FORWARD:
        stage = _forward_stage(programs, judgement, wrong)
        net, layer = _forward_layer(programs, wrong, stage)
        return Unknown(stage, layer, net, right)
    deepest = sorted(dict.fromkeys(wrong), key=lambda one: (-one.net.depth, -one.n))
    stage, layer, net = _backward(programs, judgement, deepest)
    alike = [case for case in deepest if net is None or case.net.depth == net.depth]
    return Unknown(stage, layer, net, right, tuple(shape_of_error.looks(Asked(programs.subject, once=True), alike, stage, layer)))


def _wrong(table: Table, number: int) -> bool:
    return any(not one.agree for _, _, one in table.compared((), number))


def _of_other_targets(programs: Programs, case: Case) -> bool:
    """Whether on one row loss and output delta are right for other targets than were given: a delta is linear in them."""
    subject, net = Asked(programs.subject, once=True), case.net
    if case.t.ndim != 2 or case.n > 1 or "gradient" not in subject.claims.operations or net.bias(net.depth) != "each":
        return False
    try:
        got = wide(subject.gradient(net, case.params, case.x, case.t)[-1].b)
        loss = subject.loss(net, case.params, case.x, case.t)
    except (Unmet, Undecided, Failure, NotOffered):
        return False
    zero, one = (closed.gradient(net, case.params, case.x, level + 0 * case.t, subject.r)[-1].b.value for level in (0, 1))
    if not (zero != one).all():
        return False
    t = ((got - zero) / (one - zero))[None].astype(np.float64)
    want = closed.loss(net, case.params, case.x, t, subject.r)
    apart = float(np.max(np.abs(t - case.t))) > NOTICED
    return apart and bool(abs(loss - want.value) <= TIMES * want.error + NOTICED * abs(want.value))


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


def _forward_stage(programs: Programs, judgement: Judgement, wrong: list[Case]) -> str:
    """The activation, if a chain of single units without biases shows it; softmax, if logits do; else what comes before."""
    for case in wrong:
        net, claims = case.net, programs.subject.claims
        softmax = net.activations[-1].name == "softmax"
        for shape in CHAIN:
            chain = probes.case(probes.like(net, shape, claims), shape, 3, claims)
            if max(chain.net.sizes[:-1]) > 1 or chain.net.sizes[-1] > 1 + softmax:
                continue
            bare = chain.at(tuple(Layer(0 * layer.W + 1, 0 * layer.b) for layer in chain.params))  # z is x, all the way
            holds = all(_forward_holds(programs, replace(bare, x=scale * bare.x)) for scale in (1, 8, -8))
            if not holds:
                return "output" if softmax and chain.net.depth == 1 else "activation value"
        if softmax and not _forward_holds(programs, case.at(tuple(layer._replace(W=0 * layer.W) for layer in case.params))):
            return "output"
    return "forward" if wrong else _of_roots(judgement, FORWARDS)


def _forward_layer(programs: Programs, wrong: list[Case], stage: str) -> tuple[Network | None, int | None]:
    """With all weights into a layer zero nothing before it counts: the last layer of which so much is needed to see it."""
    for case in sorted(wrong, key=lambda one: one.net.depth, reverse=True)[:2]:
        for l in range(case.net.depth, 0, -1):
            layer = case.params[l - 1]
            if _forward_holds(programs, case.with_layer(l, Layer(0 * layer.W, layer.b))):
                continue
            if stage != "forward" or l == case.net.depth:
                return case.net, l
            above = case.params[l]  # if all its weights are 1, no way of weighing goes wrong: then it is the bias below
            ones = case.with_layer(l, Layer(0 * layer.W, layer.b)).with_layer(l + 1, Layer(0 * above.W + 1, above.b))
            return case.net, l + _forward_holds(programs, ones)
    return (wrong[0].net, 1) if wrong else (None, None)


def _forward_holds(programs: Programs, case: Case) -> bool:
    try:
        y = programs.subject.fresh.forward(case.net, case.params, case.x)
    except (Failure, NotOffered):
        return False
    want = closed.forward(case.net, case.params, case.x, Asked(programs.subject).r).a[-1]
    return y.shape == want.value.shape and bool((np.abs(wide(y) - want.value) <= 4 * want.error).all())


Found = tuple[str, int | None, Network | None]  # the stage, the layer, and the network on which it was found


def _backward(programs: Programs, judgement: Judgement, wrong: list[Case]) -> Found:
    """The first equation of the backward pass that is wrong: on one row if it shows there, else by which tensors are wrong."""
    subject = Asked(programs.subject, once=True)
    roots = {verdict.clause.slug for verdict in judgement.roots}
    if any(_apart_by_what_is_blind(subject, case) for case in wrong):
        return "penalty", None, wrong[0].net
    for case in wrong:
        for row in range(min(case.n, 3)):
            found = _on_one_row(subject, case.rows([row]), roots)
            if found is not None:
                return *_refined(roots, found), case.net
    return _on_many(subject, wrong, roots)


def _apart_by_what_is_blind(subject: Asked, case: Case) -> bool:
    """Whether the gradient is off by something that inputs and targets have no part in, as a penalty is."""
    other = replace(case, x=np.flip(case.x) / 2, t=np.flip(case.t, 0))
    off = []
    for at in (case, other):
        try:
            got = subject.gradient(at.net, at.params, at.x, at.t)
        except (Unmet, Undecided, Failure, NotOffered):
            return False
        want = closed.gradient(at.net, at.params, at.x, at.t, subject.r)
        off.append([wide(g) - w.value for layer, true in zip(got, want, strict=True) for g, w in zip(layer, true, strict=True)])
    size = max(float(np.abs(one).max()) for one in off[0])
    return 0 < size < np.inf and all(float(np.abs(a - b).max()) <= TURNED * size for a, b in zip(*off, strict=True))


def _refined(roots: set[str], found: tuple[str, int]) -> tuple[str, int]:
    """Where the clause of targets is the one that broke, the output delta only shows it."""
    return ("targets", found[1]) if found[0] == "output delta" and roots == {"targets-one-hot"} else found


def _on_one_row(subject: Asked, case: Case, roots: set[str]) -> tuple[str, int] | None:
    try:
        seen = backward.witnesses(subject, case)
    except (Unmet, Undecided, Failure, NotOffered):
        return None
    for l in range(case.net.depth, 0, -1):
        here = _of_layer(subject, case, seen, l, "activation-derivative" in roots)
        if here:
            return here, l
    return None


def _of_layer(subject: Asked, case: Case, seen: Witnesses, l: int, rooted: bool) -> str:
    """Which equation of this layer is the first wrong one; nothing if none is."""
    below = {witness.source: _follows(subject, case, seen, l, witness) for witness in seen.at(l)}
    if not below:
        return ""
    if all(below.values()):
        return "" if seen.outer[l - 1] else "weight gradient"
    if any(below.values()):
        return "bias gradient" if below.get("dW") else "weight gradient"
    if not seen.outer[l - 1]:
        return "weight gradient"
    if l == case.net.depth:
        return "activation" if rooted and _by_a_factor_blind_to_targets(subject, case) else "output delta"
    return "activation" if not _right_above(case, l) and _by_a_factor_of_z(subject, case, l) else "hidden delta"


def _is_plain(case: Case, l: int) -> bool:
    """Whether the activation has no slope and no scale that its derivative could lack; nothing can be told of one unit."""
    f = case.net.activations[l - 1]
    return (f.slope, f.scale) == (1.0, 1.0) and case.net.sizes[l] > 1


def _right_above(case: Case, l: int) -> bool:
    """Whether the same derivative is right in the output layer, whose delta is: then it is not the derivative that is wrong."""
    net, f = case.net, case.net.activations[-1]
    return net.activations[l - 1] == f and net.loss.name == "squared_error" and f.name not in ("identity", "softmax")


def _follows(subject: Asked, case: Case, seen: Witnesses, l: int, witness: Witness) -> bool:
    """Whether it is the delta that belongs there, given the subject's own delta above."""
    if l == case.net.depth:
        return witness.agrees(seen.truth[l - 1])
    return any(backward.recursion(subject, case, l, up, witness) for up in seen.above(l))


def _by_a_factor_of_z(subject: Asked, case: Case, l: int) -> bool:
    """Whether delta_l is (delta_{l+1} W^T) times a wrong factor that stays the same when all above the layer changes."""
    above = tuple(layer._replace(W=np.flip(layer.W) * 0.75) for layer in case.params[l:])
    one, two = (_factors(subject, at, l) for at in (case, case.at((*case.params[:l], *above))))
    if one is None or two is None or (_is_plain(case, l) and np.allclose(one, one[0, 0], rtol=1e-9)):
        return False  # a factor of one is a derivative that was left out; any other that is the same for all is none of z
    times = one / _derivative(subject, case, l)
    if _is_plain(case, l) and np.allclose(times, times[0, 0], rtol=1e-9):
        return False  # the derivative is there, beside a constant
    return bool((np.abs(one - two) <= TURNED * np.abs(one)).all())


def _by_a_factor_blind_to_targets(subject: Asked, case: Case) -> bool:
    """Whether the output delta is off by a factor that stays the same for other targets."""
    if case.t.ndim != 2:
        return False
    factors = []
    for at in (case, case.aiming(np.flip(case.t, 1) / 2)):
        try:
            seen = backward.witnesses(subject, at)
        except (Unmet, Undecided, Failure, NotOffered):
            return False
        here, true = seen.at(case.net.depth), seen.truth[-1].value
        if not here or not (np.abs(true) > 1e-9).all():
            return False
        factors.append(here[-1].value / true)
    return bool((np.abs(factors[0] - factors[1]) <= TURNED * np.abs(factors[0])).all())


def _factors(subject: Asked, case: Case, l: int) -> Wide | None:
    """delta_l / (delta_{l+1} W^T), by the biases' witnesses; None where something divides by next to nothing."""
    try:
        seen = backward.witnesses(subject, case)
    except (Unmet, Undecided, Failure, NotOffered):
        return None
    here, up = seen.at(l), seen.at(l + 1)
    if not here or not up:
        return None
    back = up[-1].value @ wide(case.params[l].W.T)
    return here[-1].value / back if (np.abs(back) > 1e-9).all() else None


def _derivative(subject: Asked, case: Case, l: int) -> Wide:
    z = closed.forward(case.net, case.params, case.x, subject.r).z[l - 1]
    return activations.derivative(case.net.activations[l - 1], z, subject.r).value

def _on_many(subject: Asked, wrong: list[Case], roots: set[str]) -> Found:
    """One row alone is right: which tensors are wrong tells whether they, or their deltas, are added up wrongly."""
    for case in wrong:
        try:
            got = subject.gradient(case.net, case.params, case.x, case.t)
        except (Unmet, Undecided, Failure, NotOffered):
            return "shapes", None, case.net
        want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
        bad = [
            (l, tuple(not (np.abs(wide(g) - w.value) <= 4 * w.error).all() for g, w in zip(layer, true, strict=True)))
            for l, (layer, true) in enumerate(zip(got, want, strict=True), start=1)
        ]
        wrong_W, wrong_b = [l for l, (W, _) in bad if W], [l for l, (_, b) in bad if b]
        if not wrong_W and not wrong_b:
            continue
        if not wrong_b:
            return "weight gradient", max(wrong_W), case.net
        if not wrong_W:
            return "bias gradient", max(wrong_b), case.net
        top = max(*wrong_W, *wrong_b)
        stage = "output delta" if "grad-output-delta" in roots else "batch" if top == case.net.depth else "hidden delta"
        return stage, top, case.net
    return "batch", None, None

