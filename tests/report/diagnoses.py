"""Diagnoses made by hand, and programs whose diagnosis is not."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
from tests.diagnosis.judged import HiddenDeltaThreefold
from tests.diagnosis.offering import offering, with_faults

from backproof.diagnosis.diagnose import Diagnosis, Named, diagnose
from backproof.diagnosis.unknown import Unknown
from backproof.diagnosis.worked import Row, Worked
from backproof.runner import Judgement
from backproof_spec import Activation, Loss, Network
from backproof_spec.composing import Part

from .made import CASE

LACKS, SIGN = Part("hidden-delta-lacks-derivative"), Part("bias-gradient-wrong-sign")


def row(name: str, layer: int, has: object, want: object, wrong: bool = True) -> Row:
    """A value on the way."""
    return Row(name, layer, np.asarray(has, dtype=float), np.asarray(want, dtype=float), wrong)


ONE_UNIT = Worked(
    replace(CASE, name="made smaller from: pool 17"),
    (row("z", 1, [[0.5]], [[0.5]], False), row("y", 1, [[0.25]], [[0.25]], False), row("delta", 1, [[-0.125]], [[1 / 3]])),
)
ONE = Diagnosis(
    (Named((LACKS,), 3e-16, 0.5678, "derivative-at-activation", equation="delta1 = (delta2 @ W2.T) * (1 - a1**2)"),),
    worked=ONE_UNIT,
)
TWO = Diagnosis((
    Named((SIGN._replace(layer=-1),), 0.0, 0.25, str(LACKS), equation="db2 = delta2.sum(axis=0)"),
    Named((LACKS,), 0.0, 0.25, str(LACKS)),
))  # fmt: skip
NET = Network((2, 3, 2, 1), (Activation("sigmoid"),) * 3, Loss("squared_error"))
NAMELESS = Unknown(
    "hidden delta", 2, NET, ("outputs", "loss"), ("dW2 is 3 times what it should be", "dW2 does not depend on the targets"),
    "delta2 = (delta3 @ self.W3.T) * a2 * (1 - a2)",
)  # fmt: skip
JUDGED: dict[str, Callable[[], Judgement]] = {
    "a hidden delta": lambda: with_faults("hidden-delta-lacks-derivative"),
    "two": lambda: with_faults("bias-gradient-wrong-sign", "hidden-delta-lacks-derivative"),
    "a start": lambda: with_faults("zero-initial-weights", more=("initial",)),
    "a step": lambda: with_faults("last-layer-frozen", more=("step",)),
    "a shape": lambda: with_faults("delta-of-all-pairs"),
    "a forward pass": lambda: with_faults("bias-left-out"),
    "no name": lambda: offering(HiddenDeltaThreefold),
}


@cache
def real(name: str) -> tuple[Judgement, Diagnosis]:
    """A program that was really judged, and what is said of it."""
    one = JUDGED[name]()
    found = diagnose(one)
    assert found is not None
    return one, found
