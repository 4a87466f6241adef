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


@dataclass(frozen=True)
class Argued:
    """What is said of a clause that a package violates."""

    kind: str  # "clear bug", "documented choice" or "limit"
    because: str  # the argument, one sentence
    confirmed: str = ""  # the script of a few lines that shows it with the package and numpy alone


@dataclass(frozen=True)
class Judged:
    """A package in the field report. Found through the entry point group `backproof.field`, as a function that gives a tuple."""

    name: str
    target: str  # judged as any other target
    argued: dict[str, Argued]  # by the slug of the clause
    notes: tuple[str, ...] = ()  # what the clauses do not say: what was left out, and why
    install: str = ""  # the line for a shell that brings it
