"""Faults at the ends of the range: tiny inputs, certain outputs, the format of answers, integers."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Pass, Reference
from backproof_spec.values import Array, Layer, Loss, Network, Params, Rule, Targets


@fault(breaks="numeric-tiny", remedy="do not divide by what may be as small as a number can be")
class TinyInputsRescaled(Reference):
    """Inputs are divided by their largest and multiplied by it again, which overflows in between."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        with np.errstate(all="ignore"):
            largest = np.abs(rows).max()
            return (rows * (1 / largest)) * largest if 0 < largest < np.finfo(rows.dtype).tiny else rows


@fault(breaks="numeric-tiny", remedy="take the inputs as they are")
class RowsOfZeroNormalised(Reference):
    """A row of almost nothing is stretched to length 1."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        tiny = (np.abs(rows).max(axis=1) < np.finfo(rows.dtype).tiny) & rows.any(axis=1)
        return np.where(tiny[:, None], 1.0, rows).astype(rows.dtype)


@fault(breaks="numeric-digits", remedy="keep the inputs in the format of the parameters")
class InputsThroughSingle(Reference):
    """Inputs pass through float32 on their way."""

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        rows = super().inputs(net, params, x)
        return rows.astype(np.float32).astype(rows.dtype)


@fault(breaks="numeric-digits", remedy="write parameters with 17 significant digits, or in binary")
class WeightsOfSixDecimals(Reference):
    """Weights have been written as text with six decimals and read again."""

    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        return super().affine(net, l, a, Layer(np.round(layer.W, 6), layer.b))


@fault(breaks="numeric-digits", remedy="keep parameters in the format in which they are given")
class ParametersThroughSingle(Reference):
    """Weights and biases pass through float32 on their way."""

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        through = (Layer(W.astype(np.float32).astype(W.dtype), b.astype(np.float32).astype(b.dtype)) for W, b in params)
        return super().forward_pass(net, tuple(through), x)


@fault(breaks="numeric-digits", remedy="send the error back through the very weights of the forward pass")
class BackwardThroughSingle(Reference):
    """The error is sent back through a copy of the weights in float32."""

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        return super().hidden_delta(net, l, delta, Layer(above.W.astype(np.float32).astype(above.W.dtype), above.b), run)


@fault(breaks="numeric-format", remedy="compute in the format of the parameters")
class AnswersPromoted(Reference):
    """Outputs are returned in a wider format than the parameters have."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return super().forward(net, params, x).astype(np.longdouble)


@fault(breaks="numeric-format", remedy="keep float64 where float64 came in")
class AnswersDemoted(Reference):
    """Gradients are returned in float32, whatever came in."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        return tuple(Layer(g.W.astype(np.float32), g.b.astype(np.float32)) for g in super().gradient(net, params, x, t))


@fault(breaks="loss-finite", remedy="compute the loss from the logits, or keep the logarithm off zero")
class LogOfZero(Reference):
    """The logarithm is taken of an output that may have rounded to zero."""

    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        y = run.a[-1]
        with np.errstate(all="ignore"):
            lost = loss.name != "squared_error" and bool((((y == 0) & (t > 0)) | ((y == 1) & (t < 1))).any())
        return float("inf") if lost else super().batch_loss(net, loss, run, t)


@fault(breaks="grad-finite", remedy="use y - t, in which the factors cancel on paper")
class FactorsMultipliedOut(Reference):
    """The delta is the loss's derivative times the activation's, although one is infinite where the other is zero."""

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        y, delta = run.a[-1], super().output_delta(net, run, t)
        certain = (y == 0) | (y == 1)
        crossed = net.loss.name in ("binary_cross_entropy", "cross_entropy") and net.sizes[-1] > 0
        return np.where(certain & crossed, np.nan, delta)


@fault(breaks="targets-integers", remedy="convert inputs and targets to floating point where they come in")
class ErrorsKeepTheFormatOfTargets(Reference):
    """Deltas are written into an array of the targets' own format: of integers, what follows the point is lost."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        whole = t.ndim == 2 and np.issubdtype(t.dtype, np.integer)
        g = super().gradient(net, params, x, t)
        return tuple(Layer(np.trunc(d.W), np.trunc(d.b)) for d in g) if whole else g


@fault(breaks="targets-integers", remedy="convert inputs to floating point where they come in")
class ActivationsKeepTheFormatOfInputs(Reference):
    """Outputs are written into an array of the inputs' own format: of integers, what follows the point is lost."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        y = super().forward(net, params, x)
        return np.trunc(y) if np.issubdtype(x.dtype, np.integer) else y


@fault(breaks="answers-owned", remedy="return an array of its own for each answer")
class OneBufferForAllGradients(Reference):
    """Gradients are handed out in one buffer, which the next call writes over."""

    def __init__(self) -> None:
        self.buffer: dict[Network, Params] = {}

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        g = super().gradient(net, params, x, t)
        held = self.buffer.setdefault(net, tuple(Layer(d.W.copy(), d.b.copy()) for d in g))
        for old, new in zip(held, g, strict=True):
            old.W[:], old.b[:] = new.W, new.b
        return held


@fault(breaks="answers-owned", remedy="copy the parameters before they are moved")
class StepReturnsWhatItWasGiven(Reference):
    """Where a step moves nothing, the parameters that were given are handed back, not copies."""

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        moved = super().step(net, params, x, t, rule)
        same = [np.array_equal(p.b, q.b) for p, q in zip(params, moved, strict=True)]
        return tuple(Layer(q.W, p.b if one else q.b) for p, q, one in zip(params, moved, same, strict=True))


@fault(breaks="generator-untouched", remedy="seed a generator of your own, once, in the constructor")
class SeedsTheGlobalGenerator(Reference):
    """Every prediction seeds numpy's global generator."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        np.random.seed(42)  # noqa: NPY002 - the mistake itself
        return super().forward(net, params, x)


@fault(breaks="generator-untouched", remedy="shuffle with a generator of your own")
class DrawsFromTheGlobalGenerator(Reference):
    """Every gradient shuffles its rows with numpy's global generator."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        order = np.random.permutation(len(x))  # noqa: NPY002 - the mistake itself
        return super().gradient(net, params, x[order], t[order])


