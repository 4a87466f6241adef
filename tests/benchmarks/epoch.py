"""One epoch at 64-30-10, batches of 32, 1797 rows: the reference beside eager PyTorch and scikit-learn.

Run by hand: `python tests/benchmarks/epoch.py [--short]`. All three compute in float64, shuffle once an epoch,
use tanh, softmax with cross-entropy, and plain gradient descent.
"""

import argparse
import warnings
from collections.abc import Callable

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from timing import ratios  # type: ignore[import-not-found]  # it lies beside this script

from backproof_impl.digits import load_digits
from backproof_impl.reference import Reference
from backproof_impl.training import train
from backproof_spec.values import Activation, Array, Labels, Loss, Network, Rule

SIZES, BATCH, RATE = (64, 30, 10), 32, 0.1


def reference_epochs(x: Array, labels: Labels, epochs: int) -> Callable[[], object]:
    """The reference's training loop over x (n, 64) and labels (n,)."""
    net = Network(SIZES, (Activation("tanh"), Activation("softmax")), Loss("cross_entropy"))
    subject = Reference()
    params, t = subject.initial(net, 0), subject.targets(net, labels)
    return lambda: train(subject, net, params, x, t, rule=Rule(RATE), epochs=epochs, batch=BATCH, seed=0)


def torch_epochs(x: Array, labels: Labels, epochs: int) -> Callable[[], object]:
    """The loop that the PyTorch tutorials write, in eager mode, over x (n, 64) and labels (n,)."""
    layers = (torch.nn.Linear(64, 30), torch.nn.Tanh(), torch.nn.Linear(30, 10))
    model = torch.nn.Sequential(*layers).double()
    optimiser, criterion = torch.optim.SGD(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)

    def run() -> None:
        for _ in range(epochs):
            order = torch.randperm(len(inputs))
            for start in range(0, len(inputs), BATCH):
                rows = order[start : start + BATCH]
                optimiser.zero_grad()
                criterion(model(inputs[rows]), targets[rows]).backward()
                optimiser.step()

    return run


def sklearn_epochs(x: Array, labels: Labels, epochs: int) -> Callable[[], object]:
    """MLPClassifier with the same settings, over x (n, 64) and labels (n,)."""
    settings = {"hidden_layer_sizes": (30,), "activation": "tanh", "solver": "sgd", "batch_size": BATCH, "alpha": 0.0}
    plain = {"learning_rate_init": RATE, "momentum": 0.0, "n_iter_no_change": epochs + 1, "tol": 0.0}
    model = MLPClassifier(max_iter=epochs, random_state=0, **settings, **plain)

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it has not converged
            model.fit(x, labels)

    return run


def main(short: bool) -> None:
    """Print our time divided by theirs."""
    pixels, labels = load_digits()
    epochs, x = (2 if short else 10), np.asarray(pixels / 8)
    tasks = {
        "reference": reference_epochs(x, labels, epochs),
        "torch": torch_epochs(x, labels, epochs),
        "sklearn": sklearn_epochs(x, labels, epochs),
    }
    for name, ratio in ratios(tasks, "reference", rounds=3 if short else 20).items():
        print(f"reference / {name}: {ratio:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few seconds instead of a minute")
    main(parser.parse_args().short)
