"""A constant factor between what is claimed and what is true: found, and named by what it probably is."""

import numpy as np

from backproof.asked import JudgedGradient
from backproof.oracle.bounded import wide
from backproof.oracle.closed import Gradient
from backproof.subjects.subject import Subject
from backproof_spec import Layer, Params

_NAMED = 1e-4


def factor(got: Params, want: tuple[Gradient, ...]) -> float:
    """The least-squares c in got = c * want, over all layers; 0 where want is 0."""
    above = sum(
        (wide(g.W).ravel() @ w.W.value.ravel() + wide(g.b) @ w.b.value for g, w in zip(got, want, strict=True)),
        np.longdouble(0),
    )
    below = sum(((w.W.value**2).sum() + (w.b.value**2).sum() for w in want), np.longdouble(0))
    return float(above / below) if below > 0 else 0.0


def uniform(got: Params, want: tuple[Gradient, ...]) -> bool:
    """Whether got is want but for one factor that is not 1, to a thousandth: then nothing but the scale is wrong."""
    c = factor(got, want)
    near = all(
        (np.abs(wide(g) - c * w.value) <= 1e-3 * np.abs(c * w.value) + (1 + abs(c)) * 1e3 * w.error).all()
        for layer, true in zip(got, want, strict=True)
        for g, w in zip(layer, true, strict=True)
    )
    return c > 0 and abs(c - 1) > 1e-2 and near


def is_known(subject: JudgedGradient) -> bool:
    """Whether the scale of the subject's gradient is told: not where it is read off steps at an unknown rate."""
    return is_told(subject.subject)


def is_told(subject: Subject) -> bool:
    """The same of a subject that is not being asked."""
    read_off = "gradient" not in subject.claims.operations and subject.claims.rates is None
    return not (subject.unscaled or read_off)


def unscale(subject: JudgedGradient, got: Params, slack: Params, want: tuple[Gradient, ...]) -> tuple[Params, Params]:
    """got and its slack; or both divided by got's own factor, where the scale of the subject's objective is not known."""
    c = 1.0 if is_known(subject) else factor(got, want)
    if c == 1 or c <= 0:
        return got, slack
    off = _factor_error(slack, c, want)
    return tuple(Layer(g.W / c, g.b / c) for g in got), tuple(
        Layer(*((wide(s) + off * np.abs(wide(g))) / c for s, g in zip(loose, layer, strict=True)))
        for loose, layer in zip(slack, got, strict=True)
    )


def _factor_error(slack: Params, c: float, want: tuple[Gradient, ...]) -> float:
    """How far the factor may be off, relative to itself: (|w| . (slack / c + error)) / (w . w)."""
    above = below = wide(0)
    for loose, true in zip(slack, want, strict=True):
        for s, w in zip(loose, true, strict=True):
            above = above + (np.abs(w.value) * (wide(s) / c + w.error)).sum()
            below = below + (w.value**2).sum()
    return float(above / below) if below > 0 else 0.0


def near(c: float, other: float) -> bool:
    """Whether a factor is another one, as far as its name goes: no verdict rests on it."""
    return abs(c / other - 1) < _NAMED


def told(c: float) -> str:
    """The factor in words, with as many digits as tell it from 1."""
    return f"{c:.6g} times" if f"{c:.6g}" != "1" else f"1 {'+' if c > 1 else '-'} {abs(c - 1):.2g} times"


def name(c: float, n: int = 1, outputs: int = 1) -> str:
    """What a factor between a gradient and the truth may come from, or nothing; n samples and outputs, where they are known."""
    return ", or ".join(names(c, n, outputs))


def names(c: float, n: int, outputs: int) -> list[str]:
    """Each thing that it may come from."""
    return [] if near(c, 1.0) else [
        words for words, value in _known(n, outputs).items()
        if near(c, value) and (n > 1 or "samples" not in words) and (outputs > 1 or "outputs" not in words)
    ]  # fmt: skip


def fits(words: str, c: float, n: int, outputs: int) -> bool:
    """Whether the factor is, on such a case, what it would be if it came from that."""
    return near(c, _known(n, outputs)[words])


def _known(n: int, outputs: int) -> dict[str, float]:
    return {
        "the half of the squared error": 2.0, "a half too many": 0.5,
        "the number of samples: a sum where the loss is a mean": float(n),
        "one over the number of samples: a mean where the loss is a sum": 1.0 / n,
        "the number of outputs": float(outputs), "one over the number of outputs": 1.0 / outputs,
        "twice the number of samples": 2.0 * n, "the number of samples squared": float(n * n),
    }  # fmt: skip
