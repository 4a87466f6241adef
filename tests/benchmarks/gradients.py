"""Gradient checking beside what the field uses: power, soundness, cost; prints one table.

Run by hand: `python tests/benchmarks/gradients.py [--short]`. It needs the `bench` extra (PyTorch, JAX, SciPy). Everybody checks
the same network: sigmoid, softmax with cross-entropy, a batch of 8. One BLAS thread; times are ratios in one interleaved run.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits
from timing import ratios  # type: ignore[import-not-found]  # it lies beside this script

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # for the long run's networks
from tests.long.gradients import blocks

import backproof
from backproof.asked import Asked
from backproof.must import Place, Undecided, Unmet, Violation, must_equal
from backproof.oracle import closed, line
from backproof.oracle.bounded import SINGLE
from backproof.oracle.tensors import direction, flat, layered, moved
from backproof.pool import pool
from backproof.registry import properties
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params, Targets

BATCH = 8
SIZES = ((2, 2, 1), (64, 30, 10), (784, 300, 10))
TRANSPOSED = ((3, 3, 3), (8, 8, 4), (16, 16, 10), (32, 32, 10), (64, 64, 10), (128, 128, 10), (256, 256, 10))


@dataclass(frozen=True)
class Problem:
    """A network, a point, and a batch."""

    net: Network
    params: Params
    x: Array
    t: Array

    def loss(self, params: Params) -> float:
        """The reference's loss, in numpy."""
        return Reference().loss(self.net, tuple(Layer(*p) for p in params), self.x, self.t)

    def gradient(self, params: Params) -> Params:
        """The reference's gradient."""
        return Reference().gradient(self.net, tuple(Layer(*p) for p in params), self.x, self.t)


def problem(sizes: Sequence[int], seed: int = 0, hidden: str = "sigmoid", dtype: type = np.float64) -> Problem:
    """Normal weights of sd 1 / sqrt(fan_in), biases of sd 1/2, dense inputs, one-hot targets."""
    rng = np.random.default_rng(seed)
    pairs = list(zip(sizes, sizes[1:], strict=False))
    output = Activation("softmax" if sizes[-1] > 1 else "sigmoid")
    loss = Loss("cross_entropy" if sizes[-1] > 1 else "binary_cross_entropy")
    net = Network(tuple(sizes), (Activation(hidden),) * (len(sizes) - 2) + (output,), loss)
    params = tuple(
        Layer(rng.normal(0, m**-0.5, (m, d)).astype(dtype), rng.normal(0, 0.5, d).astype(dtype)) for m, d in pairs
    )
    labels = rng.integers(0, sizes[-1], BATCH)
    t = np.eye(sizes[-1])[labels] if sizes[-1] > 1 else rng.integers(0, 2, (BATCH, 1)).astype(float)
    return Problem(net, params, rng.normal(size=(BATCH, sizes[0])).astype(dtype), t.astype(dtype))


Damage = Callable[[list[Array]], None]


def damaged(one: Problem, damage: Damage | None) -> Callable[[Params], Params]:
    """The gradient, with a fault."""

    def gradient(params: Params) -> Params:
        parts = [np.array(p) for p in flat(one.gradient(params))]
        if damage is not None:
            damage(parts)
        return layered(parts)

    return gradient


def scaled_entry(which: int, position: int, factor: float) -> Damage:
    """One number of the gradient times a factor."""

    def damage(parts: list[Array]) -> None:
        parts[which].ravel()[position] *= factor

    return damage


# The peers, each on the same loss and gradient in its own way.


def torch_check(one: Problem, damage: Damage | None = None, fast: bool = True) -> bool:
    """torch.autograd.gradcheck, with its own tolerances."""
    x, t = torch.from_numpy(one.x), torch.from_numpy(one.t)
    act = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[one.net.activations[0].name]

    class Net(torch.autograd.Function):
        """Forward by PyTorch, backward with the fault."""

        @staticmethod
        def forward(ctx: Any, *p: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(*p)
            return torch_loss(p, x, t, act)

        @staticmethod
        def backward(ctx: Any, *above: torch.Tensor) -> Any:
            p = [q.detach().requires_grad_() for q in ctx.saved_tensors]
            with torch.enable_grad():
                parts = torch.autograd.grad(torch_loss(p, x, t, act), p)
            arrays = [q.numpy().copy() for q in parts]
            if damage is not None:
                damage(arrays)
            return tuple(above[0] * torch.from_numpy(q) for q in arrays)

    leaves = [torch.tensor(p, requires_grad=True) for p in flat(one.params)]
    return bool(torch.autograd.gradcheck(Net.apply, leaves, fast_mode=fast, raise_exception=False))


def torch_loss(p: Sequence[torch.Tensor], x: torch.Tensor, t: torch.Tensor, act: Callable[..., torch.Tensor]) -> torch.Tensor:
    """The same loss in PyTorch."""
    a = x
    for k in range(0, len(p) - 2, 2):
        a = act(a @ p[k] + p[k + 1])
    z = a @ p[-2] + p[-1]
    if z.shape[1] == 1:
        return torch.nn.functional.binary_cross_entropy_with_logits(z, t)
    return -(t * torch.log_softmax(z, 1)).sum(1).mean()


def jax_check(one: Problem, damage: Damage | None = None) -> bool:
    """jax.test_util.check_grads in reverse mode, order 1, with its own tolerances."""
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def loss(*p: Any) -> Any:
        a: Any = one.x
        for k in range(0, len(p) - 2, 2):
            a = jax.nn.sigmoid(a @ p[k] + p[k + 1])
        z = a @ p[-2] + p[-1]
        return -(one.t * jax.nn.log_softmax(z)).sum(1).mean()

    faulty = jax.custom_vjp(loss)

    def backward(p: Any, above: Any) -> Any:
        parts = [np.array(q) for q in jax.grad(loss, tuple(range(len(p))))(*p)]
        if damage is not None:
            damage(parts)
        return tuple(above * jnp.asarray(q) for q in parts)

    faulty.defvjp(lambda *p: (loss(*p), p), backward)
    try:
        check_grads(faulty, flat(one.params), order=1, modes=["rev"])
    except AssertionError:
        return False
    return True


def scipy_error(one: Problem, damage: Damage | None = None) -> float:
    """scipy.optimize.check_grad along a random direction: a number, without a verdict."""
    from scipy.optimize import check_grad

    shapes, x = [p.shape for p in flat(one.params)], np.concatenate([p.ravel() for p in flat(one.params)])
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def parts(vector: Array) -> Params:
        return layered([part.reshape(shape) for part, shape in zip(np.split(vector, cuts), shapes, strict=True)])

    def gradient(vector: Array) -> Array:
        return np.concatenate([p.ravel() for p in flat(damaged(one, damage)(parts(vector)))])

    return float(check_grad(lambda v: one.loss(parts(v)), gradient, x, direction="random", rng=0))


def ours(one: Problem, damage: Damage | None = None, seed: int = 0) -> backproof.Checked:
    """backproof.check_gradient."""
    return backproof.check_gradient(one.loss, damaged(one, damage), one.params, seed=seed)


# The rows of the table.

Row = tuple[str, str, str, str]  # what, required, reached, the field in this run


def soundness(number: int) -> Iterable[Row]:
    """Right gradients called wrong, and left undecided."""
    said = list(blocks(number, 2, None))
    counts = sum((Counter(one["counts"]) for one in said), Counter[str]())  # type: ignore[call-overload]  # names to numbers
    wrong = sum(count for what, count in counts.items() if "violated" in what)
    yield "violated on right gradients", "0 of 100,000", f"{wrong} of {number}", "torch 2.3 % of relu, 99 % of float32"
    for dtype, need in (("float64", 1), ("float32", 3)):
        of = {what: count for what, count in counts.items() if dtype in what}
        open_ = sum(count for what, count in of.items() if "undecided" in what) / sum(of.values())
        yield f"undecided, {dtype}", f"<= {need} %", f"{100 * open_:.2f} %", "-"


def one_weight(placements: int, peers: int) -> Row:
    """A relative error of 1e-4 on one weight of 784-300-10."""
    one, rng = problem(SIZES[-1]), np.random.default_rng(1)
    parts = flat(one.params)
    named, losses, theirs = 0, [], {"torch fast": 0, "jax": 0}
    for turn in range(placements):
        which = int(rng.choice(len(parts), p=[p.size / sum(q.size for q in parts) for p in parts]))
        damage = scaled_entry(which, position := int(rng.integers(parts[which].size)), 1 + 1e-4)
        said = ours(one, damage, seed=turn)
        index = tuple(int(i) for i in np.unravel_index(position, parts[which].shape))
        entries = said.location.entries if said.location is not None else ()
        named += [(entry.tensor, entry.index) for entry in entries] == [(which, index)]
        losses.append(said.losses)
        if turn < peers:
            theirs["torch fast"] += not torch_check(one, damage)
            theirs["jax"] += not jax_check(one, damage)
    field = ", ".join(f"{name} {found} of {peers}" for name, found in theirs.items())
    need = f">= {round(0.99 * placements)} of {placements}"
    reached = f"{named} of {placements}, {max(losses)} losses at most"
    return "1e-4 on one weight of 784-300-10: found and named", need, reached, field


def one_weight_single(placements: int) -> Row:
    """One hundredth on one weight of 784-300-10 in float32, by the closed form."""
    one, rng, found = problem(SIZES[-1], dtype=np.float32), np.random.default_rng(2), 0
    one = replace(one, net=replace(one.net, loss=Loss("matching")))  # delta = p - t, as programs compute it
    want = closed.gradient(one.net, one.params, one.x, one.t, SINGLE)
    right = one.gradient(one.params)
    must_equal(right[0].W, want[0].W, Place("dW", 1))  # the right one is not accused
    must_equal(right[1].W, want[1].W, Place("dW", 2))
    for _ in range(placements):
        l = int(rng.random() < right[1].W.size / (right[0].W.size + right[1].W.size))
        g, position = right[l].W.copy(), int(rng.integers(right[l].W.size))
        g.ravel()[position] *= np.float32(1.01)
        try:
            must_equal(g, want[l].W, Place("dW", l + 1))
        except Violation as violation:
            place = violation.place
            found += place is not None and np.ravel_multi_index(place.index, g.shape) == position
    need = f">= {round(0.99 * placements)} of {placements}"
    return "1 % on one weight of 784-300-10, float32, closed form", need, f"{found} of {placements}", "-"


def passing(sizes: Sequence[int], rounds: int) -> Row:
    """The time of a check that passes, beside torch's fast mode and jax."""
    one = problem(sizes)
    said = ours(one)
    tasks: dict[str, Callable[[], object]] = {
        "ours": lambda: backproof.check_gradient(one.loss, one.gradient, one.params),
        "torch fast": partial(torch_check, one),
    }
    found = ratios(tasks, "ours", rounds)["torch fast"]
    what = f"a passing check at {'-'.join(map(str, sizes))}: time beside torch fast"
    return what, "<= 1.0", f"{found:.2f}, {said.losses} losses", "1.0"


def failing(rounds: int, with_torch: bool) -> Row:
    """The time and the losses of a check that fails, with its location."""
    one = problem(SIZES[-1])
    damage = scaled_entry(0, 12345, 2.0)
    times = [_timed(lambda: ours(one, damage)) for _ in range(rounds)]
    losses = ours(one, damage).losses
    theirs = _timed(lambda: torch_check(one, _gross)) if with_torch else None
    beside = f", {theirs / median(times):,.0f} times cheaper than torch fast" if theirs else ""
    return ("a failing check, location included", "<= 100 losses, 1,000 times cheaper", f"{losses} losses{beside}",
            f"torch fast {theirs:.0f} s" if theirs else "not run")  # fmt: skip


def _gross(parts: list[Array]) -> None:
    """So wrong that torch's fast mode sees it; it passes a dW1 that is half as large again."""
    for part in parts:
        part += 1.0


def _timed(task: Callable[[], object]) -> float:
    start = perf_counter()
    task()
    return perf_counter() - start


def complex_slope(one: Problem, v: Sequence[Array]) -> float:
    """phi'(0) by a complex step, exact but for rounding: the activations here are analytic."""
    h = 1e-200
    p, a = [q + 1j * h * d for q, d in zip(flat(one.params), v, strict=True)], one.x.astype(complex)
    names = [activation.name for activation in one.net.activations]
    for l in range(len(names) - 1):
        z = a @ p[2 * l] + p[2 * l + 1]
        a = np.tanh(z) if names[l] == "tanh" else 1 / (1 + np.exp(-z))
    z = a @ p[-2] + p[-1]
    if names[-1] == "sigmoid":
        return float(np.mean(np.log(1 + np.exp(z)) - one.t * z).imag / h)
    return float(np.mean(np.log(np.exp(z).sum(1)) - (one.t * z).sum(1)).imag / h)


def _along(one: Problem, x: tuple[Array, ...], v: tuple[Array, ...], offsets: line.Values) -> line.Values:
    """The losses at offsets (k,) along v."""
    return np.array([one.loss(layered(moved(x, v, float(s)))) for s in offsets])


def coverage(number: int) -> Row:
    """How often the bound covers the true error, and how much larger it is."""
    ratio = []
    for seed in range(number):
        rng = np.random.default_rng([seed, 7])
        sizes = (int(rng.integers(1, 20)), *(int(w) for w in rng.integers(1, 20, rng.integers(1, 3))), int(rng.integers(1, 8)))
        one = problem(sizes, seed, hidden=("sigmoid", "tanh")[seed % 2])
        x = flat(one.params)
        v = direction(x, [2.0 ** -round(np.log2(max(1, len(p))) / 2) for p in x], rng)
        found = line.slope(partial(_along, one, x, v))
        ratio.append(found.bound / max(abs(found.value - complex_slope(one, v)), 1e-300))
    covered = float(np.mean(np.array(ratio) >= 1))
    return ("the bound covers the true error (complex step)", ">= 99.99 %, median bound / error <= 30",
            f"{100 * covered:.2f} % of {number}, median {median(ratio):.0f}", "published estimators 87-96 %")  # fmt: skip


def rearranged(peers: bool) -> Row:
    """Transposed, permuted and swapped gradients."""
    caught = theirs = total = 0
    for sizes in TRANSPOSED:
        one = problem(sizes)
        for damage in _rearrangements(sizes):
            total += 1
            caught += ours(one, damage).verdict == "violated"
            if peers and max(sizes) <= 64:  # where it fails, its fast mode takes the slow way
                theirs += not torch_check(one, damage)
    small = sum(len(list(_rearrangements(sizes))) for sizes in TRANSPOSED if max(sizes) <= 64)
    return ("transposed, permuted, swapped gradients up to 256-256-10", "all", f"{caught} of {total}",
            f"torch fast {theirs} of the smallest {small}" if peers else "not run")  # fmt: skip


def _rearrangements(sizes: Sequence[int]) -> Iterable[Damage]:
    rng = np.random.default_rng(len(sizes))
    rows, columns = rng.permutation(sizes[0]), rng.permutation(sizes[2])

    def transposed(parts: list[Array]) -> None:
        parts[0] = np.ascontiguousarray(parts[0].T)

    def permuted(parts: list[Array]) -> None:
        parts[0] = parts[0][np.roll(rows, 1) if (rows == np.arange(len(rows))).all() else rows]

    def shuffled(parts: list[Array]) -> None:
        parts[2] = parts[2][:, np.roll(columns, 1) if (columns == np.arange(len(columns))).all() else columns]

    def swapped(parts: list[Array]) -> None:
        parts[0][[0, 1]] = parts[0][[1, 0]]

    return transposed, permuted, shuffled, swapped


class OneRowForgotten(Reference):
    """A batch of one row has no bias gradient."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """The reference's, without db on one row."""
        g = super().gradient(net, params, x, t)
        return tuple(Layer(p.W, 0 * p.b) for p in g) if len(x) == 1 else g


class OneUnitForgotten(Reference):
    """A hidden layer of one unit sends nothing back."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """The reference's, without dW_1 below such a layer."""
        g = super().gradient(net, params, x, t)
        return (Layer(0 * g[0].W, g[0].b), *g[1:]) if 1 in net.sizes[1:-1] else g


def first_example(kind: type[Reference]) -> int:
    """The number of the example at which the gradient is seen to be wrong, counted from 1."""
    asked = Asked(load(kind))
    check = next(found for found in properties() if found.name.startswith("gradient_is_the_closed_form"))
    for number, case in enumerate(pool(asked.claims, 0, 100), start=1):
        with suppress(Undecided, Unmet):
            try:
                if check.where.holds(case):
                    check.put(asked, case)
            except Violation:
                return number
    raise AssertionError(f"{kind.__name__} was not found out")


def small_batch_and_width() -> Row:
    """Faults that show at a batch of 1 or a width of 1 only: the example at which they are seen."""
    worst = max(map(first_example, (OneRowForgotten, OneUnitForgotten)))
    return "a fault that needs batch 1 or width 1", "within 20 examples", f"example {worst}", "nobody"


def main(short: bool) -> None:
    """Print the table."""
    table = Table("what", "must reach", "reached", "the field, in this run", title="Gradient checking")
    with threadpool_limits(1):
        torch.set_num_threads(1)
        rows: list[Callable[[], Row]] = [
            lambda: one_weight(5 if short else 200, 1 if short else 20),
            lambda: one_weight_single(20 if short else 200),
            *(partial(passing, sizes, 5 if short else 40) for sizes in SIZES),
            lambda: failing(3 if short else 9, not short),
            lambda: coverage(200 if short else 20000),
            lambda: rearranged(not short),
            small_batch_and_width,
        ]
        for row in (*soundness(1000 if short else 100_000), *(row() for row in rows)):
            table.add_row(*row)
    Console(width=160).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute instead of ten")
    main(parser.parse_args().short)
