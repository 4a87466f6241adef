"""Which smaller cases may stand for one that was made to a plan: what the plan was made for must still be so.

The statements themselves are true in all of their domain: a forward pass, or a factor f'(z), is right or wrong on any network.
But a plan brings one mistake into view and keeps others out of it. So a unit that was shown far out stays far out, and one
shown at an ordinary point stays off the tie; and where f'(z) is to be seen alone, the weights above stay equal, for then a
delta comes back right whether or not it goes through them. Trained cases are never cut: that they can be learnt from their
start at their rate was found out for that very network, and says nothing of another.
"""

from collections.abc import Callable

import numpy as np

from backproof.case import Case, Where
from backproof.domain import has_hidden
from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE, Wide

FAR = 30.0  # the nearest of the points far out
LARGE = 90.0  # a logit so large that the exponentials of several differ beyond single precision's range
FAINT = 2.0**-13  # the weight above units far out, which keeps their sum moderate


def _first_units(words: str, true: Callable[[Wide], object]) -> Where:
    """Every unit of the first layer has such a z."""

    def holds(case: Case) -> bool:
        return bool(true(closed.forward(case.net, case.params, case.x, DOUBLE).z[0].value))

    return Where(words, holds)


def _outputs(words: str, true: Callable[[Wide], object]) -> Where:
    """The output layer has such z."""

    def holds(case: Case) -> bool:
        return bool(true(closed.forward(case.net, case.params, case.x, DOUBLE).z[-1].value))

    return Where(words, holds)


def _above(weight: float) -> Where:
    """Every unit feeds every next unit with the same weight."""
    return Where(f"weights of {weight:g} above", lambda case: all(np.equal(layer.W, weight).all() for layer in case.params[1:]))


units_far = has_hidden & _first_units("every first unit far out", lambda z: (np.abs(z) >= FAR).all())
outputs_far = _outputs("every output unit far out", lambda z: (np.abs(z) >= FAR).all())
logits_large = _outputs("a large logit in every row", lambda z: (np.abs(z).max(axis=1) >= LARGE).all())
derivative_alone = has_hidden & _above(1.0) & _first_units("no first unit at a tie", lambda z: (z != 0).all())
derivative_at_tie = has_hidden & _above(1.0) & _first_units("every first unit at a tie", lambda z: (z == 0).all())
derivative_far = units_far & _above(FAINT)
