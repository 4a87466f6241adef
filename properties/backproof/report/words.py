"""Networks, claims and cases in words, for people."""

from collections.abc import Iterable

import numpy as np

from backproof.case import Case
from backproof_spec import Activation, Claims, Family, Loss, Network
from backproof_spec.vocabulary import alpha


def activation(one: Activation) -> str:
    """tanh, leaky_relu(alpha=0.2), tanh(slope=0.667, scale=1.72)."""
    told = [
        f"{name}={value:g}"
        for name, value, default in (("slope", one.slope, 1), ("scale", one.scale, 1), ("offset", one.offset, 0))
        if value != default
    ]
    if one.alpha is not None:
        told.append(f"alpha={alpha(one):g}")
    return f"{one.name}({', '.join(told)})" if told else one.name


def loss(one: Loss) -> str:
    """squared error, summed over samples, times 2."""
    words = [one.name.replace("_", " ")]
    if one.samples == "sum":
        words.append("summed over samples")
    if one.outputs == "mean":
        words.append("mean over outputs")
    if one.factor != 1:
        words.append(f"times {one.factor:g}")
    if one.epsilon:
        words.append(f"with {one.epsilon:g} in its logarithm")
    return ", ".join(words)


def network(net: Network) -> str:
    """2-3-1, tanh then sigmoid, binary cross entropy."""
    names = [activation(a) for a in net.activations]
    if len(set(names[:-1])) == 1:
        names = [names[0], names[-1]]
    return f"{'-'.join(map(str, net.sizes))}, {' then '.join(names)}, {loss(net.loss)}"


def _several(words: Iterable[str]) -> str:
    told = list(dict.fromkeys(words))
    return ", ".join(told[:4]) + (f" and {len(told) - 4} more" if len(told) > 4 else "")


def family(one: Family) -> str:
    """Hidden, output, loss, biases, sizes."""
    parts = [
        f"hidden {_several(map(activation, one.hidden))}" if one.hidden else "no hidden layer",
        f"output {_several(map(activation, one.output))}",
        f"loss {_several(map(loss, one.loss))}",
    ]
    if one.reported is not None:
        parts.append(f"reporting {loss(one.reported)}")
    if one.biases != ("each", "each"):
        parts.append(f"biases {one.biases[0]} in hidden layers, {one.biases[1]} in the output layer")
    if one.sizes.exactly:
        parts.append("sizes " + _several("-".join(map(str, s)) for s in one.sizes.exactly))
    return "; ".join(parts)


def claims(one: Claims) -> list[str]:
    """What a subject says of itself, a line each."""
    lines = [family(f) for f in one.families[:3]]
    if len(one.families) > 3:
        lines.append(f"and {len(one.families) - 3} families more")
    lines.append(f"operations {', '.join(sorted(one.operations))}; {one.dtype}")
    if one.batch is not None:
        lines.append(f"at most {one.batch} row{'s' * (one.batch > 1)} a step")
    return lines


def _rows(a: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> str:
    if a.size > 24:
        return f"an array of shape {a.shape}"
    return np.array2string(a, precision=6, separator=", ", floatmode="unique", max_line_width=1000).replace("\n", "")


def case(one: Case) -> list[str]:
    """The counterexample, a line for each array."""
    lines = [f"{network(one.net)}; {one.n} row{'s' * (one.n > 1)} ({one.name})"]
    for l, layer in enumerate(one.params, start=1):
        lines.append(f"W{l} = {_rows(layer.W)}   b{l} = {_rows(layer.b)}")
    lines.append(f"x = {_rows(one.x)}   t = {_rows(one.t)}")
    return lines
