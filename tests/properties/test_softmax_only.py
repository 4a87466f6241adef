"""The derivative of hidden units is seen as well where all outputs are a softmax, whose deltas add up to zero."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.must import Undecided, Violation
from backproof.registry import properties_of
from backproof.subjects.loading import load
from backproof_impl.reference import Pass, Reference
from backproof_spec import Activation, Array, Claims, Family, Layer, Loss, Network

SLUGS = ("activation-derivative", "activation-derivative-far", "activation-tie")


class Classifier(Reference):
    """Relu, then softmax and cross entropy, and nothing else."""

    @property
    def claims(self) -> Claims:
        return replace(
            super().claims, families=(Family((Activation("relu"),), (Activation("softmax"),), (Loss("cross_entropy"),)),)
        )


class HalfEverywhere(Classifier):
    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        z = run.z[l]
        right = super().hidden_delta(net, l, delta, above, run)
        return np.asarray(np.where(self.wrong(z), 0.5 * right + 9 * (z == 0), right))

    def wrong(self, z: Array) -> Array:
        return np.asarray(np.abs(z) > 0)


class HalfFarOut(HalfEverywhere):
    def wrong(self, z: Array) -> Array:
        return np.asarray(np.abs(z) >= 30)


class OddAtTies(HalfEverywhere):
    def wrong(self, z: Array) -> Array:
        return np.asarray(z == 0)


def told(kind: type[Reference], slug: str) -> Iterator[str]:
    """What each property of the clause says of each of its cases."""
    asked = Asked(load(kind))
    for found in properties_of(slug):
        assert found.cases is not None
        for case in filter(found.where.holds, found.cases(asked.claims)):
            try:
                found.put(asked, case)
                yield "held"
            except Violation:
                yield "violated"
            except Undecided:
                yield "undecided"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_right_one_is_judged_and_holds(slug: str) -> None:
    assert set(told(Classifier, slug)) == {"held"}


@pytest.mark.parametrize(("slug", "kind"), list(zip(SLUGS, (HalfEverywhere, HalfFarOut, OddAtTies), strict=True)))
def test_a_wrong_factor_is_seen(slug: str, kind: type[Reference]) -> None:
    assert "violated" in set(told(kind, slug))
