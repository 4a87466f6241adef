"""Faults are found together, among those that can be meant; and the search ends."""

import pytest
from tests.diagnosis.judged import narrowed
from tests.diagnosis.offering import offering

from backproof.diagnosis import probes, search
from backproof.diagnosis.programs import Programs
from backproof.diagnosis.questions import BACKWARD, KEPT
from backproof.diagnosis.table import Table
from backproof_impl.faults.composed import composed
from backproof_spec.composing import Part

TWO = (Part("weight-gradient-from-preactivation"), Part("bias-gradient-wrong-sign"))


def asked(parts: tuple[Part, ...]) -> Table:
    """What a program with these faults answers to the cases by which faults are found."""
    judgement = offering(narrowed(composed(parts)))
    return Table.of(Programs(judgement.subject), probes.chosen(judgement))


def test_what_is_wrong_with_a_kept_object_only_is_looked_for_among_faults_with_a_past() -> None:
    suspects = search.Suspects(asked(TWO))
    looked_for = {part.fault for part in suspects.at((KEPT, 2, 1, 0))}
    assert "gradients-never-cleared" in looked_for and "bias-gradient-wrong-sign" not in looked_for


def test_two_faults_are_found_in_fewer_answers_than_the_search_may_ask_for() -> None:
    table = asked(TWO)
    assert TWO in search.together(table) or TWO[::-1] in search.together(table)
    assert table.evaluations < search.EVALUATIONS


@pytest.mark.parametrize("most", [30, 100, 400])
def test_the_search_ends_when_it_has_asked_for_enough_answers(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    table = asked(TWO)
    monkeypatch.setattr(search, "EVALUATIONS", most)
    monkeypatch.setattr(search, "ENOUGH", -1)
    monkeypatch.setattr(Programs, "confined", lambda _: ())
    assert search.together(table) == []
    assert table.evaluations < most + 4 * len(table.asked)  # those of the suspect at hand, and what they are held against


def test_suspects_are_sorted_no_further_than_answers_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "EVALUATIONS", 100)
    suspects = search.Suspects(asked(TWO))
    begun = suspects.evaluations
    suspects.at((BACKWARD, 0, 0))
    assert suspects.evaluations < begun + 100 + len(asked(TWO).asked)
