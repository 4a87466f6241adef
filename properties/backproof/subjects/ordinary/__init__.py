"""An ordinary class, or a module of functions, is recognised for what it is and needs no adapter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from backproof.subjects.errors import Unusable
from backproof.subjects.hinted import checked, hinted_loss
from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.calls import GradientCall, LossCall, StepCall
from backproof.subjects.ordinary.further import parts_further_out
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.machine import Options, OrdinaryMaker, Recognised
from backproof.subjects.ordinary.objective import (
    Question,
    agreement,
    candidates,
    fit_direction,
    fit_gradient,
    fit_loss,
    gradient_of,
    natural,
    off,
)
from backproof.subjects.ordinary.options import named_pairs
from backproof.subjects.ordinary.places import fetch
from backproof.subjects.ordinary.recognise import (
    Shape,
    Shell,
    at_one_depth,
    fitted,
    flattened,
    shallow,
    shell_of,
    supported,
)
from backproof.subjects.ordinary.rule import Read
from backproof.subjects.ordinary.rule import read as read_rule
from backproof.subjects.ordinary.search import (
    Trial,
    found_gradients,
    gradient_of_one,
    losses,
    misunderstood,
    one_at_a_time,
    steps,
)
from backproof.subjects.stateless import Stateless
from backproof.subjects.subject import Hints, Subject
from backproof_spec import (
    Activation,
    Array,
    Bias,
    Claims,
    Family,
    Layer,
    Loss,
    Network,
    Operation,
    Params,
    Penalty,
    Reduction,
    Sizes,
    Targets,
)
from backproof_spec.vocabulary import MATCHING

LOGARITHMIC = ("cross_entropy", "binary_cross_entropy")
REDUCTION: Reduction = "sum"  # over outputs, where a delta of y - t is taken as it is


@dataclass(frozen=True)
class Calls:
    """What was found beside forward."""

    losses: tuple[LossCall, ...]
    gradient: GradientCall | None
    step: StepCall | None
    labels: bool
    odd: str = ""  # what was tried for a gradient and gave none

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


@dataclass(frozen=True)
class Objective:
    """What is followed, what is reported, and what was read off where."""

    loss: Loss
    reported: Loss | None
    call: LossCall | None
    unscaled: bool
    said: str


def ordinary_subject(name: str, found: object, hints: Hints) -> Subject:
    """The subject; Unusable, with one sentence, where its constructor, parameters or forward are not understood."""
    checked(hints)
    shell = shell_of(name, found, hints)
    pair = fitted(shell, hints)
    if pair is None or (hints.hidden is None and shallow(shell)):
        raise Unusable(
            f"activation not understood: outputs of {name} agree with no activations of the specification; "
            "say --hidden NAME --output NAME"
        )
    if hints.hidden is None and parts_further_out(shell, pair):
        raise Unusable(
            f"activation not understood: outputs of {name} agree with {wording(pair.hidden or pair.output)} near 0, and no "
            "longer where pre-activations are larger; say --hidden NAME --output NAME"
        )
    sizes, limits = supported(shell)
    shell = flattened(shell, sizes)
    return _assembled(name, found, hints, shell, pair, sizes, limits)


def _assembled(
    name: str, found: object, hints: Hints, shell: Shell, pair: Pair, sizes: Sizes, limits: tuple[str, ...]
) -> Subject:
    calls = _calls(shell, pair, hints)
    if calls.labels and not sizes.exactly:
        sizes = replace(sizes, outputs=(max(2, sizes.outputs[0]), sizes.outputs[1]))  # classes, of which there are two
    if calls.single and not sizes.exactly:
        sizes, limits = at_one_depth(sizes, len(shell.sizes) - 2)
    options, odd = named_pairs(shell, hints)
    options = {(pair.hidden, pair.output): options.get((pair.hidden, pair.output), {}), **options}
    alone = calls.step is not None and one_at_a_time(Trial(shell, shell.sizes, calls.labels), calls.step)
    alone = alone or (
        calls.gradient is not None and gradient_of_one(Trial(shell, shell.sizes, calls.labels), calls.gradient)
    )
    aims = {
        key: _objective(shell, calls, key[0], key[1], sizes, hints, alone, chosen) for key, chosen in options.items()
    }
    main = aims[pair.hidden, pair.output]
    how = Recognised(
        shell.constructor, shell.layout, shell.forward, main.call, calls.gradient, calls.step, _fit(calls.step), options
    )
    claims = Claims(
        name=name,
        families=tuple(_family(key, aim, shell, sizes, hints) for key, aim in aims.items()),
        operations=_operations(how),
        dtype=hints.dtype or _dtype(shell),
        batch=1 if alone else None,
        rates=None if calls.step is not None and not calls.step.rated else (0.0, float("inf")),
        seeded=_seeded(shell),
    )
    said = _sentences(name, how, pair, main, claims, limits, odd, shell)
    said = (*said, calls.odd) if calls.odd else said
    maker = OrdinaryMaker(how, claims)
    unscaled = main.unscaled
    if calls.step is not None:
        rule = _rule(maker, claims, shell, pair, main, calls.labels)
        operations = claims.operations if rule.judged else claims.operations - {"step"}
        claims = replace(claims, rules=rule.rules, operations=operations, batch=claims.batch or rule.batch)
        maker, unscaled = OrdinaryMaker(how, claims), unscaled or rule.unscaled
        said = (*said, f"step: {rule.sentence}") if rule.sentence else said
        said = (*said, f"a call makes one step of up to {rule.batch} rows, and several of more") if rule.batch else said
    return Subject(name, claims, Stateless(maker, claims), Stateless(maker, claims, keep=True), said, unscaled)


def _rule(maker: OrdinaryMaker, claims: Claims, shell: Shell, pair: Pair, aim: Objective, labels: bool) -> Read:
    """The update rule that steps of the class show."""
    hidden = (pair.hidden or pair.output,) * (len(shell.sizes) - 2)
    first, last = claims.families[0].biases
    biases = (first,) * len(hidden) + (last,)
    net = Network(shell.sizes, (*hidden, pair.output), aim.loss, aim.reported, biases=biases)

    def batch(n: int) -> tuple[Array, Targets]:
        trial = Trial(shell, shell.sizes, labels, n)
        return trial.x, _dense(trial)

    return read_rule(maker, claims, net, Trial(shell, shell.sizes, labels).params, batch)


def _calls(shell: Shell, pair: Pair, hints: Hints) -> Calls:
    """With rows as targets; with class numbers, where more is understood so, or where the user says so."""
    if shell.sizes[-1] == 1 and hints.targets == "labels":
        raise Unusable(f"--targets labels: class numbers need two outputs at least, and sizes are {shell.sizes}")
    if hints.targets is not None or shell.sizes[-1] == 1:
        return _calls_with(shell, pair, hints.targets == "labels")
    dense, labels = _calls_with(shell, pair, False), _calls_with(shell, pair, True)
    return labels if labels.count > dense.count else dense


def _calls_with(shell: Shell, pair: Pair, labels: bool) -> Calls:
    trial = Trial(shell, shell.sizes, labels)
    gradient = _best_gradient(shell, trial, pair)
    step = _best_step(shell, trial, pair, gradient)
    if gradient and step and gradient_of_one(trial, gradient) and not one_at_a_time(trial, step):
        gradient = None  # of one sample; the step, which takes batches, shows the same and more
    odd = misunderstood(trial) if gradient is None else None
    if odd is not None and odd.ended:  # no arrangement of arguments excuses that: it is offered, and judged
        return Calls(tuple(losses(trial)), GradientCall(odd.call, False, shell.layout), step, labels)
    told = f"gradient: {odd.call} is not understood: it {odd.why}" if odd is not None else ""
    return Calls(tuple(losses(trial)), gradient, step, labels, told)


def _best_gradient(shell: Shell, trial: Trial, pair: Pair) -> GradientCall | None:
    """The arrangement of arguments that points most nearly where y - t does; the first among equals."""
    question = Question(trial.params, trial.x, _dense(trial), False, shell.bias)
    ways = found_gradients(trial, pair)
    return max(ways, key=lambda way: agreement(gradient_of(shell, way, None, question), question, pair), default=None)


def _best_step(shell: Shell, trial: Trial, pair: Pair, gradient: GradientCall | None) -> StepCall | None:
    question = Question(trial.params, trial.x[:1], _dense(trial)[:1], False, shell.bias)
    ways = list(steps(trial, gradient))

    def worth(way: StepCall) -> tuple[float, bool]:
        return agreement(gradient_of(shell, None, way, question), question, pair), way.rated

    return max(ways, key=worth, default=None)


def _dense(trial: Trial) -> Targets:
    return trial.t if trial.t.ndim == 2 or trial.labels else trial.t[:, None]


def _objective(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, sizes: Sizes, hints: Hints, alone: bool,
    options: Options,
) -> Objective:  # fmt: skip
    """Read off losses, or else off gradients or steps; hints override."""
    shapes = _shapes(shell, sizes)
    for call in calls.losses:
        loss = fit_loss(shell, call, output, shapes, calls.labels, hints.l2 or 0.0, options)
        if loss is not None:
            return _reported(shell, calls, hidden, output, shapes, hints, alone, options, loss, call)
    if calls.losses:
        call = calls.losses[0]
        if hints.loss is not None:
            return Objective(hinted_loss(natural(output, calls.labels), hints), None, call, False, "loss: as said")
        other = replace(natural(output, calls.labels), name=f"other:{call.call.name}")
        said = f"the loss that {call.call.name} returns is none that is known: gradients are judged against it alone"
        return Objective(hinted_loss(other, hints), None, call, False, said)
    return _followed(shell, calls, hidden, output, shapes, hints, alone, options)


def _shapes(shell: Shell, sizes: Sizes) -> tuple[Shape, ...]:
    """The size at which it was understood, and another number of outputs."""
    if sizes.exactly or sizes.outputs[1] == 1 or not shell.constructor.has("sizes", "out"):
        return (shell.sizes,)
    return (shell.sizes, (*shell.sizes[:-1], 4 if shell.sizes[-1] != 4 else 3))


def _asker(shell: Shell, calls: Calls, options: Options, l2: float = 0.0) -> Callable[[Question], Params | None]:
    """The gradient that a question shows, without the penalty that the user says is in it."""

    def ask(question: Question) -> Params | None:
        g = gradient_of(shell, calls.gradient, calls.step, question, options)
        if g is None or not l2:
            return g
        return tuple(Layer(d.W - l2 * p.W, d.b) for d, p in zip(g, question.params, strict=True))

    return ask


def _reported(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, shapes: Sequence[Shape], hints: Hints,
    alone: bool, options: Options, loss: Loss, call: LossCall,
) -> Objective:  # fmt: skip
    """The loss that is reported; what is followed is another where gradients are exactly those of y - t."""
    said = f"loss: {spoken(loss)}, read off its values"
    followed: Loss | None = None
    own: Loss | None = None
    if (calls.gradient or calls.step) and hints.loss is None:
        ns, h = ((1,) if alone else (1, 3)), hidden or output
        ask = _asker(shell, calls, options, hints.l2 or 0.0)
        own = fit_gradient(shell, ask, h, output, shapes, calls.labels, ns, [loss], exact=True)
        followed = (
            None
            if own
            else fit_gradient(shell, ask, h, output, shapes, calls.labels, ns, _fused(loss, output), exact=True)
        )
    if followed is None:
        own = loss if own is None else own
        ask = _asker(shell, calls, options, hints.l2 or 0.0)
        slip = off(shell, ask, own, hidden or output, output, shapes) if own.name in LOGARITHMIC else 0.0
        if slip > loss.epsilon:
            loss, said = replace(loss, epsilon=slip), f"{said}; gradients as with an epsilon of up to {slip:.1g} in it"
        return Objective(hinted_loss(loss, hints), None, call, False, said)
    said += f"; gradients follow y - t, the derivative of the output's matching loss ({spoken(followed)})"
    return Objective(hinted_loss(followed, hints), loss, call, False, said)


def _fused(loss: Loss, output: Activation) -> list[Loss]:
    """The delta y - t under a loss that it does not belong to, with the reductions of that loss: no scale is excused."""
    if MATCHING.get(output.name) == loss.name:
        return []
    return [
        Loss("matching", factor, loss.samples, outputs)
        for factor in dict.fromkeys((loss.factor, 1.0))
        for outputs in dict.fromkeys((loss.outputs, REDUCTION))
    ]


def _followed(
    shell: Shell, calls: Calls, hidden: Activation | None, output: Activation, shapes: Sequence[Shape], hints: Hints,
    alone: bool, options: Options,
) -> Objective:  # fmt: skip
    """Without a reported loss: the one whose gradient is followed."""
    usual = natural(output, calls.labels)
    names = ["cross_entropy", "squared_error"] if output.name == "softmax" else ["squared_error"]
    names += ["binary_cross_entropy"] if output.name == "sigmoid" else []
    names = [hints.loss] if hints.loss else [*names, "matching"]
    ns = (1,) if alone else (1, 3, 4)
    ask, offered = _asker(shell, calls, options, hints.l2 or 0.0), list(candidates(output, names))
    if calls.gradient is None and (calls.step is None or not calls.step.rated):
        towards = fit_direction(shell, ask, hidden or output, output, shell.sizes, calls.labels, offered)
        if towards is None and hints.loss is None:
            said = "loss: not known: there is none, and steps at a rate that is not known agree with none; say --loss NAME"
            return Objective(replace(hinted_loss(usual, hints), name="other:unknown"), None, None, True, said)
        towards = towards or usual
        said = f"loss: {spoken(towards)}, read off the direction of steps; their rate is not known"
        return Objective(hinted_loss(towards, hints), None, None, True, said)
    found = fit_gradient(shell, ask, hidden or output, output, shapes, calls.labels, ns, offered)
    if found is not None:
        return Objective(hinted_loss(found, hints), None, None, False, f"loss: {spoken(found)}, read off gradients")
    if hints.loss is None:
        said = "loss: not known: there is none, and gradients agree with those of none; say --loss NAME, and perhaps --l2 L"
        return Objective(replace(hinted_loss(usual, hints), name="other:unknown"), None, None, True, said)
    declared = None not in (hints.samples, hints.factor)
    said = f"loss: {spoken(hinted_loss(usual, hints))}, as said; gradients agree with it in no scale"
    return Objective(hinted_loss(usual, hints), None, None, not declared, said)


def spoken(loss: Loss) -> str:
    """A loss in words."""
    text = f"{loss.name}, {loss.samples} over samples, {loss.outputs} over outputs"
    text += f", times {loss.factor:g}" if loss.factor != 1 else ""
    text += f", epsilon {loss.epsilon:g}" if loss.epsilon else ""
    return text + {"index": ", class numbers as targets", "one_hot": ", one-hot targets"}.get(loss.targets, "")


def _family(
    key: tuple[Activation | None, Activation], aim: Objective, shell: Shell, sizes: Sizes, hints: Hints
) -> Family:
    bias: Bias = hints.biases or shell.bias
    return Family(
        hidden=(key[0] or key[1],),
        output=(key[1],),
        loss=(aim.loss,),
        reported=aim.reported,
        penalty=(Penalty(l2=hints.l2 or 0.0),),
        biases=(bias, bias),
        sizes=sizes,
    )


def _operations(how: Recognised) -> frozenset[Operation]:
    offered: list[tuple[Operation, object]] = [
        ("forward", how.forward), ("initial", how.constructor), ("loss", how.loss), ("gradient", how.gradient),
        ("step", how.step), ("fit", how.fit),
    ]  # fmt: skip
    return frozenset(name for name, call in offered if call is not None)


def _fit(step: StepCall | None) -> StepCall | None:
    """A step that is told how many epochs to make is training as well."""
    told = step is not None and any(t == "one" for t in (*step.call.tokens, *(t for _, t in step.call.keywords)))
    return step if told or (step is not None and step.once) else None


def _dtype(shell: Shell) -> Literal["float32", "float64"]:
    made = shell.constructor.build(shell.sizes)
    paths = shell.layout.weights.paths(made, len(shell.sizes) - 1)
    return "float32" if np.asarray(fetch(made, paths[0])).dtype == np.float32 else "float64"


def _seeded(shell: Shell) -> bool:
    """Whether the same seed draws the same parameters."""
    one, two = (shell.layout.read(shell.whole(shell.sizes), shell.sizes) for _ in range(2))
    return all(np.array_equal(p.W, q.W) and np.array_equal(p.b, q.b) for p, q in zip(one, two, strict=True))


def _sentences(
    name: str, how: Recognised, pair: Pair, aim: Objective, claims: Claims, limits: tuple[str, ...],
    odd: tuple[str, ...], shell: Shell,
) -> tuple[str, ...]:  # fmt: skip
    """What was recognised, and what was taken for granted."""
    said = [how.constructor.sentence(name.rpartition(":")[2]), *limits, how.layout.sentence(), how.forward.sentence()]
    shown = how.forward.name
    deep = len(shell.sizes) > 2
    said.append(
        f"activations: {f'{wording(pair.hidden)}, ' if deep else ''}output {wording(pair.output)}, read off {shown}"
    )
    said += [aim.said, *(call.sentence() for call in (how.loss, how.gradient, how.step) if call is not None)]
    said += ["one sample a step"] if claims.batch == 1 else []
    said += ["its initial values cannot be repeated: it draws from a generator of its own"] if not claims.seeded else []
    return (*said, *odd)


def wording(activation: Activation) -> str:
    """An activation, with the parameters that are not as usual."""
    parts = [f"{k}={v:g}" for k, v in (("slope", activation.slope), ("scale", activation.scale)) if v != 1]
    parts += [f"alpha={activation.alpha:g}"] if activation.alpha is not None else []
    return activation.name + (f" ({', '.join(parts)})" if parts else "")
