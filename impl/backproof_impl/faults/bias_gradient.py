"""Faults of db_l, the sum of delta_l over rows."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params


@fault(breaks="grad-biases", remedy="give every bias its gradient, delta.sum(axis=0)")
class BiasNeverUpdated(Reference):
    """The gradient of every bias is zero."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return np.zeros_like(delta[0])


@fault(breaks="grad-biases", remedy="db is +delta.sum(axis=0): the minus belongs to the update")
class BiasGradientWrongSign(Reference):
    """The gradient of the biases has the opposite sign of that of the weights."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return -super().bias_gradient(net, l, delta)


@fault(breaks="grad-biases", remedy="sum delta over samples; it carries the 1 / n of the loss already")
class BiasGradientAveraged(Reference):
    """The bias gradient is the mean over rows of a delta that was already divided by their number."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return super().bias_gradient(net, l, delta) / len(delta)


@fault(breaks="grad-biases", remedy="sum over the samples only: axis=0")
class BiasGradientOneNumber(Reference):
    """Every bias of a layer gets the sum over the whole of delta."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return np.full_like(delta[0], delta.sum())


@fault(breaks="grad-biases", remedy="sum delta over all rows: delta.sum(axis=0)")
class BiasGradientOfTheLastRow(Reference):
    """The bias gradient is the delta of the last row alone."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return super().bias_gradient(net, l, delta[-1:])


@fault(breaks="grad-biases", remedy="give the biases of hidden layers their gradient too")
class HiddenBiasesNeverUpdated(Reference):
    """Only the output layer's biases have a gradient."""

    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        return super().bias_gradient(net, l, delta if l == net.depth else np.zeros_like(delta))


@fault(breaks="grad-biases", remedy="the input of a bias is 1: db is the delta, not b times it")
class BiasGradientTimesBias(Reference):
    """The bias gradient is multiplied by the bias, as if that were its input."""

    def layer_gradient(self, net: Network, l: int, layer: Layer, run: Pass, delta: Array) -> Layer:
        dW, db = super().layer_gradient(net, l, layer, run, delta)
        return Layer(dW, db * layer.b)


@fault(breaks="grad-biases", remedy="the input of a bias is 1, not the mean input of the layer")
class BiasGradientTimesMeanInput(Reference):
    """The bias gradient is the mean of the weight gradients of its unit."""

    def layer_gradient(self, net: Network, l: int, layer: Layer, run: Pass, delta: Array) -> Layer:
        dW = self.weight_gradient(net, l, run, delta)
        db = self.bias_gradient(net, l, run.a[l - 1].mean(axis=1, keepdims=True) * delta)
        return self.penalised(net, l, layer, Layer(dW, db), len(delta))


@fault(breaks="grad-biases", remedy="db_l is made from delta_l: check the index")
class BiasGradientOfTheLayerAbove(Reference):
    """The biases of a layer get the gradient of the layer above, wherever the widths let it."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        right = super().backward_pass(net, params, run, t)
        above = (*right[1:], right[-1])
        return tuple(Layer(g.W, h.b.copy() if h.b.shape == g.b.shape else g.b) for g, h in zip(right, above, strict=True))


@fault(breaks="grad-biases", remedy="take the bias from the delta that the weights get, f'(z) included")
class OutputBiasGradientIsTheError(Reference):
    """The biases of the output layer get y - t, the weights the whole delta."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        right = super().backward_pass(net, params, run, t)
        error = self.share(net.loss, *t.shape) * (run.a[-1] - t)
        return (*right[:-1], Layer(right[-1].W, self.bias_gradient(net, net.depth, error)))
