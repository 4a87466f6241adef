"""How far a run went: of networks that are deeper or wider, and of longer batches, nothing was seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from backproof.case import Case
from backproof_spec import Claims


@dataclass(frozen=True)
class Reach:
    """The most of each on any case in which something held."""

    hidden_layers: int = 0
    width: int = 0  # units in a layer, the inputs and outputs too
    rows: int = 0

    def __add__(self, other: "Reach") -> "Reach":
        layers, width = max(self.hidden_layers, other.hidden_layers), max(self.width, other.width)
        return Reach(layers, width, max(self.rows, other.rows))

    @staticmethod
    def of(cases: Iterable[Case]) -> "Reach":
        """That of these cases."""
        return sum((Reach(case.net.depth - 1, max(case.net.sizes), case.n) for case in cases), start=NOTHING)


NOTHING = Reach()


def has_hidden(claims: Claims) -> bool:
    """Whether any network that is claimed has a hidden layer: of such the gradient must have been seen."""
    sizes = [family.sizes for family in claims.families]
    return any(any(len(one) > 2 for one in s.exactly) if s.exactly else s.depth[1] != 0 for s in sizes)
