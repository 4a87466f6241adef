"""What the first wrong tensor of a gradient looks like: a factor, zeros, a transpose, blind to targets or to weights."""

from collections.abc import Callable, Iterator

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet
from backproof.oracle import activations, closed, patterns, scale
from backproof.oracle.bounded import Bounded, Wide, wide
from backproof.subjects.errors import Failure, NotOffered
from backproof_spec import Array, Layer, Params

NEAR = 1e-6  # how far two tensors that are said to be alike may be apart, relative to the larger
MOST = 4  # sentences


def looks(subject: Asked, wrong: list[Case], stage: str, layer: int | None) -> Iterator[str]:
    """A few sentences, on the largest case on which the gradient is wrong."""
    for case in sorted(wrong, key=lambda one: (one.n > 1, one.net.depth, one.n), reverse=True):
        try:
            got = subject.gradient(case.net, case.params, case.x, case.t)
        except (Unmet, Undecided, Failure, NotOffered):
            continue
        want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)
        first = _first(got, want, subject.slack(case.params, got), stage, layer)
        if first is not None:
            told = list(dict.fromkeys(_looks(subject, case, wrong, *first)))
            yield from told[:MOST]
            return


Tensor = tuple[int, int, Array, Wide]  # its layer, whether it is the bias, what is there and what should be


def _first(
    got: Params, want: tuple[closed.Gradient, ...], slack: Params, stage: str, layer: int | None
) -> Tensor | None:
    """The first wrong tensor from the output layer down."""
    layers = [layer] if layer is not None else range(len(got), 0, -1)
    parts = (1, 0) if stage == "bias gradient" else (0, 1)
    for l in layers:
        for part in parts:
            g, w = got[l - 1][part], want[l - 1][part]
            if g.shape == w.value.shape and _is_off(g, w, slack[l - 1][part]):
                return l, part, g, w.value
    return None


def _is_off(got: Array, want: Bounded, slack: Array) -> bool:
    return got.shape != want.value.shape or not (np.abs(wide(got) - want.value) <= 4 * want.error + slack).all()


def _looks(subject: Asked, case: Case, wrong: list[Case], l: int, part: int, got: Array, want: Wide) -> Iterator[str]:
    name = f"d{'Wb'[part]}{l}"
    if not np.isfinite(got).all():
        yield f"{name} is not finite"
        return
    if not got.any():
        yield f"{name} is zero"
        return
    c = _factor(got, want)
    if c is not None:
        meanings = scale.names(c, case.n, case.net.sizes[-1])
        for other in wrong if len(meanings) > 1 else []:
            meanings = [words for words in meanings if _fits(subject, other, l, part, words)] or meanings
        yield f"{name} is {scale.told(c)} what it should be" + (f": {', or '.join(meanings)}" if meanings else "")
    yield from (f"{name} {words}" for words, undone in patterns.rearranged(got) if _alike(undone, want))
    if got.shape[-1] > 1 and all(_alike(got[..., :1], got[..., k : k + 1]) for k in range(1, got.shape[-1])):
        yield f"{name} is the same for every unit"
    if l < case.net.depth and _comes_back_anyway(subject, case, l, part):
        yield f"{name} is not zero where W{l + 1} is: what comes back does not come through the weights above"
    if case.t.ndim == 2 and _unmoved(subject, case, l, part, got, lambda one: one.aiming(np.flip(one.t, 1) / 2)):
        yield f"{name} does not depend on the targets"
    yield from _by_derivative(subject, case, l, part, name, got, want)
    if case.n > 1 and _right_alone(subject, case, l, part):
        yield f"{name} is right for each row alone: the rows are put together wrongly"


def _factor(got: Array, want: Wide) -> float | None:
    """The c with got = c * want, if there is one."""
    c = float((wide(got) * want).sum() / (want * want).sum()) if want.any() else 0.0
    return c if _alike(got, c * want) else None


def _fits(subject: Asked, case: Case, l: int, part: int, words: str) -> bool:
    """Whether the tensor is off, on this case too, by the factor that the words speak of; so also where it is off otherwise."""
    got = _tensor(subject, case, l, part)
    want = closed.gradient(case.net, case.params, case.x, case.t, subject.r)[l - 1][part].value
    c = None if got is None or got.shape != want.shape else _factor(got, want)
    return c is None or scale.fits(words, c, case.n, case.net.sizes[-1])


def _alike(a: Array | Wide, b: Array | Wide) -> bool:
    size = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return a.shape == b.shape and float(np.max(np.abs(wide(a) - wide(b)), initial=0.0)) <= NEAR * size


def _tensor(subject: Asked, case: Case, l: int, part: int) -> Array | None:
    try:
        return subject.gradient(case.net, case.params, case.x, case.t)[l - 1][part]
    except (Unmet, Undecided, Failure, NotOffered):
        return None


def _unmoved(subject: Asked, case: Case, l: int, part: int, got: Array, changed: Callable[[Case], Case]) -> bool:
    other = _tensor(subject, changed(case), l, part)
    return other is not None and _alike(other, got)


def _comes_back_anyway(subject: Asked, case: Case, l: int, part: int) -> bool:
    """Whether something comes back through weights that are all zero."""
    got = _tensor(subject, case.with_layer(l + 1, Layer(0 * case.params[l].W, case.params[l].b)), l, part)
    return got is not None and bool(got.any()) and not (case.net.penalty.l1 or case.net.penalty.l2)


def _by_derivative(subject: Asked, case: Case, l: int, part: int, name: str, got: Array, want: Wide) -> Iterator[str]:
    """On one row, whether a factor f'(z) is there once too often or once too seldom."""
    f = case.net.activations[l - 1]
    if case.n != 1 or part != 1 or f.name == "softmax" or not want.all():
        return
    z = closed.forward(case.net, case.params, case.x, subject.r).z[l - 1]
    slope = activations.derivative(f, z, subject.r).value[0]
    if slope.all() and not _alike(slope, np.ones_like(slope)):
        if _alike(wide(got) * slope, want):
            yield f"{name} lacks the factor f'(z{l})"
        if _alike(wide(got), want * slope):
            yield f"{name} has the factor f'(z{l}) twice"


def _right_alone(subject: Asked, case: Case, l: int, part: int) -> bool:
    for i in range(case.n):
        row = case.rows([i])
        want = closed.gradient(row.net, row.params, row.x, row.t, subject.r)
        try:
            got = subject.gradient(row.net, row.params, row.x, row.t)
        except (Unmet, Undecided, Failure, NotOffered):
            return False
        if _is_off(got[l - 1][part], want[l - 1][part], subject.slack(row.params, got)[l - 1][part]):
            return False
    return True
