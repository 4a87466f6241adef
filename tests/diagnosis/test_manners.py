"""What real packages do in a manner of their own does not hide their faults, and is not taken for one."""

from dataclasses import replace

import numpy as np
from tests.diagnosis.judged import FAMILY, Narrow, narrowed

from backproof.diagnosis.diagnose import Diagnosis, diagnose
from backproof.diagnosis.probes import rules
from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof_impl import optimisers
from backproof_impl.faults.composed import composed
from backproof_impl.optimisers import Memories
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Claims, Layer, Network, Operation, Params, Rule, Targets
from backproof_spec.composing import Part

STEPS: frozenset[Operation] = frozenset({"forward", "loss", "step", "descend"})
LINEAR = replace(FAMILY, hidden=(Activation("identity"),), output=(Activation("identity"),))
RMSPROP = Rule(0.0, "rmsprop", beta2=0.9, epsilon=0.01)


def stepping(program: type[Reference], **claimed: object) -> Judgement:
    """What the judge makes of the program, were it one that offers steps and no gradient."""
    subject = load(program)
    claims = replace(subject.claims, operations=STEPS, **claimed)  # type: ignore[arg-type]  # of claims
    return judge(replace(subject, claims=claims), 0, 5, shrink=False, thin=True)


def named(found: Diagnosis | None) -> list[str]:
    return [] if found is None else [one.fault.name for one in found.named]


def faulty(*names: str) -> type[Reference]:
    return narrowed(composed(tuple(map(Part, names))), LINEAR if "delta-through-updated-weights" in names else FAMILY)


class WiderInside(faulty("delta-through-updated-weights")):  # type: ignore[misc]  # made here
    """It answers in float32 and computes in float64, where nothing overflows."""

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        wide = tuple(Layer(np.float64(p.W), np.float64(p.b)) for p in params)  # type: ignore[arg-type]  # arrays
        with np.errstate(over="ignore"):
            moved = super().descend(net, wide, np.float64(x), np.float64(t), rule, steps)
            return tuple(Layer(np.float32(p.W), np.float32(p.b)) for p in moved)  # type: ignore[arg-type]  # arrays


def test_steps_that_run_away_in_another_arithmetic_hide_no_fault() -> None:
    assert named(diagnose(stepping(WiderInside, dtype="float32"))) == ["delta-through-updated-weights"]


class EpsilonInside(faulty("tanh-by-quotient")):  # type: ignore[misc]  # made here
    """RMSProp with its epsilon under the root, as convnetjs and others have it."""

    @property
    def claims(self) -> Claims:
        claims: Claims = super().claims
        return replace(claims, rules=(Rule(0.0), RMSPROP))

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        if rule.name != "rmsprop":
            found: Memories = super().update(rule, params, gradient, memories)
            return found
        remembered = []
        for layer, g, held in zip(params, gradient, memories, strict=True):
            v = [rule.beta2 * m.v + (1 - rule.beta2) * part**2 for m, part in zip(held, g, strict=True)]
            for w, part, mean in zip(layer, g, v, strict=True):
                w -= rule.rate * part / np.sqrt(mean + rule.epsilon)
            remembered.append((optimisers.Memory(v=v[0]), optimisers.Memory(v=v[1])))
        return tuple(remembered)


def test_a_rule_that_held_is_not_asked_again_and_one_that_did_not_is() -> None:
    right = stepping(EpsilonInside)
    assert [v.clause.slug for v in right.having("violated")] == ["activation-far"]
    assert rules(right) == (Rule(0.0),)
    wrong = stepping(narrowed(composed((Part("momentum-of-one-step"),))), rules=(Rule(0.0), Rule(0.0, "momentum", beta1=0.9)))
    assert [rule.name for rule in rules(wrong)] == ["sgd", "momentum"]


def test_a_rule_that_held_hides_no_fault() -> None:
    assert named(diagnose(stepping(EpsilonInside))) == ["tanh-by-quotient"]


class OwnSteps(faulty("hidden-delta-skips-weights")):  # type: ignore[misc]  # made here
    """It goes down its gradient as far as it likes."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        moved: Params = super().step(net, params, x, t, Rule(0.375))
        return moved


def test_the_steps_of_a_rule_of_its_own_are_held_against_plain_ones_of_any_length() -> None:
    assert "hidden-delta-skips-weights" in named(diagnose(stepping(OwnSteps, rates=None, rules=(Rule(0.0, "own"),))))


def test_where_the_gradient_that_steps_show_is_right_the_step_is_wrong() -> None:
    judgement = stepping(narrowed(composed((Part("delta-through-updated-weights"),))))
    found = diagnose(judgement, frozenset({"delta-through-updated-weights"}))
    assert found is not None and found.named == () and found.unknown is not None
    assert (found.unknown.stage, found.unknown.looks) == ("step", ())


def test_who_is_right_has_no_diagnosis() -> None:
    assert diagnose(stepping(Narrow)) is None
