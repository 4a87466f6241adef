"""What a subject returns is taken as it is, if it is numbers at all; shapes, NaN and dtype are for the judge to see."""

from collections.abc import Sequence
from numbers import Real

import numpy as np

from backproof.subjects.errors import Failure
from backproof_spec import Array, Layer, Network, Params

_NUMBERS = "fiub"  # numpy kinds: float, integer, unsigned, boolean


def array_answer(answer: object, what: str, shape: tuple[int, ...]) -> Array:
    """A copy of the array; `what` ("forward") and `shape` (what it should be) are for the message."""
    if not isinstance(answer, np.ndarray | np.generic) or np.asarray(answer).dtype.kind not in _NUMBERS:
        raise Failure("answer", f"{what} returned {described(answer)}, should be an array {shape}")
    return np.array(answer)


def number_answer(answer: object, what: str) -> float:
    """One number, bare or in an array of one entry; NaN and infinity pass."""
    if isinstance(answer, np.ndarray) and answer.size == 1 and answer.dtype.kind in _NUMBERS:
        return float(answer.reshape(-1)[0])
    if isinstance(answer, Real):
        return float(answer)
    raise Failure("answer", f"{what} returned {described(answer)}, should be one number")


def params_answer(answer: object, what: str, net: Network) -> Params:
    """Copies of L pairs: W_l, which should be (d_{l-1}, d_l), and b_l, which should be (d_l,)."""
    if not isinstance(answer, Sequence) or isinstance(answer, str) or len(answer) != net.depth:
        raise Failure("answer", f"{what} returned {described(answer)}, should be {net.depth} pairs (W, b)")
    return tuple(_layer(pair, what, net, l) for l, pair in enumerate(answer, start=1))


def _layer(pair: object, what: str, net: Network, l: int) -> Layer:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise Failure("answer", f"{what} returned {described(pair)} for layer {l}, should be a pair (W, b)")
    fan_in, width = net.sizes[l - 1], net.sizes[l]
    return Layer(
        array_answer(pair[0], f"{what}, W of layer {l},", (fan_in, width)),
        array_answer(pair[1], f"{what}, b of layer {l},", (width,)),
    )


def described(answer: object) -> str:
    """What was returned, in a few words."""
    if isinstance(answer, np.ndarray):
        return f"an array {answer.shape} of {answer.dtype}"
    if isinstance(answer, list | tuple):
        return f"a {type(answer).__name__} of {len(answer)}"
    text = repr(answer)
    return text if len(text) <= 40 else f"a {type(answer).__name__}"


def copied(params: Params) -> Params:
    """The same numbers in arrays of their own."""
    return tuple(Layer(np.array(layer.W), np.array(layer.b)) for layer in params)


def changed(before: object, after: object) -> bool:
    """Whether two arrays differ in any bit, or in shape or type."""
    a, b = np.asarray(before), np.asarray(after)
    return a.shape != b.shape or a.dtype != b.dtype or a.tobytes() != b.tobytes()


def changed_params(before: Params, after: Params, prefix: str = "") -> tuple[str, ...]:
    """ "W1", "b2", ...: the names of the arrays that differ; "dW1" with the prefix "d"."""
    names = list[str]()
    for l, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        names += [f"{prefix}W{l}"] if changed(old.W, new.W) else []
        names += [f"{prefix}b{l}"] if changed(old.b, new.b) else []
    return tuple(names)
