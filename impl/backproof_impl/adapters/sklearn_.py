"""scikit-learn 1.9.1: MLPClassifier and MLPRegressor, as makers of estimators."""

from typing import Any

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

from backproof_impl.adapters import claims as c
from backproof_impl.adapters.sklearn_estimator_ import LEAST, Estimator
from backproof_spec.protocol import Maker
from backproof_spec.values import Activation, Claims, Family, Loss, Network, Penalty, Sizes

HIDDEN = (c.TANH, c.SIGMOID, c.RELU, c.IDENTITY)
PENALTIES = (Penalty(), Penalty(l2=0.1, per_sample=True))
BITS = Loss("binary_cross_entropy", epsilon=c.EPSILON, targets="binary")
LABELS = Loss("cross_entropy", epsilon=c.EPSILON, targets="index")
POISSON = Family(HIDDEN, (Activation("other:exp"),), (Loss("other:poisson"),), penalty=PENALTIES)
NAMES = {"sigmoid": "logistic"}


class Regressor(Maker):
    """MLPRegressor, with squared error and with its Poisson deviance."""

    families: tuple[Family, ...] = (Family(HIDDEN, (c.IDENTITY,), (c.HALF_SQUARES,), penalty=PENALTIES), POISSON)
    estimator: Any = MLPRegressor

    @property
    def claims(self) -> Claims:
        rules = (c.SGD, c.MOMENTUM, c.NESTEROV, c.ADAM)
        return Claims(self.estimator.__name__, self.families, sklearn.__version__, rates=(LEAST, np.inf), rules=rules)

    def make(self, net: Network, seed: int, /) -> Estimator:
        hidden = NAMES.get(net.activations[0].name, net.activations[0].name) if net.depth > 1 else "identity"
        more: dict[str, Any] = {"loss": "poisson"} if net.loss.name == "other:poisson" else {}
        more |= {"hidden_layer_sizes": net.sizes[1:-1], "activation": hidden, "alpha": net.penalty.l2, "random_state": seed}
        return Estimator(net, self.estimator(**more))


class Classifier(Regressor):
    """MLPClassifier: classes by a softmax, and one bit or several by logistic units."""

    families = (
        Family(HIDDEN, (c.SIGMOID,), (BITS,), penalty=PENALTIES),
        Family(HIDDEN, (c.SOFTMAX,), (LABELS,), penalty=PENALTIES, sizes=Sizes(outputs=(3, None))),
    )
    estimator = MLPClassifier
