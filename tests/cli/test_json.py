"""backproof check --json: one document, and nothing else where it goes to standard output."""

import json
from pathlib import Path

import pytest

from .running import QUICK, run, sin, spawned

Capture = pytest.CaptureFixture[str]


def test_on_standard_output_there_is_only_json(capsys: Capture) -> None:
    ran = run(capsys, "check", *QUICK, "--json", "-", sin("Talks"), sin("ConstructorRaises"))
    report = json.loads(ran.out)
    assert ran.status == 2
    assert [subject["target"] for subject in report["subjects"]] == [sin("Talks")]
    assert [one["target"] for one in report["unusable"]] == [sin("ConstructorRaises")]
    assert "no licence" in report["unusable"][0]["reason"]
    assert "CONFORMS" in ran.err


def test_a_child_process_keeps_standard_output_clean_too() -> None:
    ran = spawned("check", "--examples", "0", "--json", "-", sin("Talks"))
    assert ran.status == 0
    assert json.loads(ran.out)["subjects"][0]["verdict"] == "conforms"


def test_a_file_gets_the_same_document_and_the_text_still_appears(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    ran = run(capsys, "check", *QUICK, "--json", str(path), "--seed", "5", sin("Small"))
    assert ran.out.startswith("CONFORMS") and json.loads(path.read_text())["seed"] == 5
    assert run(capsys, "check", *QUICK, "--json", "-", "--seed", "5", sin("Small")).out == path.read_text()


def test_two_runs_give_the_same_bytes() -> None:
    runs = [spawned("check", "--examples", "2", "--json", "-", sin("Forgets")) for _ in range(2)]
    assert [(ran.status, ran.err.splitlines()[0][:8]) for ran in runs] == [(1, "VIOLATES")] * 2
    assert runs[0].out == runs[1].out


def test_in_this_process_and_in_a_child_the_document_is_the_same(capsys: Capture) -> None:
    here = run(capsys, "check", *QUICK, "--json", "-", sin("ChangesArguments")).out
    assert run(capsys, "check", "--examples", "0", "--json", "-", sin("ChangesArguments")).out == here


def test_a_write_that_fails_after_all_is_one_sentence(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    ran = run(capsys, "check", *QUICK, "--json", str(tmp_path / "report.json"), sin("Small"))
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "the report cannot be written to" in ran.err and "No space left on device" in ran.err
