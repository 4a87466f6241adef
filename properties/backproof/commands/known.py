"""Expected violations as a file: under each target the clauses that it is known to violate, each with its reason.

The file is TOML, since people edit it by hand: reasons want comments beside them, and a comma too many breaks nothing.
"""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from backproof.commands.files import read_toml
from backproof.commands.files import write as write_file
from backproof.report.layout import ascii_only
from backproof.runner import Judgement, Verdict
from backproof.subjects.errors import Unusable
from backproof_spec.clauses import UnknownClause, clause

NOUN, SHAPE = "known violations", 'a table for each target, ["net.py:Net"], of lines slug = "reason"'
HEAD = """\
# Known violations, for backproof check --known. Under each target: slug = "reason", or
# slug = { reason = "...", link = "https://..." }. One that is gone fails the check.
"""


class Known(NamedTuple):
    """Why a clause is expected to be violated, and where that is written."""

    reason: str
    link: str = ""

    def __str__(self) -> str:
        return f"{self.reason} ({self.link})" if self.link else self.reason


Expected: TypeAlias = dict[str, dict[str, Known]]  # by target and slug


def read(path: str | None) -> Expected:
    """The expected violations; none without a file. Raises Unusable, with one sentence."""
    return {} if path is None else checked(read_toml(path, NOUN, SHAPE), path)


def checked(given: Mapping[str, object], source: str) -> Expected:
    """The same, if it names clauses and gives reasons. Raises Unusable."""
    found: Expected = {}
    for target, told in given.items():
        if not isinstance(told, dict):
            raise Unusable(f"{source}: {target} should be a target; the file should hold {SHAPE}")
        found[target] = {slug: _known(slug, said, f"{source}, {target}") for slug, said in told.items()}
    return found


def _known(slug: str, said: object, where: str) -> Known:
    try:
        clause(slug)
    except UnknownClause as unknown:
        raise Unusable(f"{where}: {unknown}") from None
    told = {"reason": said} if isinstance(said, str) else said
    if not isinstance(told, dict) or not told.get("reason") or not all(isinstance(one, str) for one in told.values()):
        raise Unusable(f'{where}: {slug} should be given a reason, as in {slug} = "to be mended"')
    for name in told:
        if name not in Known._fields:
            raise Unusable(f"{where}: {slug} has a {name}, but there are only {' and '.join(Known._fields)}")
    return Known(**told)


def write(path: str, judgements: list[Judgement], expected: Expected) -> None:
    """What is violated now, to be reviewed and given reasons; what is said of other targets stays."""
    found = expected | {j.subject.target: _violated(j, expected.get(j.subject.target, {})) for j in judgements}
    write_file(path, NOUN, HEAD + "".join(_table(target, told) for target, told in found.items() if told))


def _violated(judgement: Judgement, before: Mapping[str, Known]) -> dict[str, Known]:
    return {v.clause.slug: before.get(v.clause.slug, Known(ascii_only(v.reason))) for v in judgement.verdicts if _stands(v)}


def _stands(verdict: Verdict) -> bool:
    """Whether the clause is violated: a known one that holds is a violation too, and found nothing."""
    return verdict.status == "known" or (verdict.status == "violated" and verdict.finding is not None)


def _table(target: str, told: Mapping[str, Known]) -> str:
    return "\n".join(["", f"[{_quoted(target)}]", *_lines(told), ""])


def _lines(told: Mapping[str, Known]) -> Iterator[str]:
    for slug, (reason, link) in told.items():
        said = _quoted(reason)
        yield f"{slug} = {{ reason = {said}, link = {_quoted(link)} }}" if link else f"{slug} = {said}"


def _quoted(text: str) -> str:
    """A basic string of TOML: that of JSON, but for one character that has to be escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
