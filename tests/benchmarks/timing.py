"""Ratios of times, taken in one interleaved run on one thread: nothing here depends on how fast the machine is."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

import torch
from threadpoolctl import threadpool_limits


def seconds(task: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    task()
    return perf_counter() - start


def ratios(tasks: Mapping[str, Callable[[], object]], ours: str, rounds: int) -> dict[str, float]:
    """The median over rounds of our time divided by each other's in the same round; a warm-up round goes before."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        times = [{name: seconds(task) for name, task in tasks.items()} for _ in range(rounds + 1)][1:]
    return {name: median(row[ours] / row[name] for row in times) for name in tasks if name != ours}
