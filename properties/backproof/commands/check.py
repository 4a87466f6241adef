"""backproof check: judge subjects, report, and say with the exit status what came of it."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

from rich.console import Console

from backproof.cli import CONFORMS, EXIT, UNJUDGED, VIOLATES
from backproof.commands import known
from backproof.commands.opening import opened
from backproof.commands.progress import shown
from backproof.report import text
from backproof.report.document import document
from backproof.runner import EXAMPLES, SMOKE, Judgement, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints


def hints(given: argparse.Namespace) -> Hints:
    """What the flags say of the subject."""
    return Hints(**{field.name: getattr(given, field.name) for field in fields(Hints)})


def run(given: argparse.Namespace) -> int:
    """Judge every target; the worst status of all."""
    said, expected = hints(given), known.read(given.known)
    examples = given.examples if given.examples is not None else SMOKE if given.smoke else EXAMPLES
    console = Console(stderr=given.json == "-", highlight=False, soft_wrap=False)
    judgements, statuses = list[Judgement](), list[int]()
    for target in given.target:
        try:
            judgement = _judged(target, said, given, examples, expected)
        except Unusable as trouble:
            print(f"backproof: {trouble}", file=sys.stderr)
            statuses.append(UNJUDGED)
            continue
        judgements.append(judgement)
        text.write(console, judgement, said)
        statuses.append(status(judgement, given.strict))
    _write(given, judgements, said)
    return VIOLATES if VIOLATES in statuses else max(statuses, default=CONFORMS)


def _judged(target: str, said: Hints, given: argparse.Namespace, examples: int, expected: dict[str, str]) -> Judgement:
    with shown(target) as told, opened(target, said, given.in_process, given.time_limit) as subject:
        return judge(subject, given.seed, examples, told, expected)


def status(judgement: Judgement, strict: bool) -> int:
    """0 conforms, 1 violates, 2 could not be judged; a SHOULD counts only under --strict."""
    if strict and judgement.having("advised"):
        return VIOLATES
    return EXIT[judgement.outcome]


def _write(given: argparse.Namespace, judgements: list[Judgement], said: Hints) -> None:
    if given.write_known is not None:
        known.write(given.write_known, judgements)
    if given.json is None:
        return
    body = json.dumps(document(judgements, said), indent=1, allow_nan=False) + "\n"
    if given.json == "-":
        sys.stdout.write(body)
        return
    try:
        Path(given.json).write_text(body, encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"the report cannot be written to {given.json}: {trouble.strerror}") from None
