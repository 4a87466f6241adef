"""backproof replay: one property on one case again."""

import argparse
from difflib import get_close_matches

from rich.console import Console
from rich.markup import escape

from backproof.asked import Asked
from backproof.cli import CONFORMS, UNJUDGED, VIOLATES
from backproof.commands.opening import opened
from backproof.must import Undecided, Unmet, Violation
from backproof.registry import Property, properties
from backproof.replay import read
from backproof.report import words
from backproof.subjects.errors import Failure, Unusable


def run(given: argparse.Namespace) -> int:
    """Show the finding again: 1 if it is still there, 0 if it is gone."""
    wanted, console = read(given.token), Console(highlight=False)
    found = named(wanted.property)
    with opened(wanted.target, wanted.hints, given.in_process, 60.0) as subject:
        console.print(f"[bold]{escape(wanted.target)}[/]  {found.slug}: {escape(found.statement)}")
        for line in words.case(wanted.case):
            console.print(escape(f"  {line}"))
        try:
            found.put(Asked(subject), wanted.case)
        except (Violation, Failure) as said:
            console.print(f"[bold red]violated[/]: {escape(str(said))}")
            return VIOLATES
        except (Undecided, Unmet) as why:
            console.print(f"[yellow]undecided[/]: {escape(str(why))}")
            return UNJUDGED
    console.print("[green]holds[/]")
    return CONFORMS


def named(name: str) -> Property:
    """The property of that name; Unusable with the nearest one otherwise."""
    every = {found.name: found for found in properties()}
    if name not in every:
        near = get_close_matches(name, every, 1)
        raise Unusable(f"there is no property {name}{f'; did you mean {near[0]}?' if near else ''}")
    return every[name]
