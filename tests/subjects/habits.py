"""What tests of right programs and of their wrong twins have in common."""

from types import ModuleType

from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_spec import Array


def judged(kind: type[object] | ModuleType, hints: Hints | None = None) -> Judgement:
    """The class, judged on the fixed cases."""
    return judge(load(kind, hints or Hints()), examples=0)


def conforms(kind: type[object], *sentences: str) -> None:
    """It conforms, and what was recognised is said so."""
    judgement = judged(kind)
    found = [(v.clause.slug, v.reason) for v in (*judgement.roots, *judgement.unsettled)]
    assert judgement.outcome == "conforms", found
    for sentence in sentences:
        assert sentence in judgement.subject.assumed


def roots(kind: type[object]) -> set[str]:
    """The clauses that it is accused of, causes and not consequences."""
    judgement = judged(kind)
    assert judgement.outcome == "violates", judgement.subject.assumed
    return {verdict.clause.slug for verdict in judgement.roots}


Arrays = list[Array]
