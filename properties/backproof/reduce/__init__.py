"""A counterexample made small: fewer rows, units, layers; plainer activations; numbers to 0, 1, 1/2 - while it fails alike."""

from backproof.reduce.parts import without_unit
from backproof.reduce.search import reduced

__all__ = ["reduced", "without_unit"]
