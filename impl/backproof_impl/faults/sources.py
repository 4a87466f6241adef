"""The lines of a fault, and those of the reference that belong beside them: what a reader compares."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import TypeAlias

from backproof_impl import activations, families, losses, optimisers
from backproof_impl.activations import FUNCTIONS, Function
from backproof_impl.faults.optimiser import OtherEquation
from backproof_impl.reference import Reference
from backproof_spec.catalogue import Passage
from backproof_spec.vocabulary import MATCHING

Code: TypeAlias = Callable[..., object]
LEFT_TO: dict[str, Code] = {  # methods of the reference that leave their equation to a function
    "activate": activations.value, "derivative": activations.derivative, "output_chain": activations.softmax_backward,
    "batch_loss": losses.elements, "claims": families.matching,
}  # fmt: skip
HALVES = {"activate": "value", "derivative": "derivative"}  # which half of an activation's row in FUNCTIONS they take
FEW = 2  # activations that a fault names; beyond, it is about none of them


def right(cls: type[Reference]) -> tuple[Passage, ...]:
    """What the reference has where this fault is wrong: the method, and the equation that the method leaves to others."""
    if issubclass(cls, OtherEquation):
        return (*_all([optimisers.EQUATIONS[cls.rule]]), _passage(optimisers.Memory))
    theirs = _own(Reference)
    methods = [name for name in _own(cls) if name in theirs]
    found = [_passage(theirs[name]) for name in methods]
    for name in methods:
        if name in LEFT_TO and (f"super().{name}" not in _said(cls) or _named(cls, (*FUNCTIONS, *MATCHING.values()))):
            found.append(_passage(LEFT_TO[name]))
        if name in HALVES:
            found += _rows(cls, HALVES[name])
        if name == "update":
            rules = _named(cls, optimisers.EQUATIONS) or ["sgd"]
            found += _all([optimisers.update, *(optimisers.EQUATIONS[rule] for rule in rules)])
    return tuple(found)


def wrong(cls: type[Reference]) -> tuple[Passage, ...]:
    """What the fault has: its own methods, and what of its module they lean on."""
    own = list(_own(cls).values())
    aside = f"; super() is {cls.__mro__[1].__name__}" if "super()" in _said(cls) else ""
    return (*(_passage(f, aside) for f in own), *map(_passage, (*_bases(cls), *_helpers(own))))


def _own(cls: type) -> dict[str, Code]:
    """The methods that a class writes itself, in its order."""
    members = ((name, m.fget if isinstance(m, property) else m) for name, m in vars(cls).items())
    return {name: m for name, m in members if isinstance(m, FunctionType) and m.__module__ == cls.__module__}


def _said(cls: type) -> str:
    """All that a class writes itself."""
    return "".join(map(inspect.getsource, _own(cls).values()))


def _bases(cls: type[Reference]) -> Iterator[Code]:
    """Methods between the fault and the frame of its rule that call the fault's own, or that it calls by super()."""
    own = _own(cls)
    between = cls.__mro__[1 : cls.__mro__.index(OtherEquation)] if issubclass(cls, OtherEquation) else ()
    for name, method in (pair for base in between for pair in _own(base).items()):
        source = inspect.getsource(method)
        if any(f"self.{mine}(" in source for mine in own) or f"super().{name}(" in _said(cls):
            yield method


def _helpers(functions: Iterable[Code]) -> list[Code]:
    """The functions of their own module that these name, each once."""
    found: dict[Code, None] = {}
    for f in functions:
        others = inspect.getclosurevars(f).globals.values()
        found |= {other: None for other in others if isinstance(other, FunctionType) and other.__module__ == f.__module__}
    return list(found)


def _named(cls: type[Reference], names: Iterable[str]) -> list[str]:
    """Which of the names the fault, or a function of its module, has in quotes; softmax not, where it is the exception."""
    text = _said(cls).replace('== "softmax"', "") + "".join(map(inspect.getsource, _helpers(_own(cls).values())))
    return [name for name in names if f'"{name}"' in text]


def _rows(cls: type[Reference], half: str) -> Iterator[Passage]:
    """That half of the table's rows for the activations that the fault is about, and the functions that these name."""
    names = _named(cls, FUNCTIONS)
    functions = {name: getattr(FUNCTIONS[name], half) for name in names if len(names) <= FEW}
    for name, function in functions.items():
        row = ast.parse(f"{{{inspect.getsource(function).strip()}}}")
        lambdas = [ast.unparse(node) for node in ast.walk(row) if isinstance(node, ast.Lambda)]
        place = f"FUNCTIONS[{name!r}].{half} ({_file(function)})"
        yield Passage(place, lambdas[Function._fields.index(half)])
    yield from map(_passage, _helpers(functions.values()))


def _all(functions: list[Code]) -> tuple[Passage, ...]:
    """These, and what they name."""
    return tuple(map(_passage, (*functions, *_helpers(functions))))


def _passage(function: Code, aside: str = "") -> Passage:
    return Passage(f"{function.__qualname__} ({_file(function)}{aside})", _text(function))


def _file(function: Code) -> str:
    """Where it stands in the package: `faults/hidden_delta.py`."""
    return function.__module__.partition(".")[2].replace(".", "/") + ".py"


def _text(function: Code) -> str:
    """The lines as they are written, but with a head without types and without docstring: less to compare."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    node = next(node for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    first = node.body[0]
    begin = first.end_lineno if ast.get_docstring(node) else first.lineno - 1
    return f"{_head(node)}\n" + textwrap.indent(textwrap.dedent("\n".join(lines[begin:])).strip("\n"), "    ")


def _head(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        return f"class {node.name}({', '.join(map(ast.unparse, node.bases))}):"
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        argument.annotation = None
    head = f"def {node.name}({ast.unparse(node.args)}):"
    return f"@property\n{head}" if any(ast.unparse(one) == "property" for one in node.decorator_list) else head
