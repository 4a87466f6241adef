"""The update rule, read off a few steps: an optimiser's memory, several updates in one call, and dropout are no faults.

What is read here is a convention of the class, as sum or mean is; where single steps cannot show the gradient, they are not
judged, and the report says so. What no optimiser does stays judged as plain descent: moves uphill, a tensor that never moves,
a gradient that is simply added to the last one (a second move of exactly twice the first).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.ordinary.machine import OrdinaryMachine, OrdinaryMaker
from backproof_spec import Array, Claims, Network, Params, Rule, Targets

RATE = 2.0**-6
ALIKE = 1e-4  # relative: two moves are one multiple of each other
ONE_SIZE, ENTRIES = 1e-2, 6  # at least so many moves, of one size to so much, are no chance
ROWS = (1, 2, 3, 4, 6, 8, 20)  # batches on which a call is tried for being one step
MEMORY = re.compile(
    r"_*(m|v|s|h|vel\w*|moment\w*|adam\w*|rms\w*|[mvs]_?[dwbt]+\d*|(exp|sq|sum|grad)_?(avg|sq)\w*|accum\w*)", re.I
)
TINY, NEARLY = 2.0**-11, 0.1  # a rate, in float32 far above rounding; and more than the order of steps leaves at it
MANY, REPEATS = 12, 6  # of so many rows the same one is drawn so often with a probability of 1 in 200,000
DRAWS = 60  # rows, over all draws: units that are kept with probability 0.95 are then never all kept but by 1 in 10**9
Batch = Callable[[int], tuple[Array, Targets]]


@dataclass(frozen=True)
class Read:
    """What the steps show."""

    judged: bool = True  # whether single steps show the gradient
    rules: tuple[Rule, ...] = (Rule(0.0),)
    sentence: str = ""  # "" for plain descent
    batch: int | None = None  # most rows of which a call makes one step
    unscaled: bool = False  # its moves are the gradient but for a factor


OWN = (Rule(0.0, "own"),)


@dataclass(frozen=True)
class Prober:
    """A maker, a network and parameters on which steps are tried."""

    maker: OrdinaryMaker
    net: Network
    params: Params
    batch: Batch

    def moves(self, n: int, rate: float, count: int = 1, draw: int = 0) -> list[Array]:
        """The moves of one fresh object, each from the same parameters, all entries in a row; and its memory last."""
        x, t = self.batch(n)
        with lent_generators():
            machine = self._machine()
            seed_generators(draw)
            return [self._move(machine, x, t, rate) for _ in range(count)]

    def _machine(self) -> OrdinaryMachine:
        seed_generators(0)
        return self.maker.make(self.net, 0)

    def _move(self, machine: OrdinaryMachine, x: Array, t: Targets, rate: float) -> Array:
        machine.write(self.params)
        machine.step(x.copy(), t.copy(), Rule(rate))
        return row(machine.read()) - row(self.params)

    def far(self, n: int, times: float) -> Array:
        """The move where every target is so many times as large, and with it the gradient."""
        x, t = self.batch(n)
        with lent_generators():
            return self._move(self._machine(), x, np.asarray(t * times, dtype=x.dtype), RATE)

    def gradient(self, n: int) -> Array:
        """The class's own gradient, all entries in a row."""
        x, t = self.batch(n)
        with lent_generators():
            machine = self._machine()
            machine.write(self.params)
            return row(machine.gradient(x.copy(), t.copy()))

    def remembers(self, n: int) -> bool:
        """Whether a step changes what is called like an optimiser's memory and has room for one, and the next step shows it.

        Others are called so too: what a hidden layer gave, h, or how many samples there were, m.
        """
        x, t = self.batch(n)
        with lent_generators():
            machine = self._machine()
            machine.write(self.params)
            before = memory(machine.whole)
            machine.step(x.copy(), t.copy(), Rule(RATE))
            after = memory(machine.whole)
            room = sum(len(values) for name, values in after.items() if values != before.get(name))
            if room < sum(layer.W.size for layer in self.params):
                return False
            experienced = self._machine()
            self._move(experienced, x / 2, t, RATE)
            first, second = (self._move(one, x, t, RATE) for one in (self._machine(), experienced))
        return not alike(first, second, ALIKE)


def row(params: Params) -> Array:
    """All numbers in a row."""
    return np.concatenate([np.ravel(p) for layer in params for p in layer]).astype(np.float64)


def memory(whole: object) -> dict[str, list[float]]:
    """What is called like an optimiser's memory, by name, as plain numbers."""
    held = whole if isinstance(whole, Mapping) else getattr(whole, "__dict__", {})
    return {name: _numbers(value) for name, value in held.items() if isinstance(name, str) and MEMORY.fullmatch(name)}


def _numbers(value: object, depth: int = 0) -> list[float]:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return [float(v) for v in value.ravel()]
    if isinstance(value, float | int):
        return [float(value)]
    inner = list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, list | tuple) else []
    return [v for one in inner for v in _numbers(one, depth + 1)] if depth < 4 else []


def alike(one: Array, other: Array, room: float) -> bool:
    """Whether two moves are the same, to so much of the larger entry of the first."""
    return bool(np.abs(one - other).max() <= room * max(np.abs(one).max(), 1e-300))


def read(maker: OrdinaryMaker, claims: Claims, net: Network, params: Params, batch: Batch) -> Read:
    """The rule of an ordinary class that steps."""
    prober = Prober(maker, net, params, batch)
    try:
        return asked("step", lambda: _read(prober, claims))
    except (Failure, NotOffered):
        return Read()  # whatever is wrong shows where it is judged


def _read(prober: Prober, claims: Claims) -> Read:
    rows, room = claims.batch or 3, 1e-3 if claims.dtype == "float32" else 1e-9
    if not np.isfinite(prober.moves(1, RATE, draw=1)[0]).all():
        return Read()  # no numbers are no random numbers
    most = None if claims.batch is not None or claims.rates is None else _one_step(prober, room)
    if _draws(prober, claims.batch or most or ROWS[-1], room):
        return Read(False, OWN, "two first steps from one place differ: it draws random numbers, and steps are not judged")
    rows = rows if most is None else min(rows, most)
    first, second = prober.moves(rows, RATE, count=2)
    if not first.any() or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return Read(batch=most)
    return _ruled(prober, claims, first, second, rows, most)


def _draws(prober: Prober, rows: int, room: float) -> bool:
    """Whether first steps from one place differ. A rare mask is seen by many entries: the fewer rows, the more draws."""
    first, *others = (prober.moves(rows, RATE, draw=draw)[0] for draw in range(1, 2 + max(8, DRAWS // rows)))
    return not all(np.array_equal(first, other, equal_nan=True) or alike(first, other, room) for other in others)


def _clips(prober: Prober, rows: int) -> bool:
    """Whether moves stop growing with the targets, where the gradients of squared errors and of y - t do not."""
    if prober.batch(rows)[1].dtype.kind != "f":
        return False
    try:
        near, far = prober.far(rows, 2.0**10), prober.far(rows, 2.0**11)
    except (Failure, ValueError, ArithmeticError, AssertionError):  # it may refuse such targets
        return False
    usable = bool(np.isfinite(near).all() and np.isfinite(far).all() and near.any())
    return usable and float(np.linalg.norm(far)) < 1.5 * float(np.linalg.norm(near))


def _one_step(prober: Prober, room: float) -> int | None:
    """The most rows of which a call makes one step: its move is then proportional to the rate. None: any, or not even of one."""
    proportional = [alike(2 * prober.moves(n, RATE / 2)[0], prober.moves(n, RATE)[0], room) for n in ROWS]
    if all(proportional) or not proportional[0]:
        return None
    most = ROWS[proportional.index(False) - 1]
    return most if _takes_all(prober, most) else None


def _takes_all(prober: Prober, most: int) -> bool:
    """Whether calls on many rows repeat, but for the order of their steps, which at a tiny rate is no matter: no row is drawn."""
    rows = most * -(-MANY // most)
    first, *others = (prober.moves(rows, TINY)[0] for _ in range(REPEATS))
    return all(alike(first, other, NEARLY) for other in others)


def _ruled(prober: Prober, claims: Claims, first: Array, second: Array, rows: int, most: int | None) -> Read:
    given = "gradient" in claims.operations
    told = _told(prober, first, second, rows, prober.gradient(rows) if given else None)
    if not told:
        return Read(batch=most)
    if given and not _downhill(first, prober.gradient(rows), prober.params):
        return Read(batch=most)
    ratio = float(first @ second / (first @ first))
    if given:
        return Read(False, OWN, f"it has {told}: steps are not judged, the gradient is", most)
    if told.startswith(("momentum", "a rate")):
        rule = Rule(0.0, "momentum", beta1=ratio - 1) if ratio > 1 else OWN[0]
        return Read(True, (rule,), f"it has {told}: only the direction of first steps is judged", most, unscaled=True)
    return Read(False, OWN, f"it has {told}: steps are not judged", most)


def _told(prober: Prober, first: Array, second: Array, rows: int, g: Array | None) -> str:
    """The optimiser in words; "" for plain descent."""
    sizes = np.abs(first[first != 0])
    if len(sizes) >= ENTRIES and sizes.max() <= (1 + ONE_SIZE) * sizes.min():
        return "moves of one size, as Adam and RMSProp begin"
    ratio = float(first @ second / (first @ first))
    if alike(ratio * first, second, ALIKE) and abs(ratio - 1) > ALIKE and 0 < ratio < 2 - ALIKE:
        return f"momentum {ratio - 1:.4g}" if ratio > 1 else f"a rate that falls, by {ratio:.4g} at the first step"
    if abs(ratio - 2) > ALIKE and prober.remembers(rows):
        return "an optimiser's memory"
    if g is not None and _decays(first / RATE + g, prober.params):
        return "weights that decay"
    return "moves that stop growing where gradients are large" if _clips(prober, rows) else ""


def _decays(rest: Array, params: Params) -> bool:
    """Whether what a step does beside the gradient is to shrink every weight by one share of itself."""
    weights = row(tuple(type(p)(p.W, np.zeros_like(p.b)) for p in params))
    share = float(rest @ weights / (weights @ weights))
    free = weights != 0
    return share < -1e-9 and bool(np.abs(rest - share * weights)[free].max() <= ALIKE * np.abs(share * weights).max())


def _downhill(move: Array, g: Array, params: Params) -> bool:
    """Whether every tensor that has a gradient moves, and against it."""
    at = 0
    for part in (p for layer in params for p in layer):
        m, d = move[at : at + part.size], g[at : at + part.size]
        at += part.size
        if np.abs(d).max(initial=0.0) > 1e-9 * np.abs(g).max() and not float(m @ d) < 0:
            return False
    return True
