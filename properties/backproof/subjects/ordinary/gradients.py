"""The gradient is sought by name: what leaves the parameters alone and gives arrays shaped as they are."""

from dataclasses import replace

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.activations import Pair
from backproof.subjects.ordinary.arrangements import calls
from backproof.subjects.ordinary.calls import Asked, Flat, GradientCall, Part
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.layouts import layouts
from backproof.subjects.ordinary.naming import GRADIENTS
from backproof.subjects.ordinary.operations import GRADIENT, LOSS, Call
from backproof.subjects.ordinary.places import as_numbers
from backproof.subjects.ordinary.trial import Trial, cosine
from backproof_spec import Array, Loss, Params

_ORDERS = 6  # in which an answer is tried, where shapes do not tell


def found_gradients(trial: Trial, pair: Pair) -> list[GradientCall]:
    """Tried on a batch; on one row, where a batch shows no gradients of the biases that are there."""
    many = gradients(trial, pair)
    held = trial.shell.layout.biases is not None
    if many and not (held and any(isinstance(g.layout, Layout) and g.layout.biases is None for g in many)):
        return many
    return gradients(replace(trial, rows=1), pair) or many


def gradients(trial: Trial, pair: Pair) -> list[GradientCall]:
    """Every call that leaves the parameters alone and gives arrays shaped as they are."""
    found = list[GradientCall]()
    for name in GRADIENT:
        for first, call in calls(trial.whole(), name):
            if "rate" not in call.tokens and "one" not in call.tokens and "grads" not in call.tokens:
                found += _gradient(trial, call, first, pair)
        if found:
            break
    return found


def _gradient(trial: Trial, call: Call, first: bool, pair: Pair) -> list[GradientCall]:
    whole = trial.whole()
    asked = trial.asked().rows()[0] if trial.shell.forward.single else trial.asked()
    before = [(layer.W.copy(), layer.b.copy()) for layer in trial.shell.layout.read(whole, trial.sizes)]
    try:
        with quiet(), lent_generators():
            answer = asked.perform(whole, call, first)
            after = trial.shell.layout.read(whole, trial.sizes)
            still = all(
                np.array_equal(W, p.W) and np.array_equal(b, p.b) for (W, b), p in zip(before, after, strict=True)
            )
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return []
    if not still:
        return []
    return _read_off(trial, call, first, answer, pair) or _stored(trial, call, first, whole)


def _read_off(trial: Trial, call: Call, first: bool, answer: object, pair: Pair) -> list[GradientCall]:
    """From the answer: arrays, or one vector; from a part of a tuple, where the other part is the loss."""
    params = trial.shell.layout
    for part, held in _parts(answer):
        seen = _like(layouts(held, trial.sizes, names=GRADIENTS, numbers=True), params)
        if seen and (part != "rest" or (seen[0].biases is None) == (params.biases is None)):
            return [GradientCall(call, first, way.like(params), part=part) for way in _alike(seen, trial)]
        vector = as_numbers(held)
        if vector is not None and vector.ndim == 1 and vector.size == _count(trial):
            return _flat(trial, call, first, part, vector, pair)
    return []


def _parts(answer: object) -> list[tuple[Part, object]]:
    """The answer, and what it is without a loss in it."""
    parts: list[tuple[Part, object]] = [(None, answer)]
    if isinstance(answer, tuple) and len(answer) == 2:
        parts += [(i, answer[i]) for i in (1, 0) if _one_number(answer[1 - i])]
    if isinstance(answer, tuple) and len(answer) > 2 and _one_number(answer[0]):
        parts.insert(0, ("rest", answer[1:]))
    return parts


def _one_number(value: object) -> bool:
    return isinstance(value, int | float | np.generic) or (isinstance(value, np.ndarray) and value.size == 1)


def _count(trial: Trial) -> int:
    pairs = zip(trial.sizes, trial.sizes[1:], strict=False)
    bias = trial.shell.layout.form != "none"
    return sum((a + bias) * b for a, b in pairs)


def _like(seen: list[Layout], params: Layout) -> list[Layout]:
    """Gradients that lie as the parameters do come first; biases in a row of W only where the parameters have them there."""
    joined = params.form in {"first", "last"}
    fitting = [g for g in seen if (g.form in {"first", "last"}) == joined and (not joined or g.form == params.form)]
    fitting = [g for g in fitting if g.thin == params.thin and (g.usual or g.biased == params.biased)]
    return sorted(
        fitting, key=lambda g: (g.orientation != params.orientation, (g.biases is None) != (params.biases is None))
    )


def _flat(
    trial: Trial, call: Call, first: bool, part: Part, vector: Array, pair: Pair
) -> list[GradientCall]:
    """The order that points most nearly where the closed form does; W_1, b_1, W_2, ... where none does."""
    orders = [Flat(order, trial.shell.layout) for order in ("layers", "weights-then-biases", "biases-first")]
    net = expected.plain(trial.sizes, pair.hidden, pair.output, Loss("matching"), trial.shell.biases)
    t = trial.t if trial.t.ndim == 2 or trial.labels else trial.t[:, None]
    true = expected.gradient(net, trial.params, trial.x, t)
    orders.sort(key=lambda flat: -abs(cosine(flat.read(vector, trial.sizes), true)))
    return [GradientCall(call, first, orders[0], part=part)]


def _stored(trial: Trial, call: Call, first: bool, whole: object) -> list[GradientCall]:
    """In the object after the call: arrays that the call changed, other than the parameters."""
    own = trial.shell.layout.paths(whole, len(trial.sizes) - 1)
    seen = layouts(whole, trial.sizes, names=GRADIENTS, without=own)
    telling = [g for g in _like(seen, trial.shell.layout) if _tells(str(g.weights))]
    ways = _alike(telling, trial)
    if call.name in LOSS:  # which is nobody's word for it: what lies there may be of no call at all
        ways = [way for way in ways if any(np.any(p) for layer in way.read(whole, trial.sizes) for p in layer)]
    return [GradientCall(call, first, way.like(trial.shell.layout), stored=True) for way in ways]


def _tells(row: str) -> bool:
    """Whether a name speaks of a gradient."""
    name = row.rsplit(".", 1)[-1].lower().lstrip("_")
    return name.startswith("d") or "grad" in row.lower() or "nabla" in row.lower()


def _alike(seen: list[Layout], trial: Trial) -> list[Layout]:
    """The first; and others of its kind where sizes are given, so that widths may be equal and shapes tell no order."""
    if trial.shell.constructor.complete:
        return seen[:1]
    return [way for way in seen if (way.orientation, way.biased) == (seen[0].orientation, seen[0].biased)][:_ORDERS]


def gradient_of_one(trial: Trial, way: GradientCall) -> bool:
    """Whether it is a gradient of one sample: taken so, or written for one column, so that every other adds a column."""
    if trial.shell.forward.single:
        return True
    one, many = _gradients_of(trial, way, trial.asked().rows()[0]), _gradients_of(trial, way, trial.asked())
    if one is None or many is None:
        return one is not None
    if trial.shell.forward.style != "columns":
        return False
    return all(g.b.shape == (d,) for g, d in zip(one, trial.sizes[1:], strict=True)) and all(
        g.b.shape == (d, trial.rows) for g, d in zip(many, trial.sizes[1:], strict=True)
    )


def _gradients_of(trial: Trial, way: GradientCall, asked: Asked) -> Params | None:
    """The answer; None if it does not take such a batch."""
    try:
        with quiet(), lent_generators():
            return way(trial.whole(), asked, trial.sizes)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return None
