"""backproof field: the packages that people use, judged, and what was found written down with its arguments."""

import argparse
import shlex
import sys
from pathlib import Path

from backproof.cli import CONFORMS, UNJUDGED, VIOLATES, nearest
from backproof.commands import files
from backproof.commands.opening import opened
from backproof.commands.progress import shown
from backproof.diagnosis.diagnose import diagnose
from backproof.report.field import HEAD, kept, section, sections, unargued
from backproof.runner import EXAMPLES, SMOKE, judge
from backproof.selftest import offered
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints
from backproof_spec.catalogue import Judged

FIELD, REPORT = "backproof.field", "field report"


def run(given: argparse.Namespace) -> int:
    """Judge the packages and write the report; 1 where a violation has no argument yet, 2 where nothing could be judged."""
    packages, path = offered(FIELD, Judged), Path(given.file)
    wanted, earlier = chosen(packages, given.package), sections(path.read_text(encoding="utf-8")) if path.is_file() else {}
    files.writable(given.file, REPORT)
    told, open_, ran = [HEAD], dict[str, list[str]](), False
    for package in packages:
        if package not in wanted:
            told += [earlier[package.name]] if package.name in earlier else []
            continue
        try:
            text, open_[package.name] = judged(package, given)
            ran = True
        except Unusable as why:
            print(f"backproof: {why}", file=sys.stderr)
            text = kept(package, str(why), earlier.get(package.name))
        told.append(text)
    files.write(given.file, REPORT, "\n".join(told))
    return _status(open_, ran)


def _status(open_: dict[str, list[str]], ran: bool) -> int:
    for name, slugs in open_.items():
        for slug in slugs:
            print(f"{name}: {slug} is violated, and not yet argued")
    return VIOLATES if any(open_.values()) else CONFORMS if ran else UNJUDGED


def chosen(packages: tuple[Judged, ...], names: list[str]) -> tuple[Judged, ...]:
    """The packages of these names, or all. Raises Unusable for a name that is none."""
    by = {package.name: package for package in packages}
    for name in names:
        if name not in by:
            raise Unusable(f"there is no package {name} in the field report{nearest(name, by)}")
    return tuple(by[name] for name in names) or packages


def judged(package: Judged, given: argparse.Namespace) -> tuple[str, list[str]]:
    """The section of one package, and the clauses that lack an argument."""
    examples = given.examples if given.examples is not None else SMOKE if given.smoke else EXAMPLES
    flags = f"--examples {given.examples} " * (given.examples is not None) + "--smoke " * given.smoke
    with shown(package.name) as told, opened(package.target, Hints(), False, given.time_limit) as subject:
        judgement = judge(subject, given.seed, examples, told, {}, True, given.smoke)
        text = section(package, judgement, diagnose(judgement), check_line(package, flags, given.seed))
        return text, unargued(package, judgement)


def check_line(package: Judged, flags: str, seed: int) -> str:
    """What judges it again, as a line for a shell."""
    return f"backproof check {shlex.quote(package.target)} {flags}--seed {seed}"
