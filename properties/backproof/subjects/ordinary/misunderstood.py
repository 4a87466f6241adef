"""What is called like a gradient or a step, and gave none: it is told, with the reason, and not passed over."""

from dataclasses import dataclass

from backproof.subjects.answers import described
from backproof.subjects.calling import lent_generators, quiet, sentence, where
from backproof.subjects.ordinary.arrangements import calls
from backproof.subjects.ordinary.calls import GradientCall, StepCall
from backproof.subjects.ordinary.operations import GRADIENT, STEP, UPDATE, Call
from backproof.subjects.ordinary.steps import updates
from backproof.subjects.ordinary.trial import Trial


@dataclass(frozen=True)
class Misunderstood:
    """A method whose name speaks of gradients, of which no call gave any: why, and whether it ended the program."""

    call: Call
    why: str
    ended: bool


def misunderstood(trial: Trial) -> Misunderstood | None:
    """The first such method, asked as the names of its arguments say, or by their number."""
    for name in GRADIENT[:-1]:  # the last is the loss, which may well give none
        for _, call in calls(trial.whole(), name):
            if set(call.tokens) != {"x", "t"}:
                continue
            try:
                with quiet(), lent_generators():
                    answer = trial.asked().perform(trial.whole(), call, False)
            except SystemExit as end:
                return Misunderstood(call, f"ended the program: SystemExit({end.code!r})", True)
            except Exception as trouble:  # noqa: BLE001 - a trial: what it raises is told
                return Misunderstood(call, f"raised {sentence(trouble)}{where(trouble)}", False)
            return Misunderstood(call, f"returned {described(answer)}, in which no gradients were found", False)
    return None


def unstepped(trial: Trial, gradient: GradientCall | None) -> str:
    """What a method raised whose name speaks of steps, where none was found; "" if none did."""
    ways = [StepCall(call, first) for name in STEP if name not in GRADIENT for first, call in calls(trial.whole(), name)]
    ways = [way for way in ways if {"x", "t"} <= set(way.call.tokens)]
    if gradient is not None:
        ways += [StepCall(call, False, None, gradient) for name in UPDATE for call in updates(trial.whole(), name)]
    for way in ways:
        try:
            with quiet(), lent_generators():
                way(trial.whole(), trial.asked())
        except (Exception, SystemExit) as trouble:  # noqa: BLE001 - a trial: what it raises is told
            before = f"{gradient.call}, then " if way.gradient and gradient else ""
            return f"step: {before}{way.call} is not understood: it raised {sentence(trouble)}{where(trouble)}"
    return ""
