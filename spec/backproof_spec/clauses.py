"""A clause is a value, read from the one place where it is written: the text of the chapters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import Literal, NamedTuple, NoReturn, TypeAlias

Level: TypeAlias = Literal["MUST", "SHOULD"]

LEVELS: dict[str, Level] = {"MUST": "MUST", "SHOULD": "SHOULD"}
REQUIRED = ("Domain", "Equation", "Source", "Requires", "Follows from")
OPTIONAL = {"Kept because": "kept", "Untested": "untested"}  # and the attribute that holds it
FILE = re.compile(r"\d\d-([a-z]+)\.md")  # the number orders the chapters and is never part of a name
HEADING = re.compile(r"### `([a-z0-9]+(?:-[a-z0-9]+)*)` (\S+) - (\S.*)")
FIELD = re.compile(r"- ([^:`]+):\s*(.*)")
CODE = re.compile(r"`([^`]+)`")


class MalformedSpecification(ValueError):
    """The text of a chapter does not follow the form of a clause; says where, what and the remedy."""


class UnknownClause(LookupError):
    """No clause has this slug; says which one is nearest."""


@dataclass(frozen=True)
class Clause:
    """One requirement of the specification."""

    slug: str
    level: Level
    title: str
    statement: str
    domain: str  # where the statement is true, and therefore judged
    equation: str
    source: str
    requires: tuple[str, ...]  # must hold on the very case for this clause to be judged there
    follows: tuple[str, ...]  # a violation here is a mere consequence where one of these is violated too
    chapter: str
    kept: str = ""  # why, although no known fault calls for it alone; "" where one does
    untested: str = ""  # the reason why no property tests it yet; "" where one does


class Section(NamedTuple):
    """The lines of one clause, heading included."""

    file: str
    line: int  # of the heading, from 1
    lines: tuple[str, ...]

    def refuse(self, what: str, remedy: str, offset: int = 0) -> NoReturn:
        """Raise the error for the line that stands `offset` lines below the heading."""
        raise MalformedSpecification(f"{self.file}, line {self.line + offset}: {what}; {remedy}")


class Entry(NamedTuple):
    """The value of one field, and how far below the heading it begins."""

    value: str
    offset: int


def parse(texts: Mapping[str, str]) -> dict[str, Clause]:
    """The clauses of all chapters, in order; texts maps file names to Markdown."""
    found: dict[str, tuple[Clause, Section]] = {}
    for section in (section for file in sorted(texts) for section in _sections(file, texts[file])):
        clause = _clause(section)
        if clause.slug in found:
            section.refuse(f"{clause.slug} is already a clause of {found[clause.slug][1].file}", "rename one of them")
        found[clause.slug] = clause, section
    for clause, section in found.values():
        _check_references(clause, section, found)
    _check_acyclic(found)
    return {slug: clause for slug, (clause, _) in found.items()}


def _name(file: str) -> str:
    match = FILE.fullmatch(file)
    if match is None:
        raise MalformedSpecification(f"{file}, line 1: not a chapter's file name; write two digits, -, name, .md")
    return match[1]


def _sections(file: str, text: str) -> Iterator[Section]:
    """Each clause runs from its heading of the third level to the next heading, whatever its level."""
    _name(file)
    lines, fenced, heads = text.splitlines(), False, list[int]()
    for index, line in enumerate(lines):
        fenced ^= line.startswith("```")
        if not fenced and re.match("#{1,6} ", line):
            heads.append(index)
    for start, stop in zip(heads, [*heads[1:], len(lines)], strict=True):
        if lines[start].startswith("### "):
            yield Section(file, start + 1, tuple(lines[start:stop]))


def _clause(section: Section) -> Clause:
    head = HEADING.fullmatch(section.lines[0])
    if head is None:
        section.refuse("not the heading of a clause", "write ### `slug-in-kebab-case` MUST - Title")
    if head[2] not in LEVELS:
        section.refuse(f"{head[2]} is not a level", "write MUST or SHOULD")
    statement, fields = _body(section)
    return Clause(
        slug=head[1], level=LEVELS[head[2]], title=head[3].strip(), statement=statement,
        domain=fields["Domain"].value, equation=_equation(section, fields["Equation"]), source=fields["Source"].value,
        requires=_slugs(section, fields["Requires"]), follows=_slugs(section, fields["Follows from"]),
        chapter=_name(section.file), **{name: fields[field].value for field, name in OPTIONAL.items() if field in fields},
    )  # fmt: skip


def _body(section: Section) -> tuple[str, dict[str, Entry]]:
    """The statement, and the fields; paragraphs below the fields are remarks."""
    statement: list[str] = []
    fields: dict[str, Entry] = {}
    current = ""
    for offset, line in enumerate(section.lines[1:], start=1):
        if line.startswith("- "):
            current, entry = _field(section, line, offset, fields)
            fields[current] = entry
        elif current and line.startswith("  "):
            fields[current] = Entry(f"{fields[current].value} {line.strip()}".strip(), fields[current].offset)
        elif not fields:
            statement.append(line.strip())
        else:
            current = ""
    return _complete(section, " ".join(filter(None, statement)), fields)


def _field(section: Section, line: str, offset: int, fields: Mapping[str, Entry]) -> tuple[str, Entry]:
    match = FIELD.fullmatch(line)
    name = match[1] if match else line
    if match is None or name not in (*REQUIRED, *OPTIONAL):
        section.refuse(f"unknown field {name!r}", f"write one of {', '.join((*REQUIRED, *OPTIONAL))}", offset)
    if name in fields:
        section.refuse(f"a second field {name!r}", "keep one", offset)
    return name, Entry(match[2].strip(), offset)


def _complete(section: Section, statement: str, fields: dict[str, Entry]) -> tuple[str, dict[str, Entry]]:
    if not statement:
        section.refuse("the statement is missing", "write it between the heading and the fields")
    for name in REQUIRED:
        if name not in fields:
            section.refuse(f"the field {name!r} is missing", f"add a line '- {name}: ...'")
    for name, (value, offset) in fields.items():
        if not value:
            section.refuse(f"the field {name!r} is empty", "write its value after the colon", offset)
    return statement, fields


def _equation(section: Section, entry: Entry) -> str:
    match = CODE.fullmatch(entry.value)
    if match is None:
        section.refuse(f"{entry.value!r} is not an equation", "write it in one pair of backticks", entry.offset)
    return match[1]


def _slugs(section: Section, entry: Entry) -> tuple[str, ...]:
    """`nothing`, or slugs in backticks with commas between."""
    if entry.value == "nothing":
        return ()
    slugs = tuple(CODE.findall(entry.value))
    if entry.value != ", ".join(f"`{slug}`" for slug in slugs):
        section.refuse(f"{entry.value!r} is not a list of slugs", "write `one`, `two` or: nothing", entry.offset)
    if len(set(slugs)) < len(slugs):
        section.refuse(f"a slug stands twice in {entry.value!r}", "keep one", entry.offset)
    return slugs


def _check_references(clause: Clause, section: Section, known: Mapping[str, object]) -> None:
    for slug in clause.requires + clause.follows:
        if slug not in known:
            section.refuse(f"{clause.slug} names {slug!r}, which is not a clause", _nearest(slug, known))


def _check_acyclic(found: Mapping[str, tuple[Clause, Section]]) -> None:
    """Neither what clauses require, nor what they follow from, nor both together may lead back."""
    graph = {slug: clause.requires + clause.follows for slug, (clause, _) in found.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        found[cycle[0]][1].refuse(f"the clauses lead back: {' <- '.join(cycle)}", "take one of these references out")


def _nearest(slug: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(slug, known, n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"the clauses are {', '.join(known)}"


@cache
def _texts() -> dict[str, str]:
    folder = files("backproof_spec") / "chapters"
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".md")}
    return dict(sorted(found.items()))


@cache
def _parsed() -> dict[str, Clause]:
    return parse(_texts())


@cache
def _clause_texts() -> dict[str, str]:
    sections = (section for file, text in _texts().items() for section in _sections(file, text))
    return {_clause(section).slug: "\n".join(section.lines).rstrip() + "\n" for section in sections}


def clauses() -> dict[str, Clause]:
    """All clauses by slug, in the order of the text."""
    return dict(_parsed())


def clause(slug: str) -> Clause:
    """The clause of this slug; UnknownClause, with the nearest match, where there is none."""
    if slug not in _parsed():
        raise UnknownClause(f"no clause is called {slug!r}; {_nearest(slug, _parsed())}")
    return _parsed()[slug]


def text(slug: str) -> str:
    """The Markdown of this clause: heading, statement, fields and remarks."""
    return _clause_texts()[clause(slug).slug]


def chapters() -> dict[str, str]:
    """The Markdown of all chapters by name, in the order of the text."""
    return {_name(file): text for file, text in _texts().items()}


def chapter(name: str) -> str:
    """The Markdown of this chapter, `gradients` for instance; UnknownClause where there is none."""
    if name not in chapters():
        raise UnknownClause(f"no chapter is called {name!r}; {_nearest(name, chapters())}")
    return chapters()[name]
