"""backproof replay: one property on one case again."""

import argparse

from rich.console import Console

from backproof.asked import Asked
from backproof.cli import CONFORMS, UNJUDGED, VIOLATES, nearest
from backproof.commands.console import page
from backproof.commands.opening import opened
from backproof.must import Undecided, Unmet, Violation
from backproof.registry import Property, properties
from backproof.replay import Replay, read
from backproof.report import words
from backproof.report.layout import Line, ascii_only, hanging, paragraph
from backproof.subjects.errors import Failure, NotOffered, Unusable


def run(given: argparse.Namespace) -> int:
    """Show the finding again: 1 if it is still there, 0 if it is gone, 2 if that cannot be told."""
    wanted, console = read(given.token), page()
    found = named(wanted.property)
    with opened(wanted.target, wanted.hints, given.in_process, given.time_limit) as subject:
        status, verdict, style, why = _outcome(found, Asked(subject), wanted)
    _show(console, wanted, found)
    _print(console, paragraph(f"{verdict}{': ' * bool(why)}{why}", console.width, 0, style))
    return status


def _outcome(found: Property, asked: Asked, wanted: Replay) -> tuple[int, str, str, str]:
    """Status, verdict, its style, and why."""
    try:
        found.put(asked, wanted.case)
    except (Violation, Failure) as said:
        return VIOLATES, "violated", "bold red", str(said)
    except (Undecided, Unmet) as why:
        return UNJUDGED, "undecided", "bold yellow", str(why)
    except NotOffered as missing:
        return UNJUDGED, "not judged", "bold yellow", f"the subject offers no {missing}"
    return CONFORMS, "holds", "bold green", ""


def _show(console: Console, wanted: Replay, found: Property) -> None:
    console.print(ascii_only(wanted.target), style="bold", soft_wrap=True)
    rows = [("clause", f"{found.slug}: {found.statement}"), ("equation", found.clause.equation)]
    rows += [("" if i else "case", text) for i, text in enumerate(words.case(wanted.case))]
    for label, text in rows:
        _print(console, hanging(label, text, console.width))


def _print(console: Console, lines: list[Line]) -> None:
    for line in lines:
        console.print(line.text, style=line.style, soft_wrap=True)


def named(name: str) -> Property:
    """The property of that name; Unusable with the nearest one otherwise."""
    every = {found.name: found for found in properties()}
    if name not in every:
        raise Unusable(f"there is no property {name}{nearest(name, every)}; the token is of another version, check again")
    return every[name]
