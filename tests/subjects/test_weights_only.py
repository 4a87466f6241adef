"""A gradient that gives the weights' alone says nothing of the biases: nobody is told that these are zero."""

from pathlib import Path

import pytest

from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects.loading import load

NET = """
import numpy as np

class Net:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.weights = [rng.normal(size=(i, o)) / i**0.5 for i, o in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(o) for o in sizes[1:]]

    def forward(self, x):
        self.a = [x]
        for W, b in zip(self.weights, self.biases):
            self.a.append(1 / (1 + np.exp(-(self.a[-1] @ W + b))))
        return self.a[-1]

    def deltas(self, x, t):
        y = self.forward(x)
        found = [(y - t) * y * (1 - y)]
        for W, a in zip(self.weights[:0:-1], self.a[-2:0:-1]):
            found.insert(0, found[0] @ W.T * a * (1 - a))
        return found

    def gradient(self, x, t):
        return [a.T @ d for d, a in zip(self.deltas(x, t), self.a)]

    def step(self, x, t, rate):
        for W, b, d, a in zip(self.weights, self.biases, self.deltas(x, t), self.a[:-1]):
            W -= rate * a.T @ d
            b -= rate * {db}
"""


def judged(folder: Path, db: str) -> Judgement:
    file = folder / "net.py"
    file.write_text(NET.replace("{db}", db), encoding="utf-8")
    return judge(load(f"{file}:Net"), 0, SMOKE, shrink=False, thin=True)


def test_it_is_left_aside_and_steps_are_judged(tmp_path: Path) -> None:
    found = judged(tmp_path, "d.sum(axis=0)")
    assert found.outcome == "conforms"
    assert "gradient: gradient(x, t) gives none of the biases, and is not judged" in found.subject.assumed


@pytest.mark.parametrize("db", ["-d.sum(axis=0)", "0 * d.sum(axis=0)"])
def test_steps_that_are_wrong_are_found_without_it(db: str, tmp_path: Path) -> None:
    assert judged(tmp_path, db).outcome == "violates"
