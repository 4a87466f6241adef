"""Faults put together: each is a class between the composed program and the reference, so that their methods meet in turn."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from backproof_impl.faults.registry import catalogue
from backproof_impl.reference import Pass, Reference
from backproof_spec.composing import Part, Result
from backproof_spec.values import Array, Layer, Network, Params, Targets


class Program(Reference):
    """The reference with faults in it; the class of each comes between the two."""

    def trace(self, net: Network, params: Params, x: Array, t: Targets, /) -> tuple[Result, ...]:
        """Every z, a, delta, dW and db of one gradient, in the order in which they were worked out."""
        return _traced(type(self))().told(net, params, x, t)


class Tracing(Program):
    """A program that notes what its equations give."""

    def told(self, net: Network, params: Params, x: Array, t: Targets, /) -> tuple[Result, ...]:
        """What they gave for one gradient."""
        self.noted: list[Result] = []
        for l, layer in enumerate(self.gradient(net, params, x, t), start=1):
            self.noted += [Result("dW", l, layer.W), Result("db", l, layer.b)]
        return tuple(self.noted)

    def forward_pass(self, net: Network, params: Params, x: Array) -> Pass:
        """As below, noted."""
        run = super().forward_pass(net, params, x)
        for l in range(1, net.depth + 1):
            self.noted += [Result("z", l, run.z[l]), Result("a", l, run.a[l])]
        return run

    def output_delta(self, net: Network, run: Pass, t: Array) -> Array:
        """As below, noted."""
        delta = super().output_delta(net, run, t)
        self.noted.append(Result("delta", net.depth, delta))
        return delta

    def hidden_delta(self, net: Network, l: int, delta: Array, above: Layer, run: Pass) -> Array:
        """As below, noted."""
        below = super().hidden_delta(net, l, delta, above, run)
        self.noted.append(Result("delta", l, below))
        return below


@lru_cache(maxsize=64)
def _traced(program: type[Program]) -> type[Tracing]:
    """The same bases, with the tracing before them."""
    bases = tuple(base for base in program.__bases__ if base is not Program)
    return type("Traced", (Tracing, *bases), {"__init__": program.__init__})


def per_layer() -> frozenset[str]:
    """The methods of the reference that are asked for one layer, whose number is their second argument."""
    methods = inspect.getmembers(Reference, inspect.isfunction)
    return frozenset(name for name, method in methods if list(inspect.signature(method).parameters)[1:3] == ["net", "l"])


PER_LAYER = per_layer()


@lru_cache(maxsize=4096)
def composed(parts: tuple[Part, ...]) -> type[Program]:
    """A class of programs that have all these faults. Raises ValueError where they do not go together."""
    bases = tuple(_placed(part) for part in parts)

    def begin(self: Program) -> None:
        for base in bases:
            base.__init__(self)

    try:
        return type("Composed", (Program, *bases), {"__init__": begin})
    except TypeError as trouble:
        raise ValueError(f"{' and '.join(map(str, parts))} do not go together: {trouble}") from trouble


@lru_cache(maxsize=1)
def _classes() -> dict[str, type[Reference]]:
    return {known.name: known.make for known in catalogue()}


@lru_cache(maxsize=4096)
def _placed(part: Part) -> type[Reference]:
    """The fault's class, or one that has the fault in one layer only."""
    if part.fault not in _classes():
        raise ValueError(f"no fault is called {part.fault}")
    made = _classes()[part.fault]
    return made if part.layer is None else _confined(made, part)


def confinable(made: type[Reference]) -> bool:
    """Whether the fault can be put into one layer alone: all that it changes is asked layer by layer."""
    own = _own(made)
    return bool(own) and all(name in PER_LAYER for name in own)


def _own(made: type[Reference]) -> list[str]:
    """What the class itself changes; Protocol puts further names there."""
    return [name for name, value in vars(made).items() if getattr(value, "__module__", "") == made.__module__]


def _confined(made: type[Reference], part: Part) -> type[Reference]:
    if not confinable(made):
        raise ValueError(f"{part.fault} cannot be put into one layer alone")
    return type(f"{made.__name__}InOneLayer", (made,), {name: _only(made, name, part.layer or 0) for name in _own(made)})


def _only(made: type[Reference], name: str, layer: int) -> Callable[..., Any]:
    """The fault's method in that layer; in others what comes after the fault."""

    def method(self: Reference, net: Network, l: int, *rest: object) -> object:
        here = layer in (l, l - net.depth - 1)
        return getattr(made, name)(self, net, l, *rest) if here else getattr(super(made, self), name)(net, l, *rest)

    return method
