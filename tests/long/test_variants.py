"""The short form of the long run over right programs."""

import json
import os
import sys
from pathlib import Path

import pytest
from tests.long import variants
from tests.long.variants import Run, all_done, documents, judged, main, programs, runs

from backproof.runner import SMOKE
from backproof_impl.variants import entries

WRONG = "backproof_impl.faults.hidden_delta:HiddenDeltaLacksDerivative"
Capture = pytest.CaptureFixture[str]


def test_no_right_program_is_accused() -> None:
    """The boundary grid alone, of every variant; the long run draws cases, and `seeds` has the programs of the gallery."""
    names = {one.name for one in entries()}
    found = list(judged([Run(*one, 1000, 0) for one in programs() if one[0] in names], os.cpu_count() or 1))
    assert [sentence for one in found for sentence in variants.accusations(one)] == []
    assert len(found) == len(entries()) == len(programs()) - 5


def test_five_judgements_give_one_document() -> None:
    assert len(documents("backproof_impl.variants.ordinary.layouts:NoBias", 0, SMOKE, 5, 2)) == 1


def test_the_run_goes_seed_by_seed_and_begins_with_the_smoke_setting() -> None:
    order = [(run.name, run.seed, run.examples) for run in runs([("a", "a:A"), ("b", "b:B")], 2, 1)]
    smoke, full = [("a", 0, 10), ("b", 0, 10), ("a", 1, 10), ("b", 1, 10)], [("a", 0, 100), ("b", 0, 100)]
    assert order == smoke + full
    assert [name for name, _ in programs(["columns", "or_gate:Mended"])] == ["columns", "or_gate:Mended"]


def test_the_run_notices_a_wrong_program(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    monkeypatch.setattr(variants, "programs", lambda names: [("wrong", WRONG)])
    monkeypatch.setattr(variants, "SMOKE", 0)
    state = tmp_path / "state.jsonl"
    monkeypatch.setattr(sys, "argv", ["variants.py", "--smoke", "1", "--full", "0", "--processes", "1", "--state", str(state)])
    assert main() == 1
    said = capsys.readouterr().out
    assert "wrong, seed 0, 0 examples: violates: grad-hidden-delta violated: the delta of " in said
    assert said.endswith(" of work: 1 not clean\n")
    assert main() == 1 and capsys.readouterr().out == said  # from the state file
    assert len(state.read_text().splitlines()) == 1


def test_what_was_done_is_not_done_again_and_a_line_cut_off_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(variants, "verdict", lambda run: done(run, "conforms"))
    wanted, state = runs([("a", "a:A")], 3, 0), tmp_path / "state.jsonl"
    assert len(list(all_done(wanted, 1, state))) == 3
    lines = state.read_text().splitlines()
    state.write_text(lines[0].replace("conforms", "from the file") + "\n" + lines[1] + "\n" + lines[2][:20])
    assert [one["outcome"] for one in all_done(wanted, 1, state)] == ["from the file", "conforms", "conforms"]
    assert json.loads(state.read_text().splitlines()[-1])["seed"] == 2


def done(run: Run, outcome: str) -> variants.Done:
    return {"name": run.name, "seed": run.seed, "examples": run.examples, "outcome": outcome, "told": [], "seconds": 0.0}


def test_a_judge_that_breaks_down_is_told_of_too() -> None:
    (found,) = judged([Run("nobody", "no.such:Module", 0, 0)], 1)
    assert variants.accusations(found) == [
        "nobody, seed 0, 0 examples: broken: Unusable: there is no module no; a target is net.py:Net or package.module:Net"
    ]
    assert "nothing at the core was judged" in variants.accusations(done(Run("a", "a:A", 0, 0), "not judged"))[0]


def test_processes_judge_as_well() -> None:
    target = dict(programs(["no-bias"]))["no-bias"]
    assert [one["outcome"] for one in judged([Run("no-bias", target, seed, 0) for seed in (0, 1)], 2)] == ["conforms", "conforms"]


def test_documents_that_differ_are_told(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(variants, "documents", lambda *_: {"a", "b"})
    monkeypatch.setattr(sys, "argv", ["variants.py", "--repeat", "7"])
    assert main() == 1
    assert capsys.readouterr().out == "reference, seed 0, judged 7 times: 2 document(s)\n"


def test_digests_are_of_the_whole_document() -> None:
    target = "backproof_impl.variants.ordinary.layouts:NoBias"
    assert variants.digest(target, 0, 0) != variants.digest(target, 1, 0)
