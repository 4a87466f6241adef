"""A factor between a gradient and the truth is found, named, and divided out where the scale is not known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.judge.strange import Plain

from backproof.asked import Asked
from backproof.oracle import scale
from backproof.oracle.bounded import Bounded, wide
from backproof.oracle.closed import Gradient
from backproof.subjects.loading import load
from backproof_spec import Layer, Params


def truth(error: float = 0.0) -> tuple[Gradient, ...]:
    def bounded(values: object) -> Bounded:
        return Bounded(wide(values), np.full_like(wide(values), error))

    return (Gradient(bounded([[1.0, -2.0], [0.5, 4.0]]), bounded([0.25, -1.0])),)


def times(c: float) -> Params:
    return tuple(Layer(np.asarray(c * g.W.value, float), np.asarray(c * g.b.value, float)) for g in truth())


@pytest.mark.parametrize("c", [1.0, 2.0, -0.5, 0.0, 1e-3])
def test_the_factor_is_found(c: float) -> None:
    assert scale.factor(times(c), truth()) == pytest.approx(c)


def test_there_is_no_factor_against_nothing() -> None:
    zero = (Gradient(Bounded(wide([[0.0]]), wide([[0.0]])), Bounded(wide([0.0]), wide([0.0]))),)
    assert scale.factor((Layer(np.ones((1, 1)), np.ones(1)),), zero) == 0


def test_a_gradient_off_by_one_factor_is_uniformly_so() -> None:
    assert scale.uniform(times(3.0), truth())
    assert not scale.uniform(times(1.0), truth())
    assert not scale.uniform(times(-2.0), truth())
    bent = times(3.0)
    bent[0].W[0, 0] *= 1.01
    assert not scale.uniform(bent, truth())


@pytest.mark.parametrize(("c", "words"), [
    (2.0, "the half of the squared error"), (0.5, "a half too many"), (1.0, ""), (1.7, ""),
    (5.0, "the number of samples: a sum where the loss is a mean"),
    (0.2, "one over the number of samples: a mean where the loss is a sum"), (3.0, "the number of outputs"),
    (1 / 3, "one over the number of outputs"), (10.0, "twice the number of samples"), (25.0, "the number of samples squared"),
])  # fmt: skip
def test_a_factor_is_named_by_what_it_probably_is(c: float, words: str) -> None:
    assert scale.name(c, n=5, outputs=3) == words


def test_a_factor_that_may_come_from_several_things_is_named_by_each() -> None:
    assert scale.name(2.0, n=1, outputs=2) == "the half of the squared error, or the number of outputs"


def test_one_sample_and_one_output_name_nothing() -> None:
    assert scale.name(1.0, 1, 1) == ""


def asked(unscaled: bool) -> Asked:
    return Asked(replace(load(Plain), unscaled=unscaled))


def test_a_known_scale_is_kept() -> None:
    slack = times(0.0)
    got, loose = scale.unscale(asked(False), times(3.0), slack, truth())
    assert (got[0].W == times(3.0)[0].W).all() and loose is slack


def test_an_unknown_scale_is_divided_out_of_the_gradient_and_of_its_slack() -> None:
    slack = (Layer(np.full((2, 2), 0.3), np.full(2, 0.3)),)
    got, loose = scale.unscale(asked(True), times(3.0), slack, truth(0.01))
    assert pytest.approx(times(1.0)[0].W) == got[0].W and got[0].b == pytest.approx(times(1.0)[0].b)
    size, square = 1 + 2 + 0.5 + 4 + 0.25 + 1, 1 + 4 + 0.25 + 16 + 0.0625 + 1
    off = size * (0.1 + 0.01) / square
    assert float(loose[0].W[0, 1]) == pytest.approx(0.1 + off * 2)
    assert float(loose[0].b[0]) == pytest.approx(0.1 + off * 0.25)


def test_an_opposite_gradient_is_not_turned_round() -> None:
    got, _ = scale.unscale(asked(True), times(-3.0), times(0.0), truth())
    assert (got[0].W == times(-3.0)[0].W).all()
