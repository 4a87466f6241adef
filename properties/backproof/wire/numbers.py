"""Arrays on the wire: nested lists in plain JSON, or raw little-endian numbers behind the line."""

from collections.abc import Callable
from math import isfinite, prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[Any]
Take: TypeAlias = Callable[[int], memoryview]
ODD = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}  # no number of JSON is one of these
TYPES = {name: np.dtype(name) for name in ("<f4", "<f8", "<i4", "<i8")}  # that travel raw


class NoArray(Exception):
    """What came is no array; the sentence says what it is."""


def number(value: float) -> float | str:
    """As JSON: what is not finite by its name."""
    if isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def nested(array: Numbers) -> Any:
    """As JSON: lists of lists of numbers; integers stay integers."""
    return _named(array.tolist()) if array.dtype.kind == "f" and not np.isfinite(array).all() else array.tolist()


def _named(value: Any) -> Any:
    return [_named(part) for part in value] if isinstance(value, list) else number(value)


def framed(array: Numbers, frames: list[memoryview]) -> dict[str, object]:
    """Its type and shape; the numbers are added to the frames, where they stay the array's own if they lie as they travel."""
    name = array.dtype.str
    if name not in TYPES:
        name = "<f8" if array.dtype.kind == "f" else "<i8"
        array = array.astype(TYPES[name])
    frames.append(np.ravel(array).view(np.uint8).data)
    return {"frame": name, "shape": list(array.shape)}


def array(value: Any, dtype: str, take: Take | None = None) -> Numbers:
    """The array in an answer: raw, typed, or nested lists, which are of the claimed type where it can hold them.

    take: gives the next bytes behind the line; None: there are none. Raises NoArray.
    """
    if isinstance(value, dict) and "frame" in value:
        return _raw(value, take)
    if isinstance(value, dict) and "data" in value:
        return _listed(value["data"]).astype(_type(value.get("dtype", dtype)))
    found = _listed(value)
    held = found.astype(dtype)
    return held if np.array_equal(held, found, equal_nan=True) else found


def _type(name: object) -> "np.dtype[Any]":
    if name not in ("float32", "float64", "int32", "int64"):
        raise NoArray(f"an array of the type {name!r}, which is not float32, float64, int32 or int64")
    return np.dtype(name)


def _raw(value: dict[str, Any], take: Take | None) -> Numbers:
    kind, shape = TYPES.get(str(value["frame"])), value.get("shape")
    if kind is None or not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise NoArray(f"a frame {value['frame']!r} of the shape {shape!r}")
    if take is None:
        raise NoArray("a frame, though frames were not agreed on")
    return np.frombuffer(take(kind.itemsize * prod(shape)), kind).reshape(shape)


def _listed(value: Any) -> Numbers:
    """Of numbers and the names of those that are not finite; of one number an array without axes."""
    try:
        return np.array(_plain(value), dtype=np.float64)
    except (ValueError, OverflowError):
        raise NoArray("lists of unequal length") from None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str) and value in ODD:
        return ODD[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoArray(f"{value!r:.60} where a number should be")
    return value
