"""Where numbers lie inside an object: every array is reached by a path, and paths that differ in numbers form a group."""

import re
from collections.abc import Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Path = tuple["Hop", ...]
Numbers = NDArray[np.floating[Any]]
_DEPTH = 4


class Hop(NamedTuple):
    """One step of a path: an attribute, or an item of a list or a dict."""

    kind: Literal["attribute", "item"]
    key: str | int


class Place(NamedTuple):
    """An array and the path to it."""

    path: Path
    value: Numbers


def as_numbers(value: object) -> Numbers | None:
    """The array itself, or one made of nested lists of numbers; None for anything else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "fiu" and value.ndim <= 2 and value.size else None
    if isinstance(value, float | np.floating):
        return np.asarray(value)
    if isinstance(value, list) and value and _only_numbers(value):
        return np.array(value, dtype=float)
    return None


def _only_numbers(value: list[object]) -> bool:
    """A list of numbers, or of equally long lists of numbers."""
    if all(isinstance(v, int | float) for v in value):
        return True
    rows = [v for v in value if isinstance(v, list) and v and all(isinstance(u, int | float) for u in v)]
    return len(rows) == len(value) and len({len(row) for row in rows}) == 1


def places(root: object, path: Path = (), seen: frozenset[int] = frozenset()) -> Iterator[Place]:
    """Every array of numbers below the root, in the order of definition."""
    numbers = as_numbers(root)
    if numbers is not None:
        yield Place(path, numbers)
        return
    if len(path) >= _DEPTH or id(root) in seen:
        return
    for hop, child in _children(root):
        yield from places(child, (*path, hop), seen | {id(root)})


def _children(root: object) -> Iterator[tuple[Hop, object]]:
    if isinstance(root, dict):
        yield from ((Hop("item", key), root[key]) for key in root if isinstance(key, str | int))
    elif isinstance(root, list | tuple) or (isinstance(root, np.ndarray) and root.dtype == object and root.ndim == 1):
        yield from ((Hop("item", i), child) for i, child in enumerate(root))
    elif _has_state(root):
        yield from ((Hop("attribute", name), child) for name, child in _attributes(root))


def _has_state(root: object) -> bool:
    return not isinstance(root, type | ModuleType | FunctionType | MethodType | np.random.Generator | np.ndarray)


def _attributes(root: object) -> list[tuple[str, object]]:
    """Of the instance first, then arrays kept by its classes."""
    own = dict(getattr(root, "__dict__", {}))
    for above in type(root).__mro__[:-1]:
        for name in getattr(above, "__slots__", ()) or ():
            if hasattr(root, name):
                own.setdefault(name, getattr(root, name))
        shared = {n: v for n, v in vars(above).items() if isinstance(v, np.ndarray | list | dict) and n[:2] != "__"}
        own = own | {n: v for n, v in shared.items() if n not in own}
    return list(own.items())


def fetch(root: object, path: Path) -> object:
    """What lies at the path."""
    for hop in path:
        root = getattr(root, str(hop.key)) if hop.kind == "attribute" else root[hop.key]  # type: ignore[index]  # a list or a dict
    return root


def store(root: object, path: Path, value: object) -> None:
    """Put a value at the path; a tuple on the way is replaced by another tuple."""
    holder, hop = fetch(root, path[:-1]), path[-1]
    if hop.kind == "attribute":
        setattr(holder, str(hop.key), value)
    elif isinstance(holder, tuple):
        store(root, path[:-1], tuple(value if i == hop.key else v for i, v in enumerate(holder)))
    else:
        holder[hop.key] = value  # type: ignore[index]  # a list or a dict


Group = tuple[tuple[str, str], ...]


def group_of(path: Path) -> Group:
    """The path with every number replaced by #."""
    return tuple((hop.kind, "#" if isinstance(hop.key, int) else re.sub(r"\d+", "#", hop.key)) for hop in path)


def numbers_of(path: Path) -> tuple[int, ...]:
    """The numbers that the group leaves out, by which its members are sorted."""
    return tuple(int(n) for hop in path for n in re.findall(r"\d+", str(hop.key)))


def members(root: object, group: Group) -> list[Path]:
    """The paths of a group in the root, in the order of their numbers."""
    paths: list[Path] = [()]
    for kind, key in group:
        paths = [
            (*path, hop)
            for path in paths
            for hop, child in _children(fetch(root, path))
            if hop.kind == kind and group_of((hop,)) == ((kind, key),) and child is not None
        ]
    return sorted(paths, key=numbers_of)


def grouped(found: list[Place]) -> dict[Group, list[Place]]:
    """Places by group, each group sorted by its numbers."""
    groups = dict[Group, list[Place]]()
    for place in found:
        groups.setdefault(group_of(place.path), []).append(place)
    return {group: sorted(here, key=lambda place: numbers_of(place.path)) for group, here in groups.items()}


def spoken(group: Group) -> str:
    """`weights[l]`, `params['Wl']`: a group as one would write it."""
    text = ""
    for kind, key in group:
        name = key.replace("#", "l")
        text += f".{name}" if kind == "attribute" else f"[{name if key == '#' else repr(name)}]"
    return text.lstrip(".")
