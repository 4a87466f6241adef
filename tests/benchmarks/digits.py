"""Accuracy at 64-30-10 on handwritten digits: the reference beside scikit-learn, on the same random 80/20 splits.

Run by hand: `python tests/benchmarks/digits.py [--short]`. scikit-learn is given every pair of its solvers and
activations at its own rates, and is judged by the best of them.
"""

import argparse
import warnings
from itertools import product

import numpy as np
from rich.progress import track
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from backproof_impl.digits import load_digits
from backproof_impl.reference import Reference
from backproof_impl.training import Indices, accuracy, evaluate, train
from backproof_spec.values import Activation, Array, Labels, Loss, Network, Rule

NET = Network((64, 30, 10), (Activation("tanh"), Activation("softmax")), Loss("cross_entropy"))
RULE, BATCH, EPOCHS = Rule(0.2, "momentum", beta1=0.9), 32, 40
SKLEARN = tuple(product(("adam", "sgd", "lbfgs"), ("tanh", "relu", "logistic")))


def split(n: int, seed: int) -> tuple[Indices, Indices]:
    """Rows to train on, four fifths of n, and rows to test on."""
    order = np.random.default_rng(seed).permutation(n)
    return order[n // 5 :], order[: n // 5]


def reference_accuracy(x: Array, labels: Labels, seed: int) -> float:
    """Of the reference on one split of x (n, 64) and labels (n,)."""
    subject, (fit, test) = Reference(), split(len(x), seed)
    t = subject.targets(NET, labels)
    start = subject.initial(NET, seed)
    params = train(subject, NET, start, x[fit], t[fit], rule=RULE, epochs=EPOCHS, batch=BATCH, seed=seed)
    return evaluate(subject, NET, params, x[test], labels[test])


def sklearn_accuracy(solver: str, activation: str, x: Array, labels: Labels, seed: int) -> float:
    """Of MLPClassifier on the same split."""
    fit, test = split(len(x), seed)
    model = MLPClassifier((30,), activation=activation, solver=solver, max_iter=400, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        model.fit(x[fit], labels[fit])
    return accuracy(np.asarray(model.predict_proba(x[test])), labels[test])


def main(short: bool) -> None:
    """Print mean accuracies over the splits."""
    threadpool_limits(1)
    pixels, labels = load_digits()
    x, seeds = np.asarray(pixels / 8 - 1), range(2 if short else 20)
    settings = SKLEARN[:2] if short else SKLEARN
    ours = np.mean([reference_accuracy(x, labels, seed) for seed in seeds])
    theirs = {
        f"{solver}, {activation}": np.mean([sklearn_accuracy(solver, activation, x, labels, seed) for seed in seeds])
        for solver, activation in track(settings, description="scikit-learn", transient=True)
    }
    print(f"reference: {ours:.4f}")
    for name, mean in sorted(theirs.items(), key=lambda item: -item[1]):
        print(f"scikit-learn, {name}: {mean:.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="seconds instead of minutes")
    main(parser.parse_args().short)
