"""Each loss is a number e(y, t) for one output of one sample, and its derivative by y or straight by z."""

import numpy as np

from backproof_impl.activations import log_softmax, plain, softplus
from backproof_spec.values import Activation, Array, Loss
from backproof_spec.vocabulary import MATCHING


def named(loss: Loss, output: Activation) -> str:
    """The loss that is reported: a delta of y - t belongs to the output's matching loss, where it has a name."""
    return MATCHING.get(output.name, "squared_error") if loss.name == "matching" else loss.name


def fused(loss: Loss, output: Activation) -> bool:
    """Whether log f(z) cancels against f: then loss and delta are taken from z, where nothing underflows."""
    pair = (output.name, named(loss, output))
    exact = loss.epsilon == 0 and output.scale == 1 and output.offset == 0
    return exact and pair in {("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")}


def weighted_log(t: Array, p: Array) -> Array:
    """`t log p`, and 0 where t is 0 whatever p is; t and p (n, d)."""
    return t * np.log(np.where(t == 0, 1.0, p))


def ratio(t: Array, p: Array) -> Array:
    """`t / p`, and 0 where t is 0 whatever p is; t and p (n, d)."""
    return t / np.where(t == 0, 1.0, p)


def elements(loss: Loss, output: Activation, z: Array, y: Array, t: Array) -> Array:
    """e(y, t), (n, d), for outputs y, their pre-activations z and targets t, all (n, d)."""
    name = named(loss, output)
    if fused(loss, output):
        return fused_elements(name, output.slope * z, t)
    if name == "squared_error":
        return 0.5 * (y - t) ** 2
    likelihood = weighted_log(t, y + loss.epsilon)
    if name == "cross_entropy":
        return -likelihood
    return -likelihood - weighted_log(1.0 - t, (1.0 - y) + loss.epsilon)


def fused_elements(name: str, u: Array, t: Array) -> Array:
    """-t log softmax(u), or -t log s(u) - (1 - t) log s(-u) for the sigmoid s; u and t (n, d)."""
    if name == "cross_entropy":
        return -t * log_softmax(u)
    return t * softplus(-u) + (1.0 - t) * softplus(u)


def error_slope(loss: Loss, output: Activation, y: Array, t: Array) -> Array:
    """de/dy, (n, d), for outputs y and targets t (n, d)."""
    name = named(loss, output)
    if name == "squared_error":
        return y - t
    pull = ratio(t, y + loss.epsilon)
    if name == "cross_entropy":
        return -pull
    return ratio(1.0 - t, (1.0 - y) + loss.epsilon) - pull


def direct_delta(loss: Loss, output: Activation, y: Array, t: Array) -> Array | None:
    """de/dz, (n, d), where it is had without f' (Bishop 2006, section 4.3.6); None where it is not."""
    if loss.name == "matching":
        return y - t
    if not fused(loss, output):
        return squared_identity_delta(loss, output, y, t)
    if output.name == "softmax":
        mass: Array = t.sum(axis=1, keepdims=True)  # 1 for a distribution
        return output.slope * (mass * y - t)
    return output.slope * (y - t)


def squared_identity_delta(loss: Loss, output: Activation, y: Array, t: Array) -> Array | None:
    """y - t for squared error of a plain identity output, (n, d); None for another."""
    return y - t if loss.name == "squared_error" and output.name == "identity" and plain(output) else None
