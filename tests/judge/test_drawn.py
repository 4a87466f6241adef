"""Cases are drawn once for all who claim the same, and as they would be drawn for each."""

from dataclasses import replace

import numpy as np

from backproof.drawn import Drawn
from backproof.pool import pool
from backproof.properties.activations import FAR, MODERATE, SHARE, TWICE, _cases
from backproof_impl.families import claims
from backproof_spec import Claims

REFERENCE = claims("one")


def test_programs_that_claim_the_same_are_put_the_very_same_cases() -> None:
    one, other = Drawn.of(REFERENCE), Drawn.of(replace(REFERENCE, name="other", version="2"))
    assert one.pool(0, 2) is other.pool(0, 2)
    assert one.own(_cases(FAR, 1.0)) is other.own(_cases(FAR, 1.0))
    assert Drawn.of(replace(REFERENCE, dtype="float32")).pool(0, 2)[0].x.dtype == np.float32


def test_the_cases_are_those_of_the_pool() -> None:
    for got, want in zip(Drawn.of(REFERENCE).pool(3, 4), pool(REFERENCE, 3, 4), strict=True):
        assert got.name == want.name and got.net == want.net
        assert (got.x == want.x).all() and (got.t == want.t).all()


def shown(of: Claims) -> list[tuple[int, str, float]]:
    """(family, activation, point) of all cases of the derivative."""
    seen = []
    for case in _cases(MODERATE, 1.0)(of):
        family = next(i for i, f in enumerate(of.families) if case.net.loss in f.loss and case.net.activations[-1] == f.output[0])
        seen += [(family, str(case.net.activations[0]), float(z)) for z in case.params[0].W[0]]
    return seen


def test_of_many_families_every_activation_is_put_every_point_and_every_family_every_activation() -> None:
    seen, hidden = shown(REFERENCE), REFERENCE.families[0].hidden
    pairs = {(a, z) for _, a, z in seen}
    assert pairs == {(str(a), z) for a in hidden for z in MODERATE}
    assert {(f, a) for f, a, _ in seen} >= {(f, str(a)) for f in {f for f, _, _ in seen} for a in hidden}
    assert len(set(seen)) < len(REFERENCE.families) * len(pairs)


def test_of_few_families_each_is_put_everything() -> None:
    few = replace(REFERENCE, families=REFERENCE.families[:3])
    assert len(list(_cases(MODERATE, 1.0)(few))) == 3 * len(few.families[0].hidden) * SHARE
    assert len(few.families) > TWICE
