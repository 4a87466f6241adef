"""The first wrong equation of the backward pass: which stage it is, and in which layer.

A gradient on one row bears witness to deltas: dW_l = a_{l-1}^T delta_l and db_l = delta_l. Going down from the output layer, the
first delta that does not follow from the subject's own delta above it is where the first wrong equation stands; where both
witnesses of a layer are at odds, the one that does follow says that the other's equation is wrong.
"""

from dataclasses import replace

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.diagnosis.placing.forward import Place
from backproof.must import Undecided, Unmet
from backproof.oracle import activations, backward, closed
from backproof.oracle.backward import Witness, Witnesses
from backproof.oracle.bounded import Wide, wide
from backproof.subjects.errors import Failure, NotOffered

TURNED = 2.0**-20  # relative room in which two factors are one
SOME = 4  # rows that are looked at


def place(subject: Asked, wrong: list[Case], roots: set[str]) -> Place:
    """On one row if it shows there, else by which tensors are wrong. roots: slugs of the clauses that broke."""
    blind = next((layers for layers in (_apart_by_what_is_blind(subject, case) for case in wrong) if layers), [])
    if blind:
        net = wrong[0].net
        return Place("penalty", None if len(blind) == net.depth else max(blind), net)
    if overflown := next((there for there in (_no_number(subject, case) for case in wrong) if there), None):
        return overflown
    for case in wrong:
        for row in range(min(case.n, SOME)):
            found = _on_one_row(subject, case, row, roots)
            if found is not None:
                return Place(_refined(subject, roots, found[0]), found[1], case.net)
    return _on_many(subject, wrong, roots)


def _no_number(subject: Asked, case: Case) -> Place | None:
    """The last layer whose gradient is not finite: finite numbers from above were multiplied by a derivative that is none.

    Unless its weights and its biases are at odds: then it is the one of the two that is none.
    """
    try:
        got = subject.gradient(case.net, case.params, case.x, case.t)
    except (Unmet, Undecided, Failure, NotOffered):
        return None
    odd = {l: tuple(bool(np.isfinite(part).all()) for part in layer) for l, layer in enumerate(got, start=1)}
    last = max((l for l, finite in odd.items() if not all(finite)), default=None)
    if last is None:
        return None
    delta = "output delta" if last == case.net.depth else "activation"
    alone = case.net.bias(last) == "each" and any(odd[last])
    stage = ("bias gradient" if odd[last][0] else "weight gradient") if alone else delta
    return Place(stage, last, case.net)


def _apart_by_what_is_blind(subject: Asked, case: Case) -> list[int]:
    """The layers whose gradient is off by what neither inputs nor targets change, as by a penalty; none if otherwise."""
    other = replace(case, x=np.flip(case.x) / 2, t=np.flip(case.t, 0))
    off = list[list[Wide]]()
    for at in (case, other):
        try:
            got = subject.gradient(at.net, at.params, at.x, at.t)
        except (Unmet, Undecided, Failure, NotOffered):
            return []
        want = closed.gradient(at.net, at.params, at.x, at.t, subject.r)
        off.append([wide(g.W) - w.W.value for g, w in zip(got, want, strict=True)])
        off[-1] += [wide(g.b) - w.b.value for g, w in zip(got, want, strict=True)]
    size = max(float(np.abs(one).max()) for one in off[0])
    alike = all(float(np.abs(a - b).max()) <= TURNED * size for a, b in zip(*off, strict=True))
    if not (alike and 0 < size < np.inf):
        return []
    return [l for l in range(1, case.net.depth + 1) if float(np.abs(off[0][l - 1]).max()) > TURNED * size]


def _refined(subject: Asked, roots: set[str], stage: str) -> str:
    """Where the clause of targets is the one that broke, the output delta only shows it; a right loss has seen right targets."""
    blamed = stage == "output delta" and roots == {"targets-one-hot"} and "loss" not in subject.claims.operations
    return "targets" if blamed else stage


def _on_one_row(subject: Asked, case: Case, row: int, roots: set[str]) -> tuple[str, int] | None:
    alone = case.rows([row])
    try:
        seen = backward.witnesses(subject, alone)
    except (Unmet, Undecided, Failure, NotOffered):
        return None
    if not _is_off(subject, alone):
        return None
    for l in range(case.net.depth, 0, -1):
        here = _of_layer(subject, case, alone, seen, l, "activation-derivative" in roots)
        if here:
            return here, l
    return None


def _is_off(subject: Asked, case: Case) -> bool:
    """Whether any part of the gradient is off by more than float32 leaves: less is not what is wrong on other cases."""
    got = subject.gradient(case.net, case.params, case.x, case.t)
    want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    parts = [(wide(g), w.value) for layer, true in zip(got, want, strict=True) for g, w in zip(layer, true, strict=True)]
    return any(float(np.abs(g - w).max(initial=0)) > TURNED * float(np.abs(w).max(initial=0)) for g, w in parts)


def _of_layer(subject: Asked, case: Case, row: Case, seen: Witnesses, l: int, rooted: bool) -> str:
    """Which equation of this layer is the first wrong one; nothing if none is."""
    below = {witness.source: _follows(subject, row, seen, l, witness) for witness in seen.at(l)}
    if not below:
        return ""
    if all(below.values()):
        return "" if seen.outer[l - 1] else "weight gradient"
    if any(below.values()):
        return "bias gradient" if below.get("dW") else "weight gradient"
    if not seen.outer[l - 1]:
        return "weight gradient"
    if l == case.net.depth:
        return "activation" if rooted and _by_a_factor_blind_to_targets(subject, row) else "output delta"
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
    if one is None or two is None or one.shape != two.shape or (_is_plain(case, l) and _is_constant(one)):
        return False  # a factor of one is a derivative that was left out; any other that is the same for all is none of z
    slope = _derivative(subject, case, l)
    if _is_plain(case, l) and slope.all() and _is_constant(one / slope):
        return False  # the derivative is there, beside a constant
    return bool((np.abs(one - two) <= TURNED * np.abs(one)).all())


def _is_constant(factors: Wide) -> bool:
    return bool(np.allclose(factors, factors[0, 0], rtol=1e-9))


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
    """delta_l / (delta_{l+1} W^T) of some rows, by the biases' witnesses; None where something divides by next to nothing."""
    rows = [_factor(subject, case.rows([row]), l) for row in range(min(case.n, SOME))]
    found = [one for one in rows if one is not None]
    return np.concatenate(found) if len(found) == len(rows) else None


def _factor(subject: Asked, row: Case, l: int) -> Wide | None:
    try:
        seen = backward.witnesses(subject, row)
    except (Unmet, Undecided, Failure, NotOffered):
        return None
    here, up = seen.at(l), seen.at(l + 1)
    if not here or not up:
        return None
    back = up[-1].value @ wide(row.params[l].W.T)
    return here[-1].value / back if (np.abs(back) > 1e-9).all() else None


def _derivative(subject: Asked, case: Case, l: int) -> Wide:
    z = closed.forward(case.net, case.params, case.x[:SOME], subject.r).z[l - 1]
    return activations.derivative(case.net.activations[l - 1], z, subject.r).value


def _on_many(subject: Asked, wrong: list[Case], roots: set[str]) -> Place:
    """One row alone is right: which tensors are wrong tells whether they, or their deltas, are added up wrongly."""
    for case in wrong:
        try:
            got = subject.gradient(case.net, case.params, case.x, case.t)
        except (Unmet, Undecided, Failure, NotOffered):
            return Place("shapes", None, case.net)
        want, slack = closed.gradient(case.net, case.params, case.x, case.t, subject.r), subject.slack(case.params, got)
        bad = [
            (l, tuple(not (np.abs(wide(g) - w.value) <= 4 * w.error + s).all() for g, w, s in zip(*parts, strict=True)))
            for l, parts in enumerate(zip(got, want, slack, strict=True), start=1)
        ]
        wrong_W, wrong_b = [l for l, (W, _) in bad if W], [l for l, (_, b) in bad if b]
        if not wrong_W and not wrong_b:
            continue
        if not wrong_b:
            return Place("weight gradient", max(wrong_W), case.net)
        if not wrong_W:
            return Place("bias gradient", max(wrong_b), case.net)
        top = max(*wrong_W, *wrong_b)
        stage = "output delta" if "grad-output-delta" in roots else "batch" if top == case.net.depth else "hidden delta"
        return Place(stage, top, case.net)
    return Place("batch" if "gradient" in subject.claims.operations else "step", None, None)  # steps that are small are right

