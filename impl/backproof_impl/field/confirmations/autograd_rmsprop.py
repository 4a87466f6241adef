"""autograd.misc.optimizers.rmsprop begins its running mean of squares at 1, where the textbook's begins at 0."""

import numpy as np
from autograd.misc.optimizers import rmsprop

moved = rmsprop(lambda x, i: np.array([1.0]), np.array([0.0]), num_iters=1, step_size=1.0, gamma=0.75, eps=0.0)[0]
print(f"the first move is {moved}; from 0 it is {-1 / 0.25**0.5}, from 1 it is -1.0")
raise SystemExit(bool(not np.isclose(moved, -1.0)))
