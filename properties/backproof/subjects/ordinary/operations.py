"""How the operations of an object are called: under which name, with which arguments, and how samples lie in them."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from backproof.subjects.answers import described
from backproof.subjects.errors import Failure
from backproof.subjects.find import FORWARD
from backproof.subjects.ordinary.expected import activated
from backproof.subjects.ordinary.places import Hop, Path, as_numbers, fetch, places
from backproof_spec import Activation, Array, Targets

Style = Literal["rows", "columns", "single", "single row", "single column", "list"]
Token = Literal["pairs", "x", "t", "y", "rate", "one", "size", "grads", "nothing"]
STYLES: tuple[Style, ...] = ("rows", "columns", "single", "single column", "single row", "list")
LOSS = (
    "loss", "compute_loss", "cost", "compute_cost", "error", "objective", "calculate_loss", "calc_loss", "get_loss",
    "loss_fn", "loss_function", "cost_function", "cost_func", "evaluate_loss", "criterion", "mse", "cross_entropy",
    "cross_entropy_loss", "loss_and_grad", "loss_and_gradients", "loss_grad",
)  # fmt: skip
GRADIENT = (
    "gradients", "gradient", "grad", "grads", "compute_gradients", "compute_gradient", "compute_grads", "get_gradients",
    "get_grads", "calc_gradients", "backward", "backprop", "back_prop", "backpropagate", "back_propagate",
    "backpropagation", "back_propagation", "backward_pass", "backward_propagation", "backward_prop",
    "loss_and_gradients", "loss_and_grad", "loss_grad", "loss",
)  # fmt: skip
STEP = (
    "step", "train_step", "training_step", "train_on_batch", "train_batch", "sgd_step", "gradient_step",
    "gradient_descent_step", "update", "update_mini_batch", "partial_fit", "learn", "SGD", "sgd", "train_one", "train_sample",
    "train",
    "fit", "optimize", "gradient_descent", "backward", "backprop", "back_prop", "backpropagate", "back_propagate",
    "backpropagation", "back_propagation", "backward_pass", "backward_propagation",
)  # fmt: skip
UPDATE = (
    "update", "update_parameters", "update_params", "update_weights", "apply_gradients", "apply_grads", "step",
    "optimizer_step", "apply", "optimize", "descend",
)  # fmt: skip
FIT = (  # what loops over epochs
    "fit", "train", "train_network", "train_model", "training", "SGD", "sgd", "minibatch_sgd", "mini_batch_sgd", "optimize",
    "gradient_descent", "batch_gradient_descent", "learn", "run",
)  # fmt: skip
_TOKENS: tuple[tuple[Token, str], ...] = (
    ("pairs", r"(mini_?)?batch|training_data|train_data|training_set|pairs"),
    ("x", r"x\w?|xs|x_\w+|inputs?(_?\w+)?|data|features|samples?|batch_x|train_x|a0"),
    (
        "t",
        r"t|ts|y_true|true\w*|targets?(_?\w+)?|labels?(_?\w+)?|y|ys|y_?(train|batch|actual|real)?|expected\w*|desired\w*|d|truth|actual\w*",
    ),
    ("y", r"y_?(pred\w*|hat|out\w*)|pred\w*|outputs?(_?\w+)?|out|probs?|p|al|a2|a3|a|activations?|o|result"),
    ("rate", r"lr|rate|learning_?rate|learn_rate|eta|alpha|step_?size|epsilon|l_?rate"),
    ("one", r"n?_?(epochs?|iter\w*|max_iter|steps?|n_iter\w*|num_\w*(epoch|iter|step)\w*|number_\w+)|times"),
    ("size", r"(mini_?)?batch_?size|bs"),
    ("grads", r"grads?|gradients?|dparams|g"),
)
Answer = TypeVar("Answer")


def token_of(name: str) -> Token | None:
    """What an argument's name says that it means."""
    plain = name.lower().strip("_")
    return next((token for token, pattern in _TOKENS if re.fullmatch(pattern, plain)), None)


@dataclass(frozen=True)
class Call:
    """One call of one method."""

    name: str
    tokens: tuple[Token, ...]  # its positional arguments
    keywords: tuple[tuple[str, Token], ...] = ()

    def __str__(self) -> str:
        return self._shown("one", "1")

    @property
    def of_epochs(self) -> str:
        """As it is asked for many epochs."""
        return self._shown("epochs", "epochs")

    def _shown(self, position: str, keyword: str) -> str:
        given = [position if token == "one" else token for token in self.tokens]
        given += [f"{name}={keyword if token == 'one' else token}" for name, token in self.keywords]
        return f"{self.name}({', '.join(given)})"


def call_named(whole: object, call: Call, given: dict[Token, object]) -> object:
    """The method's answer."""
    method = getattr(whole, call.name)
    return method(*(given[t] for t in call.tokens), **{name: given[t] for name, t in call.keywords})


def method(whole: object, name: str) -> Callable[..., object] | None:
    """The method of that name, if it is one."""
    if name == "__call__":
        return whole if callable(whole) and not inspect.isclass(whole) else None
    found = getattr(whole, name, None)
    return found if callable(found) and not inspect.isclass(found) else None


def bound(whole: object, name: str) -> Callable[..., object]:
    """The method, which is known to be there; `__call__` as well."""
    found: Callable[..., object] = getattr(whole, name)
    return found


def parameters_of(function: Callable[..., object]) -> tuple[list[inspect.Parameter], list[inspect.Parameter]]:
    """Its arguments without a default, and those with one."""
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [], []
    named = [p for p in found if p.kind not in {p.VAR_KEYWORD, p.VAR_POSITIONAL}]
    return [p for p in named if p.default is p.empty], [p for p in named if p.default is not p.empty]


def sample(value: Targets, style: Style, i: int) -> object:
    """Row i of x (n, d), or of targets (n, d) or (n,), as a program wants it that takes one sample at a time."""
    if value.ndim == 1:
        return int(value[i]) if value.dtype.kind in "iu" else value[i]
    row = value[i]
    return {"single": row, "single row": row[None, :], "single column": row[:, None]}.get(style, row.tolist())


def samples(value: Targets, style: Style) -> object:
    """All rows, as a program wants them that goes through them one by one."""
    if style == "list":
        return value.tolist()
    if value.ndim == 1 or style == "single":
        return value
    return value[:, None, :] if style == "single row" else value[:, :, None]


def batch(value: Targets, style: Style) -> object:
    """A batch with samples as rows or as columns."""
    return value.T if style == "columns" and value.ndim == 2 else value


@dataclass(frozen=True)
class Forward:
    """How outputs are asked for: the name, how samples lie, and where in the answer, or in the object, y is."""

    name: str
    style: Style
    pick: Path = ()
    stored: bool = False  # in the object, after the call
    flat: bool = False  # one output comes as (n,), and so do targets
    through: str = ""  # what the loss puts it through: then y is what comes out there, and not what the program returns

    @property
    def single(self) -> bool:
        """Whether it takes one sample at a time."""
        return self.style not in {"rows", "columns"}

    def raw(self, whole: object, x: object) -> object:
        """y as the program gives it, for one batch or one sample as it wants it."""
        answer = bound(whole, self.name)(x)
        return fetch(whole if self.stored else answer, self.pick)

    def __call__(self, whole: object, x: Array, d: int) -> Array:
        """y (n, d_L) for x (n, d_0)."""
        y = self._given(whole, x, d)
        return activated(Activation(self.through), y).astype(y.dtype) if self.through else y

    def _given(self, whole: object, x: Array, d: int) -> Array:
        if self.single:
            return np.array([self._row(self.raw(whole, sample(x, self.style, i)), d) for i in range(len(x))])
        y = _numbers(self.raw(whole, batch(x, self.style)), self.name)
        if self.style == "columns":
            y = y.T
        return y[:, None] if y.ndim == 1 and d == 1 else y

    def _row(self, answer: object, d: int) -> Array:
        y = _numbers(answer, self.name)
        return y.reshape(-1) if y.size == d else y

    def sentence(self) -> str:
        """What was recognised, in words."""
        lies = {"rows": "samples as rows", "columns": "samples as columns"}.get(
            self.style, f"one sample at a time ({self.style})"
        )
        through = f"; outputs are the {self.through} of what it returns, as the loss takes them" if self.through else ""
        return f"forward: {self.name}, {lies}{through}"


def _numbers(answer: object, name: str) -> Array:
    """An array of numbers, or a Failure that says what came instead."""
    numbers = np.asarray(answer) if isinstance(answer, np.ndarray | np.generic) else as_numbers(answer)
    if numbers is None or numbers.dtype.kind not in "fiub":
        raise Failure("answer", f"{name} returned {described(answer)}, should be an array")
    return np.asarray(numbers)


def forwards(whole: object, x: Array, d: int) -> list[Forward]:
    """Every way to get outputs of the right shape (n, d_L), the most likely first; constant and rounded ones last."""
    found = list[tuple[int, Forward]]()
    for name in FORWARD:
        for style in STYLES if method(whole, name) else ():
            ways = _picks(whole, name, style, x, d)
            found += ways
            if ways:
                break
    return [way for _, way in sorted(found, key=lambda pair: pair[0])]


def _picks(whole: object, name: str, style: Style, x: Array, d: int) -> list[tuple[int, Forward]]:
    one = Forward(name, style)
    try:
        answer = bound(whole, name)(sample(x, style, 0) if one.single else batch(x, style))
    except Exception:  # noqa: BLE001 - whatever it raises, this is not the way
        return []
    stored = answer is None
    holder = whole if stored else answer
    wanted = _shapes(style, len(x), d)
    paths = [p.path for p in places(holder) if np.shape(p.value) in wanted]
    ways = [Forward(name, style, _from_end(holder, path), stored) for path in _likely(paths, stored)]
    return [(_rounded(whole, way, x, d), way) for way in ways]


def _shapes(style: Style, n: int, d: int) -> list[tuple[int, ...]]:
    scalar: list[tuple[int, ...]] = [()] if d == 1 else []
    shapes: dict[Style, list[tuple[int, ...]]] = {
        "rows": [(n, d), *([(n,)] if d == 1 else [])],
        "columns": [(d, n)],
        "single": [(d,), *scalar],
        "single row": [(1, d)],
        "single column": [(d, 1)],
        "list": [(d,), *scalar],
    }
    return shapes[style]


def _likely(paths: list[Path], stored: bool) -> list[Path]:
    """The answer itself; else the last of a list, which is the output's, before the first."""
    return paths if paths == [()] else list(reversed(paths))


def _from_end(holder: object, path: Path) -> Path:
    """Items of a list are counted from its end, so that the path holds at every depth; of a pair (y, cache) from its start."""
    result = list[Hop]()
    for k, hop in enumerate(path):
        inside = fetch(holder, path[:k])
        last = isinstance(inside, list) and hop.key == len(inside) - 1
        result.append(hop._replace(key=-1) if last else hop)
    return tuple(result)


def _rounded(whole: object, way: Forward, x: Array, d: int) -> int:
    """1 for outputs that are only zeros and ones: classes, not numbers."""
    try:
        y = way(whole, x, d)
    except Exception:  # noqa: BLE001 - whatever it raises, this is not the way
        return 2
    return int(bool(np.all((y == 0) | (y == 1))))
