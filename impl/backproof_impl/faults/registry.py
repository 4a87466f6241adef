"""A fault is a class that breaks one clause; the catalogue is all of them, in a fixed order."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

from backproof_impl.reference import Reference
from backproof_spec.clauses import clause

C = TypeVar("C", bound=type[Reference])
STAGES = (
    "targets", "initial", "forward", "activation_value", "activation", "output", "loss", "output_delta", "hidden_delta",
    "weight_gradient", "bias_gradient", "batch", "penalty", "step", "optimiser", "fitting", "shapes", "hygiene",
    "numerics", "inputs",
)  # fmt: skip
_registered: dict[type[Reference], "Fault"] = {}


@dataclass(frozen=True)
class Fault:
    """A known way of getting one clause wrong."""

    name: str  # hidden-delta-lacks-derivative
    breaks: str  # slug of the clause
    stage: str  # where in the computation it sits: hidden delta
    explanation: str  # the mistake, one sentence
    remedy: str  # what to do about it
    make: type[Reference]  # called without arguments it gives the faulty implementation


def fault(*, breaks: str, remedy: str) -> Callable[[C], C]:
    """Enter a class in the catalogue: the clause it breaks and what mends it; its docstring names the mistake."""

    def enter(cls: C) -> C:
        stage = cls.__module__.rpartition(".")[2].replace("_", " ")
        _registered[cls] = Fault(cls().claims.name, breaks, stage, cls.__doc__ or "", remedy, cls)
        return cls

    return enter


def catalogue() -> tuple[Fault, ...]:
    """Every fault, stage by stage, in the order in which the modules define them."""
    for module in iter_modules(import_module("backproof_impl.faults").__path__):
        import_module(f"backproof_impl.faults.{module.name}")
    for known in _registered.values():
        clause(known.breaks)  # raises UnknownClause, with the nearest
    order = {stage.replace("_", " "): i for i, stage in enumerate(STAGES)}
    return tuple(sorted(_registered.values(), key=lambda known: order.get(known.stage, len(order))))
