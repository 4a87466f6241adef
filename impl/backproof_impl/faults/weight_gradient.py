"""Faults of dW_l = a_{l-1}^T delta_l."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network


@fault(breaks="grad-weights", remedy="use the activation a of the layer below, not its weighted sum z")
class WeightGradientFromPreactivation(Reference):
    """The weight gradient is made from z of the layer below instead of a."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return run.z[l - 1].T @ delta


@fault(breaks="grad-weights", remedy="use the layer's input a_{l-1}, not its output a_l")
class WeightGradientFromOwnOutput(Reference):
    """The weight gradient is made from the layer's own output, wherever the widths let it."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        source = l if net.sizes[l] == net.sizes[l - 1] else l - 1
        return run.a[source].T @ delta


@fault(breaks="grad-weights", remedy="sum the outer products of all samples")
class WeightGradientOfLastSample(Reference):
    """The weight gradient is that of the last sample alone."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return run.a[l - 1][-1:].T @ delta[-1:]


@fault(breaks="grad-weights", remedy="sum the products over samples, do not multiply the sums")
class WeightGradientProductOfSums(Reference):
    """The sums over samples of input and of delta are multiplied, instead of summing their products."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return np.outer(run.a[l - 1].sum(axis=0), delta.sum(axis=0))


@fault(breaks="grad-weights", remedy="dW = a.T @ delta, (d_in, d_out)")
class WeightGradientTransposed(Reference):
    """The weight gradient is delta.T @ a, which has a shape only where the layer is square."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        dW = super().weight_gradient(net, l, run, delta)
        return dW.T if dW.shape[0] == dW.shape[1] else dW


@fault(breaks="grad-weights", remedy="transpose delta.T @ a, or form a.T @ delta: reshaping mixes the entries up")
class WeightGradientReshaped(Reference):
    """The weight gradient delta.T @ a is reshaped to the shape of W instead of transposed."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        dW = super().weight_gradient(net, l, run, delta)
        return dW.T.reshape(dW.shape)


@fault(breaks="grad-weights", remedy="use the input of the layer itself, a_{l-1}")
class WeightGradientFromTheInputs(Reference):
    """The weight gradient of every layer is made from x, wherever the widths let it."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return run.a[0 if net.sizes[0] == net.sizes[l - 1] else l - 1].T @ delta


@fault(breaks="grad-weights", remedy="multiply every input with every delta: an outer product, not entry by entry")
class WeightGradientElementwise(Reference):
    """Inputs and deltas are multiplied entry by entry where the layer is square, and every row of dW is the same."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        if net.sizes[l] != net.sizes[l - 1]:
            return super().weight_gradient(net, l, run, delta)
        return np.tile((run.a[l - 1] * delta).sum(axis=0), (net.sizes[l], 1))


@fault(breaks="grad-weights", remedy="divide once: delta carries the 1 / n of the loss already")
class WeightGradientDividedTwice(Reference):
    """The weight gradient is divided by the number of rows, as delta was before."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return super().weight_gradient(net, l, run, delta) / len(delta)


@fault(breaks="grad-weights", remedy="pair each row's input with its own delta")
class WeightGradientFromTheMeanInput(Reference):
    """The mean input of the batch stands in for the input of every row."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return np.outer(run.a[l - 1].mean(axis=0), delta.sum(axis=0))


@fault(breaks="grad-weights", remedy="let the loop reach the first layer, whose input is x")
class FirstWeightGradientZero(Reference):
    """The weight gradient of the first layer is never filled in."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        dW = super().weight_gradient(net, l, run, delta)
        return np.zeros_like(dW) if l == 1 else dW


@fault(breaks="grad-weights", remedy="multiply by the input as it is, negative or not")
class WeightGradientOfPositiveInputs(Reference):
    """Negative inputs of a layer count as zero in its weight gradient."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        return np.maximum(run.a[l - 1], 0.0).T @ delta


@fault(breaks="grad-weights", remedy="the weights belong to the input: dW = a.T @ delta, without W")
class WeightGradientTimesWeights(Reference):
    """The weight gradient is multiplied by the weights, as if they came through the chain rule too."""

    def layer_gradient(self, net: Network, l: int, layer: Layer, run: Pass, delta: Array) -> Layer:
        dW, db = super().layer_gradient(net, l, layer, run, delta)
        return Layer(dW * layer.W, db)


@fault(breaks="grad-weights", remedy="sum over the rows last: dW = a.T @ delta, a column for each unit")
class WeightGradientOfSummedErrors(Reference):
    """Inputs times slopes are summed over the rows, and so are the errors; the sum of their products is what every unit gets."""

    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        if net.activations[l - 1].name == "softmax":
            return super().weight_gradient(net, l, run, delta)
        slope = self.derivative(net, l, run)
        errors = np.divide(delta, slope, out=np.zeros_like(delta), where=slope != 0)
        summed = (run.a[l - 1].T @ slope) @ errors.sum(axis=0)
        return np.repeat(summed[:, None], net.sizes[l], axis=1)
