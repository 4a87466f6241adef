"""Soundness of the directional oracle: right gradients of fresh networks, none of which may be called wrong.

    python tests/long/gradients.py [--number 100000] [--processes 2] [--state FILE]

Networks of random sizes with every activation, output and loss of the specification; weights that are normal, small
integers, or XNOR's with zero biases; targets near what the network answers already. Half of them in float32. Work is done in
blocks of 500; a block that is done is a line in the state file, and is not done again. Prints what was undecided and why, and
every accusation; exit status 1 if there is one.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.progress import track

import backproof
from backproof_impl.reference import Reference
from backproof_spec import Activation, Array, Layer, Loss, Network, Params

BLOCK = 500
HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "gelu_tanh", "identity")
OUTPUTS = (
    ("identity", "squared_error"), ("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy"),
    ("sigmoid", "squared_error"), ("tanh", "squared_error"), ("softmax", "squared_error"), ("relu", "squared_error"),
)  # fmt: skip
KINDS = ("normal", "normal", "normal", "small integers", "near fit", "XNOR, zero biases")
XNOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def drawn(number: int) -> tuple[str, Network, Params, Array, Array]:
    """The kind, the network, its parameters and the batch of this number: the first draw in which anything has a gradient."""
    for turn in range(20):
        one = _drawn(number, turn)
        if any(p.any() for layer in Reference().gradient(*one[1:]) for p in layer):
            break
    return one


def _drawn(number: int, turn: int) -> tuple[str, Network, Params, Array, Array]:
    rng = np.random.default_rng([number, turn])
    kind, dtype = KINDS[rng.integers(len(KINDS))], (np.float64, np.float32)[number % 2]
    output, loss = OUTPUTS[rng.integers(len(OUTPUTS))]
    sizes = tuple(int(size) for size in rng.integers(1, 9, rng.integers(2, 5)))
    n = int(rng.integers(1, 9))
    if kind.startswith("XNOR"):
        sizes, n = (2, int(rng.integers(2, 6)), 1), 4
    net = Network(sizes, (*(Activation(HIDDEN[k]) for k in rng.integers(len(HIDDEN), size=len(sizes) - 2)), Activation(output)),
                  Loss(loss))  # fmt: skip
    params = tuple(_layer(rng, kind, a, b) for a, b in zip(sizes, sizes[1:], strict=False))
    x = XNOR if kind.startswith("XNOR") else rng.normal(size=(n, sizes[0]))
    x = np.round(2 * x) if kind == "small integers" else x
    t = _targets(rng, net, n)
    if kind == "near fit":
        y = Reference().forward(net, params, x)
        t = y + 10.0 ** -rng.integers(1, 9) * rng.normal(size=y.shape)
        t = t if output == "identity" else np.clip(t, 0, 1)
        t = t / t.sum(axis=1, keepdims=True) if output == "softmax" else t
    narrow = tuple(Layer(p.W.astype(dtype), p.b.astype(dtype)) for p in params)
    return f"{kind}, {np.dtype(dtype).name}", net, narrow, x.astype(dtype), t.astype(dtype)


def _layer(rng: np.random.Generator, kind: str, fan_in: int, width: int) -> Layer:
    if kind == "small integers":
        return Layer(rng.integers(-2, 3, (fan_in, width)).astype(float), rng.integers(-2, 3, width).astype(float))
    W = rng.normal(0, fan_in ** rng.uniform(-0.5, 0), (fan_in, width))
    return Layer(W, np.zeros(width) if kind.startswith("XNOR") else rng.normal(0, 0.5, width))


def _targets(rng: np.random.Generator, net: Network, n: int) -> Array:
    d, output = net.sizes[-1], net.activations[-1].name
    if output == "softmax":
        return np.eye(d)[rng.integers(0, d, n)]
    return rng.integers(0, 2, (n, d)).astype(float) if output == "sigmoid" else rng.normal(size=(n, d))


def verdict(number: int) -> tuple[str, backproof.Checked]:
    """The kind of network, and what is said of its right gradient."""
    kind, net, params, x, t = drawn(number)
    one = Reference()

    def layers(p: Params) -> Params:
        return tuple(Layer(*layer) for layer in p)

    with np.errstate(all="ignore"):
        return kind, backproof.check_gradient(
            lambda p: one.loss(net, layers(p), x, t), lambda p: one.gradient(net, layers(p), x, t), params, seed=number
        )


def block(first: int) -> dict[str, object]:
    """What was said of the networks first, first + 1, ...: counts by kind and reason, and every accusation."""
    counts, accused = Counter[str](), list[str]()
    for number in range(first, first + BLOCK):
        kind, said = verdict(number)
        reason = said.reason.split(":")[0] if said.verdict == "undecided" else ""
        counts[f"{kind}: {said.verdict}{f', {reason}' if reason else ''}"] += 1
        if said.verdict == "violated":
            accused.append(f"{number}, {kind}: {said}")
    return {"first": first, "counts": counts, "accused": accused}


def blocks(number: int, processes: int, state: Path | None) -> Iterator[dict[str, object]]:
    """Blocks done before, then the others as they are done, each written down at once."""
    known = [json.loads(line) for line in state.read_text().splitlines()] if state is not None and state.exists() else []
    done = {one["first"]: one for one in known if one["first"] < number}
    yield from done.values()
    todo = [first for first in range(0, number, BLOCK) if first not in done]
    with ProcessPoolExecutor(processes) as pool:
        for one in track(pool.map(block, todo), "networks", len(todo), disable=not sys.stderr.isatty()):
            if state is not None:
                with state.open("a") as lines:
                    lines.write(json.dumps(one) + "\n")
            yield one


def main() -> int:
    """Run, print, and say with the exit status whether anybody was accused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000, help=f"networks, a multiple of {BLOCK}")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    given = parser.parse_args()
    counts, accused = Counter[str](), list[str]()
    for one in blocks(given.number, given.processes, given.state):
        counts.update(one["counts"])  # type: ignore[call-overload]  # a mapping from the state file
        accused += one["accused"]  # type: ignore[arg-type]  # a list from there
    print("\n".join(accused))
    for dtype in ("float64", "float32"):
        of = {what: count for what, count in counts.items() if dtype in what}
        open_ = sum(count for what, count in of.items() if "undecided" in what)
        print(f"{dtype}: {sum(of.values())} networks, {open_} undecided ({100 * open_ / max(1, sum(of.values())):.2f} %)")
        print("".join(f"    {what}: {count}\n" for what, count in sorted(of.items()) if "held" not in what), end="")
    print(f"{sum(counts.values())} right gradients, {len(accused)} called wrong")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
