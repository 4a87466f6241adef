"""The catalogue of faults: each is the reference with one method overridden."""

from importlib import import_module

from backproof_impl.faults.registry import Fault, catalogue, fault
from backproof_impl.reference import Reference
from backproof_spec.catalogue import KnownFault, Passage

__all__ = ["Fault", "catalogue", "entries", "fault"]


class Entry(KnownFault):
    """A fault of the catalogue, which shows its lines beside those of the reference, read when they are asked for."""

    @property
    def right(self) -> tuple[Passage, ...]:
        from backproof_impl.faults.sources import right

        return right(self.make)

    @property
    def wrong(self) -> tuple[Passage, ...]:
        from backproof_impl.faults.sources import wrong

        return wrong(self.make)

    @property
    def make(self) -> type[Reference]:
        """The class that is the fault."""
        module, _, name = self.target.partition(":")
        found: type[Reference] = getattr(import_module(module), name)
        return found


def entries() -> tuple[KnownFault, ...]:
    """The catalogue, for the entry point group `backproof.faults`."""
    return tuple(
        Entry(
            known.name, f"{known.make.__module__}:{known.make.__name__}", known.breaks, known.stage,
            known.explanation, known.remedy,
        )
        for known in catalogue()
    )
