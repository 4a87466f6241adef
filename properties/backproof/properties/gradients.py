"""Gradients: of the subject's own loss, by differences; of the declared loss, in closed form; and equation by equation."""

import numpy as np

from backproof.asked import JudgedGradient, JudgedLossAndGradient
from backproof.case import Case
from backproof.domain import (
    closed_form,
    dense_targets,
    has_hidden,
    moderate,
    no_penalty,
    own_loss,
    several_rows,
    stationary_at_target,
)
from backproof.must import Outside, Place, Undecided, Unmet, Violation, agree, must, must_be_zero, must_equal
from backproof.oracle import closed, compare, declared, scale
from backproof.oracle.backward import Witness, Witnesses, recursion, witnesses
from backproof.oracle.bounded import Bounded, gamma, wide
from backproof.oracle.own_loss import Finding, against_own_loss
from backproof.registry import holds
from backproof_spec import Layer, Params


def _own(subject: JudgedLossAndGradient, case: Case) -> Finding:
    if subject.r.accuracy:
        raise Outside("an activation is read from a table: differences of the loss show its cells, not its slope")
    return against_own_loss(subject, case)


@holds("grad-direction", where=own_loss & moderate, tries=30)
def gradient_points_where_finite_differences_of_the_loss_say(subject: JudgedLossAndGradient, case: Case) -> None:
    """There is one constant c > 0 with <gradient, v> = c dL/dv in every direction v, L being the subject's own loss."""
    finding = _own(subject, case)
    if finding.direction is not None:
        subject.notes["direction"] = "wrong somewhere"
        raise finding.direction


@holds("grad-scale", where=own_loss & moderate, tries=30)
def gradient_has_the_scale_of_the_loss(subject: JudgedLossAndGradient, case: Case) -> None:
    """That constant is 1: <gradient, v> = dL/dv."""
    if not scale.is_known(subject):
        raise Outside("the subject's rate is not known: no scale can be read off its steps")
    if "direction" in subject.notes and case not in subject.notes:
        raise Unmet("grad-direction", "the direction is wrong elsewhere, and was not measured here")
    finding = _own(subject, case)
    if finding.direction is not None:
        raise Unmet("grad-direction", "the gradient has no one scale here")
    if finding.scale is not None:
        raise finding.scale


def _seen(subject: JudgedGradient, case: Case) -> tuple[Params, Params, tuple[closed.Gradient, ...]]:
    want = declared.gradient(subject, case)
    got = declared.finite(subject.gradient(case.net, case.params, case.x, case.t), case)
    return *scale.unscale(subject, got, subject.slack(case.params, got), want), want


def gradient_must_be_closed_form(subject: JudgedGradient, case: Case, why: str = "") -> None:
    """Every dW_l and db_l of the subject is that of the declared loss, within rounding."""
    got, slack, want = _seen(subject, case)
    try:
        for l, (g, s, w) in enumerate(zip(got, slack, want, strict=True), start=1):
            must_equal(g.W, w.W, Place("dW", l), s.W, why)
            if case.net.bias(l) != "none":
                must_equal(g.b, w.b, Place("db", l), s.b, why)
    except Violation as seen:
        biases = tuple(case.net.bias(l) != "none" for l in range(1, case.net.depth + 1))
        words = f"{seen.message}: {compare.told(got, want, slack, biases)}"
        raise Violation(words, seen.place, seen.got, seen.want, seen.bound) from None


@holds("grad-value", where=closed_form)
def gradient_is_the_closed_form_gradient_of_the_declared_loss(subject: JudgedGradient, case: Case) -> None:
    """Every dW_l and db_l is that of the declared loss, penalty included."""
    gradient_must_be_closed_form(subject, case)


@holds("grad-output-delta", where=closed_form)
def one_and_the_same_output_delta_is_used_throughout(subject: JudgedGradient, case: Case) -> None:
    """On one row, delta_L = dL/dz_L, one and the same in dW_L, in db_L and in what flows back to the layer below."""
    case = case.rows([0])
    seen, L = witnesses(subject, case), case.net.depth
    here, true = seen.at(L), seen.truth[L - 1]
    right = [witness for witness in here if witness.agrees(true)]
    wrong = [witness for witness in here if not witness.agrees(true)]
    if not wrong or not here:
        return
    if case.net.bias(L) == "each" and all(witness.source == "db" for witness in here):
        raise Undecided("the layer's input is zero: dW shows no delta beside that of db")
    if right and (L == 1 or true_flows(subject, case, seen)):
        return
    if right and not _flows(subject, case, wrong[0], seen.at(L - 1)):
        return
    if not right and L > 1 and true_flows(subject, case, seen):
        return  # what flows back is right: the gradients made of it are not
    worst = wrong[0]
    j = int(np.argmax(np.abs(worst.value[0] - true.value[0]) - worst.error[0]))
    got, want = float(worst.value[0, j]), float(true.value[0, j])
    tail = f", and so does what flows back, while {right[0].source}{L} has the right one: two deltas" if right else ""
    raise Violation(
        f"the delta of output unit {j}, as {worst.source}{L} has it, is {got:.8g}, should be dL/dz = {want:.8g}{tail}",
        Place("delta", L, (j,)),
        got,
        want,
        float(worst.error[0, j] + true.error[0, j]),
    )


def true_flows(subject: JudgedGradient, case: Case, seen: Witnesses) -> bool:
    """Whether the layer below the output was made from the true output delta, and not from one that dW or db shows."""
    L, true = case.net.depth, seen.truth[-1]
    wrong = [witness for witness in seen.at(L) if not witness.agrees(true)]
    below = seen.at(L - 1)
    made = _flows(subject, case, Witness("closed form", true.value, true.error), below)
    return made and not any(_flows(subject, case, witness, below) for witness in wrong)


def _flows(subject: JudgedGradient, case: Case, up: Witness, below: tuple[Witness, ...]) -> bool:
    return any(recursion(subject, case, case.net.depth - 1, up, down) for down in below)


@holds("grad-hidden-delta", where=closed_form & has_hidden)
def the_delta_goes_back_through_the_weights(subject: JudgedGradient, case: Case) -> None:
    """On one row, delta_l = (delta_{l+1} @ W_{l+1}.T) * f'(z_l), for some delta_{l+1} that the subject itself holds."""
    case = case.rows([0])
    seen = witnesses(subject, case)
    for l in range(case.net.depth - 1, 0, -1):
        if not seen.at(l) or any(recursion(subject, case, l, up, down) for up in seen.above(l) for down in seen.at(l)):
            continue
        if not seen.at(l + 1):
            raise Undecided("the layer above shows no delta of its own")
        up, down = seen.above(l)[0], seen.at(l)[0]
        want = closed.hidden_delta(case.net, case.params, l, Bounded(up.value, up.error), seen.done.z[l - 1], subject.r)
        j = int(np.argmax(np.abs(down.value[0] - want.value[0])))
        got, should = float(down.value[0, j]), float(want.value[0, j])
        raise Violation(
            f"the delta of unit {j} in layer {l}, as {down.source}{l} has it, is {got:.8g}; "
            f"(delta{l + 1} @ W{l + 1}.T) * f'(z{l}) is {should:.8g}",
            Place("delta", l, (j,)),
            got,
            should,
            float(want.error[0, j] + down.error[0, j]),
        )


@holds("grad-hidden-delta", where=closed_form & has_hidden)
def zero_outgoing_weights_send_nothing_back(subject: JudgedGradient, case: Case) -> None:
    """If all weights of the last layer are zero, every hidden gradient is zero but for the penalty."""
    last = case.params[-1]
    cut = case.with_layer(case.net.depth, Layer(np.zeros_like(last.W), last.b))
    got, slack, want = _seen(subject, cut)
    for l in range(1, case.net.depth):
        why = f"with W{case.net.depth} = 0 nothing flows back"
        must_equal(got[l - 1].W, want[l - 1].W, Place("dW", l), slack[l - 1].W, why)
        if case.net.bias(l) != "none":
            must_equal(got[l - 1].b, want[l - 1].b, Place("db", l), slack[l - 1].b, why)


@holds("grad-weights", where=closed_form)
def weight_gradients_are_outer_products_of_input_and_delta(subject: JudgedGradient, case: Case) -> None:
    """On one row, dW_l = a_{l-1}^T delta_l: an outer product with the layer's own input, with the delta that db_l holds."""
    case = case.rows([0])
    seen = witnesses(subject, case)
    for l in range(1, case.net.depth + 1):
        must(seen.outer[l - 1], f"dW{l} is not an outer product of its input a{l - 1} with any delta", Place("dW", l))
        by, true = {witness.source: witness for witness in seen.at(l)}, seen.truth[l - 1]
        if "dW" not in by or by["dW"].agrees(true):
            continue
        proved = l == case.net.depth > 1 and true_flows(subject, case, seen)
        if proved or ("db" in by and by["db"].agrees(true)):
            got, want = by["dW"], Witness("closed form", true.value, true.error)
            j = int(np.argmax(np.abs(got.value[0] - want.value[0]) - got.error[0]))
            raise Violation(
                f"dW{l} holds the delta {float(got.value[0, j]):.8g} for unit {j}, "
                f"{'what flows back' if proved else f'db{l}'} the right one, {float(want.value[0, j]):.8g}",
                Place("dW", l, (0, j)),
                float(got.value[0, j]),
                float(want.value[0, j]),
                float(got.error[0, j]),
            )


def _single_rows_are_right(subject: JudgedGradient, case: Case, l: int, part: int) -> bool | None:
    """Whether dW_l (part 0) or db_l (part 1) is right on each row alone; None: it cannot be asked there."""
    try:
        for i in range(case.n):
            got, slack, want = _seen(subject, case.rows([i]))
            if not agree(np.asarray(got[l - 1][part]), want[l - 1][part], slack[l - 1][part]):
                return False
    except Unmet:
        return None
    return True


@holds("grad-weights", where=closed_form & several_rows)
def weight_gradients_sum_the_outer_products_of_the_rows(subject: JudgedGradient, case: Case) -> None:
    """On several rows, dW_l = a_{l-1}^T delta_l sums over rows."""
    got, slack, want = _seen(subject, case)
    if scale.uniform(got, want):
        raise Undecided("the whole gradient is off by one factor: a matter of scale")
    for l, (g, s, w) in enumerate(zip(got, slack, want, strict=True), start=1):
        if agree(np.asarray(g.W), w.W, s.W) or _single_rows_are_right(subject, case, l, 0) is False:
            continue
        must_equal(g.W, w.W, Place("dW", l), s.W)


@holds("grad-biases", where=closed_form)
def bias_gradients_are_the_deltas(subject: JudgedGradient, case: Case) -> None:
    """On one row, db_l = delta_l, the delta that dW_l holds: present in every layer, right sign, full size."""
    case = case.rows([0])
    seen = witnesses(subject, case)
    for l in range(1, case.net.depth + 1):
        by, true = {witness.source: witness for witness in seen.at(l)}, seen.truth[l - 1]
        if "db" not in by or by["db"].agrees(true):
            continue
        dead = not by["db"].value.any()
        proved = l == case.net.depth > 1 and true_flows(subject, case, seen)
        if dead or proved or ("dW" in by and by["dW"].agrees(true)):
            want = "although the layer has a delta" if dead else "while the right delta is there"
            must_equal(by["db"].value[0], Bounded(true.value[0], true.error[0]), Place("db", l), by["db"].error[0], want)


@holds("grad-biases", where=closed_form & several_rows)
def bias_gradients_sum_the_deltas_of_the_rows(subject: JudgedGradient, case: Case) -> None:
    """On several rows, db_l sums delta_l over the rows."""
    got, slack, want = _seen(subject, case)
    if scale.uniform(got, want):
        raise Undecided("the whole gradient is off by one factor: a matter of scale")
    for l, (g, s, w) in enumerate(zip(got, slack, want, strict=True), start=1):
        if case.net.bias(l) == "none" or agree(np.asarray(g.b), w.b, s.b):
            continue
        if not g.W.any() and not g.b.any() and "gradient" not in subject.claims.operations:
            continue  # the layer does not move at all
        alone = _single_rows_are_right(subject, case, l, 1)
        if alone or (alone is None and (not g.b.any() or agree(np.asarray(g.W), w.W, s.W))):
            must_equal(g.b, w.b, Place("db", l), s.b)


@holds("grad-batch", where=closed_form & several_rows)
def gradient_of_a_batch_is_that_of_its_rows(subject: JudgedGradient, case: Case) -> None:
    """The gradient of a batch is the mean, or the sum, of the gradients of its rows."""
    if case.net.penalty.l1 or case.net.penalty.l2:
        raise Outside("the penalty is part of the gradient of every row")
    if not scale.is_known(subject):
        raise Outside("whether it is a mean or a sum is not known")
    whole = subject.gradient(case.net, case.params, case.x, case.t)
    rows = [case.rows([i]) for i in range(case.n)]
    alone = [subject.gradient(row.net, row.params, row.x, row.t) for row in rows]
    wants = [declared.gradient(subject, row) for row in rows]
    together = declared.gradient(subject, case)
    slack = [subject.slack(case.params, g) for g in (whole, *alone)]
    divide = case.n if case.net.loss.samples == "mean" else 1
    for l in range(1, case.net.depth + 1):
        for part, name in ((0, "dW"), (1, "db")):
            if part == 1 and case.net.bias(l) == "none":
                continue
            terms = [wide(g[l - 1][part]) for g in alone]
            error = sum((w[l - 1][part].error for w in wants), wide(0)) / divide + together[l - 1][part].error
            size = sum(map(np.abs, terms)) / divide  # of the subject's own, which may be wrong and large where the true one is 0
            error = error + gamma(case.n + 16 + 2 * max(case.net.sizes), subject.r) * size
            loose = sum((wide(s[l - 1][part]) for s in slack), wide(0))
            want = Bounded(wide(sum(terms) / divide), wide(error))
            must_equal(whole[l - 1][part], want, Place(name, l), loose, "as the gradients of its rows give")


@holds("grad-perfect-fit", where=closed_form & dense_targets & no_penalty & stationary_at_target)
def gradient_is_zero_at_a_perfect_fit(subject: JudgedGradient, case: Case) -> None:
    """If every target equals the prediction, the gradient is zero, for losses whose derivative vanishes at y = t."""
    fit = case.aiming(subject.forward(case.net, case.params, case.x))
    got = subject.gradient(fit.net, fit.params, fit.x, fit.t)
    slack = subject.slack(fit.params, got)
    error = declared.gradient(subject, fit)
    for l, (g, s, e) in enumerate(zip(got, slack, error, strict=True), start=1):
        must_be_zero(g.W, 2 * e.W.error + s.W, Place("dW", l), "at y = t")
        must_be_zero(g.b, 2 * e.b.error + s.b, Place("db", l), "at y = t")
