"""Ratios of times, taken in one interleaved run on one thread: nothing here depends on how fast the machine is."""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # read once, when numpy is imported: import this module first

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def seconds(task: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    task()
    return perf_counter() - start


def interleaved(tasks: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least time of each task, in seconds, over rounds in which each runs once; a warm-up round goes before."""
    times = [{name: seconds(task) for name, task in tasks.items()} for _ in range(rounds + 1)][1:]
    return {name: min(row[name] for row in times) for name in tasks}


def interleaved_ratios(tasks: Mapping[str, Callable[[], object]], ours: str, rounds: int) -> dict[str, float]:
    """The median over rounds of our time divided by each other's in the same round; a warm-up round goes before."""
    times = [{name: seconds(task) for name, task in tasks.items()} for _ in range(rounds + 1)][1:]
    return {name: median(row[ours] / row[name] for row in times) for name in tasks if name != ours}
