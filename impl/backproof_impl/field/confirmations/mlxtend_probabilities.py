"""MultiLayerPerceptron.predict_proba gives the softmax of its softmax: a class that is certain gets 0.73 of two."""

import numpy as np
from mlxtend.classifier import MultiLayerPerceptron

x, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
p = MultiLayerPerceptron(eta=1.0, epochs=2000, hidden_layers=[4], random_seed=1).fit(x, y)
once = np.exp(p._feedforward(x)[2])
once /= once.sum(axis=1, keepdims=True)
twice = np.exp(once) / np.exp(once).sum(axis=1, keepdims=True)
print(f"predict_proba {p.predict_proba(x)[0]}, one softmax {once[0]}, two {twice[0]}")
raise SystemExit(bool(not np.allclose(p.predict_proba(x), twice) or np.allclose(once, twice, atol=0.1)))
