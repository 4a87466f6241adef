"""The report as a document: stable keys, byte for byte the same for the same subject, seed and version."""

from importlib.metadata import version

from backproof.replay import token
from backproof.report.plain import Json, case_as_json, plain
from backproof.runner import STATUSES, Judgement, Verdict
from backproof.subjects.subject import Hints
from backproof_spec import Claims


def document(judgements: list[Judgement], hints: Hints) -> Json:
    """All subjects of a run."""
    seed = judgements[0].seed if judgements else 0
    return {"backproof": version("backproof"), "seed": seed, "subjects": [_subject(j, hints) for j in judgements]}


def _claims(claims: Claims) -> Json:
    return plain(claims)


def _subject(judgement: Judgement, hints: Hints) -> Json:
    subject = judgement.subject
    summary: dict[str, Json] = {status.replace(" ", "_"): len(judgement.having(status)) for status in STATUSES}
    return {
        "target": subject.target, "claims": _claims(subject.claims), "assumed": list(subject.assumed),
        "scope": judgement.scope, "verdict": judgement.outcome, "summary": summary, "diagnosis": [],
        "clauses": [_clause(judgement, verdict, hints) for verdict in judgement.verdicts],
    }  # fmt: skip


def _clause(judgement: Judgement, verdict: Verdict, hints: Hints) -> Json:
    base: dict[str, Json] = {
        "slug": verdict.clause.slug, "level": verdict.clause.level, "verdict": verdict.status,
        "reason": verdict.reason or None, "under": verdict.under, "cases": verdict.cases,
        "properties": list(verdict.properties),
    }  # fmt: skip
    finding = verdict.finding
    if finding is None:
        return base
    said, place = finding.violation, finding.violation.place
    return base | {
        "property": finding.property, "message": said.message,
        "where": None if place is None else {
            "quantity": place.quantity, "layer": place.layer, "index": list(place.index)},
        "got": plain(said.got), "want": plain(said.want), "bound": plain(said.bound),
        "counterexample": case_as_json(finding.case),
        "replay": f"backproof replay {token(judgement.subject.target, hints, finding.property, finding.case)}",
    }  # fmt: skip
