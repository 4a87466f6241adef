"""What a call through the child process costs on top: python tests/benchmarks/session.py."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from backproof.subjects.loading import load
from backproof.subjects.session import open_session
from backproof.subjects.subject import Everything, Hints
from backproof_spec import Activation, Layer, Loss, Network, Params

TARGET = f"{Path(__file__).parents[1] / 'subjects' / 'miniatures' / 'sins.py'}:Honest"
NET = Network((64, 30, 10), (Activation("tanh"), Activation("identity")), Loss("squared_error"))
CALLS, ROUNDS, STACK = 200, 7, 100
Call = Callable[[Everything], object]


def calls() -> dict[str, Call]:
    """What is asked, at 64-30-10 and a batch of 8."""
    draw = np.random.default_rng(0).normal
    params: Params = tuple(Layer(draw(size=(a, b)), draw(size=b)) for a, b in ((64, 30), (30, 10)))
    x, t = draw(size=(8, 64)), draw(size=(8, 10))
    return {
        "forward": lambda one: one.forward(NET, params, x),
        "loss": lambda one: one.loss(NET, params, x, t),
        "gradient": lambda one: one.gradient(NET, params, x, t),
        f"{STACK} losses": lambda one: one.losses(NET, (params,) * STACK, x, t),
    }


def milliseconds(call: Call, one: Everything, repeat: int) -> float:
    """For one call: the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _ in range(repeat):
            call(one)
        best = min(best, (perf_counter() - begun) / repeat * 1000)
    return best


def main() -> None:
    """One line for each operation."""
    near, begun = load(TARGET, Hints()), perf_counter()
    far = open_session(TARGET, Hints())
    print(f"opening {perf_counter() - begun:.3f} s")
    for name, call in calls().items():
        repeat = CALLS if "losses" not in name else 5
        here, there = milliseconds(call, near.fresh, repeat), milliseconds(call, far.fresh, repeat)
        added, ratio = there - here, there / here
        print(f"{name:12} in process {here:.3f} ms, child {there:.3f} ms: {added:+.3f} ms, {ratio:.1f} times")
    far.close()


if __name__ == "__main__":
    main()
