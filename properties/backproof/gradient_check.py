"""A gradient checked on its own: any scalar function of arrays, no step and no tolerance to choose."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof.must import Undecided
from backproof.oracle import scale
from backproof.oracle.directional import ASIDE, Answer, Claim, Directional
from backproof.oracle.line import Phi, Values
from backproof.oracle.locate import Location, located
from backproof.oracle.tensors import Tensors, direction, inner, moved
from backproof.subjects.calling import quiet
from backproof.trees import Tree, described, form, leaves, matching, rebuilt
from backproof_spec import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict: TypeAlias = Literal["held", "violated", "undecided"]
FEW = 8  # numbers, which may fit a narrower type by chance
NEARBY = 3  # points around one that has a kink
_REMEDY = {
    "flat": "check at another point, and make sure that f depends on x",
    "not finite": "check at a point where f is finite all around",
    "not repeatable": "fix the seed, and switch off dropout and whatever else changes between calls",
    "noise": "compute f in float64, and do not round it",
    "special": "check at a point in general position",
    "kink": "check at another point: here the slope differs from one side to the other",
}


@dataclass(frozen=True)
class Checked:
    """What `check_gradient` found. It is true only if the gradient was seen to be right."""

    verdict: Verdict
    reason: str  # what was compared, or what is wrong and where, or why it cannot be told and what to do
    location: Location | None = None  # of what is wrong
    factor: float | None = None  # the one constant by which the gradient is off, if that is all
    losses: int = 0  # calls of f
    gradients: int = 0  # calls of the gradient
    notes: tuple[str, ...] = ()
    _answer: Answer | None = field(default=None, repr=False, compare=False)
    _line: Phi | None = field(default=None, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.verdict == "held"

    def __str__(self) -> str:
        notes = "".join(f"\n  note: {note}" for note in self.notes)
        cost = f"{self.losses} loss{'es' * (self.losses != 1)}, {self.gradients} gradient{'s' * (self.gradients != 1)}"
        return f"{self.verdict}: {self.reason} ({cost}){notes}"

    def plot(self) -> "Figure":
        """The error of central differences against the step, with the step and the bound that were used here.

        Needs matplotlib. Raises ValueError where nothing was measured.
        """
        from backproof.report.error_plot import drawn

        if self._answer is None or self._line is None:
            raise ValueError(f"nothing was measured, so there is nothing to plot: {self.reason}")
        return drawn(self._answer.seen[0], self._answer.first, self._line)


def check_gradient(f: Callable[[Any], Any], gradient: Any, x: Tree, *, seed: int = 0) -> Checked:
    """Whether gradient is the gradient of f at x.

    f: takes what x is, returns one number. gradient: takes the same and returns its like, or is the gradient at x itself.
    x: an array of floats, or nested tuples, lists and dicts of them. seed: of the directions; another one asks again.

    Raises TypeError or ValueError, with one sentence, for arguments that cannot be checked.
    """
    return _Check(f, gradient, x, np.random.default_rng(seed)).run()


@dataclass
class _Check:
    f: Callable[[Any], Any]
    gradient: Any
    like: Tree
    rng: np.random.Generator
    calls: int = 0
    gradients: int = 0
    notes: list[str] = field(default_factory=list)

    def run(self) -> Checked:
        x = tuple(_parameters(self.like))
        g = self._first_gradient(x)
        start = self._first_loss(x)
        if not np.isfinite(start):
            return self._undecided(f"not finite: f(x) is {start:g} at the point itself")
        if wrong := self._not_finite(g):
            return self._said("violated", wrong)
        try:
            return self._judged(replace(self._claim(x, g), centre=start))
        except Undecided as why:
            on_kink = str(why).startswith("kink") and callable(self.gradient)
            return self._nearby(x, str(why)) if on_kink else self._undecided(str(why))

    def _judged(self, claim: Claim) -> Checked:
        oracle = Directional(claim, self.rng)
        answer = oracle.ask()
        seen: dict[str, Any] = {"_answer": answer, "_line": claim.line(answer.seen[0].along)}
        worst = max(answer.seen, key=lambda one: one.off())
        apart = f"<gradient, v> is {worst.claimed:.10g}, f changes along v by {worst.true:.10g}, bound {worst.bound:.2g}"
        for k in answer.unseen:
            name = [path for path, _ in leaves(self.like, "gradient")][k]
            self._note(f"nothing is said of {name}: beside the rest it changes f too little")
        if answer.held:
            return self._said("held", f"along a random direction v {apart}", **seen)
        if answer.factor is not None:
            words = scale.name(answer.factor)
            told = f"the gradient is {scale.told(answer.factor)} what it should be{f' ({words})' if words else ''}"
            return self._said("violated", f"{told}: {apart}", factor=answer.factor, **seen)
        where = located(oracle, answer, [f"gradient{name}" for name, _ in leaves(self.like, "")])
        return self._said("violated", f"{where.words}: along a random direction v {apart}", location=where, **seen)

    def _claim(self, x: Tensors, g: Tensors) -> Claim:
        u = 2.0**-24 if self._single or all(p.dtype == np.float32 for p in x) else 2.0**-53
        entry = max(u, *map(_unit, g))
        return Claim(
            gradient=g,
            line=lambda v: lambda offsets: np.array([self._loss_nearby(moved(x, v, float(s))) for s in offsets]),
            sizes=_sizes(x),
            u=u,
            units=8 * entry,
            slopes=(lambda v, offsets: self._slopes(x, v, offsets)) if callable(self.gradient) else None,
            origin=lambda: self._loss_nearby(tuple(np.zeros_like(p) for p in x)),
            aside=(lambda rng: self._aside(x, rng)) if callable(self.gradient) else None,
        )

    _single = False  # whether f answers in float32

    def _first_loss(self, x: Tensors) -> float:
        given = tuple(np.array(p) for p in x)
        value = self._loss(given)
        self._unchanged("f", given, x)
        return value

    def _loss(self, x: Tensors) -> float:
        """f at x, in arrays that f may keep or change."""
        value = _scalar(_detached(self.f(rebuilt(self.like, iter(x)))))
        self.calls += 1
        if value.shape not in ((), (1,), (1, 1)) or value.dtype.kind not in "fiu":
            what = f"an array of shape {value.shape}" if value.shape else f"{value.dtype}: {value}"
            raise TypeError(f"f must return one real number; it returned {what}; return the sum or the mean")
        self._single = self._single or value.dtype == np.float32
        return float(value.reshape(()))

    def _loss_nearby(self, x: Tensors) -> float:
        """NaN where f raises: what it refuses at points that were made up here is no matter of the gradient."""
        try:
            with quiet():
                return self._loss(x)
        except Exception:  # noqa: BLE001 - f's own
            return float("nan")

    def _first_gradient(self, x: Tensors) -> Tensors:
        given = tuple(np.array(p) for p in x)
        found = self._gradient(given)
        if callable(self.gradient):
            self._unchanged("the gradient", given, x)
        return found

    def _gradient(self, given: Tensors) -> Tensors:
        """The gradient there, in float arrays of the shapes of x, copied at once."""
        x = given
        tree = self.gradient(rebuilt(self.like, iter(given))) if callable(self.gradient) else self.gradient
        self.gradients += callable(self.gradient)
        ends = list(leaves(tree, "gradient"))
        if len(x) == len(ends) == 1:  # one array is the gradient of one array, with brackets around it or without
            parts = [("gradient", _detached(ends[0][1]))]
        elif form(tree) == form(self.like):
            parts = [(path, _detached(part)) for path, part in matching(self.like, tree, "gradient")]
        else:
            raise TypeError(f"the gradient must have the structure of x, {described(self.like)}; it is {described(tree)}")
        arrays = tuple(_array(path, part) for path, part in parts)
        for (path, _), p, g in zip(parts, x, arrays, strict=True):
            if g.dtype.kind != "f":
                raise TypeError(f"{path} must hold floats; it holds {g.dtype if g.dtype != object else 'objects'}")
            if g.shape != p.shape:
                raise ValueError(f"{path} has the shape {g.shape}, and x there has {p.shape}; a gradient has one number for each")
        if any(np.may_share_memory(g, p) for g in arrays for p in given):
            self._note("the gradient shares memory with x; whoever changes one changes the other: return a copy")
        return tuple(np.array(g) for g in arrays)

    def _not_finite(self, g: Tensors) -> str:
        for (path, _), p in zip(leaves(self.like, "gradient"), g, strict=True):
            if not np.isfinite(p).all():
                index = tuple(int(i) for i in np.argwhere(~np.isfinite(p))[0])
                at = f"[{', '.join(map(str, index))}]" if index else ""
                return f"{path}{at} is {p[index]}, although f is to be differentiated there: look for 0 / 0, log 0 and overflow"
        return ""

    def _slopes(self, x: Tensors, v: Tensors, offsets: Values) -> Values:
        with quiet():
            return np.array([inner(self._gradient(moved(x, v, float(s))), v) for s in offsets])

    def _aside(self, x: Tensors, rng: np.random.Generator) -> Claim:
        there = moved(x, direction(x, _sizes(x), rng), ASIDE * float(rng.uniform(0.5, 1)))  # off the lattice of the line
        try:
            with quiet():
                g = self._gradient(tuple(np.array(p) for p in there))
        except Exception as trouble:
            raise Undecided(f"not finite: the gradient raises {type(trouble).__name__} at a point nearby") from trouble
        if not all(np.isfinite(p).all() for p in g):
            raise Undecided("not finite: the gradient is not finite at a point nearby")
        return self._claim(there, g)

    def _nearby(self, x: Tensors, why: str) -> Checked:
        """The point has a kink: what is said of points around it, if they have none."""
        self._note("x is on a kink, where no difference of f says what the gradient should be; this is said of a point nearby")
        for _ in range(NEARBY):
            try:
                return self._judged(self._aside(x, self.rng))
            except Undecided as again:
                why = str(again)
        return self._undecided(why)

    def _unchanged(self, who: str, given: Tensors, x: Tensors) -> None:
        if not all(bool((a == b).all()) for a, b in zip(given, x, strict=True)):
            self._note(f"{who} changes its argument; it was given a copy here, and others may not be so careful")

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _undecided(self, reason: str) -> Checked:
        remedy = _REMEDY[reason.split(":")[0]]
        return self._said("undecided", f"{reason}; {remedy}")

    def _said(self, verdict: Verdict, reason: str, **more: Any) -> Checked:
        return Checked(verdict, reason, losses=self.calls, gradients=self.gradients, notes=tuple(self.notes), **more)


def _parameters(tree: Tree) -> Iterator[Array]:
    """The arrays of x, each a copy; what cannot be differentiated by is refused."""
    found = False
    for path, part in leaves(tree, "x"):
        array, found = np.array(_detached(part)), True
        if array.dtype.kind in "iub":
            raise TypeError(f"{path} holds integers, which have no gradient; give floats, as in {path}.astype(float)")
        if array.dtype.kind == "c":
            raise TypeError(f"{path} holds complex numbers; give their real and imaginary parts as two arrays")
        if array.dtype not in (np.float32, np.float64):
            raise TypeError(f"{path} holds {array.dtype}; give float64, or float32")
        if not array.size:
            raise ValueError(f"{path} has no entries (its shape is {array.shape}); leave it out")
        if not np.isfinite(array).all():
            raise ValueError(f"{path} holds a number that is not finite; give a point at which f is defined")
        yield array
    if not found:
        raise ValueError(f"x holds no arrays ({described(tree)}); give at least one number to differentiate by")


def _array(path: str, part: object) -> NDArray[Any]:
    try:
        return np.asarray(part)
    except ValueError:
        raise TypeError(f"{path} is no array: its rows have different lengths") from None


def _scalar(part: object) -> NDArray[Any]:
    try:
        return np.asarray(part)
    except ValueError:
        told = "it returned lists of different lengths; return the sum or the mean"
        raise TypeError(f"f must return one real number; {told}") from None


def _detached(part: object) -> object:
    """A tensor of PyTorch without its history, everything else as it is."""
    detach = getattr(part, "detach", None)
    return detach().cpu().numpy() if detach is not None else part


def _unit(g: Array) -> float:
    """The unit roundoff of a gradient: of its type, or of the narrower one that all of its numbers fit."""
    narrower = ((np.float16, 2.0**-11), (np.float32, 2.0**-24))
    return next((u for kind, u in narrower if g.dtype == kind or _fits(g, kind)), 2.0**-53)


def _fits(g: Array, kind: type[np.floating[Any]]) -> bool:
    """Whether all numbers are of a narrower type, and not by chance; a look at a few spares one at all."""
    if g.size <= FEW:
        return False
    with np.errstate(over="ignore"):
        return all(bool((some == some.astype(kind)).all()) for some in (g.ravel()[:64], g)) and len(np.unique(g)) > FEW


def _rms(p: Array) -> float:
    """The root mean square, without overflow."""
    most = float(np.abs(p).max())
    return most * float(np.sqrt(np.mean(np.square(p / most, dtype=np.float64)))) if most else 0.0


def _sizes(x: Tensors) -> list[float]:
    """About the size of the numbers in each array, a power of two; of the others where they are all zero."""
    own = [_rms(p) for p in x]
    some = [size for size in own if size > 0]
    usual = float(np.median(some)) if some else 1.0
    return [2.0 ** float(np.round(np.log2(size or usual))) for size in own]
