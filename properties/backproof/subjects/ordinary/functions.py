"""A module of functions over parameters, seen as an object that holds the parameters."""

import inspect
import re
from collections.abc import Callable
from types import ModuleType

INITIAL = re.compile(
    r"^(init\w*|make_\w+|create_\w+|new_\w+|random_\w+|build_\w*|.*_init|setup\w*|get_params|network|model)$"
)
_HELD = re.compile(r"^(params?|parameters?|weights?|theta|p|net|network|model|w|ws|layers|nn|mlp)$")


class Functions:
    """Parameters, and every function of the module with the parameters filled in."""

    def __init__(self, module: ModuleType, parameters: object) -> None:
        self.held = parameters
        for name, function in own_functions(module).items():
            if name != "held" and not INITIAL.match(name):
                setattr(self, name, _bound(self, function))


def own_functions(module: ModuleType) -> dict[str, Callable[..., object]]:
    """The functions that the module defines."""
    return {n: f for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__}


def initialisers(module: ModuleType) -> list[Callable[..., object]]:
    """Functions that may make parameters; each makes the object that holds them."""
    return [_initialiser(module, f) for name, f in own_functions(module).items() if INITIAL.match(name)]


def _initialiser(module: ModuleType, function: Callable[..., object]) -> Callable[..., object]:
    def make(*positions: object, **keywords: object) -> object:
        return Functions(module, function(*positions, **keywords))

    make.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # what inspect looks at
    make.__name__ = function.__name__
    return make


def held_by(function: Callable[..., object]) -> str | None:
    """The name of the function's argument for the parameters, where it has one."""
    return next((name for name in inspect.signature(function).parameters if _HELD.match(name.lower())), None)


def _bound(holder: Functions, function: Callable[..., object]) -> Callable[..., object]:
    """The function with the held parameters where its signature names them; what it returns in their shape is held."""
    signature, held = inspect.signature(function), held_by(function)
    if held is None:
        return function
    place = list(signature.parameters).index(held)

    def call(*positions: object, **keywords: object) -> object:
        answer = function(*positions[:place], holder.held, *positions[place:], **keywords)
        if _updates(function.__name__) and alike(answer, holder.held):
            holder.held = answer
        if _updates(function.__name__) and isinstance(answer, tuple) and answer and alike(answer[0], holder.held):
            holder.held = answer[0]
        return answer

    rest = [p for p in signature.parameters.values() if p.name != held]
    call.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]  # what inspect looks at
    call.__name__ = function.__name__
    return call


def _updates(name: str) -> bool:
    return bool(re.search(r"step|update|train|fit|descent|sgd|learn|optimi|apply", name))


def alike(answer: object, held: object) -> bool:
    """Whether the answer is built like the parameters: the same keys, or as many items."""
    if isinstance(held, dict):
        return isinstance(answer, dict) and answer.keys() == held.keys()
    if (
        isinstance(held, list | tuple)
        and isinstance(answer, list | tuple)
        and len(answer) == len(held)
        and len(held) > 0
    ):
        return isinstance(answer[0], type(held[0])) and _same_size(answer[0], held[0])
    return False


def _same_size(one: object, other: object) -> bool:
    return getattr(one, "shape", None) == getattr(other, "shape", None)
