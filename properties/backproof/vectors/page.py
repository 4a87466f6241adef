"""The page that explains every flag: the mistake in a sentence, from the catalogue, and the files that catch it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from backproof.diagnosis.programs import known
from backproof.vectors.drawn import Vector
from backproof.vectors.unseen import reason
from backproof_spec.catalogue import KnownFault

NAME = "FLAGS.md"
COLUMNS = ("| flag | the mistake | its clause | files |", "| --- | --- | --- | --- |")
NAMED = 3  # files that are named beside a flag
HEAD = """\
# Golden vectors: the files and their flags

Written by `backproof vectors`; what a file holds, and how to use it, says `backproof spec vectors`. A flag is the name of a known
fault; `backproof explain FLAG` shows it beside the right lines. A program with that fault, and no other, is off by more than a
bound in the files that have the flag, and in no other file. So what a program is off in, and what it is right in, says which
faults it may have.
"""


def page(vectors: Sequence[Vector], flags: Mapping[str, Sequence[str]]) -> str:
    """The whole page, for the flags of each file by its name."""
    return "\n".join([HEAD, *_files(vectors, flags), "", *_flags(flags), "", *_unseen(flags)]) + "\n"


def _files(vectors: Sequence[Vector], flags: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from ("## Files", "", "| file | what it is there for | flags |", "| --- | --- | --- |")
    for one in vectors:
        yield f"| `{one.name}.json` | {one.about} | {len(flags[one.name])} |"


def _flags(flags: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Stage by stage, as `backproof explain` lists them."""
    by = {name: [file for file, some in flags.items() if name in some] for name in known()}
    yield "## Flags"
    for stage, faults in groupby((fault for fault in known().values() if by[fault.name]), lambda fault: fault.stage):
        yield from ("", f"### {stage.capitalize()}", "", *COLUMNS)
        for fault in faults:
            yield f"| `{fault.name}` | {fault.explanation} | `{fault.breaks}` | {_named(by[fault.name])} |"


def _named(files: Sequence[str]) -> str:
    """All of a few; else how many, and the first ones."""
    some = ", ".join(files[:NAMED])
    return some if len(files) <= NAMED else f"{len(files)}: {some}, ..."


def _unseen(flags: Mapping[str, Sequence[str]]) -> Iterator[str]:
    missed = unseen(flags)
    yield from ("## Faults that no file catches", "", "`backproof check` does. Here they are out of sight:", "")
    for why, faults in groupby(sorted(missed, key=reason), reason):
        yield f"- {why or 'no file of this format shows it'}: {', '.join(f'`{one.name}`' for one in faults)}."


def unseen(flags: Mapping[str, Sequence[str]]) -> list[KnownFault]:
    """The faults of the catalogue that no file catches."""
    seen = {name for some in flags.values() for name in some}
    return [fault for name, fault in known().items() if name not in seen]
