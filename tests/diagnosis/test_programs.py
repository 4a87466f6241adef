"""The programs that a subject is held against: which of them a kept object's earlier calls can change."""

import numpy as np

from backproof.case import Case
from backproof.diagnosis.narrow import everything
from backproof.diagnosis.probes import KEPT, case
from backproof.diagnosis.programs import Programs, has_a_past, known
from backproof.diagnosis.questions import Question, turns
from backproof.pool import network
from backproof.subjects.loading import load
from backproof_impl.reference import Reference
from backproof_spec import Rule
from backproof_spec.composing import Part

PROGRAMS = Programs(load(Reference))


def points() -> list[Case]:
    """One for each family of what the catalogue can be asked."""
    sizes = KEPT.inputs, *KEPT.hidden, KEPT.outputs
    return [case(network(family, sizes, 0), KEPT, number, everything()) for number, family in enumerate(everything().families)]


def answers(part: Part, asked: list[Question]) -> list[tuple[str, bytes]]:
    """What an object with the fault, asked these in turn, answers to the last: to the bit."""
    suspect = PROGRAMS.seen((part,))
    assert suspect is not None
    last = [question.put(suspect) for question in asked][-1]
    return [(one.name, np.asarray(one.value).tobytes()) for one in last]


def depends_on_its_past(part: Part) -> bool:
    """Whether it answers a turn otherwise than an object that had none before."""
    asked = [list(turns(point, Rule(0.25))) for point in points()]
    return any(answers(part, some[: k + 1]) != answers(part, [some[k]]) for some in asked for k in range(1, len(some)))


def answers_by_chance(part: Part) -> bool:
    """Whether it answers otherwise every time."""
    asked = [next(turns(point, Rule(0.25))) for point in points()]
    return any(answers(part, [one]) != answers(part, [one]) for one in asked)


def test_faults_that_say_so_and_no_others_depend_on_what_was_asked_before() -> None:
    parts = [part for part in map(Part, known()) if not answers_by_chance(part)]
    assert {str(part) for part in parts if depends_on_its_past(part)} == {str(part) for part in parts if has_a_past((part,))}
    assert len(parts) > len(known()) - 10
