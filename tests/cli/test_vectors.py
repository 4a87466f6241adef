"""backproof vectors: the files are written as they ship, or worked out for float32; and listed."""

import json
import os
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backproof.vectors.document import schema
from backproof.vectors.made import shipped

from .running import run

Capture = pytest.CaptureFixture[str]


def test_the_files_are_written_as_they_ship(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "vectors", str(tmp_path / "deep" / "vectors"))
    told = f"wrote {len(shipped()) - 1} vectors and FLAGS.md to {tmp_path / 'deep' / 'vectors'}; how to use them: "
    assert (ran.status, ran.err, ran.out) == (0, "", told + "backproof spec vectors\n")
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "deep" / "vectors").iterdir()} == shipped()


def test_without_a_folder_they_are_written_to_one_of_their_own_name(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "vectors").status == 0
    assert os.listdir(tmp_path) == ["vectors"] and len(os.listdir("vectors")) == len(shipped())


def test_for_float32_bounds_and_flags_are_others_and_values_the_same(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "vectors", str(tmp_path), "--dtype", "float32")
    assert ran.status == 0 and ran.err == "backproof: working out bounds and flags in float32\n"
    assert {path.name for path in tmp_path.iterdir()} == set(shipped())
    there, here = json.loads((tmp_path / "sigmoid.json").read_text()), json.loads(shipped()["sigmoid.json"])
    Draft202012Validator(schema()).validate(there)
    assert there["dtype"] == "float32" and there["parameters"] == here["parameters"]
    assert there["expected"]["loss"]["value"] == pytest.approx(here["expected"]["loss"]["value"], rel=1e-15)
    assert there["expected"]["loss"]["bound"] > 1e8 * here["expected"]["loss"]["bound"]
    assert set(here["flags"]) - set(there["flags"]) == {"single-precision-inside", "answers-demoted"}


def test_the_list_names_each_file_with_what_it_is_there_for(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "vectors", str(tmp_path), "--list")
    assert ran.status == 0 and list(tmp_path.iterdir()) == []
    assert [line.split()[0] for line in ran.out.splitlines()] == [name for name in shipped() if name.endswith(".json")]
    assert re.search(r"^sigmoid\.json +1\d\d flags  Logistic units throughout\.$", ran.out, re.M)


def test_what_cannot_be_written_is_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in ("file", "file/below"):
        ran = run(capsys, "vectors", str(tmp_path / folder))
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("backproof: the vectors cannot be written to ") and len(ran.err.splitlines()) == 1


def test_another_format_is_refused(capsys: Capture) -> None:
    ran = run(capsys, "vectors", "--dtype", "float16")
    assert ran.status == 2 and "--dtype: there is no float16" in ran.err
