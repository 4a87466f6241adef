"""A case: one network, its parameters, a batch and its targets; a property says what must hold of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from backproof_spec import Array, Layer, Network, Params, Targets


class Printer(Protocol):
    """What prints a value in a notebook, and for Hypothesis."""

    def text(self, text: str, /) -> None:
        """Print it."""
        ...


@dataclass(frozen=True, eq=False)
class Case:
    """One network at one point, with one batch."""

    net: Network
    params: Params
    x: Array  # (n, d_0)
    t: Targets  # (n, d_L), or (n,) class numbers
    name: str = ""  # where it comes from: "grid: batch 1", "pool 17"
    flavours: frozenset[str] = field(default=frozenset())  # of its values: "moderate", "ties", "zero biases", ...
    _some: "dict[object, Case]" = field(default_factory=dict, init=False, repr=False)  # rows of it that were asked for

    def _repr_pretty_(self, printer: "Printer", cycle: bool) -> None:
        """In one line: Hypothesis prints this, and the arrays stand in the finding itself."""
        printer.text(f"Case({'-'.join(map(str, self.net.sizes))}, {self.n} rows, {self.name})")

    @property
    def n(self) -> int:
        """Rows in the batch."""
        return len(self.x)

    def at(self, params: Params) -> "Case":
        """The same case at other parameters."""
        return replace(self, params=params)

    def rows(self, index: slice | list[int]) -> "Case":
        """The same case with some of its rows; the very same one for the same rows, so that what is known of it stays known."""
        if index == list(range(self.n)):
            return self
        which = str(index)
        if which not in self._some:
            self._some[which] = replace(self, x=self.x[index], t=self.t[index])
        return self._some[which]

    def aiming(self, t: Targets) -> "Case":
        """The same case with other targets."""
        return replace(self, t=t)

    def with_layer(self, l: int, layer: Layer) -> "Case":
        """The same case with the layer l, counted from 1, replaced."""
        return self.at((*self.params[: l - 1], layer, *self.params[l:]))


@dataclass(frozen=True)
class Where:
    """A domain: the cases in which a statement is true and can be put."""

    words: str
    holds: Callable[[Case], bool]

    def __and__(self, other: "Where") -> "Where":
        return Where(f"{self.words}; {other.words}", lambda case: self.holds(case) and other.holds(case))

    def __invert__(self) -> "Where":
        return Where(f"not {self.words}", lambda case: not self.holds(case))


def flavoured(flavour: str) -> Where:
    """Cases whose values have this flavour."""
    return Where(flavour, lambda case: flavour in case.flavours)
