"""The loss is sought by name: what returns one finite number."""

import numpy as np

from backproof.subjects.answers import number_answer
from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.ordinary.arrangements import calls
from backproof.subjects.ordinary.calls import LossCall
from backproof.subjects.ordinary.operations import LOSS
from backproof.subjects.ordinary.trial import Trial


def losses(trial: Trial) -> list[LossCall]:
    """Every call that returns a finite number."""
    found = list[LossCall]()
    for name in LOSS:
        for first, call in calls(trial.whole(), name):
            if "rate" in call.tokens or "one" in call.tokens or "grads" in call.tokens:
                continue
            found += [way for part in (None, 0, 1) if _numeric(way := LossCall(call, first, part), trial)]
    return found


def _numeric(way: LossCall, trial: Trial) -> bool:
    try:
        with quiet(), lent_generators():
            asked = trial.asked().rows()[0] if trial.shell.forward.single else trial.asked()
            answer = asked.perform(trial.whole(), way.call, way.first)
            if (way.part is not None) != isinstance(answer, tuple):
                return False
            if isinstance(answer, tuple) and way.part is not None:
                answer = answer[way.part]
            return bool(np.isfinite(number_answer(answer, "loss")))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False
