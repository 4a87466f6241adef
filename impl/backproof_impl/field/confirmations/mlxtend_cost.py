"""MultiLayerPerceptron.cost_ is half of the mean cross-entropy that its documentation promises."""

import numpy as np
from mlxtend.classifier import MultiLayerPerceptron

x, y = np.array([[0.0]] * 2), np.array([0, 1])  # of which nothing better than 1/2 each can be said: log 2
net = MultiLayerPerceptron(eta=0.1, epochs=1, hidden_layers=[2], random_seed=1).fit(x, y)
print(f"cost {net.cost_[-1]:.6f}, mean cross-entropy {np.log(2):.6f}")
raise SystemExit(bool(not np.isclose(2 * net.cost_[-1], np.log(2), atol=1e-3)))
