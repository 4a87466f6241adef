"""Algebra: parameters rewritten so that the function stays the same; the program is held against itself."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Judged, JudgedGradient
from backproof.case import Case, Where
from backproof.domain import closed_form, closed_forward, has_hidden, no_penalty, softmax_output
from backproof.must import Outside, Place, Unmet, must_be_zero, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, Wide, wide
from backproof.pool import Shape, admitted, build
from backproof.registry import holds
from backproof_spec import Activation, Claims, Family, Layer, Params
from backproof_spec.vocabulary import target_kind

SHIFT = 40  # inputs are scaled by 2**40 and 2**-40: far outside [-1, 1], and far from the ends of float32


def outputs_must_agree(subject: Judged, case: Case, other: Case, why: str) -> None:
    """The other case has the outputs of the case, within the rounding of both."""
    one, two = (subject.forward(c.net, c.params, c.x) for c in (case, other))
    if not np.isfinite(one).all():
        raise Unmet("shape-forward", "forward gives numbers that are not finite")
    want, room = (closed.forward(c.net, c.params, c.x, subject.r).a[-1].error for c in (case, other))
    must_equal(two, Bounded(wide(one), wide(want + room)), Place("y"), why=why)


def _rewritten(case: Case, l: int, into: Params) -> Case:
    """The case with layers l and l + 1 replaced."""
    return case.with_layer(l, into[0]).with_layer(l + 1, into[1])


def _hidden(case: Case, names: tuple[str, ...]) -> list[int]:
    """The hidden layers of these activations, without an offset."""
    return [l for l in range(1, case.net.depth) if (f := case.net.activations[l - 1]).name in names and f.offset == 0]


ODD, RECTIFIERS = ("tanh", "identity"), ("relu", "leaky_relu", "identity")
odd_units = Where("a hidden layer of tanh or identity", lambda case: bool(_hidden(case, ODD)))
rectifiers = Where("a hidden layer of relu, leaky_relu or identity", lambda case: bool(_hidden(case, RECTIFIERS)))


def _scaled_around(case: Case, l: int, unit: int, before: float, after: float) -> Case:
    """All that leads into the unit of layer l multiplied by `before`, all that leads out of it by `after`."""
    (W, b), (V, c) = case.params[l - 1], case.params[l]
    W, b, V = W.copy(), b.copy(), V.copy()
    W[:, unit] *= before
    b[unit] *= before
    V[unit] *= after
    return _rewritten(case, l, (Layer(W, b), Layer(V, c)))


separate_biases = Where("biases are each their own", lambda case: "shared" not in case.net.biases)


@holds("algebra-permutation", where=closed_forward & has_hidden & separate_biases)
def renamed_hidden_units_change_nothing(subject: Judged, case: Case) -> None:
    """With the units of a hidden layer in another order, weights in and out alike, the outputs are the same."""
    for l in range(1, case.net.depth):
        if case.net.sizes[l] > 1:
            outputs_must_agree(subject, case, renamed(case, l), f"as before the units of layer {l} were renamed")


def renamed(case: Case, l: int) -> Case:
    """The case with the units of the hidden layer l in reverse order."""
    (W, b), (V, c) = case.params[l - 1], case.params[l]
    return _rewritten(case, l, (Layer(W[:, ::-1].copy(), b[::-1].copy()), Layer(V[::-1].copy(), c)))


@holds("algebra-permutation", where=closed_form & has_hidden & separate_biases)
def renamed_hidden_units_rename_the_gradient(subject: JudgedGradient, case: Case) -> None:
    """With the units of the first hidden layer in another order, the gradient is in that order."""
    other = renamed(case, 1)
    g, h = (subject.gradient(c.net, c.params, c.x, c.t) for c in (case, other))
    if not all(np.isfinite(p).all() for layer in g for p in layer):
        raise Unmet("shape-weights", "the gradient is not finite")
    want = (Layer(g[0].W[:, ::-1], g[0].b[::-1]), Layer(g[1].W[::-1], g[1].b), *g[2:])
    errors = [closed.gradient(c.net, c.params, c.x, c.t, subject.r) for c in (case, other)]
    slacks = [subject.slack(c.params, d) for c, d in ((case, g), (other, h))]
    for l in range(1, case.net.depth + 1):
        most: Wide = sum((wide(e[l - 1].W.error.max(initial=0)) for e in errors), wide(0))
        loose = sum(float(s[l - 1].W.max(initial=0)) for s in slacks)
        size = np.abs(wide(want[l - 1].W)).max(initial=0)
        room = np.full(want[l - 1].W.shape, most + 32 * subject.r.u * size, dtype=np.longdouble)
        why = "as before the units of layer 1 were renamed"
        must_equal(h[l - 1].W, Bounded(wide(want[l - 1].W), room), Place("dW", l), loose, why)


@holds("algebra-sign", where=closed_forward & odd_units & separate_biases)
def an_odd_unit_may_change_sign_on_both_sides(subject: Judged, case: Case) -> None:
    """For tanh and identity units, the sign of all that leads in and of all that leads out may change."""
    for l in _hidden(case, ODD):
        outputs_must_agree(subject, case, _scaled_around(case, l, 0, -1, -1), f"as before unit 0 of layer {l} changed its sign")


@holds("algebra-rectifier", where=closed_forward & rectifiers & separate_biases)
def a_rectifier_may_be_scaled_on_both_sides(subject: Judged, case: Case) -> None:
    """For relu, leaky_relu and identity units, what leads in may be doubled if what leads out is halved."""
    for l in _hidden(case, RECTIFIERS):
        outputs_must_agree(subject, case, _scaled_around(case, l, 0, 2, 0.5), f"as before unit 0 of layer {l} was doubled")


def _of_hidden(claims: Claims, name: str) -> Iterator[tuple[Family, Activation]]:
    """Families that claim the plain activation of that name, with it."""
    for family in claims.families:
        yield from ((family, f) for f in family.hidden if f == Activation(name))


def _with_hidden(claims: Claims, name: str, shapes: tuple[Shape, ...]) -> Iterator[Case]:
    for number, (family, activation) in enumerate(_of_hidden(claims, name)):
        only = replace(family, hidden=(activation,))
        for shape in shapes:
            case = build(claims, only, shape, 77 + number)
            if case.net.depth > 1:
                yield case


ONE, TWO = Shape("one hidden layer", (3,), 2, 2, 3), Shape("two hidden layers", (3, 2), 2, 2, 3)


def _sigmoids(claims: Claims) -> Iterator[Case]:
    for case in _with_hidden(claims, "sigmoid", (ONE,)):
        if case.net.depth == 2 and case.net.bias(2) == "each":
            yield case


@holds("algebra-tanh", where=closed_forward, cases=_sigmoids)
def sigmoid_units_are_tanh_units_rewritten(subject: Judged, case: Case) -> None:
    """Sigmoid units with weights W and V equal tanh units with W / 2 and V / 2, and the halves of V added to the bias."""
    if not any(Activation("tanh") in f.hidden and case.net.activations[1] in f.output for f in _like(subject, case)):
        raise Outside("the subject does not claim tanh and sigmoid units in the same place")
    (W, b), (V, c) = case.params
    other = replace(case, net=replace(case.net, activations=(Activation("tanh"), case.net.activations[1])))
    half = V / 2
    tanh = other.at((Layer(W / 2, b / 2), Layer(half, c + half.sum(axis=0))))
    outputs_must_agree(subject, case, tanh, "as the same network of sigmoids has it")


def _like(subject: Judged, case: Case) -> list[Family]:
    return [family for family in subject.claims.families if case.net.loss in family.loss and case.net.reported == family.reported]


@holds("algebra-identity", where=closed_forward, cases=lambda claims: _with_hidden(claims, "identity", (ONE, TWO)))
def identity_layers_collapse_into_one(subject: Judged, case: Case) -> None:
    """A last hidden layer of identities may be multiplied into the layer above it."""
    (W, b), (V, c) = case.params[-2:]
    if case.net.activations[-2] != Activation("identity") or case.net.bias(case.net.depth) != "each":
        raise Outside("the last hidden layer is no plain identity, or the output layer has no bias")
    sizes = case.net.sizes[:-2] + case.net.sizes[-1:]
    if not any(sizes == admitted(Shape("", sizes[1:-1], sizes[0], sizes[-1], 1), f.sizes) for f in _like(subject, case)):
        raise Outside("the subject does not claim a network with one layer fewer")
    net = replace(
        case.net, sizes=sizes, activations=case.net.activations[:-2] + case.net.activations[-1:],
        biases=case.net.biases[:-2] + case.net.biases[-1:],
    )  # fmt: skip
    other = replace(case, net=net, params=(*case.params[:-2], Layer(W @ V, b @ V + c)))
    outputs_must_agree(subject, case, other, "as with a layer of identities in between")


def _inputs_scaled(case: Case, power: int) -> Case:
    """Inputs times 2**power, first weights divided by it."""
    first = case.params[0]
    return replace(
        case, x=np.ldexp(case.x, power), params=(Layer(np.ldexp(first.W, -power), first.b), *case.params[1:])
    )


@holds("algebra-inputs", where=closed_forward)
def inputs_have_no_unit(subject: Judged, case: Case) -> None:
    """Inputs times 2**k with first weights divided by it give the same outputs, for large k and for small."""
    for power in (SHIFT, -SHIFT):
        outputs_must_agree(subject, case, _inputs_scaled(case, power), f"as before inputs were multiplied by 2**{power}")


@holds("algebra-inputs", where=closed_form & no_penalty)
def the_gradient_follows_the_unit_of_the_inputs(subject: JudgedGradient, case: Case) -> None:
    """Inputs times 2**k with first weights divided by it multiply dW_1 by 2**k, and leave all else as it was."""
    if "gradient" not in subject.claims.operations:
        raise Outside("steps at one rate cannot show gradients of such different sizes")
    g = subject.gradient(case.net, case.params, case.x, case.t)
    if not all(np.isfinite(p).all() for layer in g for p in layer):
        raise Unmet("shape-weights", "the gradient is not finite")
    errors = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    for power in (SHIFT, -SHIFT):
        other = _inputs_scaled(case, power)
        h = subject.gradient(other.net, other.params, other.x, other.t)
        for l, (one, two, e) in enumerate(zip(g, h, errors, strict=True), start=1):
            shift = power if l == 1 else 0
            room = 2 * e.W.error + 32 * subject.r.u * np.abs(wide(one.W)).max(initial=0)
            want = Bounded(np.ldexp(wide(one.W), shift), np.ldexp(wide(room), shift))
            must_equal(two.W, want, Place("dW", l), why=f"after inputs were multiplied by 2**{power}")


def _cancelling(case: Case) -> bool:
    """Whether the rows of targets sum to 1, and the delta is y - t."""
    whole = case.t.ndim == 1 or np.allclose(case.t.sum(axis=1), 1, rtol=0, atol=0)
    plain = case.net.loss.name in ("cross_entropy", "matching") and not case.net.loss.epsilon
    return whole and plain and target_kind(case.net.loss) in ("distribution", "one_hot", "index")


cancelling = Where("a delta of y - t, and targets that sum to 1", _cancelling)


@holds("algebra-logits", where=softmax_output & closed_form & no_penalty & cancelling)
def softmax_deltas_cancel(subject: JudgedGradient, case: Case) -> None:
    """The output layer's db sums to zero over the outputs, and so does each row of its dW."""
    g = subject.gradient(case.net, case.params, case.x, case.t)
    error, slack = closed.gradient(case.net, case.params, case.x, case.t, subject.r)[-1], subject.slack(case.params, g)[-1]
    last, d = g[-1], case.net.sizes[-1]
    for name, one, room, loose in (("dW", last.W, error.W, slack.W), ("db", last.b[None], error.b, slack.b[None])):
        if name == "db" and case.net.bias(case.net.depth) == "none":
            continue
        size = np.abs(wide(one)).sum(axis=1)
        bound = room.error.reshape(one.shape).sum(axis=1) + wide(loose).sum(axis=1) + d * subject.r.u * size
        must_be_zero(wide(one).sum(axis=1), bound, Place(f"sum of {name}{case.net.depth} over the outputs"))


