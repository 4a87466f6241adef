"""Expected violations as a file: a JSON object of slug: reason."""

import json
from pathlib import Path

from backproof.runner import Judgement
from backproof.subjects.errors import Unusable
from backproof_spec.clauses import UnknownClause, clause


def read(path: str | None) -> dict[str, str]:
    """The expected violations, every slug a clause's; none without a file."""
    if path is None:
        return {}
    try:
        given = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as trouble:
        raise Unusable(f"the known violations cannot be read from {path}: {trouble.strerror}") from None
    except ValueError as trouble:
        raise Unusable(f"{path} is not JSON ({trouble}); it should be an object of slug: reason") from None
    return checked(given, path)


def checked(given: object, source: str) -> dict[str, str]:
    """The same object, if it names clauses and gives reasons."""
    if not isinstance(given, dict) or not all(isinstance(reason, str) and reason for reason in given.values()):
        raise Unusable(f"{source} should hold an object of slug: reason, each reason a sentence")
    for slug in given:
        try:
            clause(slug)
        except UnknownClause as unknown:
            raise Unusable(f"{source}: {unknown}") from None
    return given


def write(path: str, judgements: list[Judgement]) -> None:
    """What is violated now, to be reviewed and given reasons."""
    found = {v.clause.slug: v.reason for j in judgements for v in j.verdicts if v.status in ("violated", "known")}
    try:
        Path(path).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"the known violations cannot be written to {path}: {trouble.strerror}") from None
