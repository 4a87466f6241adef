"""What a wrong tensor may be to the right one: scaled, transposed, its rows in another order."""

from collections.abc import Iterator, Sequence

import numpy as np

from backproof.oracle.tensors import Tensors
from backproof_spec import Array


def rearranged(g: Array) -> Iterator[tuple[str, Array]]:
    """What g would be, had it been rearranged in one of the ways that people rearrange: so that undoing it mends it."""
    if g.ndim == 2 and min(g.shape) > 1:
        if g.shape[0] == g.shape[1]:
            yield "is transposed", g.T
        yield "is reshaped where it should be transposed", np.ascontiguousarray(g).reshape(g.shape[::-1]).T
        yield "is transposed by reshaping", np.ascontiguousarray(g.T).reshape(g.shape)
        yield "has its rows and its columns in reverse order", g[::-1, ::-1]
    for axis, word in enumerate(("rows", "columns") if g.ndim == 2 else ("entries",) if g.ndim == 1 else ()):
        n = g.shape[axis]
        if n < 2:
            continue
        yield f"has its {word} in reverse order", np.flip(g, axis)
        for by in (1, -1) if n > 2 else ():
            yield f"has its {word} shifted by one", np.roll(g, by, axis)


def others(g: Tensors, which: int, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
    """The other tensors of the same shape, that may have been taken for this one."""
    for k, other in enumerate(g):
        if k != which and other.shape == g[which].shape:
            yield f"holds what belongs in {names[k]}, or the other way round", other
        if k != which and other.ndim == 2 and other.T.shape == g[which].shape and other.shape != other.T.shape:
            yield f"holds the transpose of what belongs in {names[k]}, or the other way round", other.T
