"""Correct programs that look strange: other formulas, other orders, other conventions, and nothing shared with the reference."""

from dataclasses import replace
from math import erf, pi, sqrt
from typing import ClassVar

import numpy as np

from backproof_spec import (
    Activation,
    Array,
    Bias,
    Claims,
    Family,
    HasGradient,
    HasInitial,
    HasLoss,
    HasStep,
    Implementation,
    Kind,
    Layer,
    Loss,
    Network,
    Params,
    Penalty,
    Reduction,
    Rule,
    Sizes,
    Targets,
)

CLASSES = Sizes(outputs=(2, None))


def act(*names: str) -> tuple[Activation, ...]:
    """Plain activations of these names."""
    return tuple(map(Activation, names))


def family(hidden: str, output: str, loss: Loss, reported: Loss | None = None, penalty: Penalty | None = None,
           biases: tuple[Bias, Bias] = ("each", "each"), sizes: Sizes | None = None) -> Family:  # fmt: skip
    """One family of one hidden activation, one output and one loss."""
    widths = sizes or (CLASSES if output == "softmax" else Sizes())
    return Family(
        act(hidden), act(output), (loss,), reported, (penalty or Penalty(),), biases=biases, sizes=widths
    )


def squared(factor: float = 1.0, samples: Reduction = "mean", outputs: Reduction = "sum") -> Loss:
    """Squared error in one convention."""
    return Loss("squared_error", factor, samples, outputs)


def binary(samples: Reduction = "mean", epsilon: float = 0.0) -> Loss:
    """Binary cross-entropy in one convention."""
    return Loss("binary_cross_entropy", samples=samples, epsilon=epsilon)


def crossed(samples: Reduction = "mean", epsilon: float = 0.0, targets: Kind = "natural") -> Loss:
    """Cross-entropy in one convention."""
    return Loss("cross_entropy", samples=samples, epsilon=epsilon, targets=targets)


class Plain(HasLoss, HasGradient, HasStep, HasInitial):
    """The textbook in vectors: naive formulas, no fusion, a kink's derivative taken from the left."""

    families: ClassVar[tuple[Family, ...]] = (
        family("sigmoid", "sigmoid", squared()),
        family("tanh", "identity", squared()),
        family("sigmoid", "softmax", crossed()),
        family("tanh", "sigmoid", binary()),
    )
    at_tie = 0.0  # relu'(0)

    @property
    def claims(self) -> Claims:
        """The families, in float64."""
        return Claims(type(self).__name__, self.families)

    def value(self, f: Activation, z: Array) -> Array:
        """a (n, d) of z (n, d)."""
        match f.name:
            case "sigmoid":
                return np.asarray(1 / (1 + np.exp(-z)))
            case "tanh":
                return np.tanh(z)
            case "relu":
                return z * (z > 0)
            case "leaky_relu":
                return np.maximum(z, z.dtype.type(0.01) * z)
            case "elu":
                return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)
            case "softplus":
                return np.logaddexp(z.dtype.type(0), z)
            case "gelu":
                return np.asarray(z * np.vectorize(erf, otypes=[z.dtype])(z / sqrt(2)) / 2 + z / 2)
            case "softmax":
                e = np.exp(z - z.max())  # of the whole batch: the same number for every row cancels as well
                return np.asarray(e / e.sum(axis=1, keepdims=True))
        return z

    def slope(self, f: Activation, z: Array, a: Array) -> Array:
        """f'(z) (n, d)."""
        match f.name:
            case "sigmoid":
                return a * (1 - a)
            case "tanh":
                return 1 - a**2
            case "relu":
                return np.where(z == 0, self.at_tie, z > 0).astype(z.dtype)
            case "leaky_relu":
                return np.where(z >= 0, 1, 0.01).astype(z.dtype)
            case "elu":
                return np.where(z > 0, 1, a + 1)
            case "softplus":
                return np.asarray(1 / (1 + np.exp(-z)))
            case "gelu":
                cdf = np.vectorize(erf, otypes=[z.dtype])(z / sqrt(2)) / 2 + 0.5
                return np.asarray(cdf + z * np.exp(-z * z / 2) / sqrt(2 * pi))
        return np.ones_like(z)

    def run(self, net: Network, params: Params, x: Array) -> tuple[list[Array], list[Array]]:
        """z_1 ... z_L, and a_0 ... a_L."""
        z, a = list[Array](), [x]
        for layer, f in zip(params, net.activations, strict=True):
            z.append(a[-1] @ layer.W + layer.b)
            a.append(self.value(f, z[-1]))
        return z, a

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        return self.run(net, params, x)[1][-1]

    def rows(self, net: Network, t: Targets) -> Array:
        """Target rows (n, d_L)."""
        return np.eye(net.sizes[-1])[t.astype(int)] if t.ndim == 1 else np.asarray(t, dtype=np.asarray(t).dtype)

    def elements(self, loss: Loss, y: Array, t: Array) -> Array:
        """e(y, t) (n, d_L), each from its definition."""
        if loss.name == "cross_entropy":
            return np.asarray(-t * np.log(y + loss.epsilon))
        if loss.name == "binary_cross_entropy":
            return np.asarray(-(t * np.log(y + loss.epsilon) + (1 - t) * np.log(1 - y + loss.epsilon)))
        return np.asarray(0.5 * (t - y) ** 2)

    def share(self, loss: Loss, t: Array) -> float:
        """What the sum over samples and outputs is multiplied by."""
        return loss.factor / (t.shape[0] if loss.samples == "mean" else 1) / (t.shape[1] if loss.outputs == "mean" else 1)

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The objective of the batch, or the reported loss."""
        rows, loss, rule = self.rows(net, t), net.reported or net.loss, net.penalty
        total = float(self.elements(loss, self.forward(net, params, x), rows).sum() * self.share(loss, rows))
        if net.reported is not None:
            return total
        return total + sum(
            rule.l1 * float(np.abs(layer.W).sum()) + rule.l2 / 2 * float((layer.W**2).sum()) for layer in params
        )

    def pull(self, loss: Loss, y: Array, t: Array) -> Array:
        """de/dy (n, d_L)."""
        if loss.name == "cross_entropy":
            return np.asarray(-t / (y + loss.epsilon))
        if loss.name == "binary_cross_entropy":
            if loss.epsilon:
                return np.asarray((1 - t) / (1 - y + loss.epsilon) - t / (y + loss.epsilon))
            return np.asarray((y - t) / (y * (1 - y)))
        return y - t

    def output_delta(self, net: Network, z: Array, y: Array, t: Array) -> Array:
        """de/dz (n, d_L): through the explicit Jacobian of softmax, or f'."""
        if net.loss.name == "matching":
            return y - t
        g = self.pull(net.loss, y, t)
        if net.activations[-1].name != "softmax":
            return g * self.slope(net.activations[-1], z, y)
        return np.array([(np.diag(p) - np.outer(p, p)) @ row for p, row in zip(y, g, strict=True)])

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """dW and db of every layer, each shaped as its parameters."""
        (z, a), rows = self.run(net, params, x), self.rows(net, t)
        delta = self.output_delta(net, z[-1], a[-1], rows) * x.dtype.type(self.share(net.loss, rows))
        layers = list[Layer]()
        for l in range(net.depth, 0, -1):
            layers.insert(0, self.layer(net, l, a[l - 1], delta, params[l - 1]))
            if l > 1:
                delta = delta @ params[l - 1].W.T * self.slope(net.activations[l - 2], z[l - 2], a[l - 1])
        return tuple(layers)

    def layer(self, net: Network, l: int, a: Array, delta: Array, p: Layer) -> Layer:
        """dW (d_{l-1}, d_l) and db (d_l,) of one layer, the penalty on weights included."""
        db: Array = delta.sum(axis=0)
        db = {"each": db, "shared": np.full_like(db, db.sum()), "none": np.zeros_like(db)}[net.bias(l)]
        return Layer(a.T @ delta + net.penalty.l1 * np.sign(p.W) + net.penalty.l2 * p.W, db)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one step of plain gradient descent."""
        return tuple(
            Layer(p.W - p.W.dtype.type(rule.rate) * g.W, p.b - p.b.dtype.type(rule.rate) * g.b)
            for p, g in zip(params, self.gradient(net, params, x, t), strict=True)
        )

    def initial(self, net: Network, seed: int, /) -> Params:
        """Uniform weights within 1 / sqrt(fan_in), biases zero."""
        rng = np.random.default_rng(seed)
        return tuple(
            Layer(rng.uniform(-1, 1, (i, o)) / sqrt(i), np.zeros(o)) for i, o in zip(net.sizes, net.sizes[1:], strict=False)
        )


class OtherFormulas(Plain):
    """Sigmoid by tanh, its derivative by cosh, tanh by exp, softmax by logarithms, and deltas fused."""

    def value(self, f: Activation, z: Array) -> Array:
        if f.name == "sigmoid":
            return np.asarray((1 + np.tanh(z / 2)) / 2)
        if f.name == "tanh":
            return np.asarray(2 / (1 + np.exp(-2 * z)) - 1)
        if f.name == "softmax":
            return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
        return super().value(f, z)

    def slope(self, f: Activation, z: Array, a: Array) -> Array:
        if f.name == "sigmoid":
            return np.asarray(1 / (4 * np.cosh(z / 2) ** 2))
        if f.name == "tanh":
            return np.asarray(1 / np.cosh(z) ** 2)
        return super().slope(f, z, a)

    def output_delta(self, net: Network, z: Array, y: Array, t: Array) -> Array:
        fused = (net.activations[-1].name, net.loss.name)
        if fused in {("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")}:
            return y - t
        return super().output_delta(net, z, y, t)


class OneSampleAtATime(Plain):
    """Loops over samples, and over units within them; gradients are added up in place, the last sample first."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        total = [[np.zeros_like(p.W), np.zeros_like(p.b)] for p in params]
        weight = 1 / len(x) if net.loss.samples == "mean" else 1.0
        for i in reversed(range(len(x))):
            one = replace(net, loss=replace(net.loss, samples="sum"), penalty=Penalty())
            for sums, g in zip(total, super().gradient(one, params, x[i : i + 1], t[i : i + 1]), strict=True):
                sums[0] += weight * g.W
                sums[1] += weight * g.b
        rule = net.penalty
        return tuple(Layer(W + rule.l1 * np.sign(p.W) + rule.l2 * p.W, b) for (W, b), p in zip(total, params, strict=True))

    def run(self, net: Network, params: Params, x: Array) -> tuple[list[Array], list[Array]]:
        z, a = list[Array](), [x]
        for layer, f in zip(params, net.activations, strict=True):
            sums = [[self.unit(row, layer, j) for j in range(layer.W.shape[1])] for row in a[-1]]
            z.append(np.array(sums, dtype=x.dtype))
            a.append(self.value(f, z[-1]))
        return z, a

    def unit(self, row: Array, layer: Layer, j: int) -> float:
        """One weighted sum, the bias first, the last input first."""
        total = float(layer.b[j])
        for i in reversed(range(len(row))):
            total += float(row[i]) * float(layer.W[i, j])
        return total


class Kinks(Plain):
    """Every activation with a corner."""

    families = tuple(family(name, "identity", squared()) for name in ("relu", "leaky_relu", "elu", "softplus", "gelu"))


class KinksFromTheRight(Kinks):
    """relu'(0) = 1."""

    at_tie = 1.0


class KinksInTheMiddle(Kinks):
    """relu'(0) = 1/2."""

    at_tie = 0.5


class ReluToClasses(Plain):
    """relu units below cross-entropies."""

    families = (family("relu", "softmax", crossed()), family("relu", "sigmoid", binary()))


class Conventions(Plain):
    """Sums for means, no half, means over outputs."""

    families = (
        family("tanh", "identity", squared(2.0)),
        family("sigmoid", "sigmoid", squared(samples="sum")),
        family("tanh", "identity", squared(2.0, "mean", "mean")),
        family("tanh", "softmax", crossed("sum")),
        family("tanh", "sigmoid", binary("sum")),
    )


class MoreConventions(Plain):
    """No biases, shared biases, penalties, class numbers."""

    families = (
        family("tanh", "identity", squared(), biases=("none", "none")),
        family("sigmoid", "sigmoid", squared(), biases=("shared", "shared")),
        family("tanh", "identity", squared(), penalty=Penalty(l1=0.05, l2=0.25)),
        family("tanh", "softmax", crossed(targets="index")),
        family("sigmoid", "sigmoid", squared(), sizes=Sizes(depth=(2, 2), width=(4, 4), equal_widths=True)),
    )

class LogsWithEpsilon(Plain):
    """log(p + 1e-7) in the loss and in its derivative."""

    families = (
        family("tanh", "softmax", crossed(epsilon=1e-7)),
        family("tanh", "sigmoid", binary(epsilon=1e-7)),
    )


class LogsWithEpsilonInTheLossOnly(LogsWithEpsilon, OtherFormulas):
    """log(p + 1e-7) in the loss, y - t in the gradient."""


class ClippedLogs(LogsWithEpsilonInTheLossOnly):
    """Probabilities are clipped before the logarithm."""

    def elements(self, loss: Loss, y: Array, t: Array) -> Array:
        return super().elements(replace(loss, epsilon=0.0), np.clip(y, loss.epsilon, 1 - loss.epsilon), t)


class YMinusT(Plain):
    """A delta of y - t under every output, declared as matching; squared error is reported."""

    families = (
        family("sigmoid", "sigmoid", Loss("matching"), reported=squared(2.0, "mean", "mean")),
        family("tanh", "identity", Loss("matching")),
    )

    def elements(self, loss: Loss, y: Array, t: Array) -> Array:
        return super().elements(squared() if loss.name == "matching" else loss, y, t)


class ReportsAnotherLoss(Plain):
    """Follows cross-entropy, reports squared error."""

    families = (family("tanh", "softmax", crossed(), reported=squared()),)


class OtherNames(Plain):
    """An activation and a loss that the specification does not know."""

    families = (
        Family((Activation("other:softsign"),), act("identity"), (squared(),)),
        Family(act("tanh"), act("identity"), (Loss("other:logcosh", targets="real"),)),
        Family((Activation("other:softsign"),), act("sigmoid"), (binary(),)),
    )

    def value(self, f: Activation, z: Array) -> Array:
        return np.asarray(z / (1 + np.abs(z))) if f.name == "other:softsign" else super().value(f, z)

    def slope(self, f: Activation, z: Array, a: Array) -> Array:
        return np.asarray(1 / (1 + np.abs(z)) ** 2) if f.name == "other:softsign" else super().slope(f, z, a)

    def elements(self, loss: Loss, y: Array, t: Array) -> Array:
        return np.log(np.cosh(y - t)) if loss.name == "other:logcosh" else super().elements(loss, y, t)

    def pull(self, loss: Loss, y: Array, t: Array) -> Array:
        return np.tanh(y - t) if loss.name == "other:logcosh" else super().pull(loss, y, t)


class Single(Plain):
    """float32 throughout."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, dtype="float32")

    def rows(self, net: Network, t: Targets) -> Array:
        return super().rows(net, t).astype(np.float32)


class SingleOtherFormulas(Single, OtherFormulas):
    """float32, other formulas."""


class SingleOneSampleAtATime(Single, OneSampleAtATime):
    """float32, one sample at a time."""


class SingleKinks(Single, Kinks):
    """float32, activations with a corner."""


class SingleToClasses(Single, ReluToClasses, OtherFormulas):
    """float32, relu units below cross-entropies, whose deltas are fused: unfused, a saturated output gives 0 / 0."""


class SingleConventions(Single, Conventions):
    """float32, other conventions."""


class MoreDigitsThanClaimed(OneSampleAtATime):
    """Computes in longdouble and hands out float64."""

    def run(self, net: Network, params: Params, x: Array) -> tuple[list[Array], list[Array]]:
        return super().run(net, _long(params), np.asarray(x, dtype=np.longdouble))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return super().forward(net, params, x).astype(np.float64)


def _long(params: Params) -> Params:
    return tuple(Layer(np.asarray(p.W, np.longdouble), np.asarray(p.b, np.longdouble)) for p in params)


class OneRowPerStep(Plain):
    """Gradient and step take one row."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, batch=1)


class NarrowRates(Plain):
    """Rates from 0.001 to 0.1 are documented, no others."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, rates=(0.001, 0.1))


class OneArchitecture(Plain):
    """Only 2-2-1 networks."""

    families = (family("sigmoid", "sigmoid", squared(), sizes=Sizes(exactly=((2, 2, 1),))),)


class TableOfSigmoids(Plain):
    """A sigmoid read from a table, as wide and as accurate as it says."""

    families = (
        replace(family("sigmoid", "identity", squared()), accuracy=2.0**-10, z_max=8.0),
        replace(family("sigmoid", "sigmoid", squared()), accuracy=2.0**-10, z_max=8.0),
    )

    def value(self, f: Activation, z: Array) -> Array:
        return super().value(f, np.clip(np.round(z * 256) / 256, -8, 8) if f.name == "sigmoid" else z)


class OnlySteps(Implementation):
    """A trainer that shows nothing but its outputs and its steps."""

    inner: Plain = Plain()

    @property
    def claims(self) -> Claims:
        """Those of the program inside."""
        return replace(self.inner.claims, name=type(self).__name__)

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L)."""
        return self.inner.forward(net, params, x)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one step."""
        return self.inner.step(net, params, x, t, rule)


class OnlyStepsAndALoss(OnlySteps):
    """It reports its loss too."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The loss of the batch."""
        return self.inner.loss(net, params, x, t)


class OnlyStepsInSingle(OnlyStepsAndALoss):
    """In float32."""

    inner = Single()


class RateOfItsOwn(OnlySteps):
    """The rate is fixed inside."""

    @property
    def claims(self) -> Claims:
        return replace(super().claims, rates=None)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        return self.inner.step(net, params, x, t, Rule(0.3))


STRANGE: tuple[type[Implementation], ...] = (
    Plain, OtherFormulas, OneSampleAtATime, Kinks, KinksFromTheRight, KinksInTheMiddle, ReluToClasses, Conventions,
    MoreConventions, LogsWithEpsilon, LogsWithEpsilonInTheLossOnly, ClippedLogs, YMinusT, ReportsAnotherLoss, OtherNames,
    Single, SingleOtherFormulas, SingleOneSampleAtATime, SingleKinks, SingleToClasses, SingleConventions,
    MoreDigitsThanClaimed, OneRowPerStep, NarrowRates, OneArchitecture, TableOfSigmoids, OnlySteps, OnlyStepsAndALoss,
    OnlyStepsInSingle, RateOfItsOwn,
)  # fmt: skip
