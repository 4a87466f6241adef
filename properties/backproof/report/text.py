"""The report for people: the verdict, the root causes each with its smallest counterexample, then every count with its reason."""

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from backproof.replay import token
from backproof.report import words
from backproof.runner import Judgement, Verdict
from backproof.subjects.subject import Hints

COLOUR = {"conforms": "bold green", "violates": "bold red", "not judged": "bold yellow"}
SHOWN = 12  # arrays longer than this many lines are left to --json


def write(console: Console, judgement: Judgement, hints: Hints) -> None:
    """One subject's report."""
    subject = judgement.subject
    console.print(
        f"[bold]{escape(subject.target)}[/]  [{COLOUR[judgement.outcome]}]{judgement.outcome.upper()}[/]"
        f"  (scope: {judgement.scope}, seed {judgement.seed})"
    )
    for line in words.claims(subject.claims):
        console.print(Padding(escape(f"claims   {line}"), (0, 0, 0, 2)), style="dim")
    for sentence in subject.assumed:
        console.print(Padding(escape(f"assumed  {sentence}"), (0, 0, 0, 2)), style="dim")
    for verdict in judgement.roots:
        _violation(console, judgement, verdict, hints)
    for verdict in judgement.having("advised"):
        console.print(f"  [yellow]advice[/] [bold]{verdict.clause.slug}[/] (SHOULD): {escape(verdict.reason)}")
    for verdict in judgement.having("known"):
        console.print(f"  [yellow]known[/]  [bold]{verdict.clause.slug}[/]: {escape(verdict.reason)}")
    for verdict in judgement.unsettled:
        console.print(f"  [yellow]open[/]   [bold]{verdict.clause.slug}[/]: {escape(verdict.reason)}")
    _summary(console, judgement)


def _violation(console: Console, judgement: Judgement, verdict: Verdict, hints: Hints) -> None:
    clause, finding = verdict.clause, verdict.finding
    console.print()
    console.print(f"  [bold red]{clause.slug}[/] ({clause.level})  {escape(clause.title)}")
    console.print(Padding(escape(verdict.reason), (0, 0, 0, 4)))
    console.print(Padding(escape(f"equation  {clause.equation}"), (0, 0, 0, 4)), style="dim")
    if finding is not None:
        for i, line in enumerate(words.case(finding.case)[:SHOWN]):
            console.print(
                Padding(escape(f"{'smallest  ' if i == 0 else '          '}{line}"), (0, 0, 0, 4)), style="dim"
            )
        word = token(judgement.subject.target, hints, finding.property, finding.case)
        if len(word) < 2000:
            console.print(f"    [dim]again     backproof replay {word}[/]", soft_wrap=True)
    below = [v.clause.slug for v in judgement.having("violated") if v.under == clause.slug]
    if below:
        console.print(Padding(escape(f"hence     {', '.join(below)}"), (0, 0, 0, 4)), style="dim")
    console.print(f"    [dim]read      backproof spec {clause.slug}[/]")


def _summary(console: Console, judgement: Judgement) -> None:
    count = Counter(v.status for v in judgement.verdicts)
    told = [
        f"{count[status]} {status}" for status in ("held", "violated", "advised", "known", "undecided") if count[status]
    ]
    console.print(f"  {len(judgement.verdicts)} clauses: " + ", ".join(told), end="")
    for status in ("not judged", "not applicable"):
        reasons = Counter(v.reason for v in judgement.having(status))
        if reasons:
            told = [f"{n} {escape(_short(reason))}" for reason, n in reasons.most_common(4)]
            console.print(
                f"; {count[status]} {status} ({'; '.join(told)}{'; ...' if len(reasons) > 4 else ''})", end=""
            )
    console.print()


def _short(reason: str) -> str:
    return reason if len(reason) <= 90 else reason[:87] + "..."
