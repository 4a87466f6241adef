"""Cases as Hypothesis draws them: structure by its parts, values from one drawn integer, so that both shrink."""

from hypothesis import strategies as st

from backproof.case import Case
from backproof.pool import Shape, build
from backproof_spec import Claims


@st.composite
def cases(draw: st.DrawFn, claims: Claims) -> Case:
    """A case of one of the claimed families; shrinks towards one layer of one unit, one row, the first family."""
    family = claims.families[draw(st.integers(0, len(claims.families) - 1))]
    hidden = tuple(draw(st.lists(st.integers(1, 5), max_size=3)))
    inputs, outputs, n = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 6))
    shape = Shape("drawn", hidden, inputs, outputs, n, draw(st.booleans()))
    return build(claims, family, shape, draw(st.integers(0, 2**31 - 1)), draw(st.integers(0, 1000)))
