"""Numerics: the smallest inputs, the last digits, certain outputs, and the format of the answers."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Asked, Judged, JudgedGradient, JudgedLoss
from backproof.case import Case
from backproof.domain import closed_form, closed_forward, moderate, reported_known
from backproof.must import Place, Unmet, Violation, must, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, wide
from backproof.pool import filled
from backproof.properties.activations import output_units
from backproof.properties.forward import forward_must_be_closed_form
from backproof.properties.gradients import gradient_must_be_closed_form
from backproof.properties.losses import loss_must_be_closed_form
from backproof.properties.outputs import far_apart
from backproof.registry import holds
from backproof_spec import Claims
from backproof_spec.vocabulary import known

WHY = "of numbers that fill their format"
CERTAIN = (40.0, 800.0)  # logits at which a sigmoid rounds to 1, and at which an exponential overflows


def _tiny(case: Case) -> Case:
    """Inputs from 1 to 1000 times the smallest number of the format, in the places of the case's own."""
    small = np.finfo(case.x.dtype).smallest_subnormal
    return replace(case, x=np.asarray(small * (1 + np.arange(case.x.size) % 1000), dtype=case.x.dtype).reshape(case.x.shape))


@holds("numeric-tiny", where=closed_forward & moderate)
def tiny_inputs_are_as_good_as_zero(subject: Judged, case: Case) -> None:
    """Subnormal inputs give the outputs of zero inputs, to rounding."""
    tiny = _tiny(case)
    none = replace(case, x=np.zeros_like(case.x))
    still = subject.forward(case.net, case.params, none.x)
    if not np.isfinite(still).all():
        raise Unmet("shape-forward", "forward of zero inputs is not finite")
    room = 2 * closed.forward(case.net, case.params, none.x, subject.r).a[-1].error + 8 * subject.r.tiny
    must_equal(
        subject.forward(case.net, case.params, tiny.x), Bounded(wide(still), wide(room)), Place("y"), why="as inputs of zero give"
    )


@holds("numeric-tiny", where=closed_form & moderate)
def tiny_inputs_have_finite_gradients(subject: JudgedGradient, case: Case) -> None:
    """Subnormal inputs give gradients that are finite."""
    tiny = _tiny(case)
    for c, words in ((replace(case, x=np.zeros_like(case.x)), "zero"), (tiny, "tiny")):
        g = subject.gradient(c.net, c.params, c.x, c.t)
        bad = [l for l, layer in enumerate(g, start=1) if not all(np.isfinite(p).all() for p in layer)]
        if bad and words == "zero":
            raise Unmet("shape-weights", "the gradient at zero inputs is not finite")
        must(not bad, f"for inputs near {c.x.flat[0]:.3g} the gradient of layer {bad[:1]} is not finite", Place("dW"))


def _plainly(put: Callable[[], None], slug: str) -> None:
    """What is wrong for short fractions as well is no matter of digits."""
    try:
        put()
    except Violation:
        raise Unmet(slug, "short fractions are answered wrongly as well") from None


@holds("numeric-digits", where=closed_forward & moderate)
def outputs_are_those_of_all_digits(subject: Judged, case: Case) -> None:
    """Parameters and inputs that fill the format give the outputs of the closed form, to rounding."""
    _plainly(lambda: forward_must_be_closed_form(subject, case), "forward-layers")
    forward_must_be_closed_form(subject, filled(subject.claims, case), WHY)


@holds("numeric-digits", where=closed_form & moderate & reported_known)
def losses_are_those_of_all_digits(subject: JudgedLoss, case: Case) -> None:
    """Parameters, inputs and targets that fill the format give the loss of the closed form, to rounding."""
    _plainly(lambda: loss_must_be_closed_form(subject, case), "loss-value")
    loss_must_be_closed_form(subject, filled(subject.claims, case), WHY)


@holds("numeric-digits", where=closed_form & moderate)
def gradients_are_those_of_all_digits(subject: JudgedGradient, case: Case) -> None:
    """Parameters, inputs and targets that fill the format give the gradient of the closed form, to rounding."""
    _plainly(lambda: gradient_must_be_closed_form(subject, case), "grad-value")
    gradient_must_be_closed_form(subject, filled(subject.claims, case), WHY)


@holds("numeric-format", where=moderate)
def answers_have_the_format_of_the_parameters(subject: Judged, case: Case) -> None:
    """Outputs and gradients come in the floating-point format of the parameters."""
    want = np.dtype(subject.claims.dtype)
    got = [("y", np.asarray(subject.forward(case.net, case.params, case.x)).dtype)]
    if "gradient" in subject.claims.operations and isinstance(subject, Asked):
        g = subject.gradient(case.net, case.params, case.x, case.t)
        got += [(f"d{name}{l}", p.dtype) for l, layer in enumerate(g, 1) for name, p in zip("Wb", layer, strict=True)]
    for name, dtype in got:
        must(dtype == want, f"{name} is {dtype}, the parameters are {want}", Place(name))


def _certain(claims: Claims, wrong: bool) -> Iterator[Case]:
    """Output units at large logits, whose target is 1 where the output is 0 (wrong), or 1 where it is 1."""
    for family in claims.families:
        crossed = [loss for loss in family.loss if loss.name in ("cross_entropy", "binary_cross_entropy", "matching")]
        for output in (f for f in family.output if f.name in ("sigmoid", "softmax") and known(f)):
            for z in (z for z in CERTAIN if crossed and z <= family.z_max):
                only = replace(family, loss=(crossed[0],), output=(output,))
                for case in output_units(claims, only, output, (z, -z)):
                    if case.net.sizes[-1] > 1 or output.name == "sigmoid":
                        yield _aimed(case, wrong)


def _apart(claims: Claims) -> Iterator[Case]:
    """Two rows under a softmax, the logits of one far below those of the other."""
    for case in far_apart(claims):
        if case.net.loss.name in ("cross_entropy", "matching"):
            yield case


def _aimed(case: Case, wrong: bool) -> Case:
    """The case with its first output's target 0 (wrong) or 1, and the others' the opposite, as far as the targets allow."""
    if case.t.ndim == 1:
        return case.aiming(np.full_like(case.t, int(wrong)))
    t = np.zeros_like(case.t)
    t[:, int(wrong) if case.net.sizes[-1] > 1 else slice(0, 0 if wrong else None)] = 1
    return case.aiming(t)


@holds("loss-finite", cases=lambda claims: [*_certain(claims, True), *_apart(claims)])
def the_loss_of_a_certain_and_wrong_output_is_finite(subject: JudgedLoss, case: Case) -> None:
    """Where an output rounds to 0 and its target is 1, or rows lie far apart, the loss is a finite number."""
    try:
        subject.loss(case.net, case.params, case.x, case.t)
    except Unmet as unmet:
        why = "rows lie far apart" if case.n > 1 else "a target of 1 meets an output that rounds to 0"
        must(False, f"{unmet.reason} where {why}", Place("loss"))


@holds("grad-finite", cases=lambda claims: [*_certain(claims, True), *_certain(claims, False)])
def the_gradient_of_a_certain_output_is_finite(subject: JudgedGradient, case: Case) -> None:
    """Where an output rounds to 0 or 1, the gradient is finite."""
    g = subject.gradient(case.net, case.params, case.x, case.t)
    bad = [l for l, layer in enumerate(g, start=1) if not all(np.isfinite(p).all() for p in layer)]
    must(not bad, f"the gradient of layer {bad[:1]} is not finite where outputs round to 0 or 1", Place("dW"))
