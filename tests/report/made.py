"""Judgements made by hand: every status, without a run."""

from dataclasses import replace

import numpy as np

from backproof.case import Case
from backproof.must import Place, Violation
from backproof.reach import Reach
from backproof.runner import Finding, Judgement, Verdict
from backproof.subjects.subject import Subject
from backproof_impl.reference import Reference
from backproof_spec import Activation, Layer, Loss, Network
from backproof_spec.clauses import clauses

NET = Network((1, 1), (Activation("tanh"),), Loss("squared_error"))
CASE = Case(NET, (Layer(np.array([[0.5]]), np.array([0.0])),), np.array([[1.0]]), np.array([[0.25]]), "by hand")


def subject(*assumed: str) -> Subject:
    """The reference, under the name of a file; nobody will ask it anything."""
    from backproof.subjects.loading import load

    return replace(load(Reference), target="net.py:Net", assumed=assumed)


def finding(message: str, case: Case = CASE, got: float = float("nan")) -> Finding:
    """A violation in the first weight."""
    place = Place("dW", 1, (0, 0))
    return Finding("a_property", Violation(message, place, got, 0.5, 1e-12), case)


def judgement(*special: Verdict, assumed: tuple[str, ...] = ()) -> Judgement:
    """Everything held, but what is special."""
    other = {verdict.clause.slug: verdict for verdict in special}
    held = (Verdict(clause, "held", cases=3, properties=("a_property",)) for clause in clauses().values())
    return Judgement(subject(*assumed), 0, tuple(other.get(v.clause.slug, v) for v in held), Reach(1, 8, 6))


def verdict(slug: str, status: str, reason: str = "because", **more: object) -> Verdict:
    """The verdict on one clause."""
    return replace(Verdict(clauses()[slug], "held", reason), status=status, **more)  # type: ignore[arg-type] # tests name any


def violated(slug: str, message: str = "dW1[0, 0] is nan, should be 0.5", under: str | None = None) -> Verdict:
    """A violation with its finding."""
    return verdict(slug, "violated", message, finding=finding(message), under=under, cases=2)
