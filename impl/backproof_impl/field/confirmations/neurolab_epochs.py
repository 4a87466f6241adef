"""Training for n epochs makes n - 1 steps: for one epoch, none."""

import neurolab as nl
import numpy as np

net = nl.net.newff([[-1, 1]], [1], [nl.trans.PureLin()])
before = net.layers[0].np["w"].copy()
errors = nl.train.train_gd(net, np.ones((1, 1)), np.full((1, 1), 5.0), epochs=1, lr=0.1, show=0)
print(f"after {len(errors)} epoch the weight is {net.layers[0].np['w']}, before it was {before}")
raise SystemExit(bool(not np.array_equal(before, net.layers[0].np["w"])))
