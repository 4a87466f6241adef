"""The step: parameters move by the rate times the gradient, all of them, and not at all at rate 0."""

import numpy as np

from backproof.asked import Asked, JudgedGradientAndStep, JudgedStep, recovery_rate
from backproof.case import Case
from backproof.domain import closed_form
from backproof.must import Outside, Place, Violation, must, must_equal
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
    size = sum(float((w.W.value**2).sum() + (w.b.value**2).sum()) for w in want)
    error = sum(float(w.W.error.sum() + w.b.error.sum()) for w in want)
    if size > 1e3 * error:
        must(
            c < 0 or not any(p.any() for layer in move for p in layer),
            f"a step moves along plus {c:.4g} times the gradient: uphill",
            Place("change of W"),
        )


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
        resolution = 8 * subject.r.u * np.abs(wide(p.W)).max() + 8 * w.W.error.max()
        if rate * np.abs(w.W.value).max() > 1e3 * resolution:
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
    error = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
    g, slack = _shown(subject, case)
    for rate in rates:
        move, u = _move(subject, case, rate), subject.r.u
        k = rate * _reduction(subject, case, move, g, rate)
        for l, (m, d, e, p, s) in enumerate(zip(move, g, error, case.params, slack, strict=True), start=1):
            want = -k * wide(d.W)
            bound = rate * (2 * e.W.error + wide(s.W)) + 2 * u * np.abs(wide(p.W)) + 8 * u * np.abs(want)
            why = f"at rate {rate:g}"
            if _goes_through_new_weights(subject, case, move, rate):
                why += ": the delta went back through weights that this very step had already changed"
            _proportional(m.W, Bounded(want, bound), Place("change of W", l), why)


def _reduction(subject: JudgedGradientAndStep, case: Case, move: Params, g: Params, rate: float) -> float:
    """1; or 1 / n, where gradients are sums, steps divide by n, and no loss is there to say which of them is meant."""
    if "loss" in subject.claims.operations or "gradient" not in subject.claims.operations:
        return 1.0
    return 1 / case.n if abs(_share(case, move, g) / rate * case.n - 1) < 1e-9 else 1.0


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
    room = [1e-6 * (np.abs(d).max() + np.abs(rate * w.W.value).max()) for d, w in zip(new, plain, strict=True)]
    told = any((np.abs(d + rate * w.W.value) > 10 * r).any() for d, w, r in zip(new, plain, room, strict=True))
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


def _proportional(move: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]", want: Bounded, place: Place, why: str) -> None:
    try:
        must_equal(move, want, place, why=why)
    except Violation as violation:
        c = float((wide(move) * want.value).sum() / max(float((want.value**2).sum()), 1e-300))
        uniform = (np.abs(wide(move) - c * want.value) <= (1 + abs(c)) * want.error).all()
        violation.message += f": {c:.6g} times what the rate says" if uniform and c and "already" not in why else ""
        raise Violation(violation.message, violation.place, violation.got, violation.want, violation.bound) from None


@holds("step-rate-zero", where=closed_form)
def nothing_moves_at_rate_zero(subject: JudgedStep, case: Case) -> None:
    """At rate 0 a step changes nothing."""
    if subject.claims.rates is None or subject.claims.rates[0] > 0:
        raise Outside("rate 0 is outside what the subject claims")
    for l, m in enumerate(_move(subject, case, 0.0), start=1):
        must_equal(m.W, Bounded(np.zeros_like(m.W), np.zeros_like(m.W)), Place("change of W", l), why="at rate 0")
        must_equal(m.b, Bounded(np.zeros_like(m.b), np.zeros_like(m.b)), Place("change of b", l), why="at rate 0")
