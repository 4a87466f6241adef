"""What the diagnosis is measured with: classes, points, truth and agreement, each seen to say yes and no."""

import numpy as np
import pytest
from tests.diagnosis.agreeing import one_program, program
from tests.diagnosis.ordinary import BASE, FORMS, SETTINGS, Form, Setting, Stepping, ordinary
from tests.diagnosis.pairs import pairs
from tests.diagnosis.points import BESIDE, alike, differs, same, settings_for
from tests.diagnosis.truth import truth

from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_impl.faults import catalogue
from backproof_impl.faults.composed import composed
from backproof_impl.reference import Reference
from backproof_spec.composing import Part

BY_NAME = {setting.name: setting for setting in SETTINGS}
PLAIN = Form()
FROZEN, LACKS = (Part("first-layer-frozen"),), (Part("hidden-delta-lacks-derivative"),)


@pytest.mark.parametrize(("form", "setting"), list(zip(FORMS, SETTINGS[::4], strict=True)), ids=lambda one: one.name)
def test_the_class_of_a_right_program_conforms(form: Form, setting: Setting) -> None:
    subject = load(ordinary(Reference, setting, form), form.hints(setting))
    assert form.operations - {"step"} <= subject.claims.operations and subject.claims.dtype == form.dtype
    assert subject.claims.families[0].loss[0].samples == ("sum" if form.sums else "mean")
    assert judge(subject, 0, 0, shrink=False, thin=True).outcome == "conforms"


def test_the_class_says_nothing_of_itself() -> None:
    kind = ordinary(composed(LACKS), BASE, PLAIN)
    assert kind.__name__ == "Net" and not hasattr(kind, "claims")
    assert [name for name in vars(kind([2, 3, 1])) if not isinstance(getattr(kind([2, 3, 1]), name), list)] == ["inside", "sizes"]


def test_a_transposed_class_holds_columns() -> None:
    form = Form("transposed", transposed=True)
    net, right = ordinary(Reference, BASE, form)([2, 3, 1], 4), ordinary(Reference, BASE, PLAIN)([2, 3, 1], 4)
    assert [W.shape for W in net.weights] == [(3, 2), (1, 3)] and [b.shape for b in net.biases] == [(3, 1), (1, 1)]
    x = np.array([[0.5, -1.0], [2.0, 0.25]])
    assert np.array_equal(net.forward(x.T), right.forward(x).T)


def test_velocities_are_kept_from_step_to_step() -> None:
    net: Stepping = ordinary(Reference, BY_NAME["tanh, identity, momentum"], PLAIN)([1, 1])
    net.weights, net.biases = [np.array([[0.0]])], [np.array([0.0])]
    x, t = np.array([[1.0]]), np.array([[1.0]])
    net.step(x, t, 0.5)
    assert (net.weights[0].item(), net.biases[0].item()) == (0.5, 0.5)  # -0.5 * (0 - 1)
    net.step(x, t, 0.5)
    assert (net.weights[0].item(), net.biases[0].item()) == (0.95, 0.95)  # the error is 0, the velocity .9 * .5


def test_one_number_to_rounding_is_the_same_and_another_is_not() -> None:
    one = np.array([1.0, np.nan, np.inf])
    assert same(one, one * (1 + 1e-15)) and same("ValueError", "ValueError")
    assert not same(one, np.array([1.0 + 1e-9, np.nan, np.inf])) and not same(one, np.array([1.0, np.nan, -np.inf]))
    assert not same(one, one.astype(np.float32)) and not same(one, one[:2]) and not same(one, "ValueError")
    assert not alike([one], [one, one])


def test_a_fault_shows_where_it_changes_something_and_nowhere_else() -> None:
    assert differs(LACKS, BASE, PLAIN) and not differs((), BASE, PLAIN) and not differs((), BASE, PLAIN, plainly=False)
    softplus = (Part("softplus-overflows"),)
    assert not differs(softplus, BY_NAME["softplus, identity"], PLAIN)
    assert differs(softplus, BY_NAME["softplus, identity"], PLAIN, plainly=False)
    assert differs((Part("gradients-never-cleared"),), BASE, PLAIN)
    assert not differs((Part("loss-twice-the-declared"),), BASE, Form("step-only", gradient=False))


def test_settings_are_found_in_their_order_and_for_what_shows_nowhere_some_are_tried() -> None:
    assert settings_for(LACKS, PLAIN, 2) == list(SETTINGS[:2])
    assert [one.name for one in settings_for((Part("softplus-overflows"),), PLAIN)] == ["softplus, identity"]
    assert settings_for((Part("rule-raises"),), PLAIN) == [SETTINGS[i] for i in BESIDE]


def test_two_programs_are_one_only_if_nothing_tells_them_apart() -> None:
    subject = load(ordinary(composed(LACKS), BASE, PLAIN), PLAIN.hints(BASE))
    right = program(LACKS, subject)
    assert one_program(right, subject) and not one_program(program(FROZEN, subject), subject)
    assert not one_program(program((), subject), program((Part("gradients-never-cleared"),), subject))
    assert not one_program(None, subject) and program((*LACKS, *LACKS), subject) is None


@pytest.mark.parametrize(
    ("fault", "setting", "method", "stage", "layers", "anywhere"),
    [
        ("hidden-delta-lacks-derivative", BASE.name, "hidden_delta", "hidden delta", {1, 2}, True),
        ("first-weight-gradient-zero", BASE.name, "weight_gradient", "weight gradient", {1}, False),
        ("bias-gradient-times-bias", BASE.name, "layer_gradient", "bias gradient", {1, 2, 3}, True),
        ("hidden-bias-left-out", BASE.name, "affine", "forward", {1, 2}, False),
        ("sigmoid-lacks-minus", BASE.name, "activate", "activation value", {1, 2, 3}, True),
        ("tanh-derivative-lacks-square", "tanh, identity, l2", "derivative", "activation", {1, 2}, True),
        ("softplus-derivative-overflows", "softplus, identity", "derivative", "activation", {1, 2}, True),
        ("inputs-centred-by-batch", BASE.name, "forward_pass", "forward", {1}, True),
        ("error-sent-back-for-delta", BASE.name, "backward_pass", "hidden delta", {1, 2}, True),
        ("first-layer-frozen", BASE.name, "update", "step", set(), True),
        ("gradients-never-cleared", BASE.name, "gradient", "hygiene", {1, 2, 3}, True),
        ("rule-raises", BASE.name, "", "fitting", set(), True),
    ],
)
def test_where_a_fault_sits_is_found_by_machine(
    fault: str, setting: str, method: str, stage: str, layers: set[int], anywhere: bool
) -> None:
    found = truth((fault,), BY_NAME[setting], PLAIN)
    assert (found.method, set(found.layers), found.anywhere) == (method, layers, anywhere)
    assert found.stage_is_right(stage) and not found.stage_is_right("penalty")
    assert found.layer_is_right(None) is anywhere and not found.layer_is_right(7)
    assert all(found.layer_is_right(l) for l in layers)


def test_pairs_sit_at_different_stages_and_more_begin_with_the_same() -> None:
    stages, found = {one.name: one.stage for one in catalogue()}, pairs(3)
    assert found[:2] == pairs(2) and len({(one, other) for one, other, _ in found}) == 3
    for one, other, setting in found:
        assert stages[one] != stages[other]
        assert differs((Part(one), Part(other)), setting, PLAIN)
