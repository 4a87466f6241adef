"""An ordinary class, or a module of functions, is recognised for what it is and needs no adapter."""

from dataclasses import replace

import numpy as np

from backproof.subjects.errors import Unusable
from backproof.subjects.hinted import checked
from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.aims import Objective, objective_of
from backproof.subjects.ordinary.claimed import dtype_of, family_of, operations_of, seeded_of, training_of
from backproof.subjects.ordinary.further import of_two_kinds, parts_further_out
from backproof.subjects.ordinary.gradients import gradient_of_one
from backproof.subjects.ordinary.logits import with_outputs
from backproof.subjects.ordinary.machine import OrdinaryMaker, Recognised
from backproof.subjects.ordinary.manners import manner_of
from backproof.subjects.ordinary.offers import Calls, dense, offered
from backproof.subjects.ordinary.options import named_pairs
from backproof.subjects.ordinary.recognise import shell_of
from backproof.subjects.ordinary.rule import Read
from backproof.subjects.ordinary.rule import read as read_rule
from backproof.subjects.ordinary.shell import Shell, fitted, probed
from backproof.subjects.ordinary.steps import one_at_a_time
from backproof.subjects.ordinary.supported import at_one_depth, flattened, shallow, supported
from backproof.subjects.ordinary.training import training_beside, unlike_descent
from backproof.subjects.ordinary.trial import Trial
from backproof.subjects.ordinary.wording import sentences, wording
from backproof.subjects.stateless import Stateless
from backproof.subjects.subject import Hints, Subject
from backproof_spec import Array, Claims, Network, Sizes, Targets


def ordinary_subject(name: str, found: object, hints: Hints) -> Subject:
    """The subject; Unusable, with one sentence, where its constructor, parameters or forward are not understood."""
    checked(hints)
    shell = shell_of(name, found, hints)
    pair = fitted(shell, hints)
    if pair is None or (hints.hidden is None and shallow(shell)):
        if any(not np.isfinite(probe.y).all() for probe in probed(shell, shell.sizes)):
            raise Unusable(
                f"{name} gives outputs that are NaN or infinite for small inputs and weights: nothing can be read off them"
            )
        raise Unusable(
            f"activation not understood: outputs of {name} agree with no activations of the specification; say --hidden NAME "
            "--output NAME, or, if it is another one, claim other:NAME in a harness (backproof init): its own loss judges it"
        )
    if hints.hidden is None and parts_further_out(shell, pair):
        raise Unusable(
            f"activation not understood: outputs of {name} agree with {wording(pair.hidden or pair.output)} near 0, and no "
            "longer where pre-activations are larger; say --hidden NAME --output NAME"
        )
    sizes, limits = supported(shell)
    if hints.hidden is None and (other := of_two_kinds(shell, pair, sizes)) is not None:
        sizes, limits = at_one_depth(sizes, 1)
        limits = (*limits, f"of two hidden layers one is {wording(other)}: only networks of one are judged")
    shell = flattened(shell, sizes)
    return _assembled(name, found, hints, shell, pair, sizes, limits)


def _assembled(
    name: str, found: object, hints: Hints, shell: Shell, pair: Pair, sizes: Sizes, limits: tuple[str, ...]
) -> Subject:
    shell, pair, calls = with_outputs(shell, pair, offered(shell, pair, hints), hints)
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
        key: objective_of(shell, calls, key[0], key[1], sizes, hints, alone, chosen) for key, chosen in options.items()
    }
    main = aims[pair.hidden, pair.output]
    how = Recognised(
        shell.constructor, shell.layout, shell.forward, main.call, calls.gradient, calls.step, training_of(calls.step), options
    )
    claims = Claims(
        name=name,
        families=tuple(family_of(key, aim, shell, sizes, hints) for key, aim in aims.items()),
        operations=operations_of(how),
        dtype=hints.dtype or dtype_of(shell),
        batch=1 if alone else None,
        rates=None if calls.step is not None and not calls.step.rated else (0.0, float("inf")),
        seeded=seeded_of(shell),
    )
    said = sentences(name, how, pair, main.said, claims, limits, odd, shell)
    said = (*said, *calls.odd)
    maker = OrdinaryMaker(how, claims)
    unscaled = main.unscaled
    if calls.step is not None:
        rule = _rule(maker, claims, shell, pair, main, calls.labels)
        operations = claims.operations if rule.judged else claims.operations - {"step"}
        claims = replace(claims, rules=rule.rules, operations=operations, batch=claims.batch or rule.batch)
        maker, unscaled = OrdinaryMaker(how, claims), unscaled or rule.unscaled
        said = (*said, f"step: {rule.sentence}") if rule.sentence else said
        if rule.judged and how.fit is None:
            maker, claims, told = _with_training(maker, claims, shell, pair, main, calls)
            said = (*said, told) if told else said
        elif how.fit is not None and rule.judged:
            unlike = _unlike_descent(maker, claims, shell, pair, main, calls.labels)
            if unlike:
                claims = replace(claims, operations=claims.operations - {"fit"})
                maker = OrdinaryMaker(replace(how, fit=None), claims)
                said = (*said, f"training: {how.fit.call.of_epochs} is not judged: {unlike}")
        said = (*said, f"a call makes one step of up to {rule.batch} rows, and several of more") if rule.batch else said
    fresh, kept = Stateless(maker, claims), Stateless(maker, claims, keep=True)
    return Subject(name, claims, fresh, kept, said, unscaled, manner_of(shell, found, alone))


def _with_training(
    maker: OrdinaryMaker, claims: Claims, shell: Shell, pair: Pair, aim: Objective, calls: Calls
) -> tuple[OrdinaryMaker, Claims, str]:
    """The loop beside a step, where its updates are plain descent, or what no optimiser makes; what it is, in a sentence."""
    beside = training_beside(Trial(shell, shell.sizes, calls.labels), calls.step)
    if beside.call is None:
        return maker, claims, beside.why
    trained = OrdinaryMaker(replace(maker.recognised, step=beside.call, fit=beside.call), claims)
    alone = replace(claims, batch=1)  # of one sample no order is drawn, and no batches are made
    unlike = _rule(trained, alone, shell, pair, aim, calls.labels).sentence.partition(":")[0]
    unlike = unlike or _unlike_descent(trained, claims, shell, pair, aim, calls.labels)
    if unlike:
        return maker, claims, f"training: {beside.call.call.of_epochs} is not judged: {unlike}"
    how = replace(maker.recognised, fit=beside.call)
    claims = replace(claims, operations=claims.operations | {"fit"})
    return OrdinaryMaker(how, claims), claims, beside.call.sentence()


def _unlike_descent(maker: OrdinaryMaker, claims: Claims, shell: Shell, pair: Pair, aim: Objective, labels: bool) -> str:
    """What a training has that makes its epochs no steps; "" if nothing."""
    trial = Trial(shell, shell.sizes, labels, 1)
    return unlike_descent(maker, _probed_net(claims, shell, pair, aim), trial.params, trial.x, dense(trial))


def _rule(maker: OrdinaryMaker, claims: Claims, shell: Shell, pair: Pair, aim: Objective, labels: bool) -> Read:
    """The update rule that steps of the class show."""

    def batch(n: int) -> tuple[Array, Targets]:
        trial = Trial(shell, shell.sizes, labels, n)
        return trial.x, dense(trial)

    params = Trial(shell, shell.sizes, labels).params
    return read_rule(maker, claims, _probed_net(claims, shell, pair, aim), params, batch)


def _probed_net(claims: Claims, shell: Shell, pair: Pair, aim: Objective) -> Network:
    """The network at which the class was understood."""
    hidden = (pair.hidden or pair.output,) * (len(shell.sizes) - 2)
    first, last = claims.families[0].biases
    biases = (first,) * len(hidden) + (last,)
    return Network(shell.sizes, (*hidden, pair.output), aim.loss, aim.reported, biases=biases)
