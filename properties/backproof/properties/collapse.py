"""Collapse: trained where better is attainable, outputs beat the best constant, and differ between inputs."""

from functools import partial

import numpy as np

from backproof import tasks
from backproof.asked import JudgedDescent
from backproof.case import Case
from backproof.must import Place, must
from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE, exact, wide
from backproof.properties.training import _trained, train
from backproof.registry import holds
from backproof_spec.vocabulary import target_kind


def _loss_of(case: Case, y: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]") -> float:
    e = closed.elementwise_loss(case.net.loss, case.net.activations[-1], exact(y), wide(case.t), DOUBLE)
    return float(e.value.sum())


@holds("collapse-constant", cases=partial(_trained, gates=False))
def trained_outputs_beat_the_best_constant(subject: JudgedDescent, case: Case) -> None:
    """Trained on separable classes, the outputs beat the best constant prediction and differ between inputs."""
    reached, task = train(subject, case, gates=False)
    y = np.clip(subject.forward(case.net, reached.params, case.x), *_range(case))
    constant = np.broadcast_to(case.t.mean(axis=0), case.t.shape)
    got, best = _loss_of(case, y), _loss_of(case, constant)
    spread = float(np.ptp(y, axis=0).max())
    must(
        spread > tasks.ALIKE,
        f"after {task.steps} steps all outputs are alike: over {case.n} inputs of {case.net.sizes[-1]} classes "
        f"they differ by at most {spread:.3g}",
        Place("y"),
    )
    must(
        got < tasks.BEATEN * best,
        f"after {task.steps} steps the loss over the rows is {got:.4g}, no better than {best:.4g}, which the "
        "best constant prediction has",
        Place("y"),
    )


def _range(case: Case) -> tuple[float, float]:
    """Probabilities are kept off 0 and 1, where a logarithm would decide alone."""
    dense = case.net.loss.name == "squared_error" or target_kind(case.net.loss) == "real"
    return (-np.inf, np.inf) if dense else (1e-12, 1 - 1e-12)
