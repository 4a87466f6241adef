"""What the reference says of itself: the networks it supports, in families of sensible pairs."""

from itertools import product

from backproof_spec.values import Activation, Claims, Family, Loss, Penalty, Reduction, Rule, Sizes
from backproof_spec.vocabulary import ELEMENTWISE

HIDDEN = (
    *(Activation(name) for name in ELEMENTWISE),
    Activation("tanh", slope=2 / 3, scale=1.7159),  # LeCun et al. 1998, section 4.4
    Activation("sigmoid", slope=2.0, scale=3.0, offset=-1.5),
    Activation("tanh", scale=2.0),
    Activation("sigmoid", offset=-0.5),
    Activation("softplus", slope=2.0),
    Activation("leaky_relu", alpha=0.2),
    Activation("elu", alpha=0.5),
)
UNIT_TANH = Activation("tanh", scale=0.45, offset=0.5)  # from .05 to .95: a cross-entropy not fused with its output
STEEP, FLAT = Activation("sigmoid", slope=2.0), Activation("softmax", slope=0.5)
IDENTITY, SIGMOID, TANH, SOFTMAX = (Activation(name) for name in ("identity", "sigmoid", "tanh", "softmax"))
PENALTIES = (
    Penalty(),
    Penalty(l2=0.1),
    Penalty(l1=0.05),
    Penalty(l1=0.05, l2=0.1, biases=True),
    Penalty(l2=0.5, biases=True, per_sample=True),
)
REDUCTIONS: tuple[Reduction, ...] = ("mean", "sum")
CLASSES = Sizes(outputs=(2, None))  # softmax of one output is constant


def conventions(name: str) -> tuple[Loss, ...]:
    """A loss in its four reductions, and twice itself."""
    reduced = (Loss(name, samples=s, outputs=o) for s, o in product(REDUCTIONS, REDUCTIONS))
    return (*reduced, Loss(name, factor=2.0))


def tasks() -> tuple[Family, ...]:
    """Every output with the losses that suit it."""
    squared, crossed, binary = map(conventions, ("squared_error", "cross_entropy", "binary_cross_entropy"))
    labels = Loss("cross_entropy", targets="index")
    return (
        Family(HIDDEN, HIDDEN, squared, mixed=True),
        Family(HIDDEN, (SIGMOID, STEEP, UNIT_TANH), binary, mixed=True),
        Family(HIDDEN, (SOFTMAX, FLAT), (*crossed, labels), sizes=CLASSES, mixed=True),
        Family(HIDDEN, (SOFTMAX, FLAT), squared, sizes=CLASSES, mixed=True),
        Family(HIDDEN, (SIGMOID,), (Loss("binary_cross_entropy", epsilon=1e-3),), mixed=True),
        Family(HIDDEN, (SOFTMAX, FLAT), (Loss("cross_entropy", epsilon=1e-3),), sizes=CLASSES, mixed=True),
    )


def matching() -> tuple[Family, ...]:
    """A delta of y - t, with the loss that belongs to it."""
    loss = conventions("matching")
    return (
        Family(HIDDEN, (IDENTITY, SIGMOID), loss, mixed=True),
        Family(HIDDEN, (SIGMOID,), (Loss("matching"),), Loss("binary_cross_entropy"), mixed=True),
        Family(HIDDEN, (SOFTMAX,), (Loss("matching", targets="distribution"),), sizes=CLASSES, mixed=True),
    )


def variations() -> tuple[Family, ...]:
    """Penalties, and layers without a bias."""
    squared, crossed = (Loss("squared_error"),), (Loss("cross_entropy"),)
    return (
        Family(HIDDEN, (IDENTITY, TANH), squared, penalty=PENALTIES, mixed=True),
        Family(HIDDEN, (SOFTMAX,), crossed, penalty=PENALTIES, sizes=CLASSES, mixed=True),
        Family(HIDDEN, (IDENTITY, SIGMOID), squared, penalty=PENALTIES, biases=("none", "none"), mixed=True),
        Family(HIDDEN, (IDENTITY, SIGMOID), squared, penalty=PENALTIES, biases=("each", "none"), mixed=True),
        Family(HIDDEN, (IDENTITY, SIGMOID), squared, biases=("none", "each"), mixed=True),
        Family(HIDDEN, (IDENTITY, SIGMOID), squared, biases=("shared", "shared"), mixed=True),
    )


RULES = (
    Rule(0.0),
    Rule(0.0, "momentum", beta1=0.9),
    Rule(0.0, "nesterov", beta1=0.9),
    Rule(0.0, "rmsprop", beta2=0.9, epsilon=1e-8),
    Rule(0.0, "adam", beta1=0.9, beta2=0.999, epsilon=1e-8),
    Rule(0.0, "rmsprop", beta2=0.99, epsilon=0.0),
    Rule(0.0, "adam", beta1=0.8, beta2=0.9, epsilon=0.0),
)


def claims(name: str) -> Claims:
    """The claims of the reference, under the name of whichever variant of it makes them."""
    return Claims(
        name=name,
        families=(*tasks(), *matching(), *variations()),
        operations=frozenset({"forward", "loss", "gradient", "step", "descend", "initial", "targets", "fit"}),
        rules=RULES,
    )
