"""Correct programs differ by rounding only, and the bound covers what rounding did to each of them without being absurd."""

from functools import cache

import numpy as np
import pytest
from tests.judge import strange

from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, rounding, wide
from backproof.pool import pool
from backproof_spec import Array

WIDEST = 1000.0  # the median over arrays of bound over true error was between 110 and 830 in every cell
FORMULATIONS = (
    strange.Plain, strange.OtherFormulas, strange.OneSampleAtATime, strange.Kinks, strange.Conventions,
    strange.MoreConventions, strange.Single, strange.SingleOtherFormulas, strange.SingleOneSampleAtATime,
    strange.SingleKinks, strange.SingleToClasses,
)  # fmt: skip
Pair = tuple[Array, Bounded]


@cache
def pairs(kind: type[strange.Plain]) -> dict[str, list[Pair]]:
    """What the program computes and what the closed form says, over 56 networks."""
    subject, found = kind(), dict[str, list[Pair]](y=[], loss=[], gradient=[])
    claims, r = subject.claims, rounding(subject.claims)
    with np.errstate(all="ignore"):
        for case in pool(claims, 5, 40):
            args = (case.net, case.params, case.x)
            found["y"].append((subject.forward(*args), closed.forward(*args, r).a[-1]))
            found["loss"].append((np.asarray(subject.loss(*args, case.t)), closed.loss(*args, case.t, r)))
            got, want = subject.gradient(*args, case.t), closed.gradient(*args, case.t, r)
            found["gradient"] += [(p, q) for g, w in zip(got, want, strict=True) for p, q in zip(g, w, strict=True)]
    return found


@pytest.mark.parametrize("kind", FORMULATIONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("quantity", ["y", "loss", "gradient"])
def test_the_bound_covers_what_rounding_did(kind: type[strange.Plain], quantity: str) -> None:
    for got, want in pairs(kind)[quantity]:
        assert (np.abs(wide(got) - want.value) <= want.error).all()


@pytest.mark.parametrize("kind", FORMULATIONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("quantity", ["y", "loss", "gradient"])
def test_the_bound_is_not_absurdly_wide(kind: type[strange.Plain], quantity: str) -> None:
    ratios = []  # one for each array: the entries of one large layer would outnumber all others
    for got, want in pairs(kind)[quantity]:
        off = np.atleast_1d(np.abs(wide(got) - want.value))
        if (off > 0).any():
            ratios.append(float(np.median(np.atleast_1d(want.error)[off > 0] / off[off > 0])))
    assert len(ratios) > 20
    assert np.median(ratios) < WIDEST
