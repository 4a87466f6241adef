"""An answer is checked for its shape before a property sees it; a gradient is read off a step where there is none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from backproof.asked import Asked, offers, recovery_rate, shaped
from backproof.must import Unmet
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Layer, Loss, Network, Operation, Params, Rule

from . import strange
from .miniatures import OnlyForward, Right

NET = Network((2, 3, 1), (Activation("tanh"), Activation("identity")), Loss("squared_error"))
RNG = np.random.default_rng(0)
PARAMS = tuple(Layer(RNG.normal(size=s), RNG.normal(size=s[1])) for s in ((2, 3), (3, 1)))
X, T = RNG.normal(size=(4, 2)), RNG.normal(size=(4, 1))
RULE = Rule(0.5)
EVERYTHING: frozenset[Operation] = frozenset({"forward", "loss", "gradient", "step", "initial", "targets", "fit"})


class Breaks:
    """Everything fails."""

    claims = Claims("breaks", (), operations=EVERYTHING)

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(*_: object, **__: object) -> object:
            raise Failure("raised", f"{name} broke")

        return fail


def broken() -> Asked:
    everything = Breaks()
    return Asked(replace(load(Right), claims=everything.claims, fresh=everything, kept=everything))  # type: ignore[arg-type]  # duck


@pytest.mark.parametrize(("ask", "slug"), [
    (lambda a: a.forward(NET, PARAMS, X), "shape-forward"),
    (lambda a: a.loss(NET, PARAMS, X, T), "shape-loss"),
    (lambda a: a.gradient(NET, PARAMS, X, T), "shape-weights"),
    (lambda a: a.step(NET, PARAMS, X, T, RULE), "shape-weights"),
    (lambda a: a.descend(NET, PARAMS, X, T, RULE, 2), "shape-weights"),
    (lambda a: a.initial(NET, 0), "shape-weights"),
    (lambda a: a.fit(NET, X, T, X, seed=0, epochs=1, rule=RULE), "shape-forward"),
    (lambda a: a.touched("step", NET, PARAMS, X, T, RULE), "shape-forward"),
], ids=["forward", "loss", "gradient", "step", "descend", "initial", "fit", "touched"])  # fmt: skip
def test_an_operation_that_breaks_leaves_a_clause_unmet(ask: Callable[[Asked], object], slug: str) -> None:
    with pytest.raises(Unmet, match="broke") as caught:
        ask(broken())
    assert caught.value.slug == slug


def test_targets_that_break_are_for_the_property_to_judge() -> None:
    with pytest.raises(Failure, match="targets broke"):
        broken().targets(NET, np.array([0]))


def test_a_right_subject_is_handed_through() -> None:
    asked, reference = Asked(load(Reference)), Reference()
    assert (asked.forward(NET, PARAMS, X) == reference.forward(NET, PARAMS, X)).all()
    assert asked.loss(NET, PARAMS, X, T) == reference.loss(NET, PARAMS, X, T)
    assert asked.losses(NET, (PARAMS, PARAMS), X, T).shape == (2,)
    assert asked.step(NET, PARAMS, X, T, RULE)[0].W.shape == (2, 3)
    assert asked.descend(NET, PARAMS, X, T, RULE, 2)[1].b.shape == (1,)
    assert asked.initial(NET, 0)[0].W.shape == (2, 3)
    assert asked.targets(replace(NET, sizes=(2, 3, 2)), np.array([1])).tolist() == [[0, 1]]
    assert asked.fit(NET, X, T, X, seed=0, epochs=1, rule=RULE).output.shape == (4, 1)
    assert asked.touched("gradient", NET, PARAMS, X, T, RULE) == ()
    assert asked.claims.name == "reference"


def test_an_output_of_another_shape_leaves_its_clause_unmet() -> None:
    class Flat(Right):
        """forward returns (n,)."""

        def forward(self, net: Network, params: Params, x: np.ndarray, /) -> np.ndarray:
            return super().forward(net, params, x)[:, 0]

    with pytest.raises(Unmet, match=r"^forward returned the shape \(4,\), not \(4, 1\)$"):
        Asked(load(Flat)).forward(NET, PARAMS, X)


def test_a_loss_that_is_not_finite_leaves_its_clause_unmet() -> None:
    class Infinite(Right):
        """loss is infinite."""

        def loss(self, net: Network, params: Params, x: np.ndarray, t: np.ndarray, /) -> float:
            return float("inf")

    with pytest.raises(Unmet, match=r"^loss is not a finite number$"):
        Asked(load(Infinite)).loss(NET, PARAMS, X, T)


@pytest.mark.parametrize(("answer", "slug", "words"), [
    (PARAMS[:1], "shape-weights", "gradient returned 1 layers, not 2"),
    ((Layer(PARAMS[0].W.T, PARAMS[0].b), PARAMS[1]), "shape-weights", "gradient: the shape of W1 is (3, 2), not (2, 3)"),
    ((PARAMS[0], Layer(PARAMS[1].W, np.ones((4, 1)))), "shape-biases", "gradient: the shape of b2 is (4, 1), not (1,)"),
], ids=["layers", "weights", "biases"])  # fmt: skip
def test_layers_of_another_shape_are_named(answer: Params, slug: str, words: str) -> None:
    with pytest.raises(Unmet) as caught:
        shaped(NET, answer, "gradient")
    assert (caught.value.slug, caught.value.reason) == (slug, words)


def test_a_bias_of_zeros_is_read_as_zeros_of_the_right_shape() -> None:
    answer = shaped(NET, (Layer(PARAMS[0].W, np.zeros((4, 3))), PARAMS[1]), "gradient")
    assert answer[0].b.shape == (3,) and not answer[0].b.any()


@pytest.mark.parametrize(("rates", "want"), [
    (None, 1.0), ((0.0, float("inf")), 1.0), ((0.0, 0.7), 0.5), ((0.001, 0.1), 0.0625), ((3.0, 9.0), None), ((0.3, 0.4), None),
])  # fmt: skip
def test_the_gradient_is_read_off_at_a_power_of_two(rates: tuple[float, float] | None, want: float | None) -> None:
    assert recovery_rate(replace(Right().claims, rates=rates)) == want


def test_a_need_is_met_by_the_operation_or_by_what_makes_it() -> None:
    forward, right, steps = load(OnlyForward), load(Right), load(strange.OnlySteps)
    assert not offers(forward, "gradient") and not offers(forward, "descend") and not offers(forward, "loss")
    assert offers(right, "gradient") and offers(right, "descend") and not offers(right, "step")
    assert offers(steps, "gradient") and offers(steps, "descend") and not offers(steps, "loss")
    narrow = replace(steps, claims=replace(steps.claims, rates=(3.0, 4.0)))
    assert not offers(narrow, "gradient")


def test_a_gradient_read_off_a_step_is_right_within_its_slack() -> None:
    plain, steps = Asked(load(Reference)), Asked(load(strange.OnlySteps))
    got, want = steps.gradient(NET, PARAMS, X, T), plain.gradient(NET, PARAMS, X, T)
    slack = steps.slack(PARAMS, got)
    for g, w, s in zip(got, want, slack, strict=True):
        assert (np.abs(g.W - w.W) <= s.W + 1e-15).all() and (s.W > 0).all()
    assert not plain.slack(PARAMS, want)[0].W.any()


def test_what_is_not_on_offer_says_so() -> None:
    with pytest.raises(NotOffered):
        Asked(load(OnlyForward)).loss(NET, PARAMS, X, T)


def test_the_kept_object_is_another_than_the_fresh_ones() -> None:
    subject = load(Right)
    assert vars(Asked(subject, kept=True))["_ask"] is subject.kept
    assert vars(Asked(subject))["_ask"] is subject.fresh
