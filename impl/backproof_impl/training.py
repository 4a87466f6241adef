"""Training goes over the samples in shuffled mini-batches, each sample once an epoch, and updates after each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from backproof_impl import optimisers
from backproof_impl.optimisers import Memories
from backproof_spec.protocol import HasGradient, Implementation
from backproof_spec.values import Array, Labels, Network, Params, Rule, Targets

Indices: TypeAlias = NDArray[np.intp]  # (n,), rows of the samples
Watcher: TypeAlias = Callable[[int, Params], None]  # told the epoch, from 1, and the parameters after it


class Learner(HasGradient, Protocol):
    """What can be trained: it has a gradient, and says how a gradient becomes an update."""

    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        """Move the parameters in place, use the gradient up, and return what the optimiser remembers."""
        ...


def batches(n: int, size: int, rng: np.random.Generator) -> Iterator[Indices]:
    """The rows 0..n-1 in a fresh random order, `size` at a time; the last batch keeps what is left."""
    order: Indices = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


def train(
    learner: Learner, net: Network, params: Params, x: Array, t: Targets, *,
    rule: Rule, epochs: int, batch: int, seed: int, watch: Watcher | None = None,
) -> Params:  # fmt: skip
    """The parameters after `epochs` passes over x (n, d_0) and t ((n, d_L) or (n,)); those given stay as they are."""
    rng, params, memories = np.random.default_rng(seed), optimisers.copied(params), optimisers.fresh(params)
    for epoch in range(1, epochs + 1):
        for rows in batches(len(x), batch, rng):
            gradient = learner.gradient(net, params, x.take(rows, axis=0), t.take(rows, axis=0))
            memories = learner.update(rule, params, gradient, memories)
        if watch is not None:
            watch(epoch, params)
    return params


def accuracy(outputs: Array, labels: Labels) -> float:
    """The share of rows whose largest output (n, d_L) is that of the label (n,)."""
    return float(np.mean(outputs.argmax(axis=1) == labels))


def evaluate(subject: Implementation, net: Network, params: Params, x: Array, labels: Labels) -> float:
    """The accuracy of the subject's outputs for x (n, d_0) against labels (n,)."""
    return accuracy(subject.forward(net, params, x), labels)


@contextmanager
def progress_bar(epochs: int, console: Console | None = None) -> Iterator[Watcher]:
    """A watcher that draws a bar where the console is a terminal, and nothing elsewhere."""
    console = console or Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("epochs", total=epochs)
        yield lambda epoch, _: progress.update(task, completed=epoch)
