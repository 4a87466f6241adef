"""Small wrong turns of a Python module: one node of its syntax tree is exchanged for a neighbour, and a mutant is had.

Mutants carry no line numbers: they are known by the function and by the statement before and after, so that a list of them
stays valid when lines move. Docstrings, annotations, decorators and the words of an exception are no code here.
"""

import ast
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TypeGuard

Operator = Callable[[ast.AST], Iterator[ast.AST]]  # a node in, its neighbours out
NO_CODE = ("annotation", "target", "targets")
BODIES = ("body", "orelse", "finalbody")

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,), ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
FUNCTIONS = {
    "sum": ("mean",), "mean": ("sum",), "max": ("min",), "min": ("max",), "maximum": ("minimum",), "minimum": ("maximum",),
    "exp": ("expm1",), "expm1": ("exp",), "log": ("log1p",), "log1p": ("log",), "zeros": ("ones",), "ones": ("zeros",),
    "zeros_like": ("ones_like",), "ones_like": ("zeros_like",), "any": ("all",), "all": ("any",), "add": ("subtract",),
    "multiply": ("divide",), "normal": ("uniform",), "uniform": ("normal",), "tanh": ("arctan", "sinh"), "sign": ("ceil",),
    "sqrt": ("cbrt", "square"), "abs": ("positive",), "permutation": ("arange",), "full_like": ("zeros_like",),
}  # fmt: skip
ATTRIBUTES = (
    ("z", "a"), ("W", "b"), ("l1", "l2"), ("slope", "scale"), ("scale", "offset"), ("samples", "outputs"), ("m", "v"),
    ("beta1", "beta2"), ("value", "derivative"), ("rate", "epsilon"), ("loss", "reported"), ("epsilon", "beta2"),
)  # fmt: skip
NAMES = (
    ("z", "a"), ("y", "t"), ("y", "z"), ("W", "b"), ("dW", "db"), ("n", "d"), ("g", "s"), ("g", "inner"), ("m", "v"), ("t", "p"),
    ("fan_in", "fan_out"), ("move_W", "move_b"), ("of_W", "of_b"), ("x", "query"), ("params", "start"), ("k", "m"), ("s", "c"),
    ("u", "z"), ("params", "moved"), ("x", "t"), ("g", "v"), ("c", "z"), ("e", "a"),
)  # fmt: skip
WORDS = (
    ("mean", "sum"), ("each", "none"), ("none", "shared"), ("softmax", "sigmoid"), ("cross_entropy", "binary_cross_entropy"),
    ("squared_error", "matching"), ("squared_error", "cross_entropy"), ("identity", "relu"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module that differs from the original in one statement."""

    module: str  # "activations"
    function: str  # "softmax"; for what stands in no function, the name that it is given
    operator: str  # "constant"
    was: str  # the statement, or the head of it
    now: str
    number: int = 1  # 2 for the second place in that function where the same is said
    source: str = field(default="", repr=False, compare=False)  # of the whole module
    unit: int | None = field(default=None, repr=False, compare=False)  # the statement's number; None: run on import

    @property
    def where(self) -> str:
        """Module and function."""
        return f"{self.module}.{self.function}"

    @property
    def change(self) -> str:
        """The statement before and after."""
        return f"{self.was} -> {self.now}" + (f" (place {self.number})" if self.number > 1 else "")

    @property
    def key(self) -> str:
        """What it is known by in state files and lists."""
        return f"{self.where}: {self.change}"


@dataclass(frozen=True)
class Slot:
    """A place in the tree where one node hangs."""

    parent: ast.AST
    field: str
    index: int | None = None

    @property
    def node(self) -> ast.AST:
        """What hangs there."""
        held = getattr(self.parent, self.field)
        node: ast.AST = held if self.index is None else held[self.index]
        return node

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Unit:
    """A statement that computes, or one entry of a table."""

    function: str
    slot: Slot
    names: frozenset[str]  # that mean something there
    probed: bool  # False: it runs when the module is imported
    key: ast.expr | None = None  # of the entry

    @property
    def head(self) -> str:
        """Its text, without what hangs below it."""
        text = ast.unparse(self.slot.node).splitlines()[0]
        return f"{ast.unparse(self.key)}: {text}" if self.key else text


def mutants(module: str, source: str, functions: frozenset[str] | None = None) -> Iterator[Mutant]:
    """Every mutant of the module, once, in the order of the text; of some functions only, if these are named."""
    tree, numbers = ast.parse(source), dict[str, int]()
    seen = {ast.unparse(tree)}
    for number, unit in enumerate(units(tree)):
        if functions is not None and unit.function not in functions:
            continue
        for operator, was, now, text in _of_unit(tree, unit):
            if text in seen or not _compiles(text):
                continue
            seen.add(text)
            one = Mutant(module, unit.function, operator, was, now, source=text, unit=number if unit.probed else None)
            numbers[one.key] = numbers.get(one.key, 0) + 1
            yield replace(one, number=numbers[one.key])


def _compiles(text: str) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            compile(text, "mutant", "exec")
        except SyntaxError:
            return False
    return True


def probed(source: str, probe: str) -> str:
    """The module, in which every unit but those that run on import first calls `probe` with its number."""
    tree = ast.parse(source)
    for number, unit in reversed(list(enumerate(units(tree)))):
        told = ast.Call(ast.Name(probe, ast.Load()), [ast.Constant(number)], [])
        if unit.key is not None:
            for one in ast.walk(unit.slot.node):
                if isinstance(one, ast.Lambda):
                    one.body = ast.Subscript(ast.Tuple([told, one.body], ast.Load()), ast.Constant(1), ast.Load())
        elif unit.probed:
            getattr(unit.slot.parent, unit.slot.field).insert(unit.slot.index, ast.Expr(told))
    return ast.unparse(tree)


def units(tree: ast.Module) -> Iterator[Unit]:
    """Everything that computes, in the order of the text."""
    for i, node in enumerate(tree.body):
        if isinstance(node, ast.ClassDef):
            for k, inner in enumerate(node.body):
                yield from _within(inner, Slot(node, "body", k), node.name)
        else:
            yield from _within(node, Slot(tree, "body", i), "")


def _within(node: ast.stmt, slot: Slot, owner: str) -> Iterator[Unit]:
    if isinstance(node, ast.FunctionDef):
        names = frozenset(one.arg if isinstance(one, ast.arg) else one.id for one in ast.walk(node) if _binds(one))
        for one in _code(node, "body"):
            yield Unit(node.name, one, names, True)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict):
        for i, (key, value) in enumerate(zip(node.value.keys, node.value.values, strict=True)):
            names = frozenset(one.arg for one in ast.walk(value) if isinstance(one, ast.arg))
            yield Unit(ast.unparse(node.target), Slot(node.value, "values", i), names, bool(names), key)
    elif isinstance(node, ast.AnnAssign) and node.value is not None and "TypeAlias" not in ast.unparse(node.annotation):
        yield Unit(owner or ast.unparse(node.target), slot, frozenset(), False)
    elif isinstance(node, ast.Assign) and "TypeVar" not in ast.unparse(node.value):
        yield Unit(owner or ast.unparse(node.targets[0]), slot, frozenset(), False)


def _binds(node: ast.AST) -> TypeGuard[ast.arg | ast.Name]:
    return isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _code(parent: ast.AST, name: str) -> Iterator[Slot]:
    """The statements of a body and of what hangs below them, without docstrings."""
    for i, node in enumerate(getattr(parent, name)):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield Slot(parent, name, i)
            for below in BODIES:
                if hasattr(node, below):
                    yield from _code(node, below)


def _of_unit(tree: ast.Module, unit: Unit) -> Iterator[tuple[str, str, str, str]]:
    """Operator, the statement before and after, and the text of the whole module."""
    whole, was = unit.slot.node, unit.head
    for operator, neighbours in STATEMENT.items():
        for new in neighbours(whole):
            unit.slot.put(new)
            yield operator, was, unit.head + (" break" if isinstance(new, ast.For) else ""), ast.unparse(tree)
            unit.slot.put(whole)
    for place in _places(unit):
        old = place.node
        for operator, neighbours in EXPRESSION.items():
            for new in neighbours(old):
                if operator != "name" or (isinstance(new, ast.Name) and new.id in unit.names):
                    place.put(new)
                    yield operator, was, unit.head, ast.unparse(tree)
                    place.put(old)


def _places(unit: Unit) -> Iterator[Slot]:
    """Every expression of the unit; none in what is raised."""
    if unit.key is not None:
        yield unit.slot
    if not isinstance(unit.slot.node, ast.Raise):
        yield from _below(unit.slot.node)


def _below(node: ast.AST) -> Iterator[Slot]:
    if _number(node) is not None:
        return  # -1 is one number
    for name, held in ast.iter_fields(node):
        if name in NO_CODE or (isinstance(node, ast.stmt) and name in BODIES):
            continue
        for i, child in enumerate(held if isinstance(held, list) else [held]):
            if isinstance(child, ast.expr):
                yield Slot(node, name, i if isinstance(held, list) else None)
            if isinstance(child, (ast.expr, ast.comprehension, ast.keyword)):
                yield from _below(child)


# Operators on expressions.


def arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """Another operation; its operands the other way round; one operand alone."""
    if isinstance(node, ast.BinOp):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, (ast.Sub, ast.Div, ast.Pow, ast.MatMult)):
            yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right


def comparison(node: ast.AST) -> Iterator[ast.AST]:
    """The neighbour of the comparison, and its opposite."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)


def boolean(node: ast.AST) -> Iterator[ast.AST]:
    """`or` for `and`, an operand left out, a `not` left out."""
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for i in range(len(node.values)):
            rest = [*node.values[:i], *node.values[i + 1 :]]
            yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def constant(node: ast.AST) -> Iterator[ast.AST]:
    """0, 1, one more, one less, the opposite sign; False for True."""
    value = _number(node)
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif value is not None:
        kind = type(value)
        for other in dict.fromkeys((kind(0), kind(1), value + 1, value - 1, -value)):
            if other != value:
                yield ast.Constant(other) if other >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-other))


def _number(node: ast.AST) -> int | float | bool | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        below = _number(node.operand)
        return None if below is None or isinstance(below, bool) else -below
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) else None


def word(node: ast.AST) -> Iterator[ast.AST]:
    """Another word of the vocabulary."""
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(other) for other in _swapped(node.value, WORDS))


def _swapped(one: object, pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for left, right in pairs:
        if one == left:
            yield right
        if one == right:
            yield left


def sign(node: ast.AST) -> Iterator[ast.AST]:
    """A minus left out; or put before a product, a quotient, a call that computes."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _number(node) is None:
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult, ast.Div, ast.Sub)):
        yield ast.UnaryOp(ast.USub(), node)


def neighbour(node: ast.AST) -> Iterator[ast.AST]:
    """The attribute, or the numpy function, beside the one that is meant; a transposition left out."""
    if isinstance(node, ast.Attribute):
        for other in (*_swapped(node.attr, ATTRIBUTES), *FUNCTIONS.get(node.attr, ())):
            yield ast.Attribute(node.value, other, node.ctx)
        if node.attr == "T":
            yield node.value


def name(node: ast.AST) -> Iterator[ast.AST]:
    """The variable beside the one that is meant."""
    if isinstance(node, ast.Name):
        yield from (ast.Name(other, node.ctx) for other in _swapped(node.id, NAMES))


def index(node: ast.AST) -> Iterator[ast.AST]:
    """The layer below or above."""
    if isinstance(node, ast.Name) and node.id == "l":
        yield from (ast.BinOp(node, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub()))


def call(node: ast.AST) -> Iterator[ast.AST]:
    """An argument left out, two exchanged; the call left out, so that its argument or its object stays."""
    if not isinstance(node, ast.Call):
        return
    for i in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    for i in range(len(node.args) - 1):
        both = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield ast.Call(node.func, both, node.keywords)
    yield from node.args
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in ("np", "self", "losses", "activations"):
        yield node.func.value


def choice(node: ast.AST) -> Iterator[ast.AST]:
    """One arm of a conditional expression, the other, or both exchanged."""
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
        yield ast.IfExp(node.test, node.orelse, node.body)


def selection(node: ast.AST) -> Iterator[ast.AST]:
    """A comprehension without its condition."""
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)) and any(one.ifs for one in node.generators):
        new = deepcopy(node)
        for one in new.generators:
            one.ifs = []
        yield new


# Operators on statements.


def deletion(node: ast.AST) -> Iterator[ast.AST]:
    """The statement is left out."""
    if not isinstance(node, ast.AnnAssign) or node.simple:
        yield ast.Pass()


def branch(node: ast.AST) -> Iterator[ast.AST]:
    """A branch that is always taken, or never."""
    if isinstance(node, ast.If):
        yield from (ast.If(ast.Constant(forced), node.body, node.orelse) for forced in (True, False))


def once(node: ast.AST) -> Iterator[ast.AST]:
    """A loop that ends after its first round."""
    if isinstance(node, ast.For):
        yield ast.For(node.target, node.iter, [*node.body, ast.Break()], node.orelse, lineno=0)


def augmented(node: ast.AST) -> Iterator[ast.AST]:
    """Another operation in place, and a plain assignment in its stead."""
    if isinstance(node, ast.AugAssign):
        for other in ARITHMETIC.get(type(node.op), ()):
            yield ast.AugAssign(node.target, other(), node.value)
        if isinstance(node.target, ast.Name):
            yield ast.Assign([node.target], node.value, lineno=0)


STATEMENT: dict[str, Operator] = {"deletion": deletion, "branch": branch, "once": once, "augmented": augmented}
EXPRESSION: dict[str, Operator] = {
    "arithmetic": arithmetic, "comparison": comparison, "boolean": boolean, "constant": constant, "word": word, "sign": sign,
    "neighbour": neighbour, "name": name, "index": index, "call": call, "choice": choice, "selection": selection,
}  # fmt: skip
