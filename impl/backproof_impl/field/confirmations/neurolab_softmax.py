"""SoftMax.deriv is the diagonal of the Jacobian alone, and SoftMax of large numbers is not a number."""

import warnings

import neurolab as nl
import numpy as np

warnings.simplefilter("ignore")
net = nl.net.newff([[-1, 1]], [2], [nl.trans.SoftMax()])
net.layers[0].np["w"][:], net.layers[0].np["b"][:] = 0.0, 0.0
x, t, h = np.array([[1.0]]), np.array([[1.0, 0.0]]), 1e-6
got = nl.tool.ff_grad(net, x, t)[0][0]["b"][0]
losses = []
for bias in (h, -h):
    net.layers[0].np["b"][0] = bias
    losses.append(net.errorf(t, net.sim(x)))
want = (losses[0] - losses[1]) / (2 * h)
large = nl.trans.SoftMax()(np.array([0.0, 1000.0]))
print(f"the gradient is {got:.6f}, differences of the error give {want:.6f}; softmax of 0 and 1000 is {large}")
raise SystemExit(bool(np.isclose(got, want, atol=1e-3) or not np.isnan(large).any()))
