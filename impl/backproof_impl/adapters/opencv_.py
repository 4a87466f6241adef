"""OpenCV 4.14.0: ANN_MLP, stepped by back-propagation on one sample; its weights are written through its file format."""

from typing import Any

import cv2
import numpy as np
from cv2 import ml

from backproof_impl.adapters import claims as c
from backproof_spec.protocol import Maker, StepMachine
from backproof_spec.values import Activation, Array, Claims, Family, Layer, Network, Params, Rule, Sizes, Targets
from backproof_spec.vocabulary import alpha

SIZES = Sizes(width=(2, None))  # hidden layers of one unit are refused
DEFAULT = Activation("tanh", slope=1 / 3, scale=1.7159)  # beta tanh(alpha z / 2), with alpha = 2/3 and beta = 1.7159
ACTIVATIONS = (DEFAULT, Activation("tanh", slope=0.5), c.IDENTITY, c.RELU, *c.LEAKY)
KINDS: dict[str, Any] = {
    "tanh": lambda f: (ml.ANN_MLP_SIGMOID_SYM, 2 * f.slope, f.scale), "identity": lambda f: (ml.ANN_MLP_IDENTITY,),
    "relu": lambda f: (ml.ANN_MLP_RELU,), "leaky_relu": lambda f: (ml.ANN_MLP_LEAKYRELU, alpha(f)),
}  # fmt: skip
PLAIN = ml.ANN_MLP_NO_INPUT_SCALE | ml.ANN_MLP_NO_OUTPUT_SCALE
MEMORY = cv2.FILE_STORAGE_MEMORY


class Opencv(Maker):
    """Makes an ANN_MLP that was initialised by a training which moves nothing. All its layers have one activation."""

    claims = Claims(
        "opencv", tuple(Family((f,), (f,), (c.SQUARES,), sizes=SIZES) for f in ACTIVATIONS), cv2.__version__,
        dtype="float32", batch=1, seeded=False,
    )  # fmt: skip

    def make(self, net: Network, seed: int, /) -> "Perceptron":
        return Perceptron(net)


class Perceptron(StepMachine):
    """Samples go in as float32; weights are doubles, and of each matrix the last row is the bias."""

    def __init__(self, net: Network) -> None:
        self.made = ml.ANN_MLP_create()
        self.made.setLayerSizes(np.array(net.sizes))
        self.made.setActivationFunction(*KINDS[net.activations[0].name](net.activations[0]))
        self.made.setTrainMethod(ml.ANN_MLP_BACKPROP)
        self.made.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, 1, 0))
        self.depth, self.flags = net.depth, PLAIN
        self.step(np.zeros((1, net.sizes[0])), np.zeros((1, net.sizes[-1])), Rule(0.0))
        self.flags = PLAIN | ml.ANN_MLP_UPDATE_WEIGHTS

    def write(self, params: Params, /) -> None:
        storage = cv2.FileStorage(".yml", cv2.FILE_STORAGE_WRITE | MEMORY)
        self.made.write(storage)
        head = storage.releaseAndGetString().partition("weights:")[0]
        rows = [np.vstack([layer.W, layer.b]).ravel().tolist() for layer in params]
        written = cv2.FileStorage(f"{head}weights: {rows}\n", cv2.FILE_STORAGE_READ | MEMORY)
        self.made.read(written.root())

    def read(self) -> Params:
        return tuple(Layer(W[:-1], W[-1]) for W in map(self.made.getWeights, range(1, self.depth + 1)))

    def forward(self, x: Array, /) -> Array:
        y: Array = self.made.predict(x)[1]
        return y

    def step(self, x: Array, t: Targets, rule: Rule, /) -> None:
        self.made.setBackpropWeightScale(rule.rate)
        self.made.setBackpropMomentumScale(0.0)
        self.made.train(ml.TrainData_create(np.float32(x), ml.ROW_SAMPLE, np.float32(t)), self.flags)
