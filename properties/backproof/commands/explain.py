"""backproof explain: one known fault, its clause, the right lines beside the wrong ones, and how to mend it."""

import argparse
import textwrap
from collections.abc import Sequence
from itertools import groupby

from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from backproof.cli import CONFORMS, nearest
from backproof.commands.console import Page, page
from backproof.selftest import FAULTS, offered
from backproof.subjects.errors import Unusable
from backproof_spec.catalogue import KnownFault, Passage
from backproof_spec.clauses import clause

LABEL, INDENT, BETWEEN = 10, 2, 3  # columns
RIGHT, WRONG = "right: the reference", "wrong: this fault"


def run(given: argparse.Namespace) -> int:
    """Print the list of faults, those of a stage, or the page of one."""
    faults, out = offered(FAULTS, KnownFault), page()
    if given.fault is None:
        _list(out, faults)
        return CONFORMS
    found = _found(faults, given.fault)
    if isinstance(found, KnownFault):
        _explain(out, found)
    else:
        _list(out, found)
    return CONFORMS


def _found(faults: tuple[KnownFault, ...], name: str) -> KnownFault | tuple[KnownFault, ...]:
    """The fault of that name, or the faults of that stage; Unusable with the nearest otherwise."""
    by, stage = {one.name: one for one in faults}, name.replace("-", " ")
    if name in by:
        return by[name]
    if of_stage := tuple(one for one in faults if one.stage == stage):
        return of_stage
    near = nearest(name, [*by, *(one.stage.replace(" ", "-") for one in faults)])
    raise Unusable(f"there is neither a fault nor a stage {name}{near}; 'backproof explain' lists all")


def _list(out: Page, faults: Sequence[KnownFault]) -> None:
    wide = max(len(one.name) for one in faults) + 2
    for stage, some in groupby(faults, lambda one: one.stage):
        out.print(stage, style="bold")
        for one in some:
            out.print(f"  {one.name:{wide}}{one.explanation}", soft_wrap=True)


def _explain(out: Page, fault: KnownFault) -> None:
    """The page of one fault."""
    broken = clause(fault.breaks)
    out.print(fault.name, style="bold")
    out.print(_filled(out, fault.explanation))
    out.print()
    _say(out, "stage", fault.stage)
    _say(out, "breaks", f"{broken.slug} ({broken.level}): {broken.title}")
    _say(out, "", broken.statement)
    out.print(Text("equation".ljust(LABEL) + broken.equation), soft_wrap=True)
    out.print()
    if fault.right and fault.wrong:
        _compare(out, fault.right, fault.wrong)
    _say(out, "mend it", fault.remedy)
    _say(out, "see it", f"backproof selftest {fault.name}")
    _say(out, "read", f"backproof spec {broken.slug}")


def _filled(out: Page, words: str, label: str = "", indent: int = 0) -> str:
    """The words in lines as wide as the page, without blanks at their ends."""
    wrapper = textwrap.TextWrapper(max(out.width, 40), label.ljust(indent), " " * indent)
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.fill(words)


def _say(out: Page, label: str, words: str) -> None:
    out.print(Text(_filled(out, words, label, LABEL)), soft_wrap=True)


def _compare(out: Page, right: tuple[Passage, ...], wrong: tuple[Passage, ...]) -> None:
    """Side by side where a terminal has the width for it, one above the other elsewhere: no line of code is broken."""
    narrow = _set(right, "\n# ("), _set(wrong, "\n# (")
    wide = sum(max(map(len, column.plain.splitlines())) for column in narrow) + BETWEEN
    if out.is_terminal and wide <= out.width:
        beside = Table.grid(padding=(0, BETWEEN, 0, 0), pad_edge=False)
        beside.add_row(Text(RIGHT, "bold green"), Text(WRONG, "bold red"))
        beside.add_row(*narrow)
        out.print(beside)
        out.print()
        return
    for head, style, passages in ((RIGHT, "bold green", right), (WRONG, "bold red", wrong)):
        out.print(head, style=style)
        out.print(_set(passages, " ("), soft_wrap=True)
        out.print()


def _set(passages: tuple[Passage, ...], file: str) -> Text:
    """Passages one below the other, each under what it is and, after `file`, where it stands; lit where the page has colours."""
    code = "\n\n".join(f"# {one.place.replace(' (', file)}\n{one.text}" for one in passages)
    lit = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(textwrap.indent(code, " " * INDENT))
    lit.rstrip()
    return lit
