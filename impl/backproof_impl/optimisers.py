"""An optimiser is an equation for the next w, given w, its gradient g, and what was remembered of earlier gradients."""

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


Update: TypeAlias = tuple[Array, Memory]  # the next w, shaped as w, and what to remember
Equation: TypeAlias = Callable[[Rule, Array, Array, Memory], Update]  # of rule, w, g, memory
Memories: TypeAlias = tuple[tuple[Memory, Memory], ...]  # of W and of b, for each layer


def sgd(rule: Rule, w: Array, g: Array, memory: Memory) -> Update:
    """`w' = w - rate g` (Robbins and Monro 1951)."""
    return w - rule.rate * g, memory


def momentum(rule: Rule, w: Array, g: Array, memory: Memory) -> Update:
    """`v' = beta1 v - rate g`, `w' = w + v'` (Polyak 1964; Sutskever et al. 2013, equations 1 and 2)."""
    v = rule.beta1 * memory.m - rule.rate * g
    return w + v, Memory(memory.k + 1, v)


def nesterov(rule: Rule, w: Array, g: Array, memory: Memory) -> Update:
    """`v' = beta1 v - rate g`, `w' = w + beta1 v' - rate g`: w looks ahead already (Bengio et al. 2013, equation 7)."""
    v = rule.beta1 * memory.m - rule.rate * g
    return w + (rule.beta1 * v - rule.rate * g), Memory(memory.k + 1, v)


def rmsprop(rule: Rule, w: Array, g: Array, memory: Memory) -> Update:
    """`v' = beta2 v + (1 - beta2) g^2`, `w' = w - rate g / (sqrt v' + epsilon)` (Tieleman and Hinton 2012)."""
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    return w - rule.rate * quotient(g, np.sqrt(v) + rule.epsilon), Memory(memory.k + 1, 0.0, v)


def adam(rule: Rule, w: Array, g: Array, memory: Memory) -> Update:
    """`w' = w - rate m^ / (sqrt v^ + epsilon)`, means corrected for starting at 0 (Kingma and Ba 2015, algorithm 1)."""
    k = memory.k + 1
    m = rule.beta1 * memory.m + (1 - rule.beta1) * g
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    corrected, root = m / (1 - rule.beta1**k), np.sqrt(v) / sqrt(1 - rule.beta2**k)
    return w - rule.rate * quotient(corrected, root + rule.epsilon), Memory(k, m, v)


def quotient(g: Array, root: Array) -> Array:
    """`g / root`, and 0 where root is 0: there every gradient so far was 0. Both of one shape."""
    return g / np.where(root == 0, 1.0, root)


EQUATIONS: dict[str, Equation] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "rmsprop": rmsprop, "adam": adam,
}  # fmt: skip


def fresh(params: Params) -> Memories:
    """The memories of an optimiser that has made no update."""
    return tuple((Memory(), Memory()) for _ in params)


def update(rule: Rule, params: Params, gradient: Params, memories: Memories) -> tuple[Params, Memories]:
    """New parameters and new memories, shaped as those given; what is given stays as it is."""
    equation, moved, remembered = EQUATIONS[rule.name], [], []
    for (W, b), (dW, db), (of_W, of_b) in zip(params, gradient, memories, strict=True):
        W, of_W = equation(rule, W, dW, of_W)
        b, of_b = equation(rule, b, db, of_b)
        moved.append(Layer(W, b))
        remembered.append((of_W, of_b))
    return tuple(moved), tuple(remembered)
