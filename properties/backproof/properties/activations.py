"""Activations: value and derivative, at moderate arguments, at ties and far out, each through a unit made to show it."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np

from backproof.asked import Judged, JudgedGradient
from backproof.case import Case
from backproof.domain import closed_form, closed_forward, has_hidden
from backproof.must import Outside, Place, Undecided, Violation
from backproof.oracle import activations
from backproof.oracle.backward import recursion, witnesses
from backproof.oracle.bounded import DOUBLE, exact
from backproof.pool import Shape, admitted, targets, typed
from backproof.properties.forward import forward_must_be_closed_form
from backproof.reduce import planned
from backproof.registry import EVERYWHERE, Cases, holds
from backproof_spec import Activation, Claims, Family, Layer, Network
from backproof_spec.vocabulary import known

MODERATE = (0.5, -0.5, 2.0, -2.0, 0.125, -3.0, 1.0, -1.0, 4.0, -0.25)
FAR = (30.0, -30.0, 90.0, -90.0, 710.0, -710.0, 1e4, -1e4)
TIES = (0.0,)
MANY = 3  # families, above which not all are put all points: what TWICE was put, further families are put a SHARE of, in turn
TWICE, SHARE = 2, 4
UNITS = 3  # shown at a time, so that their sum leaves the output unsaturated


def _network(family: Family, sizes: tuple[int, ...], hidden: Activation, output: Activation) -> Network:
    first, last = family.biases
    depth = len(sizes) - 2
    biases = () if family.biases == ("each", "each") else (first,) * depth + (last,)
    return Network(sizes, (hidden,) * depth + (output,), family.loss[0], family.reported, family.penalty[0], biases)


def _through(claims: Claims, family: Family, hidden: Activation, points: tuple[float, ...], weight: float) -> Case | None:
    """One row x = (1, 0, ...): the first layer's z are the points; each unit feeds every next unit with the same weight.

    With weight 1 a delta comes back right whether or not it goes through W: what is left to be wrong is f'.
    """
    sizes = admitted(Shape("", (len(points),), 2, 2, 1), family.sizes)
    if len(sizes) < 3:
        return None
    net = _network(family, sizes, hidden, family.output[0])
    rng = np.random.default_rng(0)
    x = np.zeros((1, sizes[0]))
    x[0, 0] = 1
    layers = []
    for l, (d_in, d_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        W = np.full((d_in, d_out), 0.25)
        W[0] = np.resize(points, d_out)
        layers.append(Layer(W if l == 1 else np.full((d_in, d_out), weight), np.zeros(d_out)))
    if net.activations[-1].name == "softmax" and not set(points) <= set(MODERATE):
        layers[-1].W[:, 1:] = 0  # the deltas of a row add up to zero: through equal weights nothing comes back
    case = Case(net, tuple(layers), x, targets(net, 1, rng), f"units at z = {', '.join(f'{z:g}' for z in points[:4])} ...")
    return typed(claims, case)


@cache  # so that two properties with the same points are put the very same cases
def _cases(points: tuple[float, ...], weight: float) -> Cases:
    def through(claims: Claims) -> Iterator[Case]:
        put = Counter[tuple[Activation, tuple[float, ...]]]()
        for which, family in enumerate(claims.families):
            allowed = tuple(z for z in points if abs(z) <= family.z_max)
            width = admitted(Shape("", (UNITS,), 2, 2, 1), family.sizes)
            step = max(1, min(width[1], UNITS) if len(width) > 2 else UNITS)
            chunks = [allowed[start : start + step] for start in range(0, len(allowed), step)]
            for turn, hidden in enumerate(filter(known, family.hidden)):
                for number, chunk in enumerate(chunks):
                    if len(claims.families) > MANY and put[hidden, chunk] >= TWICE and number != (which + turn) % SHARE:
                        continue
                    put[hidden, chunk] += 1
                    case = _through(claims, family, hidden, chunk, weight)
                    if case is not None:
                        yield case

    return through


def _at_output(points: tuple[float, ...], softmax: bool = False) -> Cases:
    def through(claims: Claims) -> Iterator[Case]:
        for family in claims.families:
            allowed = tuple(z for z in points if abs(z) <= family.z_max)
            for output in filter(known, family.output):
                if softmax or output.name != "softmax":
                    yield from output_units(claims, family, output, allowed)

    return through


def output_units(claims: Claims, family: Family, output: Activation, points: tuple[float, ...]) -> Iterator[Case]:
    """Cases in which z_L are the points: through the weights of a single layer, or as biases where a hidden layer must be."""
    sizes = admitted(Shape("", (), 2, len(points), 1), family.sizes)
    single = len(sizes) == 2
    if not single and family.biases[1] != "each":
        return
    net = _network(family, sizes, family.hidden[0] if family.hidden else output, output)
    x = np.zeros((1, sizes[0]))
    x[0, 0] = 1
    for start in range(0, len(points), sizes[-1]):
        z = np.resize(points[start : start + sizes[-1]], sizes[-1])
        layers = [Layer(np.zeros((i, o)), np.zeros(o)) for i, o in zip(sizes, sizes[1:], strict=False)]
        W = np.zeros_like(layers[-1].W)
        W[0] = z if single else 0
        layers[-1] = Layer(W, np.zeros_like(z) if single else z)
        t = targets(net, 1, np.random.default_rng(0))
        yield typed(claims, Case(net, tuple(layers), x, t, f"output units at z = {z[:6].tolist()}"))


@holds("activation-value", where=closed_forward, cases=_cases(MODERATE + TIES, 0.5), reducible=has_hidden)
def hidden_units_have_the_value_of_their_activation(subject: Judged, case: Case) -> None:
    """f(z) is right at moderate z and exactly at ties, in hidden units."""
    forward_must_be_closed_form(subject, case, f"through {case.net.activations[0].name}")


@holds("activation-value", where=closed_forward, cases=_at_output(MODERATE + TIES, softmax=True), reducible=EVERYWHERE)
def output_units_have_the_value_of_their_activation(subject: Judged, case: Case) -> None:
    """f(z) is right at moderate z and exactly at ties, in output units."""
    forward_must_be_closed_form(subject, case, f"through {case.net.activations[-1].name} output units")


@holds("activation-far", where=closed_forward, cases=_cases(FAR, 2.0**-13), reducible=planned.units_far)
def hidden_units_stay_right_far_out(subject: Judged, case: Case) -> None:
    """f(z) is right and finite at |z| = 30, 90, 710 and 1e4, in hidden units."""
    forward_must_be_closed_form(subject, case, f"through {case.net.activations[0].name} far out")


@holds("activation-far", where=closed_forward, cases=_at_output(FAR), reducible=planned.outputs_far)
def output_units_stay_right_far_out(subject: Judged, case: Case) -> None:
    """f(z) is right and finite at |z| = 30, 90, 710 and 1e4, in output units."""
    forward_must_be_closed_form(subject, case, f"through {case.net.activations[-1].name} output units")


def _derivative_must_be_right(subject: JudgedGradient, case: Case) -> None:
    """Some delta that the subject itself has above, sent back through weights and f'(z), is its delta below."""
    seen = witnesses(subject, case)
    for l in range(case.net.depth - 1, 0, -1):
        nothing = not any((up.value @ case.params[l].W.T).any() for up in seen.above(l))
        if not nothing and any(recursion(subject, case, l, up, down) for up in seen.above(l) for down in seen.at(l)):
            continue
        if nothing:
            raise Outside("nothing comes back through the outputs, whatever the program makes of it")
        if not seen.at(l) or not any(up.value.any() for up in seen.at(l + 1)):
            raise Undecided("the layer, or the one above, shows no delta of its own")
        _explain(subject, case, l)


def _explain(subject: JudgedGradient, case: Case, l: int) -> None:
    """Name the worst unit: the factor that its delta was multiplied by, and what it should be."""
    seen = witnesses(subject, case)
    activation, z = case.net.activations[l - 1], seen.done.z[l - 1]
    want = activations.derivative(activation, z, subject.r)
    up, down = seen.above(l)[0], seen.at(l)[0]
    back = up.value @ case.params[l].W.T.astype(np.longdouble)
    reach = np.abs(back[0]) > 0
    got = np.where(reach, down.value[0] / np.where(reach, back[0], 1), want.value[0])
    room = want.error[0] + np.where(reach, (down.error[0] + up.error.max()) / np.where(reach, np.abs(back[0]), 1), 0)
    off = np.abs(got - want.value[0]) - want.error[0]
    j = int(np.argmax(np.where(np.isnan(off), np.inf, off)))
    at = float(z.value[0, j])
    at_a = activations.derivative(activation, exact(activations.activate(activation, z, DOUBLE).value), DOUBLE).value[0, j]
    same = abs(got[j] - at_a) <= 4 * room[j] < abs(at_a - want.value[0, j])
    hint = ": it is the derivative taken at the activation a = f(z), where z belongs" if same else ""
    if abs(got[j] - 1) <= 4 * room[j] < abs(1 - want.value[0, j]):
        hint = ": as if the derivative were left out"
    g, w = float(got[j]), float(want.value[0, j])
    raise Violation(
        f"the factor f' of unit {j} in layer {l} ({activation.name}) at z = {at:g} is {g:.8g}, should be {w:.8g}{hint}",
        Place("f'", l, (j,)),
        g,
        w,
        float(want.error[0, j]),
    )


@holds("activation-derivative", where=closed_form, cases=_cases(MODERATE, 1.0), reducible=planned.derivative_alone)
def a_delta_is_multiplied_by_the_derivative_at_z(subject: JudgedGradient, case: Case) -> None:
    """What multiplies a delta sent back through a unit is f'(z): at z, of this activation, with its slope, scale and alpha."""
    _derivative_must_be_right(subject, case)


@holds("activation-derivative-far", where=closed_form, cases=_cases(FAR, 2.0**-13), reducible=planned.derivative_far)
def derivatives_stay_right_far_out(subject: JudgedGradient, case: Case) -> None:
    """f'(z) is right and finite at |z| = 30, 90, 710 and 1e4."""
    _derivative_must_be_right(subject, case)


@holds("activation-tie", where=closed_form, cases=_cases(TIES, 1.0), reducible=planned.derivative_at_tie)
def the_derivative_at_a_tie_lies_between_the_one_sided_ones(subject: JudgedGradient, case: Case) -> None:
    """At z = 0 the derivative used is f'(0), or at a kink lies between the left and the right one."""
    _derivative_must_be_right(subject, case)
