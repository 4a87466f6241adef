"""What a smaller case must stay: a network that the subject claims, at moderate numbers if it was, no further out than it was."""

from collections.abc import Callable

import numpy as np

from backproof.case import Case
from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE
from backproof.pool import INNER, LOGIT
from backproof_spec import Claims, Family, Network, Sizes


def _fits(net: Network, sizes: Sizes) -> bool:
    if sizes.exactly:
        return net.sizes in sizes.exactly
    widths = net.sizes[1:-1]
    spans = ((sizes.inputs, net.sizes[0]), (sizes.outputs, net.sizes[-1]), (sizes.depth, len(widths)),
             *((sizes.width, d) for d in widths))  # fmt: skip
    equal = not sizes.equal_widths or len(set(widths)) <= 1
    return equal and all(low <= d and (high is None or d <= high) for (low, high), d in spans)


def _activated(net: Network, family: Family) -> bool:
    hidden = set(net.activations[:-1])
    alike = family.mixed or len(hidden) <= 1
    return alike and hidden <= {*family.hidden} and net.activations[-1] in family.output


def _is_of(net: Network, family: Family) -> bool:
    """Whether the network is one of the family: every convention as it is claimed, and none of another family's."""
    first, last = family.biases
    biases = all(net.bias(l) == first for l in range(1, net.depth)) and net.bias(net.depth) == last
    conventions = net.loss in family.loss and net.penalty in family.penalty and net.reported == family.reported
    return biases and conventions and _activated(net, family) and _fits(net, family.sizes)


def homes(net: Network, claims: Claims) -> list[Family]:
    """The families of the subject that the network is one of."""
    return [family for family in claims.families if _is_of(net, family)]


def _reach(case: Case) -> list[float]:
    """The largest |slope z| of each layer."""
    z = closed.forward(case.net, case.params, case.x, DOUBLE).z
    return [float(np.abs(a.slope * one.value).max()) for a, one in zip(case.net.activations, z, strict=True)]


def admitted(claims: Claims, case: Case) -> Callable[[Case], bool]:
    """Whether a smaller case is of a family of the case itself, its |z| within what is moderate or what they were.

    Another family has conventions of its own, and a plan made for the one may ask what the other does not offer.
    A weight of 1 in the place of 1/64 may drive a unit where a correct program saturates, or beyond the end of a table.
    """
    families = homes(case.net, claims)
    documented = min(family.z_max for family in claims.families)
    own = _reach(case) if closed.has_closed_forward(case.net) else []
    inner = max([min(INNER, documented), *own[:-1]])
    outer = max([min(LOGIT, documented), *own[-1:]])

    def is_admitted(smaller: Case) -> bool:
        if not any(_is_of(smaller.net, family) for family in families):
            return False
        if not closed.has_closed_forward(smaller.net):
            return True
        *hidden, last = _reach(smaller)
        return max(hidden, default=0.0) <= inner and last <= outer

    return is_admitted
