"""What the suite is proven by: programs with one known fault, and right ones of another manner than the reference."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A piece of a program, to read."""

    place: str  # "Reference.hidden_delta (reference.py)"
    text: str  # its lines, indented as a piece that stands alone


@dataclass(frozen=True)
class KnownFault:
    """A program with one mistake. Found through the entry point group `backproof.faults`, as a function that gives a tuple."""

    name: str  # "hidden-delta-lacks-derivative"
    target: str  # package.module:Name, judged as any other target
    breaks: str  # the slug of the clause it breaks
    stage: str  # where in the computation it sits: "hidden delta"
    explanation: str  # the mistake, one sentence
    remedy: str  # what to do about it

    # Properties, which a catalogue overrides: most of those who ask for faults do not read them.

    @property
    def right(self) -> tuple[Passage, ...]:
        """The lines of a right program where this one differs; () where the catalogue shows none."""
        return ()

    @property
    def wrong(self) -> tuple[Passage, ...]:
        """The lines of this program that belong beside the right ones; () where the catalogue shows none."""
        return ()


@dataclass(frozen=True)
class Variant:
    """A right program that does something in another way. Found through the group `backproof.variants`, likewise."""

    name: str
    target: str
    explanation: str  # what it does in another way, and why that is no fault
