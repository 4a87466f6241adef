"""Loss, gradient and step are sought by name, and tried with every arrangement of arguments that the name allows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from backproof.subjects.answers import described, number_answer
from backproof.subjects.calling import lent_generators, quiet, seed_generators, sentence, where
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.activations import Pair, inputs
from backproof.subjects.ordinary.calls import (
    Asked,
    Flat,
    GradientCall,
    LossCall,
    Part,
    StepCall,
    epoch_attributes,
    rate_attribute,
)
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.layouts import layouts
from backproof.subjects.ordinary.naming import GRADIENTS
from backproof.subjects.ordinary.operations import (
    GRADIENT,
    LOSS,
    STEP,
    UPDATE,
    Call,
    Token,
    method,
    parameters_of,
    token_of,
)
from backproof.subjects.ordinary.places import Path, as_numbers, fetch
from backproof.subjects.ordinary.recognise import Shape, Shell
from backproof_spec import Array, Loss, Params, Targets

_ORDERS: dict[int, tuple[tuple[bool, tuple[Token, ...]], ...]] = {
    1: ((True, ("t",)),),
    2: ((False, ("x", "t")), (True, ("x", "t")), (False, ("y", "t")), (False, ("t", "y")), (True, ("t", "rate"))),
    3: ((False, ("x", "t", "rate")), (False, ("x", "t", "y")), (False, ("x", "y", "t")), (False, ("x", "t", "one"))),
    4: ((False, ("x", "t", "one", "rate")), (False, ("x", "t", "rate", "one"))),
}


@dataclass(frozen=True)
class Trial:
    """A shell at one size, with a batch to try calls on."""

    shell: Shell
    sizes: Shape
    labels: bool
    rows: int = 3

    @property
    def x(self) -> Array:
        """(rows, d_0)."""
        return inputs(self.rows, self.sizes[0], 5)

    @property
    def t(self) -> Targets:
        """Rows of a distribution, or class numbers; (rows,) where one output comes as (rows,)."""
        t = targets(self.rows, self.sizes[-1], self.labels)
        return t[:, 0] if self.shell.forward.flat and t.ndim == 2 and t.shape[1] == 1 else t

    @property
    def params(self) -> Params:
        """At which calls are tried."""
        return self.shell.drawn(self.sizes, 5)

    def asked(self, rate: float = 0.5) -> Asked:
        """The batch."""
        return Asked(self.shell.forward, self.x.copy(), self.t.copy(), rate)

    def whole(self) -> object:
        """A fresh object."""
        return self.shell.whole(self.sizes, self.params)


def targets(n: int, d: int, labels: bool, one_hot: bool = False, seed: int = 0) -> Targets:
    """Class numbers (n,), or rows (n, d): of a distribution, one-hot, or between 0 and 1 for one output."""
    rng = np.random.default_rng(seed + 77)
    if labels:
        return (np.arange(n) + 1) % max(d, 2)
    if one_hot:
        return np.asarray(np.eye(d)[(np.arange(n) + 1) % d] if d > 1 else ((np.arange(n) + 1) % 2.0)[:, None])
    if d == 1:
        return rng.integers(8, 56, (n, 1)) / 64
    raw = rng.integers(8, 56, (n, d)) / 64
    rest: Array = raw / raw.sum(axis=1, keepdims=True)
    return rest


def calls(whole: object, name: str) -> Iterator[tuple[bool, Call]]:
    """Every arrangement of arguments: as their names say, then by their number; whether forward is called before."""
    found = method(whole, name)
    if found is None:
        return
    required, optional = parameters_of(found)
    keywords = _keywords([p.name for p in optional])
    said = _said([p.name for p in required])
    ways = [(first, said) for first in _firsts(said)] if said is not None else []
    rates = [token_of(p.name) == "rate" for p in required]
    by_number = [way for way in _ORDERS.get(len(required), ()) if way not in ways]
    ways += [way for way in by_number if not any(rate and token == "one" for rate, token in zip(rates, way[1], strict=True))]
    if not required and optional:
        lead = _said([p.name for p in optional[:2]])
        ways += [(False, lead)] if lead else []
    yield from ((first, Call(name, tokens, _unused(keywords, tokens))) for first, tokens in ways)


def _firsts(tokens: tuple[Token, ...]) -> tuple[bool, ...]:
    return (False, True) if "x" in tokens else (False,) if "pairs" in tokens else (True,)


def _keywords(names: list[str]) -> tuple[tuple[str, Token], ...]:
    pairs = [(name, token_of(name)) for name in names]
    return tuple((name, token) for name, token in pairs if token in {"rate", "one", "size"})


def _unused(keywords: tuple[tuple[str, Token], ...], tokens: tuple[Token, ...]) -> tuple[tuple[str, Token], ...]:
    return tuple((name, token) for name, token in keywords if token not in tokens)


def _said(names: list[str]) -> tuple[Token, ...] | None:
    """What the names say, if every name says something and no two the same; of two targets the one named y is y."""
    tokens = [token_of(name) for name in names]
    if tokens.count("t") == 2 and "y" in names:
        tokens[names.index("y")] = "x" if tokens.count("x") == 0 and names[0] != "y" else "y"
    if any(token is None for token in tokens) or len(set(tokens)) < len(tokens):
        return None
    return tuple(token for token in tokens if token is not None)


def losses(trial: Trial) -> list[LossCall]:
    """Every call that returns a finite number."""
    found = list[LossCall]()
    for name in LOSS:
        for first, call in calls(trial.whole(), name):
            if "rate" in call.tokens or "one" in call.tokens or "grads" in call.tokens:
                continue
            found += [way for part in (None, 0, 1) if _numeric(way := LossCall(call, first, part), trial)]
    return found


def _numeric(way: LossCall, trial: Trial) -> bool:
    try:
        with quiet(), lent_generators():
            asked = trial.asked().rows()[0] if trial.shell.forward.single else trial.asked()
            answer = asked.perform(trial.whole(), way.call, way.first)
            if (way.part is not None) != isinstance(answer, tuple):
                return False
            if isinstance(answer, tuple) and way.part is not None:
                answer = answer[way.part]
            return bool(np.isfinite(number_answer(answer, "loss")))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False


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


@dataclass(frozen=True)
class Misunderstood:
    """A method whose name speaks of gradients, of which no call gave any: why, and whether it ended the program."""

    call: Call
    why: str
    ended: bool


def misunderstood(trial: Trial) -> Misunderstood | None:
    """The first such method, asked as the names of its arguments say, or by their number."""
    for name in GRADIENT[:-1]:  # the last is the loss, which may well give none
        for _, call in calls(trial.whole(), name):
            if set(call.tokens) != {"x", "t"}:
                continue
            try:
                with quiet(), lent_generators():
                    answer = trial.asked().perform(trial.whole(), call, False)
            except SystemExit as end:
                return Misunderstood(call, f"ended the program: SystemExit({end.code!r})", True)
            except Exception as trouble:  # noqa: BLE001 - a trial: what it raises is told
                return Misunderstood(call, f"raised {sentence(trouble)}{where(trouble)}", False)
            return Misunderstood(call, f"returned {described(answer)}, in which no gradients were found", False)
    return None


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
            return [GradientCall(call, first, seen[0].like(params), part=part)]
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
    fitting = [g for g in fitting if g.thin == params.thin and (g.form != "shared" or params.form == "shared")]
    return sorted(
        fitting, key=lambda g: (g.orientation != params.orientation, (g.biases is None) != (params.biases is None))
    )


def _flat(
    trial: Trial, call: Call, first: bool, part: Part, vector: Array, pair: Pair
) -> list[GradientCall]:
    """The order that points most nearly where the closed form does; W_1, b_1, W_2, ... where none does."""
    orders = [Flat(order, trial.shell.layout) for order in ("layers", "weights-then-biases", "biases-first")]
    net = expected.plain(trial.sizes, pair.hidden, pair.output, Loss("matching"), trial.shell.bias)
    t = trial.t if trial.t.ndim == 2 or trial.labels else trial.t[:, None]
    true = expected.gradient(net, trial.params, trial.x, t)
    orders.sort(key=lambda flat: -abs(cosine(flat.read(vector, trial.sizes), true)))
    return [GradientCall(call, first, orders[0], part=part)]


def flat(params: Params) -> Array:
    """All numbers in one vector."""
    return np.concatenate([np.concatenate([np.ravel(layer.W), np.ravel(layer.b)]) for layer in params])


def cosine(one: Params, other: Params) -> float:
    """Of the angle between two gradients; 0 where their shapes differ."""
    a, b = flat(one), flat(other)
    size = float(np.linalg.norm(a) * np.linalg.norm(b)) if a.shape == b.shape else 0.0
    return float(a @ b) / size if size > 0 else 0.0


def _stored(trial: Trial, call: Call, first: bool, whole: object) -> list[GradientCall]:
    """In the object after the call: arrays that the call changed, other than the parameters."""
    own = trial.shell.layout.paths(whole, len(trial.sizes) - 1)
    seen = layouts(whole, trial.sizes, names=GRADIENTS, without=own)
    telling = [g for g in _like(seen, trial.shell.layout) if _tells(str(g.weights))]
    return [GradientCall(call, first, telling[0].like(trial.shell.layout), stored=True)] if telling else []


def _tells(row: str) -> bool:
    """Whether a name speaks of a gradient."""
    name = row.rsplit(".", 1)[-1].lower().lstrip("_")
    return name.startswith("d") or "grad" in row.lower() or "nabla" in row.lower()


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


def steps(trial: Trial, gradient: GradientCall | None) -> list[StepCall]:
    """Every call, or pair of calls, that changes parameters."""
    found = list[StepCall]()
    for name in STEP:
        for first, call in calls(trial.whole(), name):
            if {"t", "pairs"} & set(call.tokens) and "grads" not in call.tokens:
                found += _stepping(trial, call, first, None)
        if found:
            return found
    for name, before in product(UPDATE, _before(trial, gradient)):
        for call in _updates(trial.whole(), name):
            found += _stepping(trial, call, False, before)
        if found:
            return found
    return found


def _before(trial: Trial, gradient: GradientCall | None) -> list[GradientCall]:
    return [gradient] if gradient else []


def _updates(whole: object, name: str) -> Iterator[Call]:
    found = method(whole, name)
    if found is None:
        return
    required, optional = parameters_of(found)
    keywords = _keywords([p.name for p in optional])
    tokens = _said([p.name for p in required])
    orders: dict[int, list[tuple[Token, ...]]] = {
        0: [()],
        1: [("grads",), ("rate",)],
        2: [("grads", "rate"), ("rate", "grads")],
    }
    ways = [tokens] if tokens is not None else orders.get(len(required), [])
    yield from (Call(name, way, _unused(keywords, way)) for way in ways if set(way) <= {"grads", "rate"})


def _stepping(trial: Trial, call: Call, first: bool, gradient: GradientCall | None) -> list[StepCall]:
    whole = trial.whole()
    rated = "rate" in call.tokens or any(token == "rate" for _, token in call.keywords)
    once = (
        ()
        if any(token == "one" for token in (*call.tokens, *(t for _, t in call.keywords)))
        else epoch_attributes(whole)
    )
    way = StepCall(call, first, None if rated else rate_attribute(whole), gradient, once)
    way = replace(way, once=tuple(path for path in once if not _counted(trial, way, path)))
    works = moved(trial, way, trial.asked()) or moved(trial, way, trial.asked().rows()[0])
    return [way] if works and not _starts_anew(trial, way) else []


def _counted(trial: Trial, way: StepCall, path: Path) -> bool:
    """Whether a step itself changes the attribute: then it counts updates, and is no number of epochs to make."""
    whole = trial.whole()
    try:
        with quiet(), lent_generators():
            before = fetch(whole, path)
            replace(way, once=())(whole, trial.asked())
            return bool(fetch(whole, path) != before)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False


def _starts_anew(trial: Trial, way: StepCall) -> bool:
    """Whether what comes out does not depend on the parameters that were there: training from a start of its own is no step."""
    return any(_same_end(trial, way, asked) for asked in (trial.asked(), trial.asked().rows()[0]))


def _same_end(trial: Trial, way: StepCall, asked: Asked) -> bool:
    ends = []
    for seed in (5, 6):
        whole = trial.shell.whole(trial.sizes, trial.shell.drawn(trial.sizes, seed))
        try:
            with quiet(), lent_generators():
                seed_generators(0)
                way(whole, asked)
                ends.append(np.array(flat(trial.shell.layout.read(whole, trial.sizes)), dtype=float))
        except (Exception, SystemExit):  # noqa: BLE001 - a trial
            return False
    spread = bool(np.isfinite(ends[0]).all()) and float(np.ptp(ends[0])) > 0  # training ends in numbers, not in one number
    return spread and ends[0].shape == ends[1].shape and np.array_equal(ends[0], ends[1])


def moved(trial: Trial, way: StepCall, *batches: Asked) -> list[Array]:
    """Parameters, in one vector, after a step on each batch; [] if it raises or moves nothing."""
    whole = trial.whole()
    before = np.array(flat(trial.shell.layout.read(whole, trial.sizes)))
    try:
        with quiet(), lent_generators():
            for asked in batches:
                way(whole, asked)
            after = np.array(flat(trial.shell.layout.read(whole, trial.sizes)), dtype=float)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return []
    same = after.shape == before.shape and np.array_equal(after, before)
    return [] if same else [after]


def one_at_a_time(trial: Trial, way: StepCall) -> bool:
    """Whether a call on two rows does what two calls on one row each do, or cannot be made."""
    if trial.shell.forward.single:
        return True
    pair = Asked(trial.shell.forward, trial.x[:2], trial.t[:2], 0.5)
    one, two = pair.rows()
    together = moved(trial, way, pair)
    if not together:
        return True
    return any(
        bool(apart)
        and apart[0].shape == together[0].shape
        and np.allclose(apart[0], together[0], rtol=1e-9, atol=1e-12)
        for apart in (moved(trial, way, one, two), moved(trial, way, two, one))
    )
