"""backproof spec: the specification, to read."""

import argparse

from rich.console import Console
from rich.markdown import Markdown

from backproof.cli import CONFORMS, nearest
from backproof.commands.console import page
from backproof.subjects.errors import Unusable
from backproof_spec.clauses import chapter, chapters, clauses, text


def run(given: argparse.Namespace) -> int:
    """Print the list of clauses, a chapter, or one clause."""
    console = page()
    if given.slug is None:
        _list(console)
        return CONFORMS
    body = _body(given.slug)
    if console.is_terminal:
        console.print(Markdown(body))
    else:
        console.file.write(body.rstrip() + "\n")
    return CONFORMS


def _body(name: str) -> str:
    """The text of the chapter or clause of that name; Unusable with the nearest one otherwise."""
    if name in chapters():
        return chapter(name)
    if name in clauses():
        return text(name)
    near = nearest(name, [*clauses(), *chapters()])
    raise Unusable(f"there is neither a clause nor a chapter {name}{near}; 'backproof spec' lists all")


def _list(console: Console) -> None:
    current = ""
    for clause in clauses().values():
        if clause.chapter != current:
            current = clause.chapter
            console.print(current, style="bold")
        console.print(f"  {clause.slug:28}{clause.level:8}{clause.title}", soft_wrap=True)
