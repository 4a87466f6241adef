"""A wrong gradient beside the right one, which is known: how many entries are wrong, and what became of a tensor as a whole."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backproof.must import agree
from backproof.oracle import scale
from backproof.oracle.bounded import Bounded, wide
from backproof.oracle.closed import Gradient
from backproof.oracle.patterns import others, rearranged
from backproof.oracle.tensors import Tensors, flat
from backproof_spec import Params

FEW = 3  # wrong entries that are listed


def told(got: Params, want: tuple[Gradient, ...], slack: Params, biases: tuple[bool, ...]) -> str:
    """Which tensors are wrong and how, in words; nothing where one entry is all there is."""
    g, s = flat(got), flat(slack)
    w = [part for layer in want for part in layer]
    names = [f"d{name}{l}" for l in range(1, len(got) + 1) for name in ("W", "b")]
    judged = [k for k in range(len(g)) if k % 2 == 0 or biases[k // 2]]
    wrong = [k for k in judged if not agree(g[k], w[k], s[k])]
    parts = [f"{names[k]} {_one(g, w, s, k, names)}" for k in wrong]
    rest = "" if len(wrong) == len(judged) else "; all else is right"
    return "; ".join(parts) + rest


def _one(g: Tensors, w: list[Bounded], s: Tensors, k: int, names: list[str]) -> str:
    """What the tensor is to the right one."""
    bad = np.argwhere(~(np.abs(wide(g[k]) - w[k].value) <= w[k].error + wide(s[k])))
    if not g[k].any():
        return "is zero, and should not be"
    if not w[k].value.any():
        return "should be zero, and is not"
    if c := _factor(g[k], w[k], s[k]):
        return "has the wrong sign" if scale.near(c, -1.0) else f"is {scale.told(c)} what it should be"
    if g[k].size > 1:
        for words, other in _candidates(g, k, names):
            if agree(other, w[k], s[k].max()):
                return words
        for axis, word in enumerate(("rows", "columns") if g[k].ndim == 2 else ("entries",)):
            if _permuted(g[k], w[k], s[k], axis):
                return f"has its {word} in another order"
    if len(bad) <= FEW and len(bad) < g[k].size:
        places = ", ".join(str([int(i) for i in index]) for index in bad)
        return f"is wrong in {places} and right in its {g[k].size - len(bad)} other entries"
    if len(bad) == g[k].size:
        return "is wrong throughout" if g[k].size > 1 else "is wrong"
    return f"is wrong in {len(bad)} of {g[k].size} entries"


def _candidates(g: Tensors, k: int, names: list[str]) -> Iterator[tuple[str, NDArray[np.floating]]]:
    yield from rearranged(g[k])
    yield from others(g, k, names)


def _factor(g: NDArray[np.floating], w: Bounded, s: NDArray[np.floating]) -> float:
    """The one c with g = c w, entry by entry within its bound; 0 if there is none."""
    at = np.unravel_index(int(np.abs(w.value).argmax()), w.value.shape)
    c = float(wide(g)[at] / w.value[at])
    room = (1 + abs(c)) * (w.error + wide(s)) + abs(c) * (w.error[at] / abs(w.value[at])) * np.abs(w.value)
    return c if g.size > 1 and (np.abs(wide(g) - wide(c) * w.value) <= room + float(np.finfo(np.float64).tiny)).all() else 0.0


def _permuted(g: NDArray[np.floating], w: Bounded, s: NDArray[np.floating], axis: int) -> bool:
    """Whether every row (or column) of g is one of w's, each of them once."""
    rows, true, error = (np.moveaxis(wide(part), axis, 0) for part in (g, w.value, w.error))
    left = set(range(len(rows)))
    for row in rows:
        hit = next((i for i in left if (np.abs(row - true[i]) <= error[i] + s.max()).all()), None)
        if hit is None:
            return False
        left.remove(hit)
    return True
