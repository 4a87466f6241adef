"""How far a run went is the most of what held on the way: no further, and no less."""

import numpy as np

from backproof.case import Case
from backproof.reach import NOTHING, Reach
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params, Targets

TANH, SQUARED = Activation("tanh"), Loss("squared_error")


def case(sizes: tuple[int, ...], n: int) -> Case:
    params = tuple(Layer(np.ones((i, o)), np.zeros(o)) for i, o in zip(sizes, sizes[1:], strict=False))
    net = Network(sizes, (TANH,) * len(params), SQUARED)
    return Case(net, params, np.ones((n, sizes[0])), np.ones((n, sizes[-1])))


def test_of_each_the_most_counts() -> None:
    assert Reach.of([]) == NOTHING
    assert Reach.of([case((2, 9, 1), 3), case((7, 2), 5), case((2, 2, 2, 2), 1)]) == Reach(2, 9, 5)
    assert Reach(2, 9, 5) + Reach(1, 40, 70) == Reach(2, 40, 70)


class WrongFromSevenRows(Reference):
    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        right = super().gradient(net, params, x, t)
        return right if len(x) < 7 else tuple(Layer(2 * layer.W, layer.b) for layer in right)


def test_a_judgement_says_how_far_it_saw() -> None:
    whole = judge(load(Reference), examples=0)
    assert whole.reach == Reach(6, 40, 70)
    assert judge(load(WrongFromSevenRows), examples=0, shrink=False).outcome == "violates"
