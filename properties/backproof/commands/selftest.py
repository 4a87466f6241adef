"""backproof selftest: the suite put to every fault it knows and to right programs of many manners."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from backproof.cli import nearest
from backproof.commands.console import Page, page
from backproof.commands.progress import shown
from backproof.selftest import FAULTS, VARIANTS, Matrix, matrix, offered
from backproof.subjects.errors import Unusable
from backproof_spec.catalogue import KnownFault, Variant
from backproof_spec.clauses import clauses

EXAMPLES = 10


def run(given: argparse.Namespace) -> int:
    """Judge them all, and print who caught what; 0 when every fault is caught and nobody right is accused."""
    faults, variants = offered(FAULTS, KnownFault), offered(VARIANTS, Variant)
    if given.fault:
        faults, variants = chosen(faults, given.fault), ()
    processes = given.processes or os.cpu_count() or 1
    with shown(f"{len(faults)} faults and {len(variants)} right programs") as told:
        found = matrix(faults, variants, EXAMPLES if given.examples is None else given.examples, processes, told)
    out = page()
    _print(out, found)
    if given.json:
        written(found, given.json)
    return 0 if found.passed else 1


def chosen(faults: tuple[KnownFault, ...], names: list[str]) -> tuple[KnownFault, ...]:
    """The faults of these names. Raises Unusable for a name that is none."""
    by = {one.name: one for one in faults}
    for name in names:
        if name not in by:
            raise Unusable(f"there is no fault {name}{nearest(name, by)}")
    return tuple(by[name] for name in names)


def written(found: Matrix, file: str) -> None:
    """The matrix as JSON."""
    text = json.dumps(asdict(found), indent=1) + "\n"
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"{file} cannot be written: {trouble.strerror}") from None


def _print(out: Page, found: Matrix) -> None:
    wide = out.is_terminal and out.width >= 100
    if wide:
        table = Table("fault", "first caught by", "examples", "ms", "and by", pad_edge=False)
    for fault, row in zip(found.faults, found.rows, strict=True):
        first = row.first
        others = [one.slug for one in row.by if first is None or one.slug != first.slug]
        cells = (
            row.name,
            first.slug if first else f"NOBODY ({row.outcome})",
            str(first.examples) if first else "",
            f"{1000 * first.seconds:.0f}" if first else "",
            ", ".join(others),
        )
        if wide:
            table.add_row(*cells)
        else:
            when = f", example {cells[2]}, {cells[3]} ms" if first else ""
            out.print(f"{cells[0]}: {cells[1]}{when}", soft_wrap=True)
            if fault.breaks not in [one.slug for one in row.by]:
                out.print(f"  not by {fault.breaks}, which it breaks", soft_wrap=True)
    if wide:
        out.print(table)
    if found.variants:
        _clauses(out, found)
    _summary(out, found)


def _clauses(out: Page, found: Matrix) -> None:
    """Clause by clause: what it catches."""
    for slug, (every, root, first) in found.caught().items():
        kept = "; it says why it is kept" if not root and clauses()[slug].kept else ""
        out.print(f"{slug}: catches {every} faults, is the root of {root}, the first for {first}{kept}", soft_wrap=True)
        pairs = zip(found.faults, found.rows, strict=True)
        others = [row.name for fault, row in pairs if slug in row.roots and fault.breaks != slug]
        if others:
            out.print(f"  the root also of {', '.join(others)}", soft_wrap=True)


def _summary(out: Page, found: Matrix) -> None:
    middle, longest = found.times()
    caught = len(found.rows) - len(found.survivors)
    out.print(
        f"{caught} of {len(found.rows)} faults caught; first counterexample after {1000 * middle:.0f} ms (median), "
        f"{longest:.1f} s at most",
        soft_wrap=True,
    )
    if found.variants:
        out.print(f"{len(found.variants) - len(found.accused)} of {len(found.variants)} right programs conform")
    for title, names in (
        ("faults that survive", found.survivors),
        ("right programs that do not conform", found.accused),
        ("caught, but not by the clause they break", [f"{name} ({slug})" for name, slug in found.elsewhere]),
        ("caught by one clause and by nothing else", [f"{slug}: {', '.join(names)}" for slug, names in found.alone().items()]),
        ("clauses that are the root for no fault, and do not say why they are kept", found.idle if found.variants else []),
    ):
        if names:
            out.print(f"{title}:", soft_wrap=True)
            for name in names:
                out.print(f"  {name}", soft_wrap=True)
