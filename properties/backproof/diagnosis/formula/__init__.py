"""The right equation as one line of numpy, written as the subject writes: what a diagnosis gives for a remedy."""

from collections.abc import Callable

from backproof.diagnosis.formula import activations, deltas, layers, losses, rules
from backproof.diagnosis.formula.page import Page
from backproof.subjects.manner import Manner
from backproof_spec import Network

SPECIFIED = Manner()  # as the specification writes: W1 (in, out), b1, samples as rows
EQUATIONS: dict[str, Callable[[Page, int], str]] = {
    "z": layers.affine,
    "a": activations.value,
    "y": lambda page, l: activations.value(page, page.net.depth),
    "loss": losses.loss,
    "f'": activations.derivative,
    "delta": deltas.delta,
    "dW": layers.weight_gradient,
    "db": layers.bias_gradient,
    "targets": losses.targets,
    "step": layers.step,
    **{name: rules.equation(name) for name in rules.RULES},
}
QUANTITIES = tuple(EQUATIONS)


def right(quantity: str, l: int | None, net: Network, manner: Manner = SPECIFIED) -> str:
    """The equation of a quantity of layer l, counted from 1; None: of the output layer.

    In it x, t, y are the batch as the subject takes it, a1 and z1 what layer 1 computes, f1' is df1, and statements are
    separated by semicolons. KeyError for a quantity that is not among QUANTITIES.
    """
    return EQUATIONS[quantity](Page(net, manner), l or net.depth)
