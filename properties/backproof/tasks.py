"""Tasks that a correct program learns for certain: the sixteen gates, and separable classes, from committed starts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from backproof.oracle import closed, trajectory
from backproof.pool import Shape, admitted
from backproof_spec import Activation, Claims, Family, Layer, Network, Params
from backproof_spec.vocabulary import SMOOTH, known, target_kind

GATES = ("FALSE", "NOR", "NOT A AND B", "NOT A", "A AND NOT B", "NOT B", "XOR", "NAND",
         "AND", "XNOR", "B", "NOT A OR B", "A", "A OR NOT B", "OR", "TRUE")  # fmt: skip
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
RATES = (0.5, 2.0, 8.0, 0.125)  # for the canonical loss; divided by the declared loss's scale against it
GATE_STEPS = (50, 100, 200, 400)  # the first at which all is attained: what the closed form learns in 50, the subject has 50 for
CLASS_STEPS = (400,)
STARTS = 3
BESIDE, OFF = 2, 2.0**-20  # starts beside the committed one, and how far off they are, relatively: more than float32 rounds
REACHED = 0.25  # a task is put only where the closed form's outputs are this near to all targets; the subject has twice that
ALIKE = 0.25  # outputs that near to 0 and to 1 differ by 0.5 at least; half of that is alike
BEATEN = 0.9  # of the best constant's squared error on three classes, 1/3, the closed form there has at most 0.28; of its start's
HALVED = 0.5  # loss it has at most this, or the task is not put


@dataclass(frozen=True, eq=False)
class Task:
    """A batch, a start and a rate from which the closed form attains its targets."""

    net: Network
    start: Params
    x: NDArray[np.float64]  # (n, d_0)
    t: NDArray[np.float64]  # (tasks, n, d_L)
    names: tuple[str, ...]
    rate: float
    steps: int
    learnt: tuple[bool, ...]  # which tasks the closed form attains


def bits(gate: int) -> list[int]:
    """The gate's outputs for the inputs 00, 01, 10, 11: the number's binary digits, the first input least significant."""
    return [gate >> row & 1 for row in range(4)]


def start(net: Network, seed: int) -> Params:
    """A committed start: Glorot-like dyadic weights; biases 0 where activations are smooth, small ones where they have kinks."""
    rng = np.random.default_rng([seed, 16])
    zero = all(a.name in SMOOTH for a in net.activations)
    layers = []
    for l, (d_in, d_out) in enumerate(zip(net.sizes, net.sizes[1:], strict=False), start=1):
        limit = np.sqrt(6 / (d_in + d_out)) if l > 1 else 1.5 * np.sqrt(2 / max(2, d_in))
        W = np.round(rng.uniform(-limit, limit, (d_in, d_out)) * 64) / 64
        b = np.round(rng.uniform(-0.5, 0.5, d_out) * 64) / 64
        layers.append(Layer(W, b * (not zero and net.bias(l) == "each")))
    return tuple(layers)


def plain(family: Family, sizes: tuple[int, ...], claims: Claims) -> Network | None:
    """The family's network of these sizes with its first activations and loss; None: no closed form, or a penalty only."""
    if not family.hidden or family.penalty[0].l1 or family.penalty[0].l2 or "shared" in family.biases:
        return None
    depth = len(sizes) - 2
    first, last = family.biases
    biases = () if family.biases == ("each", "each") else (first,) * depth + (last,)
    net = Network(sizes, (family.hidden[0],) * depth + (family.output[0],), family.loss[0], family.reported, biases=biases)
    fits = closed.has_closed_form(net) and all(map(known, net.activations)) and claims.rates is not None
    return net if fits else None


def gate_targets(net: Network) -> NDArray[np.float64]:
    """(16, 4, d_L): the gate's bit in every output; for a softmax output its one-hot row over the first two."""
    table = np.array([bits(gate) for gate in range(16)], dtype=np.float64)
    classes = net.activations[-1].name == "softmax" or target_kind(net.loss) in ("one_hot", "index", "distribution")
    if classes and net.sizes[-1] > 1:
        return np.asarray(np.eye(net.sizes[-1])[table.astype(int)], dtype=np.float64)
    return np.repeat(table[:, :, None], net.sizes[-1], axis=2)


def class_targets(net: Network) -> NDArray[np.float64]:
    """(1, 2 d_L, d_L): two samples of each class, one-hot."""
    return np.eye(net.sizes[-1])[np.arange(2 * net.sizes[-1]) % net.sizes[-1]][None]


def class_inputs(net: Network) -> NDArray[np.float64]:
    """(2 d_L, d_0): each class its own corner, each sample a little off it."""
    rng = np.random.default_rng(3)
    classes, d = net.sizes[-1], net.sizes[0]
    corners = np.where(rng.random((classes, d)) < 0.5, -1.0, 1.0)
    if d >= classes:
        corners = 2 * np.eye(classes, d) - 0.5
    elif d == 1:
        corners = np.linspace(-1.5, 1.5, classes)[:, None]
    else:
        angle = 2 * np.pi * np.arange(classes) / classes
        corners = np.zeros((classes, d))
        corners[:, :2] = 1.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    x = np.vstack([corners, corners + rng.normal(0, 0.1, (classes, d))])
    return np.asarray(np.round(x * 64) / 64, dtype=np.float64)


def _beside(begin: Params) -> list[Params]:
    """Starts a little off: where one of them ends elsewhere, rounding decides, and the task is put to nobody."""
    rng = np.random.default_rng(5)
    return [
        tuple(Layer(p.W * (1 + OFF * rng.normal(size=p.W.shape)), p.b * (1 + OFF * rng.normal(size=p.b.shape))) for p in begin)
        for _ in range(BESIDE)
    ]


@cache
def solve(net: Network, gates: bool, limits: tuple[float, float], batch: int | None = None) -> Task:
    """The fewest steps, then the first rate and start, with which the closed form attains all tasks; else the most tasks."""
    x, t = _given(net, gates)
    names = GATES if gates else (f"{net.sizes[-1]} separable classes",)
    best = Task(net, start(net, 0), x, t, names, 0.0, 0, (False,) * len(t))
    rows = len(x) if batch is None else min(batch, len(x))
    share = closed.scale(net.loss, rows, net.sizes[-1]) * rows
    rates = [rate / share for rate in RATES if limits[0] <= rate / share <= limits[1]]
    for steps, learnt in _learnt(net, x, t, rates, GATE_STEPS if gates else CLASS_STEPS, batch):
        which = int(learnt.sum(axis=1).argmax())
        if learnt[which].sum() > sum(best.learnt):
            begin, rate = start(net, which % STARTS), rates[which // STARTS]
            best = Task(net, begin, x, t, names, rate, steps, tuple(learnt[which].tolist()))
        if all(best.learnt):
            break
    return best


def _given(net: Network, gates: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inputs (n, d_0) and targets (tasks, n, d_L)."""
    if not gates:
        return class_inputs(net), class_targets(net)
    return np.hstack([CORNERS, np.ones((4, net.sizes[0] - 2))]), gate_targets(net)


def _learnt(
    net: Network, x: NDArray[np.float64], t: NDArray[np.float64], rates: list[float], most: tuple[int, ...], batch: int | None
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """After more and more steps, whether every rate and start, and those beside it, attain the tasks (rates * STARTS, tasks)."""
    if not rates:
        return
    starts = [one for seed in range(STARTS) for begin in (start(net, seed),) for one in (begin, *_beside(begin))]
    rate = np.repeat(rates, len(starts) * len(t))[:, None, None]
    targets = np.tile(t, (len(rates) * len(starts), 1, 1))
    run, done = trajectory.begun(net, starts * len(rates), x, len(t)), 0
    for steps in most:
        run = trajectory.onward(net, run, x, targets, rate, steps - done, batch)
        missed = np.abs(run.y - targets).max(axis=(1, 2)).reshape(-1, 1 + BESIDE, len(t)).max(axis=1)
        done = steps
        yield steps, missed < REACHED


def _ablest(hidden: tuple[Activation, ...]) -> tuple[Activation, ...]:
    """The same, with what learns gates in the fewest steps in front, tanh, and at the end identity, which cannot learn XOR."""
    return tuple(sorted(hidden, key=lambda a: (a.name != "tanh", a.name == "identity")))


def gate_task(claims: Claims, family: Family) -> Task | None:
    """The sixteen gates for this family, or None where it cannot hold them."""
    sizes = admitted(Shape("", (6,), 2, 2 if family.output[0].name == "softmax" else 1, 4), family.sizes)
    net = plain(replace(family, hidden=_ablest(family.hidden)), sizes, claims)
    return (
        None
        if net is None or net.depth < 2 or sizes[0] < 2 or claims.rates is None
        else solve(net, True, claims.rates, claims.batch)
    )


def class_task(claims: Claims, family: Family) -> Task | None:
    """Separable classes for this family, or None where it cannot hold them."""
    net = plain(family, admitted(Shape("", (8,), 3, 3, 6), family.sizes), claims)
    return None if net is None or net.sizes[-1] < 2 or claims.rates is None else solve(net, False, claims.rates, claims.batch)
