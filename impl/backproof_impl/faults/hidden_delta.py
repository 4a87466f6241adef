"""Faults of delta_l = (delta_{l+1} W_{l+1}^T) * f_l'(z_l)."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params


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


@fault(breaks="grad-hidden-delta", remedy="multiply by f'(z) in the last hidden layer as in the others")
class LastHiddenDeltaLacksDerivative(Reference):
    """The last hidden layer's delta lacks the derivative of its activation."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return delta @ above.W.T if l == net.depth - 1 else super().hidden_delta(net, l, delta, above, run)


@fault(breaks="grad-hidden-delta", remedy="in delta_l = (delta_{l+1} W^T) f', f' is that of layer l")
class HiddenDeltaDerivativeOfTheLayerAbove(Reference):
    """The activation's derivative is that of the layer above, wherever the widths let it."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        high = l + 1 if net.sizes[l] == net.sizes[l + 1] else l
        return (delta @ above.W.T) * self.derivative(net, high, run)


@fault(breaks="grad-hidden-delta", remedy="send delta back through the weights of the layer above: W_{l+1}")
class HiddenDeltaThroughOwnWeights(Reference):
    """The delta is sent back through the weights of the same layer, wherever the shapes let it."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        delta = self.output_delta(net, run, t)
        gradient = [self.layer_gradient(net, net.depth, params[-1], run, delta)]
        for l in range(net.depth - 1, 0, -1):
            own = params[l - 1] if params[l - 1].W.shape == params[l].W.shape else params[l]
            delta = self.hidden_delta(net, l, delta, own, run)
            gradient.append(self.layer_gradient(net, l, params[l - 1], run, delta))
        return tuple(reversed(gradient))


@fault(breaks="grad-hidden-delta", remedy="send delta back, which holds f'(z) already, not the error y - t")
class ErrorSentBackForDelta(Reference):
    """The output's error is sent back as it was before it met f'(z)."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        delta = self.output_delta(net, run, t)
        gradient = [self.layer_gradient(net, net.depth, params[-1], run, delta)]
        delta = self.share(net.loss, *t.shape) * (run.a[-1] - t)
        for l in range(net.depth - 1, 0, -1):
            delta = self.hidden_delta(net, l, delta, params[l], run)
            gradient.append(self.layer_gradient(net, l, params[l - 1], run, delta))
        return tuple(reversed(gradient))


@fault(breaks="grad-hidden-delta", remedy="send back the delta of each layer, the derivative included")
class HiddenErrorsSentBackForDeltas(Reference):
    """Between hidden layers the error is sent back without the derivative that its own layer used."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        delta = self.output_delta(net, run, t)
        gradient, error = [self.layer_gradient(net, net.depth, params[-1], run, delta)], delta
        for l in range(net.depth - 1, 0, -1):
            delta = self.hidden_delta(net, l, error, params[l], run)
            gradient.append(self.layer_gradient(net, l, params[l - 1], run, delta))
            error = error @ params[l].W.T
        return tuple(reversed(gradient))


@fault(breaks="grad-hidden-delta", remedy="hand the delta of each layer down to the next: delta = ... in the loop")
class DeltaNotHandedDown(Reference):
    """Every hidden layer is computed from the output delta, wherever the widths let it."""

    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        delta = output = self.output_delta(net, run, t)
        gradient = [self.layer_gradient(net, net.depth, params[-1], run, delta)]
        for l in range(net.depth - 1, 0, -1):
            delta = self.hidden_delta(net, l, output if output.shape == delta.shape else delta, params[l], run)
            gradient.append(self.layer_gradient(net, l, params[l - 1], run, delta))
        return tuple(reversed(gradient))


@fault(breaks="grad-hidden-delta", remedy="send the delta down to the first layer: the loop runs over all hidden layers")
class DeeperDeltasZero(Reference):
    """Only the last hidden layer gets a delta; those below it get none."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        down = super().hidden_delta(net, l, delta, above, run)
        return down if l == net.depth - 1 else np.zeros_like(down)


@fault(breaks="grad-hidden-delta", remedy="multiply by W as it is: shares of the error are no derivative")
class ErrorSharedOutInProportion(Reference):
    """The error of a unit is shared out among its inputs, each weight divided by the sum of their sizes."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        shares = above.W / (np.abs(above.W).sum(axis=0) + 1e-12)
        return super().hidden_delta(net, l, delta, Layer(shares, above.b), run)


@fault(breaks="grad-hidden-delta", remedy="sum over the units above, without dividing by their number")
class HiddenDeltaAveraged(Reference):
    """What comes back from the units above is averaged instead of summed."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        mean: Array = super().hidden_delta(net, l, delta, above, run) / delta.shape[1]
        return mean


@fault(breaks="grad-hidden-delta", remedy="add over the units above: += where = stands")
class HiddenDeltaOfTheLastUnitAbove(Reference):
    """The loop over the units above assigns where it should add, and only the last of them counts."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta[:, -1:], Layer(above.W[:, -1:], above.b[-1:]), run)


@fault(breaks="grad-hidden-delta", remedy="take the derivative once")
class HiddenDeltaDerivativeTwice(Reference):
    """The derivative of the hidden activation is multiplied twice."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, above, run) * self.derivative(net, l, run)


@fault(breaks="grad-hidden-delta", remedy="leave the deltas as they are, or declare the limit")
class HiddenDeltasClipped(Reference):
    """Hidden deltas are clipped at a tenth against explosion, which nobody declared."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return np.clip(super().hidden_delta(net, l, delta, above, run), -0.1, 0.1)


@fault(breaks="grad-hidden-delta", remedy="send delta back through the weights, delta @ W.T, not the weight gradient")
class WeightGradientSentBackForDelta(Reference):
    """What goes back to a hidden unit is the gradient of a weight above it, whatever the weights are."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        back = self.weight_gradient(net, l + 1, run, delta)[:, 0] / len(delta)
        return np.broadcast_to(back, run.z[l].shape) * self.derivative(net, l, run)


@fault(breaks="grad-hidden-delta", remedy="leave the bias out before delta goes back: it is the last row of W, not the first")
class BiasRowSentBackForTheFirst(Reference):
    """Where the bias is the last row of W, the first is left out in its place, and all weights are one row off."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, Layer(np.vstack([above.W[1:], above.b]), above.b), run)


@fault(breaks="grad-hidden-delta", remedy="leave the bias out before delta goes back: it is the first row of W, not the last")
class BiasRowSentBackForTheLast(Reference):
    """Where the bias is the first row of W, the last is left out in its place, and all weights are one row off."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, Layer(np.vstack([above.b, above.W[:-1]]), above.b), run)


@fault(breaks="grad-hidden-delta", remedy="send each unit's delta through its own weights: delta @ W.T")
class HiddenDeltaThroughTheFirstUnitAbove(Reference):
    """Every delta above comes back through the weights of the first unit there."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        first = np.repeat(above.W[:, :1], above.W.shape[1], axis=1)
        return super().hidden_delta(net, l, delta, Layer(first, above.b), run)
