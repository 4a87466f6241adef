"""MultiLayerPerceptron counts its l1 penalty in the cost, and trains as if there were none."""

import numpy as np
from mlxtend.classifier import MultiLayerPerceptron

x, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
without, heavy = (MultiLayerPerceptron(epochs=100, hidden_layers=[3], random_seed=1, l1=l1).fit(x, y) for l1 in (0.0, 1e6))
same = all(np.array_equal(without.w_[name], heavy.w_[name]) for name in ("1", "out"))
print(f"costs {without.cost_[-1]:.6g} and {heavy.cost_[-1]:.6g}; weights are the same: {same}")
raise SystemExit(bool(not same or heavy.cost_[-1] < 1000))
