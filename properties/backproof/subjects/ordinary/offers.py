"""What an object offers beside forward: losses, a gradient and a step, with rows or with class numbers as targets."""

from dataclasses import dataclass

from backproof.subjects.errors import Unusable
from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.calls import GradientCall, LossCall, StepCall
from backproof.subjects.ordinary.gradients import found_gradients, gradient_of_one
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.losses import losses
from backproof.subjects.ordinary.misunderstood import misunderstood, unstepped
from backproof.subjects.ordinary.objective import Question, agreement, gradient_of
from backproof.subjects.ordinary.shell import Shell
from backproof.subjects.ordinary.steps import one_at_a_time, steps
from backproof.subjects.ordinary.trial import Trial
from backproof.subjects.subject import Hints
from backproof_spec import Targets


@dataclass(frozen=True)
class Calls:
    """What was found beside forward."""

    losses: tuple[LossCall, ...]
    gradient: GradientCall | None
    step: StepCall | None
    labels: bool
    odd: tuple[str, ...] = ()  # what was tried for a gradient or a step, and gave none

    @property
    def single(self) -> bool:
        """Whether gradients were told apart by their shapes alone, and so at one depth only."""
        before = self.step.gradient if self.step else None
        seen = [call.layout for call in (self.gradient, before) if call is not None]
        return any(isinstance(layout, Layout) and layout.single for layout in seen)

    @property
    def count(self) -> int:
        """How many operations."""
        return bool(self.losses) + (self.gradient is not None) + (self.step is not None)


def offered(shell: Shell, pair: Pair, hints: Hints) -> Calls:
    """With rows as targets; with class numbers, where more is understood so, or where the user says so."""
    if shell.sizes[-1] == 1 and hints.targets == "labels":
        raise Unusable(f"--targets labels: class numbers need two outputs at least, and sizes are {shell.sizes}")
    if hints.targets is not None or shell.sizes[-1] == 1:
        return _calls_with(shell, pair, hints.targets == "labels")
    rows, labels = _calls_with(shell, pair, False), _calls_with(shell, pair, True)
    return labels if labels.count > rows.count else rows


def _calls_with(shell: Shell, pair: Pair, labels: bool) -> Calls:
    trial = Trial(shell, shell.sizes, labels)
    gradient = _best_gradient(shell, trial, pair)
    step = _best_step(shell, trial, pair, gradient)
    if gradient and step and gradient_of_one(trial, gradient) and not one_at_a_time(trial, step):
        gradient = None  # of one sample; the step, which takes batches, shows the same and more
    partial = gradient if gradient and _leaves_biases_out(shell, gradient) else None
    gradient = None if partial else gradient
    odd = misunderstood(trial) if gradient is None and partial is None else None
    if odd is not None and odd.ended:  # no arrangement of arguments excuses that: it is offered, and judged
        return Calls(tuple(losses(trial)), GradientCall(odd.call, False, shell.layout), step, labels)
    told = [f"gradient: {odd.call} is not understood: it {odd.why}" if odd is not None else ""]
    told += [f"gradient: {partial.call} gives none of the biases, and is not judged"] if partial else []
    told += [unstepped(trial, gradient)] if step is None else []
    return Calls(tuple(losses(trial)), gradient, step, labels, tuple(text for text in told if text))


def _leaves_biases_out(shell: Shell, way: GradientCall) -> bool:
    """Whether it gives gradients of weights only, where there are biases: of the others nothing is known, not that they are 0."""
    layout = way.layout
    return isinstance(layout, Layout) and layout.form == "none" and shell.layout.form != "none"


def _best_gradient(shell: Shell, trial: Trial, pair: Pair) -> GradientCall | None:
    """The arrangement of arguments that points most nearly where y - t does; the first among equals."""
    question = Question(trial.params, trial.x, dense(trial), False, shell.biases)
    ways = found_gradients(trial, pair)
    return max(ways, key=lambda way: agreement(gradient_of(shell, way, None, question), question, pair), default=None)


def _best_step(shell: Shell, trial: Trial, pair: Pair, gradient: GradientCall | None) -> StepCall | None:
    question = Question(trial.params, trial.x[:1], dense(trial)[:1], False, shell.biases)
    ways = list(steps(trial, gradient))

    def worth(way: StepCall) -> tuple[float, bool]:
        return agreement(gradient_of(shell, None, way, question), question, pair), way.rated

    return max(ways, key=worth, default=None)


def dense(trial: Trial) -> Targets:
    """The targets of a trial as rows, also where the program takes one number a sample; class numbers as they are."""
    return trial.t if trial.t.ndim == 2 or trial.labels else trial.t[:, None]
