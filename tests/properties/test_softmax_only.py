"""The derivative of hidden units is seen as well where all outputs are a softmax, whose deltas add up to zero."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.must import Outside, Violation
from backproof.registry import properties_of
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.reference import Pass, Reference
from backproof_spec import Activation, Array, Claims, Family, Layer, Loss, Network, Sizes

SLUGS = ("activation-derivative-far", "activation-tie")


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
            except Outside:
                yield "outside"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_right_one_is_judged_and_holds(slug: str) -> None:
    assert set(told(Classifier, slug)) == {"held"}


class OneOutput(Classifier):
    @property
    def claims(self) -> Claims:
        (family,) = super().claims.families
        return replace(super().claims, families=(replace(family, sizes=Sizes(outputs=(1, 1))),))


def test_at_moderate_arguments_its_equal_weights_show_nothing_and_the_hidden_delta_is_judged_as_such() -> None:
    assert set(told(HalfEverywhere, "activation-derivative")) == {"outside"}
    judgement = judge(load(HalfEverywhere), examples=2)
    assert [one.clause.slug for one in judgement.roots] == ["grad-hidden-delta"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_softmax_of_one_output_shows_nothing_and_is_no_matter_of_the_clause(slug: str) -> None:
    assert set(told(OneOutput, slug)) == {"outside"}


@pytest.mark.parametrize(("slug", "kind"), list(zip(SLUGS, (HalfFarOut, OddAtTies), strict=True)))
def test_a_wrong_factor_is_seen(slug: str, kind: type[Reference]) -> None:
    assert "violated" in set(told(kind, slug))
