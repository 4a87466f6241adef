"""How an object is constructed for given sizes: which argument of the constructor means what."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from backproof.subjects.calling import asked, lent_generators, seed_generators
from backproof.subjects.errors import Failure, NotOffered

Role = Literal[
    "sizes", "in", "hidden", "hiddens", "h1", "h2", "h3", "out", "seed", "generator", "rate", "activation", "final",
    "activations", "loss", "default", "zero",
]  # fmt: skip
_COUNT = r"(n_?|d_?|num_?|dim_?)?"
_UNITS = r"(_?(size|dim|nodes|units|features|n|layer|neurons|count|width|d))?"
_NAMES: tuple[tuple[Role, str], ...] = (
    ("final", r"out(put)?_(act\w*|fn|func\w*|nonlin\w*)|final_act\w*|last_act\w*"),
    ("activations", r"activations|activation_(functions|names|fns)|acts"),
    ("activation", r"(hidden_)?(activation|act|act_fn|nonlin\w*|transfer|activation_f\w*|activ)|func"),
    ("loss", r"loss\w*|cost\w*|criterion|objective"),
    ("sizes", r"(layer_?|net(work)?_?|n_?)?(sizes?|dims?|layers?|dimensions?|units|shape|structure|nodes|neurons)|topology"
              r"|arch\w*|layer_(units|nodes|neurons|dimensions|sizes|dims)|layers_\w+|num_neurons|neurons_per_layer"),
    ("h1", r"h(idden)?_?(size|dim|layer|nodes|units)?_?1(_?(size|dim|nodes|units))?|n_?h(idden)?_?1|d_h1"),
    ("h2", r"h(idden)?_?(size|dim|layer|nodes|units)?_?2(_?(size|dim|nodes|units))?|n_?h(idden)?_?2|d_h2"),
    ("h3", r"h(idden)?_?(size|dim|layer|nodes|units)?_?3(_?(size|dim|nodes|units))?|n_?h(idden)?_?3|d_h3"),
    ("hiddens", r"hiddens|hidden_(layers|layer_sizes|sizes|dims)"),
    ("in", _COUNT + r"(in|inp|input|inputs|features|x|i)" + _UNITS + "|nin"),
    ("hidden", _COUNT + r"(hid|hidden|h)" + _UNITS + "|nhid|width|m"),
    ("out", _COUNT + r"(out|output|outputs|classes|y|o|k)" + _UNITS + "|nout"),
    ("seed", r"(random_?)?(seed|state)"),
    ("generator", r"rng|gen|generator|random"),
    ("rate", r"lr|rate|(learning_?|learn_?)(rate)?|eta|alpha|step_?size|epsilon"),
    ("zero", r"l2|l1|reg\w*|lambda_?|lam|lambd|weight_decay|decay|momentum|dropout\w*|beta|mu|noise"),
)  # fmt: skip
Value = Callable[[tuple[int, ...], int], object]
_VALUES: dict[Role, tuple[Value, ...]] = {
    "sizes": (lambda s, _: list(s), lambda s, _: tuple(s)),
    "in": (lambda s, _: s[0],),
    "hidden": (lambda s, _: s[1], lambda s, _: list(s[1:-1]), lambda s, _: tuple(s[1:-1])),
    "hiddens": (lambda s, _: list(s[1:-1]), lambda s, _: tuple(s[1:-1]), lambda s, _: s[1]),
    "h1": (lambda s, _: s[1],),
    "h2": (lambda s, _: s[2],),
    "h3": (lambda s, _: s[3],),
    "out": (lambda s, _: s[-1],),
    "seed": (lambda _, seed: seed,),
    "generator": (lambda _, seed: np.random.default_rng(seed), lambda _, seed: np.random.RandomState(seed)),
    "rate": (lambda _, __: 0.5,),
    "zero": (lambda _, __: 0.0,),
}
NAMED: tuple[Role, ...] = ("activation", "final", "activations", "loss")  # set to a name, where they are asked for
OPTION = 40  # characters of one that are told
_REQUIRED = {"activation": "sigmoid", "final": "sigmoid", "activations": "sigmoid", "loss": "mse"}


@dataclass(frozen=True)
class Argument:
    """One argument of the constructor, and what is put there."""

    name: str
    role: Role
    form: int  # which of the role's values
    how: Literal["position", "keyword", "spread"]
    default: object


@dataclass(frozen=True)
class Constructor:
    """A callable that makes an object, with a meaning for each argument that is given."""

    make: Callable[..., object]
    arguments: tuple[Argument, ...]

    def build(self, sizes: tuple[int, ...], seed: int = 0, names: Mapping[str, object] | None = None) -> object:
        """An object for the sizes, drawn from the seed; names: values of named arguments, such as an activation's."""
        given = dict(names or {})
        positions, keywords = list[object](), dict[str, object]()
        for argument in self.arguments:
            if argument.how == "spread":
                positions += list(sizes)
            elif argument.name in given or argument.role not in NAMED or argument.default is inspect.Parameter.empty:
                value = given.get(argument.name, self._value(argument, sizes, seed))
                positions, keywords = _added(argument, value, positions, keywords)
        return self.make(*positions, **keywords)

    def _value(self, argument: Argument, sizes: tuple[int, ...], seed: int) -> object:
        if argument.role == "activations":
            return [_REQUIRED["activations"]] * (len(sizes) - 1)
        return (
            _REQUIRED[argument.role] if argument.role in NAMED else _VALUES[argument.role][argument.form](sizes, seed)
        )

    def has(self, *roles: Role) -> tuple[Argument, ...]:
        """The arguments of these roles."""
        return tuple(argument for argument in self.arguments if argument.role in roles)

    @property
    def sized(self) -> bool:
        """Whether sizes can be asked for."""
        return bool(self.has("sizes", "in", "hidden", "hiddens", "h1", "out")) or any(
            argument.how == "spread" for argument in self.arguments
        )

    @property
    def complete(self) -> bool:
        """Whether every size can be asked for: inputs, hidden layers and outputs."""
        hidden: tuple[Role, ...] = ("hidden", "hiddens", "h1")
        whole = bool(self.has("sizes")) or any(argument.how == "spread" for argument in self.arguments)
        return whole or all(bool(self.has(*roles)) for roles in (("in",), hidden, ("out",)))

    def sentence(self, name: str) -> str:
        """`constructor: Net(sizes, seed)`."""
        shown = [("*" if a.how == "spread" else "") + a.name for a in self.arguments if a.role != "default"]
        return f"constructor: {name}({', '.join(shown)})"

    @property
    def untouched(self) -> str:
        """`momentum=0, dropout=0.5`: options that nobody sets, as their defaults have them; what names activations is set."""
        given = {argument.name for argument in self.arguments}
        options = [
            f"{p.name}={p.default!r}"[:OPTION]
            for p in inspect.signature(self.make).parameters.values()
            if p.default is not p.empty and p.name not in given and role_of(p.name, p.default) != "rate"
        ]
        return ", ".join(options)


def _added(
    argument: Argument, value: object, positions: list[object], keywords: dict[str, object]
) -> tuple[list[object], dict[str, object]]:
    if argument.how == "position":
        return [*positions, value], keywords
    return positions, {**keywords, argument.name: value}


def role_of(name: str, default: object) -> Role | None:
    """What the argument's name, and the type of its default, say that it means."""
    plain = name.lower().strip("_")
    for role, pattern in _NAMES:
        if re.fullmatch(pattern, plain) and _agrees(role, default):
            return role
    if isinstance(default, str) and re.fullmatch(r"hid\w*", plain):
        return "activation"
    return "final" if isinstance(default, str) and re.fullmatch(r"out\w*", plain) else None


def _agrees(role: Role, default: object) -> bool:
    """An argument for a number has no text as its default, and one for a name no number."""
    if default is inspect.Parameter.empty or default is None:
        return True
    if role in {"activation", "final", "loss"}:
        return isinstance(default, str)
    return role == "activations" or not isinstance(default, str)


def constructors(make: Callable[..., object]) -> list[Constructor]:
    """Every reading of the signature, the most likely first."""
    try:
        parameters = list(inspect.signature(make).parameters.values())
    except (TypeError, ValueError):
        return []
    readings = [_reading(p, i, len(parameters)) for i, p in enumerate(parameters)]
    combinations = [Constructor(make, tuple(a for a in some if a)) for some in product(*readings)][:200]
    return combinations + _by_position(make, parameters)


def _reading(p: inspect.Parameter, index: int, count: int) -> list[Argument | None]:
    """What one parameter may be given; None: nothing, its default stands."""
    if p.kind is p.VAR_KEYWORD:
        return [None]
    if p.kind is p.VAR_POSITIONAL:
        return [Argument(p.name, "sizes", 0, "spread", p.empty)]
    role, how = role_of(p.name, p.default), _how(p)
    if role is None or (role in {"rate", "zero"} and p.default is not p.empty):
        return [None]
    if role in NAMED:
        return [Argument(p.name, role, 0, how, p.default)]
    forms: list[Argument | None] = [Argument(p.name, role, i, how, p.default) for i in range(len(_VALUES[role]))]
    return sorted(
        forms, key=lambda a: isinstance(p.default, tuple) != (a is not None and a.form in _TUPLES.get(role, ()))
    )


_TUPLES: dict[Role, tuple[int, ...]] = {"sizes": (1,), "hidden": (2,), "hiddens": (1,)}


def _how(p: inspect.Parameter) -> Literal["position", "keyword"]:
    return "keyword" if p.kind is p.KEYWORD_ONLY or p.default is not p.empty else "position"


_POSITIONS: tuple[tuple[Role, ...], ...] = (
    ("sizes",), ("sizes", "seed"), ("sizes", "rate"), ("in", "out"), ("in", "hidden", "out"), ("in", "hiddens", "out"),
    ("in", "h1", "h2", "out"), ("in", "hidden", "out", "rate"), ("in", "hidden", "out", "seed"),
    ("sizes", "activations"), ("sizes", "activation"),
)  # fmt: skip


def _by_position(make: Callable[..., object], parameters: list[inspect.Parameter]) -> list[Constructor]:
    """Where names do not tell: the usual orders of the arguments without a default; no name is read against what it tells."""
    plain = [p for p in parameters if p.default is p.empty and p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    known = [_reading(p, 0, 0)[0] for p in parameters if p not in plain]
    rest = tuple(a for a in known if a and a.how == "keyword")
    return [
        Constructor(
            make, (*(Argument(p.name, r, f, "position", p.default) for p, r in zip(plain, roles, strict=True)), *rest)
        )
        for roles in _POSITIONS
        if len(roles) == len(plain) and all(_may_be(p, role) for p, role in zip(plain, roles, strict=True))
        for f in ((0, 1) if "sizes" in roles and len(roles) == 1 else (0,))
    ]


def _may_be(p: inspect.Parameter, role: Role) -> bool:
    """Whether the argument's name tells nothing, or this role, or one of the same family."""
    told = role_of(p.name, p.default)
    return told is None or any(told in family and role in family for family in (*_FAMILIES, {role}))


_FAMILIES: tuple[set[Role], ...] = ({"hidden", "hiddens", "h1"}, {"seed", "generator"}, {"activation", "activations"})


def built(
    constructor: Constructor, sizes: tuple[int, ...], seed: int = 0, names: Mapping[str, object] | None = None
) -> object | None:
    """The object, or None if the constructor raises."""
    try:
        with lent_generators():
            seed_generators(seed)
            return asked("construction", lambda: constructor.build(sizes, seed, names))
    except (Failure, NotOffered):
        return None
