"""What a suite without one of its properties says, on a table that is easily read, and on one fault of the catalogue."""

import json
from pathlib import Path

import pytest
from tests.long import weakened
from tests.long.weakened import Seen, missed, rows, seen, told, uncaught

from backproof.registry import properties
from backproof.selftest import FAULTS, offered
from backproof_spec.catalogue import KnownFault

FORWARD, ROWS, ALONE, LOSS = (
    "layers_compose_in_order", "a_row_does_not_see_the_other_rows", "zero_weights_leave_the_bias",
    "a_delta_of_y_minus_t_belongs_to_the_matching_loss",
)  # fmt: skip
TABLE = [
    Seen("one", "forward-bias", (ALONE,)),
    Seen("two", "forward-rows", (FORWARD, ROWS)),
    Seen("three", "forward-layers", (FORWARD, ROWS)),
    Seen("four", "loss-matching", (LOSS,)),
    Seen("five", "loss-value", (LOSS,)),
]


def test_a_property_is_missed_by_the_faults_that_only_it_catches() -> None:
    of = {one.name: one for one in missed(TABLE)}
    assert of[ALONE].caught_by_nobody == ("one",) and of[ALONE].fails == 1
    assert of[ROWS].caught_elsewhere == ("two",) and not of[ROWS].caught_by_nobody
    assert of[FORWARD].caught_elsewhere == ("three",) and of[FORWARD].fails == 2
    assert sum(one.nobody_misses_it for one in of.values()) == len(properties()) - 4


def test_a_fault_that_only_the_advice_of_another_clause_notices_is_caught_by_nobody() -> None:
    assert uncaught(TABLE) == ["five"]


def test_the_report_names_what_would_be_lost_and_what_is_idle() -> None:
    said = "\n".join(told(TABLE))
    assert f"without {ALONE} (forward-bias, fails on 1)\n    caught by nobody: one" in said
    assert "properties that no fault would miss:" in said and f"    {FORWARD} (" not in said


def test_a_fault_is_put_to_every_property_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = next(one for one in offered(FAULTS, KnownFault) if one.name == "hidden-delta-lacks-derivative")
    cheap = [one for one in properties() if one.slug in ("grad-hidden-delta", "grad-value", "forward-layers")]
    monkeypatch.setattr(weakened, "properties", lambda: tuple(cheap))
    row = seen(fault, examples=0)
    assert row.breaks == "grad-hidden-delta" and {one.slug for one in cheap if one.name in row.failing} == {
        "grad-hidden-delta", "grad-value",
    }  # fmt: skip
    state = tmp_path / "state.jsonl"
    state.write_text(json.dumps({"fault": fault.name, "breaks": fault.breaks, "failing": ["from the file"]}) + "\n")
    assert [one.failing for one in rows([fault], 0, 1, state)] == [("from the file",)]
