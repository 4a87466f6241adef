"""The field report: what was judged of each package, what it violates, and why that is a bug, a choice or a limit."""

import re
from collections.abc import Iterator

from backproof.diagnosis.diagnose import Diagnosis
from backproof.replay import token
from backproof.report import diagnosed, words
from backproof.report.layout import ascii_only
from backproof.runner import STATUSES, Judgement, Verdict
from backproof.subjects.subject import Hints
from backproof_spec.catalogue import Argued, Judged

HEAD = """\
# Field report

What `backproof field` found in packages that people use; it writes this page, and nobody edits it. Each section says what
was run, so that anybody can run it again. Every clause that is violated stands with the smallest network found for it, and
with an argument: a **clear bug** contradicts what the package itself says or computes elsewhere; a **documented choice** is
one that its documentation tells; a **limit** is where its numbers end. Each is confirmed by a script of a few lines, in
`impl/backproof_impl/field/confirmations`, that uses that package alone, in Python also numpy.
"""
SECTION = re.compile(r"^## (\S+).*$", re.MULTILINE)
NOT_RUN = re.compile(r"^Not run .*\n\n", re.MULTILINE)
WIDE, LONG = 110, 400  # columns of a diagnosis; characters of a replay that are worth a page


def sections(page: str) -> dict[str, str]:
    """The sections of an earlier report, by the name of the package."""
    begun = list(SECTION.finditer(page))
    ends = [found.start() for found in begun[1:]] + [len(page)]
    return {found[1]: page[found.start() : end].rstrip() + "\n" for found, end in zip(begun, ends, strict=True)}


def kept(package: Judged, why: str, earlier: str | None) -> str:
    """The earlier section, with the reason why there is no new one."""
    head, _, body = (earlier or f"## {package.name}\n").partition("\n")
    return f"{head}\n\nNot run this time: {ascii_only(why)}.\n\n{NOT_RUN.sub('', body.lstrip())}".rstrip() + "\n"


def section(package: Judged, judgement: Judgement, found: Diagnosis | None, command: str) -> str:
    """All that is said of one package."""
    return "\n".join(_lines(package, judgement, found, command)).rstrip() + "\n"


def unargued(package: Judged, judgement: Judgement) -> list[str]:
    """Clauses that are violated, and of which nobody has said why."""
    return [v.clause.slug for v in judgement.having("violated") if _argued(package, v) is None]


def _argued(package: Judged, verdict: Verdict) -> Argued | None:
    """Its own argument, or that of the clause from which the violation follows."""
    return package.argued.get(verdict.clause.slug) or package.argued.get(verdict.under or "")


def _lines(package: Judged, judgement: Judgement, found: Diagnosis | None, command: str) -> Iterator[str]:
    claims = judgement.subject.claims
    yield f"## {package.name} {claims.version}".rstrip()
    yield from ("", f"`{' && '.join(filter(None, (package.install, command)))}`: {words.outcome(judgement)}.", "")
    for label, told in words.claims(claims):
        yield f"- {label}: {told}"
    counts = ((status, len(judgement.having(status))) for status in STATUSES)
    yield f"- clauses: {', '.join(f'{number} {status}' for status, number in counts if number)}"
    for note in package.notes:
        yield f"- note: {note}"
    if found is not None:
        yield from ("", "```", *(line.text for line in diagnosed.lines(found, WIDE)), "```")
    told_at = dict[Argued | None, str]()
    for verdict in judgement.having("violated"):
        first = told_at.setdefault(_argued(package, verdict), verdict.clause.slug)
        yield from ("", *_violated(package, judgement, verdict, first))
    yield from _rest(package, judgement)


def _runs(script: str) -> str:
    """The command for a confirmation, in whatever language."""
    path = f"impl/backproof_impl/field/confirmations/{script}"
    by_suffix = {"c": f"cc -o confirm {path} -lfann -lm && ./confirm", "mjs": f"node {path}", "R": f"Rscript {path}"}
    return by_suffix.get(script.rpartition(".")[2], f"python {path}")


def _violated(package: Judged, judgement: Judgement, verdict: Verdict, first: str) -> Iterator[str]:
    """first: the clause that was violated by the same cause before, or this one."""
    told = _argued(package, verdict)
    yield f"### {package.name}: `{verdict.clause.slug}`, {told.kind if told else 'not yet argued'}"
    own = package.argued.get(verdict.clause.slug)
    yield from ("", f"{verdict.clause.title}: {ascii_only(verdict.reason)}.")
    follows = "" if own else f"Follows from `{verdict.under}`. "
    if told is not None and first != verdict.clause.slug:
        yield f"{follows}The cause is that of `{first}`, above."
    elif told is not None:
        yield follows + told.because
    if told is not None and told.confirmed and first == verdict.clause.slug:
        yield f"Confirmed by `{_runs(told.confirmed)}`."
    if verdict.finding is not None and (own or not told):
        word = token(judgement.subject.target, Hints(), verdict.finding.property, verdict.finding.case)
        yield from ("", "```", *words.case(verdict.finding.case))
        yield from (f"backproof replay {word}" if len(word) <= LONG else "its replay is long: see the JSON report", "```")


def _rest(package: Judged, judgement: Judgement) -> Iterator[str]:
    """What is advised, what stayed open and why, and what was argued but not seen."""
    for status in ("advised", "undecided", "not judged"):
        for verdict in judgement.having(status):
            yield from ("", f"`{verdict.clause.slug}` {status}: {ascii_only(verdict.reason)}.")
    apart = [v.clause.slug for v in judgement.having("not applicable")]
    if apart:
        yield from ("", f"Not applicable: {', '.join(apart)}.")
    unseen = [slug for slug in package.argued if slug not in {v.clause.slug for v in judgement.having("violated")}]
    if unseen:
        yield from ("", f"Argued, and not seen in this run: {', '.join(unseen)}.")
