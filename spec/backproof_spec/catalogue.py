"""What the suite is proven by: programs with one known fault, and right ones of another manner than the reference."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownFault:
    """A program with one mistake. Found through the entry point group `backproof.faults`, as a function that gives a tuple."""

    name: str  # "hidden-delta-lacks-derivative"
    target: str  # package.module:Name, judged as any other target
    breaks: str  # the slug of the clause it breaks
    stage: str  # where in the computation it sits: "hidden delta"
    explanation: str  # the mistake, one sentence
    remedy: str  # what to do about it


@dataclass(frozen=True)
class Variant:
    """A right program that does something in another way. Found through the group `backproof.variants`, likewise."""

    name: str
    target: str
    explanation: str  # what it does in another way, and why that is no fault
