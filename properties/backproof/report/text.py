"""The report for people: the verdict, each root cause with its smallest counterexample, then every count with its reasons."""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from rich.console import Console

from backproof.diagnosis.diagnose import Diagnosis
from backproof.replay import token
from backproof.report import diagnosed, words
from backproof.report.layout import Line, ascii_only, hanging, paragraph
from backproof.runner import STATUSES, Finding, Judgement, Status, Verdict
from backproof.subjects.subject import Hints

STYLE = {"conforms": "bold green", "violates": "bold red", "not judged": "bold yellow"}
REMARKED: tuple[Status, ...] = ("advised", "known")
REASONED: tuple[Status, ...] = ("undecided", "not judged", "not applicable")
CLAIMED = 8  # lines of claims at most
SHOWN = 12  # lines of a counterexample at most
REASONS = 4  # of each status
SCREEN = 24  # rows of a terminal, on which the verdict, its diagnosis and how to replay it are to be seen at once
LONGEST = 2000  # characters of a replay that fit on a page


def write(
    console: Console, judgement: Judgement, hints: Hints, strict: bool = False, diagnosis: Diagnosis | None = None
) -> None:
    """One subject's report, as wide as the console."""
    for line in lines(judgement, hints, console.width, strict, diagnosis):
        console.print(line.text, style=line.style, markup=False, highlight=False, emoji=False, soft_wrap=True)


def lines(
    judgement: Judgement, hints: Hints, width: int, strict: bool = False, diagnosis: Diagnosis | None = None
) -> Iterator[Line]:
    """The report, line by line; the diagnosis comes before all that it was made from."""
    yield from _verdict(judgement, width, strict)
    if diagnosis is not None:
        again, above = list(_again(judgement, hints)), 3
        below = sum(ceil(len(line.text) / width) for line in again)
        yield Line("")
        yield from diagnosed.lines(diagnosis, width, SCREEN - above - below)
        yield from again
        yield Line("")
    yield from _subject(judgement, width)
    for number, verdict in enumerate(judgement.roots, start=1):
        yield Line("")
        yield from _root(judgement, number, verdict, hints, width)
    yield Line("")
    for status in REMARKED:
        yield from _remarks(judgement, status, width)
    yield from _summary(judgement, width)


def _verdict(judgement: Judgement, width: int, strict: bool) -> Iterator[Line]:
    subject, verdict = judgement.subject, judgement.outcome
    yield Line(f"{verdict.upper()}  {ascii_only(subject.target)}", STYLE[verdict])
    yield from paragraph(words.outcome(judgement), width, 2)
    if strict and judgement.having("advised"):
        yield from paragraph("with --strict, advice counts as a violation", width, 2)


def _subject(judgement: Judgement, width: int) -> Iterator[Line]:
    subject = judgement.subject
    yield from hanging("scope", f"{judgement.scope}; seed {judgement.seed}", width, style="dim")
    claimed = [line for label, told in words.claims(subject.claims) for line in hanging(label, told, width, style="dim")]
    yield from claimed if len(claimed) <= CLAIMED else [*claimed[: CLAIMED - 1], Line("            ...", "dim")]
    for sentence in subject.assumed:
        yield from hanging("assumed", sentence, width, style="dim")
    if judgement.outcome == "conforms":
        yield from hanging("seen", words.reach(judgement.reach), width, style="dim")


def _root(judgement: Judgement, number: int, verdict: Verdict, hints: Hints, width: int) -> Iterator[Line]:
    clause, finding = verdict.clause, verdict.finding
    yield from paragraph(f"{number}. {clause.slug} ({clause.level}): {clause.title}", width, 0, "bold red", hang=3)
    yield from paragraph(verdict.reason, width, 3)
    yield from hanging("equation", clause.equation, width, 3, "dim")
    if finding is not None:
        yield from _counterexample(judgement, finding, hints, width)
    below = [v.clause.slug for v in judgement.having("violated") if v.under == clause.slug]
    if below:
        yield from hanging("hence", ", ".join(below), width, 3, "dim")
    yield from hanging("read", f"backproof spec {clause.slug}", width, 3, "dim")


def _counterexample(judgement: Judgement, finding: Finding, hints: Hints, width: int) -> Iterator[Line]:
    told = words.case(finding.case)
    rows = [row for i, text in enumerate(told) for row in hanging("" if i else "smallest", text, width, 3, "dim")]
    yield from rows if len(rows) <= SHOWN else [*rows[: SHOWN - 1], Line(f"{'':13}...", "dim")]
    yield Line(f"   {'replay':10}{_replay(judgement, finding, hints)}", "dim")


def _again(judgement: Judgement, hints: Hints) -> Iterator[Line]:
    """How to see the first root cause again."""
    finding = next((verdict.finding for verdict in judgement.roots if verdict.finding is not None), None)
    if finding is not None:
        yield Line(f"   {'replay':10}{_replay(judgement, finding, hints)}", "dim")


def _replay(judgement: Judgement, finding: Finding, hints: Hints) -> str:
    word = token(judgement.subject.target, hints, finding.property, finding.case)
    return f"backproof replay {word}" if len(word) <= LONGEST else "see 'replay' in the JSON report, it is long"


def _remarks(judgement: Judgement, status: Status, width: int) -> Iterator[Line]:
    for verdict in judgement.having(status):
        text = f"{verdict.clause.slug} ({verdict.clause.level}): {verdict.reason}"
        yield from hanging(status, text, width, style="yellow")


def _summary(judgement: Judgement, width: int) -> Iterator[Line]:
    counts = [f"{len(judgement.having(status))} {status}" for status in STATUSES if judgement.having(status)]
    yield from paragraph(f"{len(judgement.verdicts)} clauses: {', '.join(counts)}", width, 0, "bold", hang=2)
    for status in REASONED:
        groups = _groups(judgement.having(status))
        for group in groups[:REASONS]:
            slugs = words.several((v.clause.slug for v in group), 3, ", ")
            yield from paragraph(f"{status}: {slugs}: {_short(group[0].reason)}", width, 2, hang=2)
        if len(groups) > REASONS:
            more = sum(map(len, groups[REASONS:]))
            yield from paragraph(f"{status}: {more} more, see the JSON report", width, 2, hang=2)


def _groups(verdicts: list[Verdict]) -> list[list[Verdict]]:
    """Verdicts of one reason together, or for want of one clause; the largest group first."""
    found = defaultdict[str, list[Verdict]](list)
    for verdict in verdicts:
        wanting = verdict.reason.startswith("needs ")
        found[verdict.reason.split(":")[0] if wanting else verdict.reason].append(verdict)
    return sorted(found.values(), key=len, reverse=True)


def _short(reason: str) -> str:
    return reason if len(reason) <= 160 else reason[:157] + "..."
