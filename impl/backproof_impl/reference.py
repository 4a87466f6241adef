"""A multilayer perceptron and its backpropagation: every equation one small method, tagged with its clause."""

import re
from math import sqrt
from typing import NamedTuple

import numpy as np

from backproof_impl import activations, families, losses, optimisers
from backproof_impl.optimisers import Memories
from backproof_impl.tags import clause
from backproof_impl.training import train
from backproof_spec.protocol import HasDescent, HasFit, HasGradient, HasInitial, HasLoss, HasTargets
from backproof_spec.values import Array, Claims, Fitted, Labels, Layer, Loss, Network, Params, Penalty, Rule, Targets

RECTIFIERS = frozenset({"relu", "leaky_relu", "elu", "gelu", "gelu_tanh"})


class Pass(NamedTuple):
    """What a forward pass leaves behind, by layer: z[l] and a[l] are (n, d_l); a[0] and z[0] are both x."""

    z: tuple[Array, ...]
    a: tuple[Array, ...]


class Reference(HasLoss, HasGradient, HasDescent, HasInitial, HasTargets, HasFit):
    """The specification as a program. It has no state, changes no argument, and computes in the parameters' dtype."""

    @property
    def claims(self) -> Claims:
        """Everything the specification has a word for, in sensible pairs."""
        return families.claims(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(self).__name__).lower())

    # What it is asked.

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        return self.forward_pass(net, params, x).a[-1]

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The objective on x (n, d_0) and t, (n, d_L) or (n,); or the reported loss, without penalty, if declared."""
        run = self.forward_pass(net, params, x)
        if net.reported is not None:
            return self.batch_loss(net, net.reported, run, self.rows(net, run, t))
        return self.batch_loss(net, net.loss, run, self.rows(net, run, t)) + self.penalty(net, params, len(run.a[0]))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """dW (d_in, d_out) and db (d_out,) of each layer, for x (n, d_0) and t, (n, d_L) or (n,)."""
        run = self.forward_pass(net, params, x)
        return self.backward_pass(net, params, run, self.rows(net, run, t))

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters, shaped as before, after the first update of a fresh optimiser on x (n, d_0) and t."""
        moved = optimisers.copied(params)
        self.update(rule, moved, self.gradient(net, params, x, t), optimisers.fresh(params))
        return moved

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters, shaped as before, after so many updates by one optimiser on x (n, d_0) and t."""
        moved, memories = optimisers.copied(params), optimisers.fresh(params)
        for _ in range(steps):
            memories = self.update(rule, moved, self.gradient(net, moved, x, t), memories)
        return moved

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial W (d_in, d_out), the same for the same seed; every b (d_out,) is zero."""
        rng = np.random.default_rng(seed)
        return tuple(
            Layer(self.initial_weights(net, l, rng), np.zeros(net.sizes[l])) for l in range(1, net.depth + 1)
        )

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,) from 0."""
        return self.one_hot(net, labels)

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        """Outputs (m, d_L) at the query (m, d_0) after full-batch training on x (n, d_0) and t from its own start."""
        reports: list[float] = []
        start = self.initial(net, seed)
        params = train(
            self, net, start, x, t, rule=rule, epochs=epochs, batch=len(x), seed=seed,
            watch=lambda _, params: reports.append(self.loss(net, params, x, t)),
        )  # fmt: skip
        return Fitted(self.forward(net, params, query), params, tuple(reports))

    # Forward.

    @clause("forward-layers", "forward-rows", "shape-forward")
    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        """`a_0 = x`, `z_l = a_{l-1} W_l + b_l`, `a_l = f_l(z_l)`."""
        x = self.inputs(net, params, x)
        z, a = [x], [x]
        for l, layer in enumerate(params, start=1):
            z.append(self.affine(net, l, a[-1], layer))
            a.append(self.activate(net, l, z[-1]))
        return Pass(tuple(z), tuple(a))

    def inputs(self, net: Network, params: Params, x: Array) -> Array:
        """Inputs x (n, d_0) in the parameters' dtype, n >= 1."""
        if x.ndim != 2 or x.shape[1] != net.sizes[0] or not len(x):
            raise ValueError(f"inputs of shape {x.shape}; this network takes (n, {net.sizes[0]}) with n >= 1")
        return x if x.dtype == params[0].W.dtype else x.astype(params[0].W.dtype)

    @clause("forward-affine", "forward-bias")
    def affine(self, net: Network, l: int, a: Array, layer: Layer) -> Array:
        """`z_l = a_{l-1} W_l + b_l`, (n, d_l), for a_{l-1} (n, d_{l-1})."""
        z: Array = a @ layer.W
        if net.bias(l) != "none":
            z += layer.b
        return z

    @clause("activation-value", "activation-far", "softmax-sum", "softmax-range", "softmax-large", "softmax-shift")
    def activate(self, net: Network, l: int, z: Array) -> Array:
        """`a_l = f_l(z_l)`, (n, d_l)."""
        return activations.value(net.activations[l - 1], z)

    # Targets and losses.

    def rows(self, net: Network, run: Pass, t: Targets) -> Array:
        """Target rows (n, d_L), in the outputs' dtype: t itself, or one-hot rows where t is (n,) class numbers."""
        y = run.a[-1]
        rows = np.asarray(self.one_hot(net, t) if t.ndim == 1 else t, dtype=y.dtype)  # type: ignore[arg-type]  # checked there
        if rows.shape != y.shape:
            raise ValueError(f"targets of shape {t.shape} for outputs of shape {y.shape}; give one row a sample")
        return rows

    @clause("targets-one-hot")
    def one_hot(self, net: Network, labels: Labels) -> Array:
        """`t_k = 1` for class number k, 0 elsewhere: (n, d_L) for labels (n,)."""
        classes = net.sizes[-1]
        if not np.issubdtype(labels.dtype, np.integer) or np.any((labels < 0) | (labels >= classes)):
            raise ValueError(f"labels must be integers from 0 to {classes - 1}, one for each output; got {labels}")
        t = np.zeros((len(labels), classes))
        t[np.arange(len(labels)), labels] = 1.0
        return t

    @clause("loss-value", "loss-nonnegative")
    def batch_loss(self, net: Network, loss: Loss, run: Pass, t: Array) -> float:
        """`factor * samples(outputs(e(y, t)))` for targets t (n, d_L)."""
        e = losses.elements(loss, net.activations[-1], run.z[-1], run.a[-1], t)
        return self.share(loss, *t.shape) * float(e.sum())

    @clause("loss-batch", "grad-batch", "grad-scale")
    def share(self, loss: Loss, n: int, d: int) -> float:
        """The weight of each e(y, t) in the loss of n samples with d outputs."""
        return loss.factor / (n if loss.samples == "mean" else 1) / (d if loss.outputs == "mean" else 1)

    # Backward.

    @clause("grad-value", "grad-direction", "shape-weights", "shape-biases")
    def backward_pass(self, net: Network, params: Params, run: Pass, t: Array) -> Params:
        """`delta_L`, then for l = L..1: `dW_l`, `db_l`, and `delta_{l-1}` from `delta_l`."""
        delta = self.output_delta(net, run, t)
        gradient = [self.layer_gradient(net, net.depth, params[-1], run, delta)]
        for l in range(net.depth - 1, 0, -1):
            delta = self.hidden_delta(net, l, delta, params[l], run)
            gradient.append(self.layer_gradient(net, l, params[l - 1], run, delta))
        return tuple(reversed(gradient))

    @clause("grad-output-delta", "loss-matching", "grad-perfect-fit")
    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        """`delta_L = dL/dz_L`, (n, d_L), for targets t (n, d_L)."""
        delta = losses.direct_delta(net.loss, net.activations[-1], run.a[-1], t)
        if delta is None:
            delta = self.output_chain(net, run, losses.error_slope(net.loss, net.activations[-1], run.a[-1], t))
        return self.share(net.loss, *t.shape) * delta

    @clause("grad-output-delta")
    def output_chain(self, net: Network, run: Pass, slope: Array) -> Array:
        """`de/dz_L` from `de/dy` (n, d_L): through f_L', or through the Jacobian of softmax."""
        if net.activations[-1].name == "softmax":
            return activations.softmax_backward(net.activations[-1], run.z[-1], slope)
        return slope * self.derivative(net, net.depth, run)

    @clause("activation-derivative", "activation-derivative-far", "activation-tie")
    def derivative(self, net: Network, l: int, run: Pass) -> Array:
        """`f_l'(z_l)`, (n, d_l)."""
        return activations.derivative(net.activations[l - 1], run.z[l], run.a[l])

    @clause("grad-hidden-delta")
    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        """`delta_l = (delta_{l+1} W_{l+1}^T) * f_l'(z_l)`, (n, d_l); above is layer l + 1, delta is its own."""
        return (delta @ above.W.T) * self.derivative(net, l, run)

    def layer_gradient(self, net: Network, l: int, layer: Layer, run: Pass, delta: Array) -> Layer:
        """dW_l (d_{l-1}, d_l) and db_l (d_l,), penalty included."""
        dW, db = self.weight_gradient(net, l, run, delta), self.bias_gradient(net, l, delta)
        return self.penalised(net, l, layer, Layer(dW, db), len(delta))

    @clause("grad-weights")
    def weight_gradient(self, net: Network, l: int, run: Pass, delta: Array) -> Array:
        """`dW_l = a_{l-1}^T delta_l`, (d_{l-1}, d_l)."""
        return run.a[l - 1].T @ delta

    @clause("grad-biases")
    def bias_gradient(self, net: Network, l: int, delta: Array) -> Array:
        """`db_l`: delta_l (n, d_l) summed over rows, (d_l,); for one shared bias that sum over all of the layer."""
        if net.bias(l) == "none":
            return np.zeros_like(delta[0])
        db: Array = delta.sum(axis=0)
        return db if net.bias(l) == "each" else np.full_like(db, db.sum())

    # Penalty.

    def penalty(self, net: Network, params: Params, n: int) -> float:
        """`l1 sum |w| + l2 / 2 sum w^2`, over n where it is per sample."""
        if not (net.penalty.l1 or net.penalty.l2):
            return 0.0
        tensors = [layer.W for layer in params]
        tensors += [layer.b for l, layer in enumerate(params, start=1) if self.penalises_bias(net, l)]
        total = sum(
            net.penalty.l1 * float(np.abs(w).sum()) + net.penalty.l2 / 2 * float((w**2).sum()) for w in tensors
        )
        return total / (n if net.penalty.per_sample else 1)

    def penalises_bias(self, net: Network, l: int) -> bool:
        """Whether the penalty counts the bias of layer l."""
        return net.penalty.biases and net.bias(l) != "none"

    @clause("grad-penalty")
    def penalised(self, net: Network, l: int, layer: Layer, gradient: Layer, n: int) -> Layer:
        """The layer's gradient with that of the penalty, for n samples."""
        if not (net.penalty.l1 or net.penalty.l2):
            return gradient
        db = self.penalty_gradient(net.penalty, layer.b, n) if self.penalises_bias(net, l) else 0.0
        return Layer(gradient.W + self.penalty_gradient(net.penalty, layer.W, n), gradient.b + db)

    @clause("grad-penalty")
    def penalty_gradient(self, penalty: Penalty, w: Array, n: int) -> Array:
        """`l1 sign w + l2 w`, shaped as w, over n where it is per sample."""
        return (penalty.l1 * np.sign(w) + penalty.l2 * w) / (n if penalty.per_sample else 1)

    # Update and start.

    @clause("step-direction", "step-every-layer", "step-rate", "step-rate-zero")
    def update(self, rule: Rule, params: Params, gradient: Params, memories: Memories, /) -> Memories:
        """`W_l - rate dW_l`, `b_l - rate db_l`, or the rule's own move, in place, using the gradient up."""
        return optimisers.update(rule, params, gradient, memories)

    @clause("initial-symmetry", "initial-scale", "initial-seeds")
    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        """W_l (d_{l-1}, d_l): He et al. 2015, equation 10, for rectifiers; else Glorot and Bengio 2010, equation 16."""
        fan_in, fan_out = net.sizes[l - 1], net.sizes[l]
        if net.activations[l - 1].name in RECTIFIERS:
            return rng.normal(0.0, sqrt(2 / fan_in), (fan_in, fan_out))
        limit = sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, (fan_in, fan_out))
