"""Which objective a program follows: the one whose closed form gives the losses, or else the gradients, that it gives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import exp
from typing import NamedTuple

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.activations import Biases, Pair, drawn, inputs
from backproof.subjects.ordinary.calls import Asked, GradientCall, LossCall, StepCall
from backproof.subjects.ordinary.machine import Options
from backproof.subjects.ordinary.penalties import read_penalty
from backproof.subjects.ordinary.shell import Shape, Shell
from backproof.subjects.ordinary.trial import cosine, flat, targets
from backproof_spec import Activation, Array, Kind, Layer, Loss, Params, Penalty, Reduction, Targets

_CLOSE = 2e-4  # an epsilon of 1e-5 in a logarithm stays within; the next factor is far away
_FACTORS = (1.0, 2.0, 0.5)
_NATURAL = {"softmax": "cross_entropy", "sigmoid": "binary_cross_entropy"}


class Question(NamedTuple):
    """A network's size and a batch."""

    params: Params
    x: Array
    t: Targets
    one_hot: bool
    biases: Biases


def questions(shell: Shell, sizes: Sequence[Shape], ns: Sequence[int], labels: bool, one_hot: bool) -> list[Question]:
    """One for each size and number of rows; the last ones confirm what the others suggest."""
    return [
        Question(shell.drawn(s, i), inputs(n, s[0], i), targets(n, s[-1], labels, one_hot, i - 20), one_hot, shell.biases)
        for i, (s, n) in enumerate(((s, n) for s in sizes for n in ns), start=20)
    ]


def candidates(output: Activation, names: Sequence[str]) -> Iterator[Loss]:
    """Losses in the order in which they are believed."""
    reductions: tuple[tuple[Reduction, Reduction], ...] = (
        ("mean", "sum"),
        ("sum", "sum"),
        ("mean", "mean"),
        ("sum", "mean"),
    )
    for name in names:
        if name == "binary_cross_entropy" and output.name not in {"sigmoid", "softmax"}:
            continue
        for factor in _FACTORS:
            for samples, outputs in reductions:
                yield Loss(name, factor, samples, outputs)


def asked_of(shell: Shell, question: Question, rate: float = 1.0) -> Asked:
    """The question as the program is asked it."""
    t = question.t
    t = t[:, 0] if shell.forward.flat and t.ndim == 2 and t.shape[1] == 1 else t
    return Asked(shell.forward, question.x.copy(), t.copy(), rate)


def fit_loss(
    shell: Shell, call: LossCall, output: Activation, sizes: Sequence[Shape], labels: bool, penalty: Penalty,
    options: Options | None = None,
) -> Loss | None:  # fmt: skip
    """The loss without its penalty, read off its values on several batches; None if none of the specification's gives them."""
    kinds: tuple[tuple[bool, Kind], ...] = ((False, "natural"), (True, "one_hot"))
    for one_hot, kind in kinds[: 1 if labels else 2]:
        asked = questions(shell, sizes, (1, 3, 4), labels, one_hot)
        given = [_value(shell, call, q, options) for q in asked]
        for loss in candidates(output, ("squared_error", *_logarithmic(output))):
            if all(_near(v, shell, q, loss, output, penalty, options) for v, q in zip(given, asked, strict=True)):
                kind = "index" if labels else kind
                return replace(loss, targets=kind, epsilon=_epsilon(shell, call, loss, sizes[0], labels, output, penalty))
    return None


def penalty_of(shell: Shell, call: LossCall, labels: bool, options: Options | None = None) -> Penalty:
    """What its values show that it adds for the weights; none if they show none, or one that is not of the specification's."""
    d = shell.sizes[-1]

    def losses(params: Params, n: int) -> float:
        rows = np.zeros((n, shell.sizes[0])), targets(n, d, labels, one_hot=True)
        return _value(shell, call, Question(params, *rows, True, shell.biases), options)

    return read_penalty(losses, shell.sizes, shell.biases)


def _logarithmic(output: Activation) -> tuple[str, str]:
    return (
        ("cross_entropy", "binary_cross_entropy")
        if output.name == "softmax"
        else ("binary_cross_entropy", "cross_entropy")
    )


def _value(shell: Shell, call: LossCall, q: Question, options: Options | None = None) -> float:
    try:
        with quiet(), lent_generators():
            sizes = _sizes(q.params)
            return call(shell.whole(sizes, q.params, options), asked_of(shell, q))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return float("nan")


def _sizes(params: Params) -> Shape:
    return (params[0].W.shape[0], *(len(layer.b) for layer in params))


def _near(
    value: float, shell: Shell, q: Question, loss: Loss, output: Activation, penalty: Penalty, options: Options | None
) -> bool:
    """Judged at the program's own outputs, so that a wrong forward does not hide a right loss."""
    try:
        with quiet(), lent_generators():
            y = shell.outputs(q.params, q.x, options)
            want = expected.loss(loss, output, y, q.t) + expected.penalty(penalty, q.params, len(q.x))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False
    return bool(np.isfinite(value)) and abs(value - want) <= _CLOSE * (abs(want) + 1e-3)


def _epsilon(
    shell: Shell, call: LossCall, loss: Loss, sizes: Shape, labels: bool, output: Activation, penalty: Penalty
) -> float:
    """What is added to, or clipped off, the argument of the logarithm: seen where that argument is exp(-60)."""
    if loss.name == "squared_error":
        return 0.0
    params = tuple(Layer(np.zeros_like(p.W), np.zeros_like(p.b)) for p in drawn(sizes, 1))
    d = sizes[-1]
    params[-1].b[:] = -60.0
    if output.name == "softmax" and d > 1:
        params[-1].b[0] = 0.0
    t: Targets = np.array([d - 1]) if labels else (np.eye(d)[[d - 1]] if d > 1 else np.ones((1, 1)))
    value = _value(shell, call, Question(params, inputs(1, sizes[0], 3), t, True, shell.biases))
    value -= expected.penalty(penalty, params, 1)
    unit = value / (loss.factor / (d if loss.outputs == "mean" else 1))
    if not np.isfinite(unit) or not 4 < unit < 59:  # nothing added; or so much that it is no epsilon
        return 0.0
    return float(f"{exp(-unit):.1e}")


def gradient_of(
    shell: Shell, gradient: GradientCall | None, step: StepCall | None, q: Question, options: Options | None = None
) -> Params | None:
    """The gradient that is returned, or the one that a step at a known rate shows."""
    sizes, rate = _sizes(q.params), 2.0**-10
    try:
        with quiet(), lent_generators():
            whole = shell.whole(sizes, q.params, options)
            if gradient is not None:
                return gradient(whole, asked_of(shell, q), sizes)
            if step is None:
                return None
            step(whole, asked_of(shell, q, rate))
            after = shell.layout.read(whole, sizes)
            return tuple(Layer((p.W - a.W) / rate, (p.b - a.b) / rate) for p, a in zip(q.params, after, strict=True))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return None


def fit_gradient(
    shell: Shell, ask: Callable[[Question], Params | None], hidden: Activation, output: Activation, sizes: Sequence[Shape],
    labels: bool, ns: Sequence[int], offered: Sequence[Loss], exact: bool = False,
) -> Loss | None:  # fmt: skip
    """The loss whose gradient is followed, in every layer; unless exact, else in the output layer's weights."""
    asked = questions(shell, sizes, ns, labels, False)
    given = [ask(q) for q in asked]
    for last_only in (False,) if exact else (False, True):
        for loss in offered:
            if all(_agrees(g, q, loss, hidden, output, last_only) for g, q in zip(given, asked, strict=True)):
                return replace(loss, targets="index" if labels else "natural")
    return None


def off(
    shell: Shell, ask: Callable[[Question], Params | None], loss: Loss, hidden: Activation, output: Activation,
    sizes: Sequence[Shape],
) -> float:  # fmt: skip
    """How far gradients are from the closed form's, relative to the largest, where it may be an epsilon: at most 1e-6; else 0."""
    question = questions(shell, sizes[:1], (1,), loss.targets == "index", False)[0]
    given = ask(question)
    if given is None:
        return 0.0
    net = expected.plain(sizes[0], hidden, output, loss, shell.biases)
    want = expected.gradient(net, question.params, question.x, question.t)
    if any(g.W.shape != w.W.shape or g.b.shape != w.b.shape for g, w in zip(given, want, strict=True)):
        return 0.0
    share = float(np.abs(flat(given) - flat(want)).max() / max(np.abs(flat(want)).max(), 1e-300))
    return share if 1e-11 < share < 1e-6 else 0.0


def fit_direction(
    shell: Shell, ask: Callable[[Question], Params | None], hidden: Activation, output: Activation, sizes: Shape, labels: bool,
    offered: Sequence[Loss],
) -> Loss | None:  # fmt: skip
    """The loss whose gradient points where every step goes, for a program whose rate is not known."""
    asked = questions(shell, [sizes], (1,), labels, False) + questions(shell, [sizes], (1,), labels, True)
    given = [ask(q) for q in asked]
    for loss in offered:
        net = expected.plain(sizes, hidden, output, loss, shell.biases)
        if all(
            g and cosine(g, expected.gradient(net, q.params, q.x, q.t)) > 1 - 1e-6
            for g, q in zip(given, asked, strict=True)
        ):
            return replace(loss, targets="index" if labels else "natural")
    return None


def _agrees(
    given: Params | None, q: Question, loss: Loss, hidden: Activation, output: Activation, last_only: bool
) -> bool:
    if given is None:
        return False
    net = expected.plain(_sizes(q.params), hidden, output, loss, q.biases)
    want = expected.gradient(net, q.params, q.x, q.t)
    if last_only:
        got, right = np.asarray(given[-1].W), want[-1].W
    else:
        if any(g.W.shape != w.W.shape or g.b.shape != w.b.shape for g, w in zip(given, want, strict=True)):
            return False
        got, right = flat(given), flat(want)
    scale = float(np.abs(right).max()) if right.size else 0.0
    return got.shape == right.shape and bool(np.allclose(got, right, rtol=_CLOSE, atol=_CLOSE * scale))


def agreement(given: Params | None, q: Question, pair: Pair) -> float:
    """How nearly a gradient points where y - t does, rounded, so that what is equally good counts as equal."""
    net = expected.plain(_sizes(q.params), pair.hidden, pair.output, Loss("matching"), q.biases)
    return round(cosine(given, expected.gradient(net, q.params, q.x, q.t)), 6) if given is not None else -2.0


def natural(output: Activation, labels: bool) -> Loss:
    """What is usual for the output, averaged over samples."""
    return Loss(
        "cross_entropy" if output.name == "softmax" else "squared_error", targets="index" if labels else "natural"
    )


__all__ = [
    "agreement",
    "candidates",
    "fit_direction",
    "fit_gradient",
    "fit_loss",
    "gradient_of",
    "natural",
    "off",
    "penalty_of",
    "questions",
]
