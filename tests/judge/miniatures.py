"""Small families, and small subjects for the tests of the judge itself: a right one, and some that show, hide or break."""

import math
import time
from dataclasses import replace
from typing import ClassVar

import numpy as np

from backproof.subjects.errors import Failure
from backproof.subjects.loading import load
from backproof.subjects.subject import Everything, Subject
from backproof_impl.reference import Reference
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    HasGradient,
    HasLoss,
    HasStep,
    Implementation,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Sizes,
    Targets,
)

SMALL = Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),), sizes=Sizes(depth=(0, 2)))


class Right(HasLoss, HasGradient):
    """The reference with one family and no step."""

    reference = Reference()
    families: ClassVar[tuple[Family, ...]] = (SMALL,)

    @property
    def claims(self) -> Claims:
        """One small family."""
        return Claims("right", self.families)

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return self.reference.forward(net, params, x)

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        return self.reference.loss(net, params, x, t)

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """dW and db of every layer."""
        return self.reference.gradient(net, params, x, t)


class OnlyForward(Implementation):
    """Nothing but outputs."""

    @property
    def claims(self) -> Claims:
        """One small family."""
        return Claims("only forward", (SMALL,))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return Right.reference.forward(net, params, x)


class HiddenBiasesForgotten(Right):
    """db of every hidden layer is zero."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        return (*(Layer(one.W, one.b * 0) for one in g[:-1]), g[-1])


class LossTwice(Right):
    """The loss is twice the declared one."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return 2 * super().loss(net, params, x, t)


class GradientRaises(Right):
    """gradient raises."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        raise ZeroDivisionError("no samples")


class ForwardRaises(Right):
    """forward raises."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        raise IndexError("list index out of range")


class RaisesFarOut(Right):
    """forward raises where the exponential of the standard library does."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        math.exp(max(np.abs(z).max() for z in self.reference.forward_pass(net, params, x).z[1:]))
        return super().forward(net, params, x)


class RaisesFarOutAndIsWrongThere(Right):
    """forward raises at z that are very large, and is wrong at some that are less large."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        z = max(np.abs(z).max() for z in self.reference.forward_pass(net, params, x).z[1:])
        if z > 1000 or z == 90:
            raise OverflowError("math range error")
        return super().forward(net, params, x) + float(z == 710)


class CrashesFarOut(Right):
    """forward takes its process along far out."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        if max(np.abs(z).max() for z in self.reference.forward_pass(net, params, x).z[1:]) > 709:
            raise Failure("crashed", "forward was killed")
        return super().forward(net, params, x)


class RaisesOnTinyInputs(Right):
    """forward raises at inputs that are small, and not zero."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        if 0 < np.abs(x).max() < 1e-30:
            raise FloatingPointError("underflow")
        return super().forward(net, params, x)


class RaisesAfterTheFirstStep(Right, HasStep):
    """step raises where training leads."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        if all(float(part).is_integer() for part in np.ravel(64 * params[0].W)):
            return self.reference.step(net, params, x, t, rule)
        raise ValueError("the weights are not as I like them")


class LossRoundedAway(Right):
    """The loss is rounded to whole numbers, so that nothing can be read off its differences."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(round(super().loss(net, params, x, t)))


class Hangs(Right):
    """gradient does not come back."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        time.sleep(60)
        return super().gradient(net, params, x, t)


def hanging() -> Subject:
    """A subject whose session ended a call at its time limit, as the judge sees it."""
    subject = load(Right)

    class Limited:
        """Everything, but gradient hangs."""

        def __init__(self, inner: Everything) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

        def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
            """Ends in a Failure."""
            raise Failure("hung", "gradient did not answer within 1 s")

    limited: Everything = Limited(subject.fresh)  # type: ignore[assignment]  # the rest is handed through
    return replace(subject, fresh=limited, kept=limited)
