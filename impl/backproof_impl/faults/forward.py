"""Faults of the weighted sums."""

import numpy as np

from backproof_impl import activations
from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Network, Params


@fault(breaks="forward-bias", remedy="add b to a @ W")
class BiasLeftOut(Reference):
    """The weighted sum is taken without the bias."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return a @ layer.W


@fault(breaks="forward-bias", remedy="add b to a @ W; a threshold that is subtracted has to be declared as -b")
class BiasSubtracted(Reference):
    """The bias is subtracted from the weighted sum."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return a @ layer.W - layer.b


@fault(breaks="forward-affine", remedy="multiply by W (d_in, d_out), not by its transpose")
class WeightsTransposed(Reference):
    """The input meets W transposed, which goes unnoticed where layers are equally wide."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        square = layer.W.shape[0] == layer.W.shape[1]
        return super().affine(net, l, a, Layer(layer.W.T, layer.b) if square else layer)


@fault(breaks="forward-layers", remedy="apply the activation of every hidden layer")
class HiddenActivationLeftOut(Reference):
    """Hidden layers hand on their weighted sums without an activation."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, l, z) if l == net.depth else z


@fault(breaks="forward-rows", remedy="treat each row by itself: no statistics of the batch")
class InputsCentredByBatch(Reference):
    """The mean of the batch is taken off the inputs, so a row's output depends on its neighbours."""

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        return super().forward_pass(net, params, x - x.mean(axis=0, keepdims=True))


@fault(breaks="forward-bias", remedy="add b once to a @ W")
class BiasAddedTwice(Reference):
    """The bias is added by the augmented input and once more by hand."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, layer) + layer.b


@fault(breaks="forward-bias", remedy="give the output layer its bias too")
class OutputBiasLeftOut(Reference):
    """The output layer is computed without its bias."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return a @ layer.W if l == net.depth else super().affine(net, l, a, layer)


@fault(breaks="forward-layers", remedy="add b in hidden layers as in the output layer")
class HiddenBiasLeftOut(Reference):
    """Hidden layers are computed without their biases."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, layer) if l == net.depth else a @ layer.W


@fault(breaks="forward-bias", remedy="add b to every row: z += b, not z[0] += b")
class BiasOnlyInTheFirstRow(Reference):
    """The bias is added to the first row of the batch only."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        z: Array = a @ layer.W
        z[0] = super().affine(net, l, a[:1], layer)[0]
        return z


@fault(breaks="forward-layers", remedy="use b_l in layer l: check the index of the biases")
class BiasOfTheFirstLayer(Reference):
    """Every hidden layer adds the bias of the first one, wherever the widths let it."""

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        first, last = params[0], params[-1]
        hidden = (Layer(p.W, first.b if p.b.shape == first.b.shape else p.b) for p in params[:-1])
        return super().forward_pass(net, (*hidden, last), x)


@fault(breaks="forward-layers", remedy="use W_l in layer l: check the index of the weights")
class WeightsOfTheLayerBelow(Reference):
    """A hidden layer uses the weights of the layer below it, wherever the shapes let it."""

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        below = (params[0], *params[:-2])
        hidden = (Layer(q.W if q.W.shape == p.W.shape else p.W, p.b) for p, q in zip(params[:-1], below, strict=False))
        return super().forward_pass(net, (*hidden, params[-1]), x)


@fault(breaks="forward-layers", remedy="apply the activation in every hidden layer, the last included")
class LastHiddenActivationLeftOut(Reference):
    """The last hidden layer hands on its weighted sums without an activation."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return z if l == net.depth - 1 else super().activate(net, l, z)


@fault(breaks="forward-layers", remedy="give every layer the activation that was declared for it")
class EveryHiddenLayerAsTheFirst(Reference):
    """All hidden layers use the activation of the first one."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        return super().activate(net, 1 if l < net.depth else l, z)


@fault(breaks="activation-value", remedy="apply the activation once, in the layer or in its caller")
class HiddenActivationTwice(Reference):
    """Hidden layers apply their activation to what went through it already."""

    def activate(self, net: Network, l: int, z: Array) -> Array:
        a = super().activate(net, l, z)
        return super().activate(net, l, a) if l < net.depth else a


@fault(breaks="forward-affine", remedy="hand the inputs to the first layer as they are")
class InputsActivated(Reference):
    """The inputs go through the activation before they meet the first weights."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return activations.value(net.activations[0], super().inputs(net, params, x))


@fault(breaks="forward-affine", remedy="sum over the inputs: a @ W, without dividing by their number")
class WeightedMeanForSum(Reference):
    """The weighted inputs of a unit are averaged instead of summed."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, Layer(layer.W / len(layer.W), layer.b))


@fault(breaks="forward-affine", remedy="transpose weights that are stored as (d_out, d_in), do not reshape them")
class WeightsReshaped(Reference):
    """Weights are reshaped where they should be transposed."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, Layer(layer.W.reshape(layer.W.T.shape).T, layer.b))


@fault(breaks="forward-affine", remedy="keep the inputs floating-point numbers")
class InputsTruncatedToIntegers(Reference):
    """Inputs are stored in an integer array, which cuts their fractions off."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return np.trunc(super().inputs(net, params, x))


@fault(breaks="forward-affine", remedy="scale the inputs before they are given, if at all")
class InputsClippedToTheUnitInterval(Reference):
    """Inputs below 0 and above 1 are clipped, as if they were pixels."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        return np.clip(super().inputs(net, params, x), 0.0, 1.0)


@fault(breaks="forward-affine", remedy="take the inputs as they are given: their length is information")
class InputRowsScaledToUnitLength(Reference):
    """Every input row is divided by its length."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(length == 0, 1.0, length)


@fault(breaks="forward-rows", remedy="scale by constants of the training data, not by the largest value of the batch")
class InputsScaledByTheirLargest(Reference):
    """Each input column is divided by the largest value that it has in this batch."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        largest = np.abs(rows).max(axis=0)
        return rows / np.where(largest == 0, 1.0, largest)


@fault(breaks="forward-rows", remedy="treat each row by itself, or declare the normalisation")
class HiddenUnitsCentredByBatch(Reference):
    """Hidden pre-activations lose their mean over the batch, as in a batch normalisation that nobody declared."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        z = super().affine(net, l, a, layer)
        return z - z.mean(axis=0) if l < net.depth and len(z) > 1 else z


@fault(breaks="forward-layers", remedy="compute in the dtype of the parameters throughout")
class SinglePrecisionInside(Reference):
    """The weighted sums are computed in single precision whatever the parameters are."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        single = Layer(layer.W.astype(np.float32), layer.b.astype(np.float32))
        return super().affine(net, l, a.astype(np.float32), single).astype(a.dtype)


@fault(breaks="activation-value", remedy="return y itself; a class is what the caller makes of it")
class OutputsRounded(Reference):
    """Predictions are rounded to whole numbers before they are returned."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return np.round(super().forward(net, params, x))
