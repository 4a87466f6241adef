"""The short form of the long run over counterexamples."""

import sys
from pathlib import Path

import numpy as np
import pytest
from tests.long import counterexamples
from tests.long.counterexamples import SHORT, chosen, main, missed, table

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Violation
from backproof.registry import Property


def test_the_counterexamples_of_a_sample_of_the_catalogue_are_minimal() -> None:
    faults = chosen(SHORT)
    assert len(faults) == len(SHORT)
    assert missed(dict(table(faults))) == []


def test_the_run_covers_the_whole_catalogue() -> None:
    assert len(chosen(())) >= 237


def test_the_run_notices_what_is_not_made_smaller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def kept(found: Property, asked: Asked, case: Case, violation: Violation) -> tuple[Case, Violation]:
        return case, violation

    monkeypatch.setattr(counterexamples, "reduced", kept)
    monkeypatch.setattr(sys, "argv", ["counterexamples.py", "--faults", "hidden-delta-weights-reshaped"])
    assert main() == 1
    said = capsys.readouterr().out
    assert "NOT MINIMAL" in said and "grad-hidden-delta fails as well on " in said and "more than 10 parameters" in said


def test_what_was_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, faults = tmp_path / "state.jsonl", chosen(["output-delta-lacks-derivative"])
    first = dict(table(faults, state))
    monkeypatch.setattr(counterexamples, "counterexamples", lambda target: pytest.fail(target))
    again = dict(table(faults, state))
    assert again == first and np.all([one.parameters <= 4 for shown in again.values() for one in shown])
