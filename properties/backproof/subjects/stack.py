"""Many parameters of one network as one: layer l of all of them is one array."""

import numpy as np

from backproof_spec import Layer, Params


def stacked(stack: tuple[Params, ...]) -> Params:
    """Layer l holds W (k, d_in, d_out) and b (k, d_out) of the k parameters; all of them have the same shapes."""
    return tuple(
        Layer(np.stack([layer.W for layer in layers]), np.stack([layer.b for layer in layers]))
        for layers in zip(*stack, strict=True)
    )


def unstacked(stack: Params) -> tuple[Params, ...]:
    """The k parameters again."""
    layers = [[Layer(W, b) for W, b in zip(layer.W, layer.b, strict=True)] for layer in stack]
    return tuple(zip(*layers, strict=True))
