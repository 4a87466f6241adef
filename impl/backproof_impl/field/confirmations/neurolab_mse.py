"""With error.MSE the gradient of two equal samples is twice that of the error, a mean that does not change."""

import neurolab as nl
import numpy as np

net = nl.net.newff([[-1, 1]], [1], [nl.trans.PureLin()])
net.errorf = nl.error.MSE()
net.layers[0].np["w"][:], net.layers[0].np["b"][:] = 1.0, 0.0
one, two = (nl.tool.ff_grad(net, np.ones((n, 1)), np.zeros((n, 1)))[0][0]["w"][0, 0] for n in (1, 2))
errors = [net.errorf(np.zeros((n, 1)), net.sim(np.ones((n, 1)))) for n in (1, 2)]
print(f"errors {errors}, gradients {one} and {two}")
raise SystemExit(bool(not (errors[0] == errors[1] and two == 2 * one)))
