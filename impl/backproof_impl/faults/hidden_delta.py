"""Faults of delta_l = (delta_{l+1} W_{l+1}^T) * f_l'(z_l)."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network


@fault(breaks="grad-hidden-delta", remedy="multiply delta @ W.T by f'(z) of the layer below")
class HiddenDeltaLacksDerivative(Reference):
    """The error is sent back through W, but not through the activation."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return delta @ above.W.T


@fault(breaks="grad-hidden-delta", remedy="multiply by f'(z) in the first layer as in the others")
class FirstHiddenDeltaLacksDerivative(Reference):
    """The first hidden layer's delta lacks the derivative of its activation."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return delta @ above.W.T if l == 1 else super().hidden_delta(net, l, delta, above, run)


@fault(breaks="grad-hidden-delta", remedy="send delta back through W transposed")
class HiddenDeltaWeightsNotTransposed(Reference):
    """The error is sent back through W where W.T belongs, which has a shape only where W is square."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        square = above.W.shape[0] == above.W.shape[1]
        return super().hidden_delta(net, l, delta, Layer(above.W.T, above.b) if square else above, run)


@fault(breaks="grad-hidden-delta", remedy="transpose W: reshaping keeps the order of the entries and mixes rows up")
class HiddenDeltaWeightsReshaped(Reference):
    """W is reshaped to the shape of its transpose instead of transposed."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return delta @ above.W.reshape(above.W.T.shape) * self.derivative(net, l, run)


@fault(breaks="grad-hidden-delta", remedy="send delta back through W.T instead of adding it up")
class HiddenDeltaSkipsWeights(Reference):
    """Every hidden unit gets the sum of the deltas above, whatever the weights between them."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        total: Array = np.sum(delta, axis=1, keepdims=True)
        return total * self.derivative(net, l, run)


@fault(breaks="grad-hidden-delta", remedy="in delta_l = (delta_{l+1} W^T) f', f' is that of layer l")
class HiddenDeltaDerivativeOfInput(Reference):
    """The activation's derivative is evaluated one layer too low, wherever the widths let it."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        low = l - 1 if l > 1 and net.sizes[l] == net.sizes[l - 1] else l
        return (delta @ above.W.T) * self.derivative(net, low, run)
