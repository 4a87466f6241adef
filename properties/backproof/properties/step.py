"""The step: parameters move by the rate times the gradient, all of them, and not at all at rate 0."""

import numpy as np

from backproof.asked import Asked, JudgedGradientAndStep, JudgedStep, recovery_rate
from backproof.case import Case
from backproof.domain import closed_form
from backproof.must import Outside, Place, agree, must, must_equal
from backproof.oracle import activations, closed
from backproof.oracle.bounded import Bounded, Wide, wide
from backproof.oracle.scale import factor
from backproof.registry import holds
from backproof_spec import Layer, Params, Rule

RATES = (1e-5, 2.0**-10, 1.0, 5.0)


def _rates(subject: JudgedStep) -> list[float]:
    if subject.claims.rates is None:
        return []
    least, most = subject.claims.rates
    return [rate for rate in RATES if least <= rate <= most] or [rate for rate in (least, most) if 0 < rate < np.inf]


def _move(subject: JudgedStep, case: Case, rate: float) -> Params:
    after = subject.step(case.net, case.params, case.x, case.t, Rule(rate))
    return tuple(type(p)(wide(q.W) - wide(p.W), wide(q.b) - wide(p.b)) for p, q in zip(case.params, after, strict=True))


def _share(case: Case, move: Params, g: Params) -> float:
    """The k in move = -k g, as the largest entry of g has it."""
    sizes = [(float(np.abs(d).max()), l, part) for l, layer in enumerate(g) for part, d in enumerate(layer)]
    size, l, part = max(sizes, key=lambda one: one[0])
    if size == 0:
        return 1.0
    at = np.unravel_index(int(np.abs(g[l][part]).argmax()), g[l][part].shape)
    return float(-wide(move[l][part])[at] / wide(g[l][part])[at])


@holds("step-direction", where=closed_form)
def a_step_goes_against_the_gradient(subject: JudgedGradientAndStep, case: Case) -> None:
    """A step moves the parameters by -k g, for one k > 0 and the gradient g that the subject itself gives."""
    if "gradient" not in subject.claims.operations or subject.claims.rates is None:
        _goes_down(subject, case)
        return
    rate, u = recovery_rate(subject.claims) or 1.0, subject.r.u
    g, move = subject.gradient(case.net, case.params, case.x, case.t), _move(subject, case, rate)
    error, k = closed.gradient(case.net, case.params, case.x, case.t, subject.r), _share(case, move, g)
    must(k >= 0, f"a step moves along plus {-k:.4g} times the gradient: uphill", Place("change of W"))
    for l, (m, d, e, p) in enumerate(zip(move, g, error, case.params, strict=True), start=1):
        for part, name in ((0, "W"), (1, "b")):
            if part == 1 and case.net.bias(l) == "none":
                continue
            want = -k * wide(d[part])
            bound = 4 * max(k, rate) * e[part].error + 4 * u * np.abs(wide(p[part])) + 8 * u * np.abs(want)
            must_equal(
                m[part],
                Bounded(want, bound),
                Place(f"change of {name}", l),
                why=f"at rate {rate:g}: -{k:.6g} times dL/d{name}{l}",
            )


def _goes_down(subject: JudgedStep, case: Case) -> None:
    """Where no gradient is on offer: the move does not climb along the true gradient."""
    rate = recovery_rate(subject.claims) or 1.0
    move = _move(subject, case, rate)
    want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    c = factor(move, want)
    pairs = [(m, true) for layer, w in zip(move, want, strict=True) for m, true in zip(layer, w, strict=True)]
    along = sum(float((wide(m) * true.value).sum()) for m, true in pairs)
    # the room is how far the error of the true gradient may carry that
    room = sum(float((np.abs(wide(m)) * true.error).sum()) for m, true in pairs)
    must(along <= room, f"a step moves along plus {c:.4g} times the gradient: uphill", Place("change of W"))


def _own_gradient(subject: JudgedStep, case: Case) -> Params | None:
    if not isinstance(subject, Asked) or "gradient" not in subject.claims.operations:
        return None
    return subject.gradient(case.net, case.params, case.x, case.t)


@holds("step-every-layer", where=closed_form)
def every_layer_with_a_gradient_moves(subject: JudgedStep, case: Case) -> None:
    """Every layer whose gradient is not zero moves in a step: the first and the last included."""
    rate = min(1.0, (subject.claims.rates or (0.0, 1.0))[1])
    move = _move(subject, case, rate)
    want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    own = _own_gradient(subject, case)
    for l, (m, w, p) in enumerate(zip(move, want, case.params, strict=True), start=1):
        if own is not None and not own[l - 1].W.any():
            continue  # the gradient itself is missing: not the step's fault
        resolution = 2 * subject.r.u * np.abs(wide(p.W)).max() + rate * w.W.error.max()  # below it a step rounds to none
        if rate * np.abs(w.W.value).max() > resolution:
            must(
                m.W.any(),
                f"W{l} did not move in a step at rate {rate:g}, though its gradient reaches {float(np.abs(w.W.value).max()):.3g}",
                Place("change of W", l),
            )


@holds("step-rate", where=closed_form)
def a_step_is_proportional_to_the_rate(subject: JudgedGradientAndStep, case: Case) -> None:
    """At tiny rates and at large ones the move is the rate times one and the same gradient."""
    rates = _rates(subject)
    if not rates:
        raise Outside("the subject's rate cannot be set")
    moves = {rate: _move(subject, case, rate) for rate in rates}
    g, _ = shown = _shown(subject, case)
    for rate, move in moves.items():
        plain = [_want(subject, case, shown, rate)]
        if "loss" not in subject.claims.operations and "gradient" in subject.claims.operations:
            plain.append(_want(subject, case, shown, rate, 1 / case.n))  # sums, divided in the step: no loss says which is meant
        if any(_agrees(move, want) for want in plain):
            continue
        shares = {r: _share(case, m, g) for r, m in moves.items()}
        why = f"at rate {rate:g}"
        if _goes_through_new_weights(subject, case, move, rate):
            why += ": the delta went back through weights that this very step had already changed"
        elif _uniform(move, plain[0], shares[rate] / rate):
            why += habit(shares, "gradient" in subject.claims.operations)
        for l, (m, want) in enumerate(zip(move, plain[0], strict=True), start=1):
            must_equal(m.W, want, Place("change of W", l), why=why)


def _want(
    subject: JudgedStep, case: Case, shown: tuple[Params, Params], rate: float, share: float = 1.0
) -> tuple[Bounded, ...]:
    """The changes of W, layer by layer, with the error of the gradient and of the step itself."""
    error, u, (g, slack) = closed.gradient(case.net, case.params, case.x, case.t, subject.r), subject.r.u, shown
    return tuple(
        Bounded(
            -rate * share * wide(d.W),
            wide(rate * (2 * e.W.error + wide(s.W)) + 2 * u * np.abs(wide(p.W)) + 8 * u * rate * share * np.abs(wide(d.W))),
        )
        for d, e, p, s in zip(g, error, case.params, slack, strict=True)
    )


def _agrees(move: Params, want: tuple[Bounded, ...]) -> bool:
    return all(agree(m.W, w) for m, w in zip(move, want, strict=True))


def _uniform(move: Params, want: tuple[Bounded, ...], c: float) -> bool:
    """Whether every change is c times what it should be."""
    return all(agree(m.W, Bounded(c * w.value, (1 + abs(c)) * w.error)) for m, w in zip(move, want, strict=True))


def habit(shares: dict[float, float], known: bool = True) -> str:
    """What a program makes of its rates, from the multiple of the gradient that it moves by at each; or the plain factor.

    known: whether the gradient is its own word, and not read off the step at the largest rate.
    """
    rates = sorted(shares)
    took = [shares[rate] for rate in rates]
    first = next((rate for rate in rates if not _near(shares[rate], rate)), rates[0])
    if len(rates) > 1 and all(_near(k, took[0]) for k in took):
        return ": the rate is ignored" + (f", and every step is as at rate {took[0]:.6g}" if known else "")
    if all(_near(shares[rate], rate**2) for rate in rates):
        return ": the rate is applied twice"
    beyond = [shares[rate] for rate in rates if not _near(shares[rate], rate)]
    if beyond and len(beyond) < len(rates) and all(_near(k, beyond[0]) for k in beyond):
        return f": the rate is clamped, and the step is as at rate {beyond[0]:.6g}"
    return f": {shares[first] / first:.6g} times what the rate says"


def _near(one: float, other: float) -> bool:
    """Whether two rates are one, as far as words go: the verdict does not rest on it."""
    return abs(one - other) <= 2.0**-10 * abs(other)


def _goes_through_new_weights(subject: JudgedStep, case: Case, move: Params, rate: float) -> bool:
    """Whether the move is what comes out when each layer is updated before its delta is sent back."""
    done = closed.forward(case.net, case.params, case.x, subject.r)
    c = closed.scale(case.net.loss, case.n, case.net.sizes[-1])
    delta = c * closed.deltas(case.net, case.params, done, case.t, subject.r)[-1].value
    new = list[Wide]()
    plain = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    for l in range(case.net.depth, 0, -1):
        change = -rate * (done.a[l - 1].value.T @ delta)
        new.insert(0, change)
        if l > 1:
            slope = activations.derivative(case.net.activations[l - 2], done.z[l - 2], subject.r).value
            delta = (delta @ (wide(case.params[l - 1].W) + change).T) * slope
    off = max(float(w.W.error.max() / max(np.abs(w.W.value).max(), np.finfo(np.float64).tiny)) for w in plain)
    off += subject.r.u * max(float(np.abs(p.W).max()) for p in case.params) / rate
    room = [8 * off * (np.abs(d).max() + np.abs(rate * w.W.value).max()) for d, w in zip(new, plain, strict=True)]
    told = any((np.abs(d + rate * w.W.value) > 2 * r).any() for d, w, r in zip(new, plain, room, strict=True))
    return told and all((np.abs(wide(m.W) - d) <= r).all() for m, d, r in zip(move, new, room, strict=True))


def _shown(subject: JudgedGradientAndStep, case: Case) -> tuple[Params, Params]:
    """The subject's own gradient; or what one step shows, with what that cost."""
    if "gradient" in subject.claims.operations:
        g = subject.gradient(case.net, case.params, case.x, case.t)
        return g, subject.slack(case.params, g)
    rate, u = recovery_rate(subject.claims) or 1.0, subject.r.u
    move = _move(subject, case, rate)
    g = tuple(Layer(-m.W / rate, -m.b / rate) for m in move)
    return g, tuple(
        Layer(2 * u * np.abs(wide(p.W)) / rate + 3 * u * np.abs(wide(d.W)), np.zeros_like(p.b))
        for p, d in zip(case.params, g, strict=True)
    )


@holds("step-rate-zero", where=closed_form)
def nothing_moves_at_rate_zero(subject: JudgedStep, case: Case) -> None:
    """At rate 0 a step changes nothing."""
    if subject.claims.rates is None or subject.claims.rates[0] > 0:
        raise Outside("rate 0 is outside what the subject claims")
    for l, m in enumerate(_move(subject, case, 0.0), start=1):
        must_equal(m.W, Bounded(np.zeros_like(m.W), np.zeros_like(m.W)), Place("change of W", l), why="at rate 0")
        must_equal(m.b, Bounded(np.zeros_like(m.b), np.zeros_like(m.b)), Place("change of b", l), why="at rate 0")
