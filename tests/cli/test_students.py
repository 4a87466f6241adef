"""Classes that never return, end the program, or lose their weights: a verdict each, in time."""

from pathlib import Path
from time import monotonic

import pytest

from .running import run

Capture = pytest.CaptureFixture[str]
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

    def loss(self, x, t):
        return 0.5 * ((self.forward(x) - t) ** 2).sum() / len(x)

    def gradients(self, x, t):
        y = self.forward(x)
        delta, dWs, dbs = (y - t) * y * (1 - y) / len(x), [], []
        for l in range(len(self.weights) - 1, -1, -1):
            dWs.insert(0, self.a[l].T @ delta)
            dbs.insert(0, delta.sum(axis=0))
            delta = delta @ self.weights[l].T * self.a[l] * (1 - self.a[l])
{sin}
        return dWs, dbs
"""
LIMIT = 1.0
SINS = {
    "an endless loop": ("while len(x) > 4: pass", "did not return within 1 s"),
    "exit": ("if len(x) > 4: exit()", "ended the program: SystemExit(None)"),
    "weights that are deleted": ("if len(x) > 4: del self.weights", "weights[l] are gone: 0 are left of 2"),
}


@pytest.mark.parametrize("sin", SINS)
def test_it_is_a_verdict_within_the_limit(sin: str, tmp_path: Path, capsys: Capture) -> None:
    line, told = SINS[sin]
    (tmp_path / "net.py").write_text(NET.replace("{sin}", f"        {line}"), encoding="utf-8")
    begun = monotonic()
    ran = run(capsys, "check", f"{tmp_path}/net.py:Net", "--smoke", "--time-limit", str(LIMIT))
    assert ran.status == 1 and "VIOLATES" in ran.out
    assert told in " ".join(ran.out.split()), ran.out
    assert monotonic() - begun < 120 * LIMIT


def test_the_same_class_without_it_conforms(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "net.py").write_text(NET.replace("{sin}", ""), encoding="utf-8")
    assert run(capsys, "check", f"{tmp_path}/net.py:Net", "--smoke").status == 0
