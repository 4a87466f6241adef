"""An optimiser turns a gradient, and what it remembers of earlier ones, into a move of the parameters."""

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


Moved: TypeAlias = tuple[Array, Memory]  # the move of w, shaped as w, and what to remember
Equation: TypeAlias = Callable[[Rule, Array, Memory], Moved]
Memories: TypeAlias = tuple[tuple[Memory, Memory], ...]  # of W and of b, for each layer


def sgd(rule: Rule, g: Array, memory: Memory) -> Moved:
    """`-rate g`, written over g (Robbins and Monro 1951)."""
    return np.multiply(g, -rule.rate, out=g), memory


def momentum(rule: Rule, g: Array, memory: Memory) -> Moved:
    """`v' = beta1 v - rate g`, moved by v' (Polyak 1964; Sutskever et al. 2013, equations 1 and 2)."""
    v = rule.beta1 * memory.m - rule.rate * g
    return v, Memory(memory.k + 1, v)


def nesterov(rule: Rule, g: Array, memory: Memory) -> Moved:
    """`v' = beta1 v - rate g`, moved by `beta1 v' - rate g`: w looks ahead already (Bengio et al. 2013, equation 7)."""
    v = rule.beta1 * memory.m - rule.rate * g
    return rule.beta1 * v - rule.rate * g, Memory(memory.k + 1, v)


def rmsprop(rule: Rule, g: Array, memory: Memory) -> Moved:
    """`v' = beta2 v + (1 - beta2) g^2`, moved by `-rate g / (sqrt v' + epsilon)` (Tieleman and Hinton 2012)."""
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    return -rule.rate * quotient(g, np.sqrt(v) + rule.epsilon), Memory(memory.k + 1, 0.0, v)


def adam(rule: Rule, g: Array, memory: Memory) -> Moved:
    """`-rate m^ / (sqrt v^ + epsilon)`, the means corrected for starting at 0 (Kingma and Ba 2015, algorithm 1)."""
    k = memory.k + 1
    m = rule.beta1 * memory.m + (1 - rule.beta1) * g
    v = rule.beta2 * memory.v + (1 - rule.beta2) * g**2
    corrected, root = m / (1 - rule.beta1**k), np.sqrt(v) / sqrt(1 - rule.beta2**k)
    return -rule.rate * quotient(corrected, root + rule.epsilon), Memory(k, m, v)


def quotient(g: Array, root: Array) -> Array:
    """`g / root`, and 0 where root is 0: there every gradient so far was 0. Both of one shape."""
    return g / np.where(root == 0, 1.0, root)


EQUATIONS: dict[str, Equation] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "rmsprop": rmsprop, "adam": adam,
}  # fmt: skip


def fresh(params: Params) -> Memories:
    """The memories of an optimiser that has made no update."""
    return tuple((Memory(), Memory()) for _ in params)


def copied(params: Params) -> Params:
    """The same numbers in arrays of their own."""
    return tuple(Layer(W.copy(), b.copy()) for W, b in params)


def update(rule: Rule, params: Params, gradient: Params, memories: Memories) -> Memories:
    """Move the parameters in place and use the gradient up (both the caller's own); what to remember comes back."""
    equation, remembered = EQUATIONS[rule.name], []
    for (W, b), (dW, db), (of_W, of_b) in zip(params, gradient, memories, strict=True):
        move_W, of_W = equation(rule, dW, of_W)
        move_b, of_b = equation(rule, db, of_b)
        np.add(W, move_W, out=W)
        np.add(b, move_b, out=b)
        remembered.append((of_W, of_b))
    return tuple(remembered)
