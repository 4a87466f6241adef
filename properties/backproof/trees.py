"""Nested tuples, lists and dicts of arrays, taken apart and put together again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Tree: TypeAlias = Any  # an array, or a tuple, list or dict of trees


def leaves(tree: Tree, path: str) -> Iterator[tuple[str, object]]:
    """What stands at the ends, each with the path to it: x[0].W, x['bias']."""
    if isinstance(tree, Mapping):
        for key, part in tree.items():
            yield from leaves(part, f"{path}[{key!r}]")
    elif isinstance(tree, (tuple, list)):
        fields: Sequence[str] = getattr(tree, "_fields", ())
        for k, part in enumerate(tree):
            yield from leaves(part, f"{path}.{fields[k]}" if fields else f"{path}[{k}]")
    else:
        yield path, tree


def matching(like: Tree, tree: Tree, path: str) -> Iterator[tuple[str, object]]:
    """The ends of a tree in the order of another one of the same form, whose dicts may have their keys in another order."""
    if isinstance(like, Mapping):
        for key, part in like.items():
            yield from matching(part, tree[key], f"{path}[{key!r}]")
    elif isinstance(like, (tuple, list)):
        fields: Sequence[str] = getattr(like, "_fields", ())
        for k, (part, other) in enumerate(zip(like, tree, strict=True)):
            yield from matching(part, other, f"{path}.{fields[k]}" if fields else f"{path}[{k}]")
    else:
        yield path, tree


def rebuilt(like: Tree, parts: Iterator[NDArray[Any]]) -> Tree:
    """A tree of the same form with other ends, each of its own type if that is a plain number."""
    if isinstance(like, Mapping):
        return {key: rebuilt(part, parts) for key, part in like.items()}
    if isinstance(like, (tuple, list)):
        again = [rebuilt(part, parts) for part in like]
        return type(like)(*again) if hasattr(like, "_fields") else type(like)(again)
    part = next(parts)
    return float(part) if isinstance(like, float) else part


def form(tree: Tree) -> object:
    """The tree without its ends: two trees match if their forms are equal; tuples and lists are alike."""
    if isinstance(tree, Mapping):
        return {key: form(part) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        return [form(part) for part in tree]
    return None


def described(tree: Tree) -> str:
    """The form in a few words."""
    if isinstance(tree, Mapping):
        return f"a dict with {', '.join(map(repr, tree))}"
    if isinstance(tree, (tuple, list)):
        return f"a {'list' if isinstance(tree, list) else 'tuple'} of {len(tree)}"
    array = np.asarray(tree) if hasattr(tree, "shape") or isinstance(tree, (int, float)) else None
    return type(tree).__name__ if array is None else f"an array of shape {array.shape}" if array.shape else "a number"
