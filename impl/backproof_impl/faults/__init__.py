"""The catalogue of faults: each is the reference with one method overridden."""

from backproof_impl.faults.registry import Fault, catalogue, fault
from backproof_spec.catalogue import KnownFault

__all__ = ["Fault", "catalogue", "entries", "fault"]


def entries() -> tuple[KnownFault, ...]:
    """The catalogue, for the entry point group `backproof.faults`."""
    return tuple(
        KnownFault(
            known.name, f"{known.make.__module__}:{known.make.__name__}", known.breaks, known.stage,
            known.explanation, known.remedy,
        )
        for known in catalogue()
    )
