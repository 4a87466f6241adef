"""Right programs that do something in another way than the reference: none of them is a fault."""

import re
from types import ModuleType

from backproof_impl.variants import claims, formulas, machines, orders
from backproof_impl.variants.ordinary import CLASSES, MODULES
from backproof_impl.variants.registry import registered, variant
from backproof_spec.catalogue import Variant

__all__ = ["claims", "entries", "formulas", "machines", "orders", "variant"]


def entries() -> tuple[Variant, ...]:
    """Every variant: those that speak the protocol in the order of their definition, then the ordinary ones."""
    found: list[type[object] | ModuleType] = [*registered(), *CLASSES, *MODULES]
    return tuple(map(_entry, found))


def _entry(one: type[object] | ModuleType) -> Variant:
    place, _, last = one.__name__.rpartition(".") if isinstance(one, ModuleType) else (one.__module__, "", one.__name__)
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", last).lower()
    return Variant(name, f"{place}:{last}", one.__doc__ or "")
