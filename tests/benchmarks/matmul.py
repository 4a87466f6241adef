"""A step at 784-300-10, batch 100, float64: the reference beside eager PyTorch, and beside its matrix products alone.

Run by hand: `python tests/benchmarks/matmul.py [--short]`. Plain gradient descent, tanh, softmax with cross-entropy.
"""

import argparse
from collections.abc import Callable

import numpy as np
import torch
from timing import ratios  # type: ignore[import-not-found]  # it lies beside this script

from backproof_impl.reference import Reference
from backproof_impl.training import train
from backproof_spec.values import Activation, Array, Labels, Loss, Network, Params, Rule

SIZES, BATCH, RATE = (784, 300, 10), 100, 0.1


def reference_epoch(x: Array, labels: Labels) -> Callable[[], object]:
    """One epoch of the reference over x (n, 784) and labels (n,)."""
    net = Network(SIZES, (Activation("tanh"), Activation("softmax")), Loss("cross_entropy"))
    subject = Reference()
    params, t = subject.initial(net, 0), subject.targets(net, labels)
    return lambda: train(subject, net, params, x, t, rule=Rule(RATE), epochs=1, batch=BATCH, seed=0)


def torch_epoch(x: Array, labels: Labels) -> Callable[[], object]:
    """One epoch of eager PyTorch over x (n, 784) and labels (n,)."""
    layers = (torch.nn.Linear(784, 300), torch.nn.Tanh(), torch.nn.Linear(300, 10))
    model = torch.nn.Sequential(*layers).double()
    optimiser, criterion = torch.optim.SGD(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)

    def run() -> None:
        order = torch.randperm(len(inputs))
        for start in range(0, len(inputs), BATCH):
            rows = order[start : start + BATCH]
            optimiser.zero_grad()
            criterion(model(inputs[rows]), targets[rows]).backward()
            optimiser.step()

    return run


def bare_products(x: Array, params: Params) -> Callable[[], object]:
    """The five matrix products of a step, on every batch of x (n, 784), and nothing else."""
    (W1, _), (W2, _) = params
    h = np.tanh(x[:BATCH] @ W1)
    d2 = h @ W2
    d1 = d2 @ W2.T

    def run() -> None:
        for start in range(0, len(x), BATCH):
            rows = x[start : start + BATCH]
            _ = rows @ W1, h @ W2, h.T @ d2, d2 @ W2.T, rows.T @ d1

    return run


def main(short: bool) -> None:
    """Print our time divided by theirs."""
    rng, n = np.random.default_rng(0), 1000 if short else 5000
    x, labels = rng.random((n, 784)), rng.integers(0, 10, n)
    net = Network(SIZES, (Activation("tanh"), Activation("softmax")), Loss("cross_entropy"))
    tasks = {
        "reference": reference_epoch(x, labels),
        "torch": torch_epoch(x, labels),
        "matrix products": bare_products(x, Reference().initial(net, 0)),
    }
    for name, ratio in ratios(tasks, "reference", rounds=5 if short else 20).items():
        print(f"reference / {name}: {ratio:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few seconds instead of a minute")
    main(parser.parse_args().short)
