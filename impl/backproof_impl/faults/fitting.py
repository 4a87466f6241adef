"""Faults of a training from the program's own start: which samples it sees, where it begins, when it ends."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.optimisers import Memories
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Fitted, Network, Params, Rule, Targets


@fault(breaks="train-every-sample", remedy="train on the last batch too, however small it is")
class LastBatchDropped(Reference):
    """Samples that do not fill a batch of four are left out."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        whole = max(4, len(x) - len(x) % 4)
        return super().fit(net, x[:whole], t[:whole], query, seed=seed, epochs=epochs, rule=rule)


@fault(breaks="train-every-sample", remedy="go over range(n), not range(n - 1)")
class FirstSampleSkipped(Reference):
    """Training begins with the second sample."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        begin = min(1, len(x) - 1)
        return super().fit(net, x[begin:], t[begin:], query, seed=seed, epochs=epochs, rule=rule)


@fault(breaks="initial-start", remedy="draw the weights in the constructor, and nowhere else")
class DrawnAnewInTraining(Reference):
    """Training draws weights of its own before it begins."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        return super().fit(net, x, t, query, seed=seed + 1, epochs=epochs, rule=rule)


@fault(breaks="initial-start", remedy="stop after the epochs that were asked for")
class TrainsAtDefaultRate(Reference):
    """Training takes a rate of 0 for a missing one."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        told = rule if rule.rate else Rule(0.1)
        return super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=told)


@fault(breaks="train-every-sample", remedy="shuffle inputs and targets by one and the same index")
class TargetsShuffledAlone(Reference):
    """Training shuffles the targets and leaves the inputs in order."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        order = np.random.default_rng(seed).permutation(len(t))
        return super().fit(net, x, t[order], query, seed=seed, epochs=epochs, rule=rule)


@fault(breaks="train-fit", remedy="go over all epochs: the return stands inside the loop")
class OneEpochOnly(Reference):
    """Training ends after its first epoch, whatever was asked for."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        return super().fit(net, x, t, query, seed=seed, epochs=min(epochs, 1), rule=rule)


@fault(breaks="train-fit", remedy="keep what training has made of the parameters")
class NothingIsKept(Reference):
    """Training works on copies that it drops at its end."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        return super().fit(net, x, t, query, seed=seed, epochs=0, rule=rule)


@fault(breaks="train-fit", remedy="train on the samples; the query is for afterwards")
class TrainsOnTheQuery(Reference):
    """Training takes the inputs that it is to predict afterwards for those of its samples."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        return super().fit(net, query[: len(x)], t, query, seed=seed, epochs=epochs, rule=rule)


@fault(breaks="train-fit", remedy="predict with the parameters at the end of the training")
class PredictsBeforeTheLastEpoch(Reference):
    """What is predicted after training is predicted with the parameters of the epoch before the last."""

    def fit(self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule) -> Fitted:
        done = super().fit(net, x, t, query, seed=seed, epochs=epochs, rule=rule)
        before = super().fit(net, x, t, query, seed=seed, epochs=max(0, epochs - 1), rule=rule)
        return done if epochs == 0 else Fitted(before.output, done.params, done.losses)


@fault(breaks="shape-weights", remedy="give every declared rule a memory of the right kind")
class RuleRaises(Reference):
    """A rule that is declared fails at its first update."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        if rule.name == "nesterov":
            raise RuntimeError("no velocity for nesterov")
        return super().update(rule, params, gradient, memories)
