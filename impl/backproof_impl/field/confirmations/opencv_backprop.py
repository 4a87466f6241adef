"""ANN_MLP sends the error back through weights that the same step has already changed."""

import cv2
import numpy as np

net = cv2.ml.ANN_MLP_create()
net.setLayerSizes(np.array([1, 2, 1]))
net.setActivationFunction(cv2.ml.ANN_MLP_IDENTITY)
net.setTrainMethod(cv2.ml.ANN_MLP_BACKPROP)
net.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, 1, 0))
net.setBackpropMomentumScale(0.0)
data = cv2.ml.TrainData_create(np.ones((1, 1), np.float32), cv2.ml.ROW_SAMPLE, np.ones((1, 1), np.float32))
plain = cv2.ml.ANN_MLP_NO_INPUT_SCALE | cv2.ml.ANN_MLP_NO_OUTPUT_SCALE
net.setBackpropWeightScale(0.0)
net.train(data, plain)
first, second = net.getWeights(1), net.getWeights(2)  # the last row is the bias; here x = 1
net.setBackpropWeightScale(0.5)
net.train(data, plain | cv2.ml.ANN_MLP_UPDATE_WEIGHTS)
y = np.append(first.sum(axis=0), 1.0) @ second
moved, delta = net.getWeights(1) - first, 0.5 * (1.0 - y)
right, wrong = delta * second[:-1, 0], delta * net.getWeights(2)[:-1, 0]
print(f"the first layer moved by {moved[0]}; through the old weights {right}, through the new {wrong}")
raise SystemExit(bool(not np.allclose(moved[0], wrong, rtol=1e-5) or np.allclose(right, wrong, rtol=1e-3)))
