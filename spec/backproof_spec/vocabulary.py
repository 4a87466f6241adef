"""The names that the specification gives a meaning: activations, losses, their defaults and natural targets."""

from backproof_spec.values import Activation, Kind, Loss

ALPHA = {"leaky_relu": 0.01, "elu": 1.0}  # the default alpha of each activation that has one
ELEMENTWISE = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "gelu_tanh")
ACTIVATIONS = (*ELEMENTWISE, "softmax")  # softmax: of the output layer only
SMOOTH = frozenset({"identity", "sigmoid", "tanh", "softplus", "gelu", "gelu_tanh", "softmax"})

NATURAL_TARGETS: dict[str, Kind] = {
    "squared_error": "real",
    "cross_entropy": "distribution",
    "binary_cross_entropy": "unit",
    "matching": "unit",
}
LOSSES = tuple(NATURAL_TARGETS)
MATCHING = {"identity": "squared_error", "sigmoid": "binary_cross_entropy", "softmax": "cross_entropy"}
"""The loss whose derivative through this output activation is y - t (Bishop 2006, section 4.3.6)."""


def alpha(activation: Activation) -> float:
    """The activation's alpha, or the specification's default; 0 for an activation without one."""
    return ALPHA.get(activation.name, 0.0) if activation.alpha is None else activation.alpha


def target_kind(loss: Loss) -> Kind:
    """What rows of targets the loss is asked with."""
    return NATURAL_TARGETS.get(loss.name, "unit") if loss.targets == "natural" else loss.targets


def known(activation: Activation) -> bool:
    """Whether the specification gives this activation a closed form."""
    plain = activation.scale == 1 and activation.offset == 0  # softmax: only its logits may be scaled, by the slope
    return activation.name in ELEMENTWISE or (activation.name == "softmax" and plain)
