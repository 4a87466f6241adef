"""A counterexample made small: drop rows, units, layers; then numbers to 0, 1, -1, 1/2 - as long as the property still fails."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet, Violation
from backproof.registry import Property
from backproof.subjects.errors import Failure, NotOffered
from backproof_spec import Array, Layer

SIMPLE = (0.0, 1.0, -1.0, 0.5)


def _fewer_rows(case: Case) -> Iterator[Case]:
    if case.n > 1:
        for i in range(case.n):
            yield case.rows([j for j in range(case.n) if j != i])


def _fewer_units(case: Case) -> Iterator[Case]:
    for l in range(len(case.net.sizes)):
        if case.net.sizes[l] > 1 and not (l == case.net.depth and (case.t.ndim == 1 or _distribution(case))):
            for unit in range(case.net.sizes[l]):
                yield without_unit(case, l, unit)


def _distribution(case: Case) -> bool:
    return case.net.activations[-1].name == "softmax"


def without_unit(case: Case, l: int, unit: int) -> Case:
    """The case without one unit of layer l; layer 0 is the input."""
    sizes = tuple(d - (i == l) for i, d in enumerate(case.net.sizes))
    layers = list(case.params)
    if l > 0:
        layers[l - 1] = Layer(np.delete(layers[l - 1].W, unit, axis=1), np.delete(layers[l - 1].b, unit))
    if l < case.net.depth:
        layers[l] = Layer(np.delete(layers[l].W, unit, axis=0), layers[l].b)
    x = np.delete(case.x, unit, axis=1) if l == 0 else case.x
    t = np.delete(case.t, unit, axis=1) if l == case.net.depth else case.t
    return replace(case, net=replace(case.net, sizes=sizes), params=tuple(layers), x=x, t=t)


def _fewer_layers(case: Case) -> Iterator[Case]:
    """Drop a hidden layer between two that then fit together."""
    for l in range(1, case.net.depth):
        if case.net.sizes[l] == case.net.sizes[l - 1]:
            net = replace(
                case.net,
                sizes=case.net.sizes[:l] + case.net.sizes[l + 1 :],
                activations=case.net.activations[: l - 1] + case.net.activations[l:],
                biases=case.net.biases[: l - 1] + case.net.biases[l:] if case.net.biases else (),
            )
            yield replace(case, net=net, params=case.params[: l - 1] + case.params[l:])


def _simpler(a: Array) -> Iterator[Array]:
    for index in np.ndindex(a.shape):
        for value in SIMPLE:
            if a[index] == value:
                break
            other = a.copy()
            other[index] = value
            yield other


def _simpler_numbers(case: Case) -> Iterator[Case]:
    for l, layer in enumerate(case.params, start=1):
        for W in _simpler(layer.W):
            yield case.with_layer(l, Layer(W, layer.b))
        if case.net.bias(l) == "each":
            for b in _simpler(layer.b):
                yield case.with_layer(l, Layer(layer.W, b))
    for x in _simpler(case.x):
        yield replace(case, x=x)


def _admitted(case: Case, asked: Asked) -> bool:
    """Whether the smaller network is still one that the subject claims."""
    inside = []
    for family in asked.claims.families:
        sizes, net = family.sizes, case.net
        spans = ((sizes.inputs, net.sizes[0]), (sizes.outputs, net.sizes[-1]), (sizes.depth, net.depth - 1),
                 *((sizes.width, d) for d in net.sizes[1:-1]))  # fmt: skip
        fits = all(low <= d and (high is None or d <= high) for (low, high), d in spans)
        exact = not sizes.exactly or net.sizes in sizes.exactly
        equal = not sizes.equal_widths or len(set(net.sizes[1:-1])) <= 1
        inside.append(fits and exact and equal and net.activations[-1] in family.output and net.loss in family.loss)
    return any(inside)


def _fails(found: Property, asked: Asked, case: Case) -> Violation | None:
    if not found.where.holds(case) or not _admitted(case, asked):
        return None
    try:
        found.put(asked, case)
    except Violation as violation:
        return violation
    except (Undecided, Unmet, Failure, NotOffered):
        return None
    return None


def reduced(found: Property, asked: Asked, case: Case, violation: Violation) -> tuple[Case, Violation]:
    """The smallest case found on which the property fails, and what it says there. Deterministic."""
    if found.cases is not None or violation.costly:  # made to a plan; or found on the grid, whose first cases are the smallest
        return case, violation
    left = found.tries
    best, said = case, violation
    for candidates in (_fewer_rows, _fewer_layers, _fewer_units, _simpler_numbers):
        again = True
        while again and left > 0:
            again = False
            for smaller in candidates(best):
                left -= 1
                if left < 0:
                    break
                failure = _fails(found, asked, smaller)
                if failure is not None:
                    best, said, again = smaller, failure, True
                    break
    return best, said
