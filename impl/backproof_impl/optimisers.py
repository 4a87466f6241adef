"""An optimiser turns a gradient, and what it remembers, into a move of the parameters."""

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple, TypeAlias

import numpy as np

from backproof_spec.values import Array, Layer, Params, Rule


class Memory(NamedTuple):
    """What an optimiser remembers of one tensor; fresh, it broadcasts to any shape."""

    k: int = 0  # updates made
    m: Array | float = 0.0  # velocity, or mean of gradients
    v: Array | float = 0.0  # mean of squared gradients


Move: TypeAlias = Callable[[Rule, Array, Memory], tuple[Array, Memory]]
Memories: TypeAlias = tuple[tuple[Memory, Memory], ...]  # of W and of b, for each layer


def sgd(rule: Rule, g: Array, memory: Memory) -> tuple[Array, Memory]:
    """`-rate g` (Robbins and Monro 1951)."""
    return -rule.rate * g, memory


def momentum(rule: Rule, g: Array, memory: Memory) -> tuple[Array, Memory]:
    """`v' = beta1 v - rate g`, moved by v' (Polyak 1964; Sutskever et al. 2013, equations 1 and 2)."""
    v = rule.beta1 * memory.m - rule.rate * g
    return v, Memory(memory.k + 1, v)


def nesterov(rule: Rule, g: Array, memory: Memory) -> tuple[Array, Memory]:
    """`v' = beta1 v - rate g`, moved by beta1 v' - rate g (Bengio et al. 2013, equation 7, at the looked-ahead w)."""
    v, memory = momentum(rule, g, memory)
    return rule.beta1 * v - rule.rate * g, memory


def rmsprop(rule: Rule, g: Array, memory: Memory) -> tuple[Array, Memory]:
    """`v' = beta2 v + (1 - beta2) g^2`, moved by -rate g / (sqrt v' + epsilon) (Tieleman and Hinton 2012, lecture 6.5)."""
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    return -rule.rate * quotient(g, np.sqrt(v) + rule.epsilon), Memory(memory.k + 1, 0.0, v)


def adam(rule: Rule, g: Array, memory: Memory) -> tuple[Array, Memory]:
    """Moved by -rate m^ / (sqrt v^ + epsilon), the means corrected for their start at 0 (Kingma and Ba 2015, algorithm 1)."""
    k = memory.k + 1
    m = rule.beta1 * memory.m + (1 - rule.beta1) * g
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    root = np.sqrt(v) / sqrt(1 - rule.beta2**k) + rule.epsilon
    return -rule.rate * quotient(m / (1 - rule.beta1**k), root), Memory(k, m, v)


def quotient(g: Array, root: Array) -> Array:
    """`g / root`, and 0 where root is 0: there every gradient so far was 0. Both of one shape."""
    return g / np.where(root == 0, 1.0, root)


MOVES: dict[str, Move] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "rmsprop": rmsprop, "adam": adam,
}  # fmt: skip


def fresh(params: Params) -> Memories:
    """The memories of an optimiser that has made no update."""
    return tuple((Memory(), Memory()) for _ in params)


def update(rule: Rule, params: Params, gradient: Params, memories: Memories) -> tuple[Params, Memories]:
    """New parameters and new memories, shaped as those given; what is given stays as it is."""
    moved = [layer_update(rule, *triple) for triple in zip(params, gradient, memories, strict=True)]
    return tuple(layer for layer, _ in moved), tuple(memory for _, memory in moved)


def layer_update(
    rule: Rule, layer: Layer, gradient: Layer, memory: tuple[Memory, Memory]
) -> tuple[Layer, tuple[Memory, Memory]]:
    """One layer after one update, and its memories: W (d_in, d_out) and b (d_out,)."""
    move = MOVES[rule.name]
    dW, of_W = move(rule, gradient.W, memory[0])
    db, of_b = move(rule, gradient.b, memory[1])
    return Layer(layer.W + dW, layer.b + db), (of_W, of_b)
