"""The report as a document: stable keys, byte for byte the same for the same subject, seed and version."""

from collections.abc import Sequence
from importlib.metadata import version
from itertools import zip_longest

from backproof.diagnosis.diagnose import Diagnosis
from backproof.must import Place
from backproof.replay import token
from backproof.report import diagnosed
from backproof.report.plain import Json, case_as_json, plain
from backproof.runner import STATUSES, Finding, Judgement, Verdict
from backproof.subjects.subject import Hints

NO_FINDING: dict[str, Json] = dict.fromkeys(
    ("property", "message", "where", "got", "want", "bound", "counterexample", "replay")
)


def document(
    judgements: list[Judgement], hints: Hints, seed: int = 0, unusable: dict[str, str] | None = None,
    diagnoses: Sequence[Diagnosis | None] = (),
) -> dict[str, Json]:
    """All subjects of a run, each with its diagnosis; `unusable` says of the others why there was nothing to judge."""
    pairs = zip_longest(judgements, diagnoses[: len(judgements)])
    return {
        "backproof": version("backproof"), "seed": seed, "subjects": [_subject(j, hints, found) for j, found in pairs],
        "unusable": [{"target": target, "reason": reason} for target, reason in (unusable or {}).items()],
    }  # fmt: skip


def _subject(judgement: Judgement, hints: Hints, found: Diagnosis | None) -> Json:
    subject = judgement.subject
    summary: dict[str, Json] = {status.replace(" ", "_"): len(judgement.having(status)) for status in STATUSES}
    return {
        "target": subject.target, "claims": plain(subject.claims), "assumed": list(subject.assumed),
        "scope": judgement.scope, "reach": plain(judgement.reach), "verdict": judgement.outcome, "summary": summary,
        "diagnosis": diagnosed.document(found),
        "clauses": [_clause(judgement, verdict, hints) for verdict in judgement.verdicts],
    }  # fmt: skip


def _clause(judgement: Judgement, verdict: Verdict, hints: Hints) -> Json:
    found = NO_FINDING if verdict.finding is None else _finding(judgement.subject.target, verdict.finding, hints)
    told: dict[str, Json] = {
        "slug": verdict.clause.slug, "level": verdict.clause.level, "verdict": verdict.status,
        "reason": verdict.reason or None, "under": verdict.under, "cases": verdict.cases,
        "properties": list(verdict.properties),
    }  # fmt: skip
    return told | found


def _finding(target: str, finding: Finding, hints: Hints) -> dict[str, Json]:
    said = finding.violation
    return {
        "property": finding.property, "message": said.message, "where": _where(said.place),
        "got": plain(said.got), "want": plain(said.want), "bound": plain(said.bound),
        "counterexample": case_as_json(finding.case),
        "replay": f"backproof replay {token(target, hints, finding.property, finding.case)}",
    }  # fmt: skip


def _where(place: Place | None) -> Json:
    return None if place is None else {
        "quantity": place.quantity, "layer": place.layer, "index": list(place.index)}  # fmt: skip
