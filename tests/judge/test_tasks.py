"""Tasks that the closed form learns from committed starts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backproof import tasks
from backproof.oracle import trajectory
from backproof.tasks import (
    CORNERS,
    GATES,
    REACHED,
    bits,
    class_inputs,
    class_targets,
    class_task,
    gate_targets,
    gate_task,
    plain,
    start,
)
from backproof_spec import Activation, Claims, Family, Loss, Network, Penalty, Sizes

TANH, SIGMOID, SOFTMAX, IDENTITY = map(Activation, ("tanh", "sigmoid", "softmax", "identity"))
BINARY = Family((TANH,), (SIGMOID,), (Loss("binary_cross_entropy"),))
CROSSED = Family((TANH,), (SOFTMAX,), (Loss("cross_entropy"),), sizes=Sizes(outputs=(2, None)))
FUNCTIONS: dict[str, Callable[[bool, bool], bool]] = {
    "FALSE": lambda a, b: False, "TRUE": lambda a, b: True, "AND": lambda a, b: a and b, "OR": lambda a, b: a or b,
    "XOR": lambda a, b: a != b, "XNOR": lambda a, b: a == b, "NAND": lambda a, b: not (a and b), "NOR": lambda a, b: not (a or b),
    "A": lambda a, b: a, "B": lambda a, b: b, "NOT A": lambda a, b: not a, "NOT B": lambda a, b: not b,
    "A AND NOT B": lambda a, b: a and not b, "NOT A AND B": lambda a, b: b and not a, "A OR NOT B": lambda a, b: a or not b,
    "NOT A OR B": lambda a, b: b or not a,
}  # fmt: skip


def claims(family: Family, **more: object) -> Claims:
    return replace(Claims("any", (family,)), **more)  # type: ignore[arg-type]  # handed through


@pytest.mark.parametrize("gate", range(16))
def test_a_gate_is_what_it_is_called(gate: int) -> None:
    want = [int(FUNCTIONS[GATES[gate]](bool(a), bool(b))) for a, b in CORNERS]
    assert bits(gate) == want


def test_all_gates_are_learnt_where_all_can_be() -> None:
    task = gate_task(claims(BINARY), BINARY)
    assert task is not None and all(task.learnt) and task.names == GATES
    run = trajectory.descend(task.net, task.start, task.x, task.t, task.rate, task.steps)
    assert np.abs(run.y - task.t).max() < REACHED


def test_classes_are_learnt() -> None:
    task = class_task(claims(CROSSED), CROSSED)
    assert task is not None and task.learnt == (True,) and task.names == ("3 separable classes",)
    assert task.t.shape == (1, 6, 3) and task.x.shape == (6, 3)


def test_the_rate_is_divided_by_the_scale_of_the_loss() -> None:
    summed = replace(BINARY, loss=(Loss("binary_cross_entropy", samples="sum"),))
    one, other = gate_task(claims(BINARY), BINARY), gate_task(claims(summed), summed)
    assert one is not None and other is not None
    assert other.rate == one.rate / 4 and all(other.learnt)


def test_rates_stay_within_what_is_claimed() -> None:
    task = gate_task(claims(BINARY, rates=(0.0, 0.6)), BINARY)
    assert task is not None and task.rate <= 0.6
    nothing = gate_task(claims(BINARY, rates=(1e-9, 1e-8)), BINARY)
    assert nothing is not None and not any(nothing.learnt)


@pytest.mark.parametrize("family", [
    replace(BINARY, hidden=()), replace(BINARY, penalty=(Penalty(l2=0.1),)), replace(BINARY, biases=("shared", "each")),
    replace(BINARY, loss=(Loss("other:huber"),)), replace(BINARY, hidden=(Activation("other:swish"),)),
], ids=["no hidden", "penalty", "shared", "loss", "activation"])  # fmt: skip
def test_there_is_no_task_where_nothing_is_certain(family: Family) -> None:
    assert gate_task(claims(family), family) is None and class_task(claims(family), family) is None


def test_there_is_no_task_without_a_rate_a_hidden_layer_or_two_classes() -> None:
    assert gate_task(claims(BINARY, rates=None), BINARY) is None
    shallow, single = replace(BINARY, sizes=Sizes(depth=(0, 0))), replace(BINARY, sizes=Sizes(outputs=(1, 1)))
    narrow = replace(BINARY, sizes=Sizes(inputs=(1, 1)))
    assert gate_task(claims(shallow), shallow) is None and gate_task(claims(narrow), narrow) is None
    assert class_task(claims(single), single) is None


def test_biases_are_as_the_family_has_them() -> None:
    family = replace(BINARY, biases=("none", "each"))
    net = plain(family, (2, 3, 1), claims(family))
    assert net is not None and net.biases == ("none", "each")


def test_a_gate_of_a_softmax_is_a_row_over_two_classes() -> None:
    net = Network((2, 6, 3), (TANH, SOFTMAX), Loss("cross_entropy"))
    assert gate_targets(net)[6].tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert gate_targets(replace(net, activations=(TANH, SIGMOID), loss=Loss("squared_error")))[6, 1].tolist() == [1, 1, 1]


def test_more_inputs_than_two_are_ones() -> None:
    family = replace(BINARY, sizes=Sizes(inputs=(4, 4)))
    task = gate_task(claims(family), family)
    assert task is not None and (task.x[:, 2:] == 1).all() and (task.x[:, :2] == CORNERS).all()


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_classes_lie_apart_whatever_the_number_of_inputs(d: int) -> None:
    net = Network((d, 8, 3), (TANH, SOFTMAX), Loss("cross_entropy"))
    x, t = class_inputs(net), class_targets(net)[0]
    assert x.shape == (6, d) and (t[:3] == np.eye(3)).all() and (t[3:] == np.eye(3)).all()
    apart = min(np.abs(x[i] - x[j]).max() for i in range(3) for j in range(i))
    assert np.abs(x[3:] - x[:3]).max() < apart / 2


def test_a_start_has_biases_only_where_kinks_make_them_useful() -> None:
    net = Network((2, 4, 1), (TANH, SIGMOID), Loss("squared_error"))
    assert not any(layer.b.any() for layer in start(net, 0))
    bent = start(replace(net, activations=(Activation("relu"), SIGMOID), biases=("each", "none")), 0)
    assert bent[0].b.any() and not bent[1].b.any()
    assert all((a.W == b.W).all() for a, b in zip(start(net, 1), start(net, 1), strict=True))


def test_a_task_that_a_start_beside_the_committed_one_misses_is_put_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    family = replace(BINARY, sizes=Sizes(inputs=(3, None)))
    onward = trajectory.onward

    def missing_beside(net: Network, run: trajectory.Run, *given: Any) -> trajectory.Run:
        reached = onward(net, run, *given)
        y = reached.y.reshape(-1, 1 + tasks.BESIDE, len(GATES), *reached.y.shape[1:]).copy()
        y[:, 1, GATES.index("XOR")] += 1.0  # of the starts beside each committed one, the first ends elsewhere
        return reached._replace(y=y.reshape(reached.y.shape))

    monkeypatch.setattr(trajectory, "onward", missing_beside)
    tasks.solve.cache_clear()
    shaken = gate_task(claims(family), family)
    tasks.solve.cache_clear()
    assert shaken is not None and [g for g, learnt in zip(GATES, shaken.learnt, strict=True) if not learnt] == ["XOR"]


def test_the_fewest_steps_are_committed_at_which_all_is_attained() -> None:
    task, slow = gate_task(claims(BINARY), BINARY), replace(BINARY, hidden=(SIGMOID,), loss=(Loss("squared_error"),))
    slower = gate_task(claims(slow), slow)
    assert task is not None and slower is not None
    assert task.steps < slower.steps and all(slower.learnt)
    fewer = tasks.GATE_STEPS[tasks.GATE_STEPS.index(slower.steps) - 1]
    run = trajectory.descend(slower.net, slower.start, slower.x, slower.t, slower.rate, fewer)
    assert np.abs(run.y - slower.t).max() >= REACHED


def test_what_was_committed_is_found_again() -> None:
    net = gate_net(claims(BINARY), BINARY)
    one = tasks.solve(net, True, (0.0, np.inf))
    tasks.solve.cache_clear()
    again = tasks.solve(net, True, (0.0, np.inf))
    assert again is not one and (again.rate, again.steps, again.learnt) == (one.rate, one.steps, one.learnt)
    assert all((p.W == q.W).all() for p, q in zip(again.start, one.start, strict=True))


def test_gates_are_learnt_by_hidden_units_that_can() -> None:
    many = replace(BINARY, hidden=(IDENTITY, SIGMOID, TANH))
    assert gate_net(claims(many), many).activations[0] == TANH
    some = replace(BINARY, hidden=(IDENTITY, SIGMOID))
    assert gate_net(claims(some), some).activations[0] == SIGMOID


def gate_net(claims: Claims, family: Family) -> Network:
    task = gate_task(claims, family)
    assert task is not None and all(task.learnt)
    return task.net


def test_one_output_has_the_bit_of_the_gate_also_where_targets_are_one_hot() -> None:
    one_hot = Loss("binary_cross_entropy", targets="one_hot")
    net = Network((2, 3, 1), (Activation("tanh"), Activation("sigmoid")), one_hot)
    plain = replace(net, loss=replace(one_hot, targets="natural"))
    assert gate_targets(net).shape == (16, 4, 1) and np.array_equal(gate_targets(net), gate_targets(plain))
