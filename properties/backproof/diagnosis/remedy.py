"""The right equation in place of the wrong one: which it is, the fault's own values tell, or else its stage."""

from collections.abc import Iterable

from backproof.case import Case
from backproof.diagnosis.formula import right
from backproof.diagnosis.programs import made
from backproof.diagnosis.worked import Row, parting
from backproof.subjects.subject import Subject
from backproof_spec import Network
from backproof_spec.catalogue import KnownFault
from backproof_spec.composing import Part
from backproof_spec.vocabulary import LOSSES, known

OF_STAGE = {
    "targets": "targets", "forward": "z", "inputs": "z", "activation value": "a", "activation": "f'", "output": "y",
    "loss": "loss", "output delta": "delta", "batch": "delta", "hidden delta": "delta", "weight gradient": "dW",
    "bias gradient": "db", "penalty": "dW", "step": "step",
}  # fmt: skip
OF_ROWS_TOGETHER = frozenset({"batch", "hygiene"})  # what is wrong is which rows are taken, and not the forward pass
OF_ROW = {"z": "z", "a": "a", "y": "y", "loss": "loss", "delta": "delta", "dW": "dW", "db": "db", "W": "step", "b": "step"}


def equation(subject: Subject, part: Part, fault: KnownFault, cases: Iterable[Case]) -> str:
    """One line in the subject's own names; nothing where the fault is not in an equation."""
    points = [case for case in cases if case.net.loss.name in LOSSES and all(map(known, case.net.activations))]
    if not points:
        return ""
    rule = next((name for name in ("momentum", "nesterov", "rmsprop", "adam") if fault.breaks == f"rule-{name}"), None)
    if rule is not None:
        return _line(subject, rule, None, points[0].net)
    at, row = _parted(subject, part, points)
    if row is not None and OF_ROW[row.quantity] == "step" and fault.stage not in OF_STAGE:
        return ""  # the step only shows it
    if at is not None and row is not None and not (fault.stage in OF_ROWS_TOGETHER and row.quantity in ("z", "a", "y")):
        return _line(subject, OF_ROW[row.quantity], row.layer, at.net)
    return of_stage(subject, fault.stage, None, max((point.net for point in points), key=lambda net: net.depth))


def of_stage(subject: Subject, stage: str, l: int | None, net: Network) -> str:
    """The right equation of a stage; nothing where the stage has none, or the specification does not know the network."""
    if stage not in OF_STAGE or net.loss.name not in LOSSES or not all(map(known, net.activations)):
        return ""
    if stage == "hidden delta" and l is None:
        l = net.depth - 1
    return _line(subject, OF_STAGE[stage], None if l is None else min(l, net.depth), net) if l != 0 else ""


def _parted(subject: Subject, part: Part, cases: list[Case]) -> tuple[Case | None, Row | None]:
    """The first case on which the fault alone goes wrong, and the first value that does."""
    build = made((part,))
    for case in cases:
        row = None if build is None else parting(subject, build, case)
        if row is not None:
            return case, row
    return None, None


def _line(subject: Subject, quantity: str, l: int | None, net: Network) -> str:
    return right(quantity, l, net, subject.manner)
