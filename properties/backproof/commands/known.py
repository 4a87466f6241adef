"""Expected violations as a file: a JSON object of slug: reason."""

from backproof.commands.files import dumped, read_json
from backproof.commands.files import write as write_file
from backproof.runner import Judgement
from backproof.subjects.errors import Unusable
from backproof_spec.clauses import UnknownClause, clause

NOUN, SHAPE = "known violations", "an object of slug: reason"


def read(path: str | None) -> dict[str, str]:
    """The expected violations, every slug a clause's; none without a file."""
    return {} if path is None else checked(read_json(path, NOUN, SHAPE), path)


def checked(given: object, source: str) -> dict[str, str]:
    """The same object, if it names clauses and gives reasons."""
    if not isinstance(given, dict) or not all(isinstance(reason, str) and reason for reason in given.values()):
        raise Unusable(f"{source} should hold {SHAPE}, each reason a sentence")
    for slug in given:
        try:
            clause(slug)
        except UnknownClause as unknown:
            raise Unusable(f"{source}: {unknown}") from None
    return given


def write(path: str, judgements: list[Judgement]) -> None:
    """What is violated now, to be reviewed and given reasons."""
    found = {
        v.clause.slug: v.reason for j in judgements for v in j.verdicts
        if v.status == "known" or (v.status == "violated" and v.finding is not None)
    }  # fmt: skip
    write_file(path, NOUN, dumped(dict(found)))
