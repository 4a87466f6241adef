"""Programs that draw from numpy's global generator are lent it, seeded, and it is given back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within, `np.random` draws what follows from the seed."""
    held = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        yield
    finally:
        np.random.set_state(held)
