"""What a call over the wire costs on top, raw and in plain JSON: python tests/benchmarks/wire.py."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from unittest.mock import patch

import numpy as np

from backproof.runner import SMOKE, judge
from backproof.subjects.loading import load
from backproof.subjects.session import open_session
from backproof.subjects.subject import Everything, Hints, Subject
from backproof.wire.speech import Spoken
from backproof_spec import Activation, Layer, Loss, Network, Params

WIRED = f"cmd:{sys.executable} -m backproof serve reference"
SIZES = ((64, 30, 10), (784, 300, 10))
ROWS, ROUNDS = 8, 7


def calls(sizes: tuple[int, ...]) -> dict[str, Callable[[Everything], object]]:
    """What is asked, of parameters that stay the same."""
    draw = np.random.default_rng(0).normal
    net = Network(sizes, (Activation("tanh"), Activation("identity")), Loss("squared_error"))
    params: Params = tuple(Layer(draw(size=(a, b)), draw(size=b)) for a, b in zip(sizes, sizes[1:], strict=False))
    x, t = draw(size=(ROWS, sizes[0])), draw(size=(ROWS, sizes[-1]))
    return {
        "forward": lambda one: one.forward(net, params, x),
        "loss": lambda one: one.loss(net, params, x, t),
        "gradient": lambda one: one.gradient(net, params, x, t),
    }


def milliseconds(call: Callable[[Everything], object], one: Everything, repeat: int) -> float:
    """For one call: the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _ in range(repeat):
            call(one)
        best = min(best, (perf_counter() - begun) / repeat * 1000)
    return best


@contextmanager
def wired(frames: bool) -> Iterator[Subject]:
    """The reference behind the wire; without frames if so wished."""
    put = Spoken._put

    def asked(self: Spoken, parts: dict[str, str], raw: list[memoryview]) -> bytes:
        return put(self, parts | ({} if frames or "wire" not in parts else {"frames": "false"}), raw)

    with patch.object(Spoken, "_put", asked):
        subject = open_session(WIRED, Hints())
        try:
            yield subject
        finally:
            subject.close()


def judging(subject: Subject) -> float:
    """Seconds of a smoke run."""
    begun = perf_counter()
    judge(subject, 0, SMOKE)
    return perf_counter() - begun


def main() -> None:
    """A line for each call; then how long a check takes."""
    near = load("reference", Hints())
    for frames in (True, False):
        with wired(frames) as far:
            for sizes in SIZES:
                for name, call in calls(sizes).items():
                    repeat = 100 if sizes == SIZES[0] else 5
                    here, there = milliseconds(call, near.fresh, repeat), milliseconds(call, far.fresh, repeat)
                    form = "raw frames" if frames else "plain JSON"
                    size, on_top = "-".join(map(str, sizes)), there - here
                    print(f"{form}, {size}, {name:8} in process {here:.3f} ms, {on_top:+.3f} ms on top")
    with wired(True) as far:
        pairs = [(judging(load("reference", Hints())), judging(far)) for _ in range(3)]
    here, there = (min(times) for times in zip(*pairs, strict=True))
    print(f"judged in process {here:.2f} s, over the wire {there:.2f} s: {there / here:.2f} times")


if __name__ == "__main__":
    main()
