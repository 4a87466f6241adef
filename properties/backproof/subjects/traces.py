"""What a call leaves behind beyond its answer: used random numbers, memory shared with what was lent, overwritten answers."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof_spec import Params

NUMPY, PYTHON = "numpy's global generator", "Python's global generator"
GENERATORS = (NUMPY, PYTHON)
SHARES, OVERWRITTEN = "memory shared with ", "its earlier answer"
Arrays: TypeAlias = dict[str, NDArray[np.generic]]


def arrays(answer: object) -> Iterator[NDArray[np.generic]]:
    """Every array in an answer: alone, or in tuples, lists and dictionaries."""
    if isinstance(answer, np.ndarray):
        yield answer
    elif isinstance(answer, Mapping):
        for part in answer.values():
            yield from arrays(part)
    elif isinstance(answer, tuple | list):
        for part in answer:
            yield from arrays(part)


def named(params: Params, **more: NDArray[np.generic]) -> Arrays:
    """What is lent, by name: x, t, W1, b1, ...."""
    layers = {f"{name}{l}": p for l, layer in enumerate(params, start=1) for name, p in zip("Wb", layer, strict=True)}
    return {**more, **layers}


def generators() -> tuple[object, object]:
    """The states of the global generators, to be compared."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002 - subjects draw from the global one
    return (kind, np.asarray(keys).tobytes(), *rest), random.getstate()


def left(ask: Callable[[], object], again: Callable[[], object], lent: Arrays) -> tuple[str, ...]:
    """Names of what `ask` drew from or shares with what was lent, and whether `again` overwrites its answer."""
    before = generators()
    answer = list(arrays(ask()))
    drawn = [name for name, one, other in zip(GENERATORS, before, generators(), strict=True) if one != other]
    shared = [f"{SHARES}{name}" for name, given in lent.items() if any(np.shares_memory(one, given) for one in answer)]
    copies = [one.copy() for one in answer]
    again()
    changed = any(one.tobytes() != copy.tobytes() for one, copy in zip(answer, copies, strict=True))
    return (*drawn, *shared, *((OVERWRITTEN,) if changed else ()))
