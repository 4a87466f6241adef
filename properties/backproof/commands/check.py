"""backproof check: judge subjects, report, and say with the exit status what came of it."""

import argparse
import sys
from dataclasses import dataclass, field, fields, replace

from backproof.cli import CONFORMS, EXIT, UNJUDGED, VIOLATES
from backproof.commands import files, known
from backproof.commands.console import page
from backproof.commands.opening import opened
from backproof.commands.progress import shown
from backproof.diagnosis.diagnose import Diagnosis, diagnose
from backproof.report import text
from backproof.report.document import document
from backproof.runner import EXAMPLES, SMOKE, Judgement, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints

REPORT = "report"


@dataclass
class Results:
    """What became of the targets."""

    judgements: list[Judgement] = field(default_factory=list)
    diagnoses: list[Diagnosis | None] = field(default_factory=list)  # one for each of these
    unusable: dict[str, str] = field(default_factory=dict)  # target: why

    def status(self, strict: bool) -> int:
        """The worst of all: a violation, then what could not be judged."""
        statuses = {status(judgement, strict) for judgement in self.judgements} | ({UNJUDGED} if self.unusable else set())
        return VIOLATES if VIOLATES in statuses else max(statuses, default=CONFORMS)


def hints(given: argparse.Namespace) -> Hints:
    """What the flags say of the subject."""
    return Hints(**{field.name: getattr(given, field.name) for field in fields(Hints)})


def run(given: argparse.Namespace) -> int:
    """Judge every target; the worst status of all."""
    said, expected, results = hints(given), known.read(given.known), Results()
    _forewarned(given)
    console = page(stderr=given.json == "-")
    for target in dict.fromkeys(given.target):
        try:
            judgement, diagnosis = _judged(target, said, given, expected)
        except Unusable as trouble:
            print(f"backproof: {trouble}", file=sys.stderr)
            results.unusable[target] = str(trouble)
            continue
        results.judgements.append(judgement)
        results.diagnoses.append(diagnosis)
        text.write(console, judgement, said, given.strict, diagnosis)
    _write(given, results, said, expected)
    return results.status(given.strict)


def _judged(
    target: str, said: Hints, given: argparse.Namespace, expected: known.Expected
) -> tuple[Judgement, Diagnosis | None]:
    examples = given.examples if given.examples is not None else SMOKE if given.smoke else EXAMPLES
    with shown(target) as told, opened(target, said, given.in_process, given.time_limit) as subject:
        reasons = {slug: str(one) for slug, one in expected.get(target, {}).items()}
        judgement = judge(subject, given.seed, examples, told, reasons, True, given.smoke)
        return judgement, _diagnosed(judgement, frozenset(reasons))


def _diagnosed(judgement: Judgement, expected: frozenset[str]) -> Diagnosis | None:
    """What is wrong beside what is known; None where nothing was found that is."""
    if all(verdict.finding is None for verdict in judgement.having("violated")):
        return None
    found = diagnose(judgement)
    news = tuple(one for one in found.named if one.fault.breaks not in expected) if found else ()
    return replace(found, named=news) if found and news else found


def status(judgement: Judgement, strict: bool) -> int:
    """0 conforms, 1 violates, 2 could not be judged; a SHOULD counts only under --strict."""
    if strict and judgement.having("advised"):
        return VIOLATES
    return EXIT[judgement.outcome]


def _forewarned(given: argparse.Namespace) -> None:
    """Trouble with files before the run, not after it."""
    if given.write_known is not None:
        files.writable(given.write_known, known.NOUN)
    if given.json not in (None, "-"):
        files.writable(given.json, REPORT)


def _write(given: argparse.Namespace, results: Results, said: Hints, expected: known.Expected) -> None:
    if given.write_known is not None:
        known.write(given.write_known, results.judgements, expected)
    if given.json is None:
        return
    body = files.dumped(document(results.judgements, said, given.seed, results.unusable, results.diagnoses))
    if given.json == "-":
        sys.stdout.write(body)
    else:
        files.write(given.json, REPORT, body)
