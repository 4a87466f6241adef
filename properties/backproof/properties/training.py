"""Training: from committed starts, what the closed form attains with room to spare, the subject attains."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from backproof import tasks
from backproof.asked import JudgedDescent
from backproof.case import Case
from backproof.must import Outside, Place, Undecided, Violation, must
from backproof.oracle import closed, trajectory
from backproof.oracle.bounded import DOUBLE
from backproof.pool import typed
from backproof.registry import Cases, holds
from backproof.tasks import Task, class_task, gate_task
from backproof_spec import Claims, Rule, Targets

FAMILIES = 2  # of a subject that claims many, so many are trained


def _trained(claims: Claims, gates: bool) -> Iterator[Case]:
    find = gate_task if gates else class_task
    for family in claims.families[:FAMILIES]:
        task = find(claims, family)
        for number in range(len(task.names) if task else 0):
            if task is not None and task.learnt[number]:
                yield typed(claims, _as_case(task, number))


def _as_case(task: Task, number: int) -> Case:
    return Case(task.net, task.start, task.x, task.t[number], f"{task.names[number]}, rate {task.rate:g}, {task.steps} steps")


def _cases(gates: bool) -> Cases:
    return partial(_trained, gates=gates)


def task_of(claims: Claims, case: Case, gates: bool) -> Task:
    """The task that the case was made of."""
    for family in claims.families[:FAMILIES]:
        task = (gate_task if gates else class_task)(claims, family)
        if task is not None and task.net == case.net:
            return task
    raise Undecided("no task with a committed start")


def train(subject: JudgedDescent, case: Case, gates: bool) -> tuple[Case, Task]:
    """The case at the parameters that the subject reaches."""
    if subject.subject.unscaled:
        raise Outside("the scale of the subject's objective is not known, so neither is the rate")
    task = task_of(subject.claims, case, gates)
    after = subject.descend(case.net, case.params, case.x, _given(case), Rule(task.rate), task.steps)
    return case.at(after), task


def _given(case: Case) -> Targets:
    """The rows, or their class numbers where the subject takes those."""
    return np.asarray(case.t.argmax(axis=1), dtype=np.int64) if case.net.loss.targets == "index" else case.t


def _loss(case: Case) -> float:
    return float(closed.loss(case.net, case.params, case.x, case.t, DOUBLE).value)


@holds("train-loss-falls", cases=_cases(gates=False))
def loss_falls_from_a_committed_start(subject: JudgedDescent, case: Case) -> None:
    """After the committed number of steps the loss is below where it began, where the closed form halves it."""
    reached, task = train(subject, case, gates=False)
    run = trajectory.descend(task.net, task.start, task.x, task.t, task.rate, task.steps, subject.claims.batch)
    begin, want = _loss(case), _loss(case.at(trajectory.of(run, 0)))
    if not want < tasks.HALVED * begin:
        raise Undecided("the closed form itself does not halve the loss")
    got = _loss(reached)
    must(
        got < tasks.BEATEN * begin,
        f"after {task.steps} steps at rate {task.rate:g} the loss is {got:.4g}; it began at {begin:.4g}, "
        f"and correct steps reach {want:.4g}",
        Place("loss"),
    )


@holds("train-gates", cases=_cases(gates=True))
def every_gate_is_learnt_from_a_committed_start(subject: JudgedDescent, case: Case) -> None:
    """Each of the sixteen two-input gates is learnt: every output ends on its target's side."""
    reached, task = train(subject, case, gates=True)
    y = subject.forward(case.net, reached.params, case.x)
    if np.abs(y - case.t).max() < 2 * tasks.REACHED:
        return
    row = int(np.abs(y - case.t).max(axis=1).argmax())
    raise Violation(
        f"{case.name.split(',')[0]} is not learnt after {task.steps} steps at rate {task.rate:g}: for the input "
        f"{case.x[row].tolist()} the output is {np.round(y[row].astype(float), 4).tolist()}, should be near "
        f"{case.t[row].tolist()}; correct steps from the same start reach it",
        Place("y", None, (row,)),
    )


@holds("train-classes", cases=_cases(gates=False))
def separable_classes_are_told_apart(subject: JudgedDescent, case: Case) -> None:
    """Trained from a committed start on separable classes, the largest output of every row is that of its class."""
    if case.net.sizes[-1] < 2:
        raise Outside("one output is no class")
    reached, task = train(subject, case, gates=False)
    y = subject.forward(case.net, reached.params, case.x)
    wrong = np.flatnonzero(y.argmax(axis=1) != case.t.argmax(axis=1))
    must(
        not wrong.size,
        f"after {task.steps} steps at rate {task.rate:g}, {wrong.size} of {case.n} rows of separable classes are given "
        "another class; correct steps from the same start tell them all apart",
        Place("y", None, tuple(int(i) for i in wrong[:1])),
    )
