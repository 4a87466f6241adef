"""Networks, claims and cases in words, for people."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from backproof.case import Case
from backproof.reach import Reach
from backproof.runner import CORE, Judgement
from backproof_spec import Activation, Claims, Family, Loss, Network
from backproof_spec.vocabulary import alpha

ENTRIES = 24  # an array of more is told by its shape
FAMILIES = 2  # more are told together
SHORT = 10  # characters of a number that are told; the replay has them all


def activation(one: Activation) -> str:
    """tanh, leaky_relu(alpha=0.2), tanh(slope=0.667, scale=1.72)."""
    told = [
        f"{name}={value:.3g}"
        for name, value, default in (("slope", one.slope, 1), ("scale", one.scale, 1), ("offset", one.offset, 0))
        if value != default
    ]
    if one.alpha is not None:
        told.append(f"alpha={alpha(one):.3g}")
    return f"{one.name}({', '.join(told)})" if told else one.name


def loss(one: Loss) -> str:
    """squared error (summed over samples, times 2)."""
    told = ["summed over samples"] if one.samples == "sum" else []
    if one.outputs == "mean":
        told.append("mean over outputs")
    if one.factor != 1:
        told.append(f"times {one.factor:g}")
    if one.epsilon:
        told.append(f"{one.epsilon:g} in its logarithm")
    if one.targets == "index":
        told.append("of class numbers")
    name = one.name.replace("_", " ")
    return f"{name} ({', '.join(told)})" if told else name


def network(net: Network) -> str:
    """2-3-1; tanh, then sigmoid; binary cross entropy."""
    names = [activation(a) for a in net.activations]
    if len(set(names[:-1])) == 1:
        names = [names[0], names[-1]]
    return "; ".join(["-".join(map(str, net.sizes)), ", then ".join(names), loss(net.loss), *_extras(net)])


def _extras(net: Network) -> list[str]:
    """What few networks have."""
    told = [] if net.reported is None else [f"reporting {loss(net.reported)}"]
    told += [f"{name}={value:g}" for name, value in (("l1", net.penalty.l1), ("l2", net.penalty.l2)) if value]
    if set(net.biases) - {"each"}:
        told.append(f"biases {', '.join(net.biases)}")
    return told


def several(words: Iterable[str], most: int = 4, between: str = " or ") -> str:
    """The first few, and how many more."""
    told = list(dict.fromkeys(words))
    if len(told) <= most + 1:
        return between.join(told)
    return f"{between.join(told[:most])}{between}{len(told) - most} more"


def family(one: Family) -> str:
    """Hidden, output, loss, biases, sizes."""
    parts = [
        f"hidden {several(map(activation, one.hidden))}" if one.hidden else "no hidden layer",
        f"output {several(map(activation, one.output))}",
        f"loss {several(map(loss, one.loss))}",
    ]
    if one.reported is not None:
        parts.append(f"reporting {loss(one.reported)}")
    if one.biases != ("each", "each"):
        parts.append(f"biases {one.biases[0]} in hidden layers, {one.biases[1]} in the output layer")
    if one.sizes.exactly:
        parts.append("sizes " + several("-".join(map(str, s)) for s in one.sizes.exactly))
    return "; ".join(parts)


def together(families: tuple[Family, ...]) -> str:
    """Many families in one sentence: what occurs in any of them."""
    hidden = several(a.name for f in families for a in f.hidden)
    output = several(a.name for f in families for a in f.output)
    losses = several(name.name.replace("_", " ") for f in families for name in f.loss)
    return f"{len(families)} families; hidden {hidden}; output {output}; loss {losses}"


def claims(one: Claims) -> list[tuple[str, str]]:
    """What a subject says of itself, each with a label."""
    families = [together(one.families)] if len(one.families) > FAMILIES else [family(f) for f in one.families]
    lines = [("networks", told) for told in families]
    offers = f"{', '.join(sorted(one.operations))}; in {one.dtype}"
    if one.batch is not None:
        offers += f"; at most {one.batch} row{'s' * (one.batch > 1)} a step"
    return [*lines, ("offers", offers)]


def reach(one: Reach) -> str:
    """What the run saw to be right; of what is larger nothing is known."""
    counts = ((one.hidden_layers, "hidden layer"), (one.width, "unit"), (one.rows, "row"))
    layers, units, rows = (f"{count} {what}{'s' * (count != 1)}" for count, what in counts)
    return f"up to {layers}, {units} in a layer and {rows} in a batch; what is larger was not put"


def number(value: float | np.generic, digits: int = 6) -> str:
    """The shortest decimal that gives the number back, or so many digits of it."""
    exact = str(value).removesuffix(".0")
    return exact if len(exact) <= SHORT else f"{float(value):.{digits}g}"


def array(a: NDArray[np.generic], digits: int = 6) -> str:
    """[[0.5, -1], [0, 2]]; a large one by its shape."""
    if a.size > ENTRIES:
        return f"an array {a.shape}"
    if a.ndim == 0:
        return number(a.reshape(-1)[0], digits)
    return f"[{', '.join(array(np.asarray(row), digits) for row in a)}]"


def case(one: Case) -> list[str]:
    """The counterexample: the network, then its arrays."""
    rows = f"{one.n} row{'s' * (one.n > 1)}"
    lines = [f"{network(one.net)}; {rows}{f' ({one.name})' if one.name else ''}"]
    lines += [f"W{l} = {array(W)}, b{l} = {array(b)}" for l, (W, b) in enumerate(one.params, start=1)]
    return [*lines, f"x = {array(one.x)}, t = {array(one.t)}"]


def outcome(judgement: Judgement) -> str:
    """Why the verdict is what it is."""
    held, every = len(judgement.having("held")), len(judgement.verdicts)
    if judgement.outcome == "violates":
        roots, broken = len(judgement.roots), len(judgement.having("violated"))
        causes = f"{roots} root cause{'s' * (roots > 1)}"
        return f"{broken} of {every} clauses {'is' if broken == 1 else 'are'} violated, from {causes}"
    if judgement.outcome == "conforms":
        known = len(judgement.having("known"))
        return f"{held} of {every} clauses hold; {f'{known} violated, as expected' if known else 'none is violated'}"
    if judgement.unsettled:
        return f"whether {several((v.clause.slug for v in judgement.unsettled), between=', ')} holds stayed open"
    if judgement.is_shallow and any(v.status == "held" for v in judgement.verdicts if v.clause.slug in CORE):
        return f"none of {', '.join(CORE)} could be judged of a network with a hidden layer, and the subject claims such"
    return f"none of {', '.join(CORE)} could be judged, and without one of these nothing is known of the gradient"
