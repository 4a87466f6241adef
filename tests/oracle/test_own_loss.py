"""A gradient against differences of the program's own loss: right, wrong in scale, wrong in direction, cannot tell."""

from dataclasses import replace

import numpy as np
import pytest
from tests.judge.strange import Kinks, MoreConventions, OtherNames, Plain, Single

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided
from backproof.oracle.own_loss import Own, against_own_loss
from backproof.oracle.tensors import flat
from backproof.pool import Shape, build
from backproof.subjects.loading import load
from backproof_spec import Array, Layer, Loss, Network, Params, Penalty, Targets

SHAPE = Shape("any", (3, 2), 2, 3, 5)


def found(kind: type[Plain], which: int = 1, shape: Shape = SHAPE, seed: int = 3) -> tuple[Asked, Case]:
    asked = Asked(load(kind))
    return asked, build(asked.claims, asked.claims.families[which], shape, seed)


class TwiceTheGradient(Plain):
    """The gradient is twice that of the loss."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(2 * g.W, 2 * g.b) for g in super().gradient(net, params, x, t))


class SumForMean(Plain):
    """The gradient is n times that of the loss."""

    def share(self, loss: Loss, t: Array) -> float:
        return super().share(loss, t) * (1 if loss.name == "reported" else len(t))

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return super().loss(net, params, x, t) / len(x)


class OneBiasWrong(Plain):
    """db of the second layer has the wrong sign."""

    def layer(self, net: Network, l: int, a: Array, delta: Array, p: Layer) -> Layer:
        g = super().layer(net, l, a, delta, p)
        return Layer(g.W, -g.b) if l == 2 else g


class OneWeightALittleOff(Plain):
    """One entry of dW1 is off by a hundred-thousandth."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        g[0].W[0, 0] *= 1 + 1e-5
        return g


class EverySignWrong(Plain):
    """The gradient has the wrong sign."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(-g.W, -g.b) for g in super().gradient(net, params, x, t))


class TwoEntriesWrong(Plain):
    """One weight and one bias are zero."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        g[1].W[1, 0] = g[0].b[0] = 0
        return g


class NotANumber(Plain):
    """The gradient is NaN."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(np.nan * g.W, g.b) for g in super().gradient(net, params, x, t))


class RoundedLoss(Plain):
    """The loss is rounded to two digits."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return round(super().loss(net, params, x, t), 2)


@pytest.mark.parametrize(("kind", "which"), [
    (Plain, 0), (Plain, 2), (Plain, 3), (Single, 1), (OtherNames, 1),
    (MoreConventions, 0), (MoreConventions, 1), (MoreConventions, 2), (MoreConventions, 3),
])  # fmt: skip
def test_a_right_gradient_agrees_with_its_own_loss(kind: type[Plain], which: int) -> None:
    said = against_own_loss(*found(kind, which))
    assert said.direction is None and said.scale is None


def test_a_gradient_twice_too_large_is_wrong_in_scale_only() -> None:
    said = against_own_loss(*found(TwiceTheGradient))
    assert said.direction is None and said.scale is not None
    assert said.scale.message == "the gradient is 2 times that of the subject's own loss (the half of the squared error)"


def test_a_sum_for_a_mean_is_named() -> None:
    said = against_own_loss(*found(SumForMean))
    assert said.scale is not None
    assert said.scale.message == (
        "the gradient is 5 times that of the subject's own loss (the number of samples: a sum where the loss is a mean)"
    )


def test_a_wrong_tensor_is_wrong_in_direction_and_named() -> None:
    said = against_own_loss(*found(OneBiasWrong))
    assert said.scale is None and said.direction is not None
    assert str(said.direction.place) == "db2"
    assert said.direction.message.startswith("db2 has the wrong sign: along a random direction the gradient says ")


def test_one_weight_off_by_a_hundred_thousandth_is_seen() -> None:
    said = against_own_loss(*found(OneWeightALittleOff))
    assert said.direction is not None and str(said.direction.place) == "dW1[0, 0]"
    assert said.direction.message.startswith("dW1[0, 0] is ")
    assert "; with this entry mended the gradient is right: along a random direction the gradient says " in said.direction.message


def test_a_gradient_that_is_wrong_in_every_tensor_has_no_tensor_to_name() -> None:
    said = against_own_loss(*found(EverySignWrong))
    assert said.direction is not None and str(said.direction.place) == "gradient"
    assert said.direction.message.startswith("every part of the gradient has the wrong sign: along a random direction ")


def test_of_several_wrong_entries_the_place_names_the_first_tensor() -> None:
    said = against_own_loss(*found(TwoEntriesWrong))
    assert said.direction is not None and str(said.direction.place) == "db1"
    assert said.direction.message.startswith("db1[0] is 0, should be ")
    assert "; dW2[1, 0] is 0, should be " in said.direction.message
    assert "; with these 2 entries mended the gradient is right: " in said.direction.message


def on_a_kink(kind: type[Plain]) -> tuple[Asked, Case]:
    """Biases of zero, and a sample of zeros: every hidden unit is on the kink of relu."""
    asked, case = found(kind, 0)
    return asked, replace(case, params=tuple(Layer(p.W, 0 * p.b) for p in case.params), x=0 * case.x)


class KinksWrong(Kinks):
    """The last bias has the wrong sign."""

    def layer(self, net: Network, l: int, a: Array, delta: Array, p: Layer) -> Layer:
        g = super().layer(net, l, a, delta, p)
        return Layer(g.W, -g.b) if l == net.depth else g


class KinksOfNoNumbers(Kinks):
    """A right gradient where all biases are zero, and none elsewhere."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        c = np.nan if any(p.b.any() for p in params) else 1.0
        return tuple(Layer(c * g.W, c * g.b) for g in super().gradient(net, params, x, t))


def test_on_a_kink_parameters_nearby_are_asked() -> None:
    said = against_own_loss(*on_a_kink(Kinks))
    assert said.direction is None and said.scale is None
    said = against_own_loss(*on_a_kink(KinksWrong))
    assert said.direction is not None and said.direction.message.startswith("db3 has the wrong sign")


class KinksEverywhere(Plain):
    """The loss has kinks wherever one looks."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        s = float(params[0].W[0, 0])
        bent = sum(abs(2.0**k * s - round(2.0**k * s)) / 1.5**k for k in range(60))
        return super().loss(net, params, x, t) + bent


def test_a_loss_with_kinks_everywhere_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^kink: "):
        against_own_loss(*found(KinksEverywhere))


def test_a_gradient_that_is_not_a_number_nearby_is_undecided() -> None:
    with pytest.raises(Undecided, match=r"^not finite: the gradient at a point nearby$"):
        against_own_loss(*on_a_kink(KinksOfNoNumbers))


def test_a_gradient_that_is_not_a_number_is_wrong() -> None:
    said = against_own_loss(*found(NotANumber))
    assert said.direction is not None and said.direction.message == "the gradient is not finite"


def test_a_rounded_loss_is_undecided_or_right_and_never_wrong() -> None:
    undecided = 0
    for seed in range(8):
        try:
            said = against_own_loss(*found(RoundedLoss, seed=seed))
            assert said.direction is None and said.scale is None
        except Undecided:
            undecided += 1
    assert undecided > 4


def test_what_was_measured_is_kept() -> None:
    asked, case = found(Plain)
    assert against_own_loss(asked, case) is against_own_loss(asked, case)
    asked, case = found(RoundedLoss, seed=1)
    with pytest.raises(Undecided) as first:
        against_own_loss(asked, case)
    with pytest.raises(Undecided) as again:
        against_own_loss(asked, case)
    assert first.value is again.value


def test_a_penalty_is_not_scaled_with_the_reduction() -> None:
    class Penalised(SumForMean):
        """A sum for a mean, with a penalty that is right."""

        families = tuple(replace(family, penalty=(Penalty(l2=0.25),)) for family in Plain.families)

        def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
            extra = net.penalty.l2 / 2 * sum(float((p.W**2).sum()) for p in params)
            return super().loss(replace(net, penalty=Penalty()), params, x, t) + extra

    said = against_own_loss(*found(Penalised))
    assert said.scale is not None and "5 times" in said.scale.message


def test_a_penalty_stands_apart_from_the_factor_only_where_that_is_known() -> None:
    asked, case = found(Plain)
    case = replace(case, net=replace(case.net, penalty=Penalty(l2=0.5)))
    unscaled = Asked(replace(load(Plain), unscaled=True))
    known, own = (Own(one, case, case.params).offset(flat(case.params)) for one in (asked, unscaled))
    assert known > 0 and own == 0
