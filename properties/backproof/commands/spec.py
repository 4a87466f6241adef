"""backproof spec: the specification, to read."""

import argparse

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape

from backproof.subjects.errors import Unusable
from backproof_spec.clauses import UnknownClause, chapter, chapters, clauses, text


def run(given: argparse.Namespace) -> int:
    """Print the list of clauses, a chapter, or one clause."""
    console = Console(highlight=False)
    if given.slug is None:
        _list(console)
        return 0
    try:
        body = chapter(given.slug) if given.slug in chapters() else text(given.slug)
    except UnknownClause as unknown:
        raise Unusable(f"{unknown}; 'backproof spec' lists all") from None
    if console.is_terminal:
        console.print(Markdown(body))
    else:
        console.file.write(body.rstrip() + "\n")
    return 0


def _list(console: Console) -> None:
    current = ""
    for clause in clauses().values():
        if clause.chapter != current:
            current = clause.chapter
            console.print(f"[bold]{current}[/]")
        console.print(f"  {clause.slug:28}{clause.level:8}{escape(clause.title)}", soft_wrap=True)
