"""A manner is how a subject writes a network down: its names, which way round its weights are, how its samples lie."""

import re
from dataclasses import dataclass
from typing import Literal

Orientation = Literal["in-out", "out-in"]
BiasForm = Literal["flat", "row", "column", "scalar", "shared", "first", "last", "none"]
# flat, row, column: (d,), (1, d), (d, 1); scalar: a number, of a single unit; shared: one number for all units of a layer;
# first, last: a row of W, or a column where it is (out, in)
Sign = Literal[1, -1]  # -1: a threshold, which is subtracted where others add a bias
Samples = Literal["rows", "columns", "one", "one row", "one column"]
# (n, d), (d, n); one at a time as (d,), (1, d), (d, 1)


@dataclass(frozen=True)
class Manner:
    """How a subject writes layers; names are expressions that are valid inside it, the first layer's first."""

    weights: tuple[str, ...] = ()  # at the depth where they were recognised: self.W1, self.W2; (): W1, W2, ...
    biases: tuple[str, ...] = ()  # "" for a layer that holds none
    orientation: Orientation = "in-out"
    samples: Samples = "rows"
    bias: BiasForm = "flat"
    sign: Sign = 1
    thin: bool = False  # the weights of a single output are a vector (d_{L-1},)
    flat: bool = False  # a single output comes as (n,), and so do targets

    def W(self, l: int, depth: int) -> str:
        """The weights of layer l of so many, as they are stored: a bias may be among them."""
        return _named(self.weights, l, depth, self.biases) or f"W{l}"

    def b(self, l: int, depth: int) -> str:
        """The bias of layer l of so many, where it lies apart."""
        return _named(self.biases, l, depth, self.weights) or f"b{l}"


def _named(names: tuple[str, ...], l: int, depth: int, others: tuple[str, ...]) -> str:
    """The layer's name; at another depth than theirs by what their numbers show, and "" where they show nothing."""
    if len(names) == depth:
        return names[l - 1]
    told = {k: _split(name) for k, name in enumerate(names, start=1) if name}
    if len(told) < 2 or len({texts for texts, _ in told.values()}) > 1:
        return ""
    (texts, start), (_, following) = list(told.values())[:2]
    first, by = min(told), [b - a for a, b in zip(start, following, strict=True)]
    if not any(by) or any(numbers != _onward(start, by, k - first) for k, (_, numbers) in told.items()):
        return ""
    behind = any(_split(other) == (texts, _onward(start, by, -1)) for other in others)  # in one list: W_1, W_2, b_1, b_2
    return _joined(texts, _onward(start, by, l - first + (depth - len(names)) * behind))


def _split(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """layers[0].W1 as its texts, layers[, ].W and nothing, and its numbers, 0 and 1."""
    parts = re.split(r"(\d+)", name)
    return tuple(parts[::2]), tuple(map(int, parts[1::2]))


def _onward(start: tuple[int, ...], by: list[int], times: int) -> tuple[int, ...]:
    return tuple(a + times * d for a, d in zip(start, by, strict=True))


def _joined(texts: tuple[str, ...], numbers: tuple[int, ...]) -> str:
    return texts[0] + "".join(f"{number}{text}" for number, text in zip(numbers, texts[1:], strict=True))
