"""Faults of the weighted sums."""

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
