"""Programs judged as if they offered outputs, loss and gradient, and little else: half the questions, and the same equations.

Each is judged anew: a program that remembers what it was asked is not to be diagnosed twice.
"""

from dataclasses import replace

from tests.diagnosis.judged import FAMILY, narrowed

from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof_impl.faults.composed import composed
from backproof_impl.reference import Reference
from backproof_spec import Family, Operation
from backproof_spec.composing import Part

GRADIENT: frozenset[Operation] = frozenset({"forward", "loss", "gradient"})


def offering(program: type[Reference], *more: Operation, family: Family = FAMILY) -> Judgement:
    """What the judge makes of the program, were it a class of that family that offers these, and more."""
    subject = load(program)
    operations = subject.claims.operations & (GRADIENT | set(more))
    claims = replace(subject.claims, families=(family,), operations=operations)
    return judge(replace(subject, claims=claims), 0, 0, shrink=False, thin=True)


def with_faults(*names: str, more: tuple[Operation, ...] = (), family: Family = FAMILY) -> Judgement:
    """The same of a program with these faults of the catalogue."""
    return offering(narrowed(composed(tuple(map(Part, names)))), *more, family=family)
