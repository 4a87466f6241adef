"""MLPRegressor with two outputs steps along twice the gradient of the loss that it reports."""

import numpy as np
from sklearn.neural_network import MLPRegressor

x, t, tiny = np.array([[1.0]]), np.array([[0.0, 0.0]]), 1e-300


def at(bias: float, rate: float) -> tuple[float, float]:
    """The reported loss at this first bias, and the bias after a step at the rate; all other parameters are 0."""
    net = MLPRegressor(hidden_layer_sizes=(), solver="sgd", momentum=0.0, alpha=0.0, learning_rate_init=rate).partial_fit(x, t)
    net.coefs_, net.intercepts_ = [np.zeros((1, 2))], [np.array([bias, 0.0])]
    net.partial_fit(x, t)
    return net.loss_, net.intercepts_[0][0]


slope = (at(1.001, tiny)[0] - at(0.999, tiny)[0]) / 0.002
followed = (1.0 - at(1.0, 0.25)[1]) / 0.25
print(f"the loss has the slope {slope:.6f}, the step follows {followed:.6f}")
raise SystemExit(bool(not np.isclose(followed, 2 * slope)))
