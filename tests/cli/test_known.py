"""Known violations: a file of reasons, by target; what is on it passes, and what is gone from the program fails."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from backproof.diagnosis.diagnose import diagnose
from backproof.reduce import reduced

from .running import QUICK, Ran, run, sin

Capture = pytest.CaptureFixture[str]
CHANGES = "arguments-untouched"  # what ChangesArguments violates


def check(capsys: Capture, *arguments: str) -> Ran:
    return run(capsys, "check", *QUICK, *arguments)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return tmp_path / "known.toml"


def listing(path: Path, target: str, entry: str) -> str:
    """The file, with one entry for one target."""
    path.write_text(f"# to be reviewed\n[{json.dumps(target)}]\n{entry}\n")
    return str(path)


def test_known_violations_are_written_and_then_pass(capsys: Capture, known: Path) -> None:
    target = sin("ChangesArguments")
    assert check(capsys, "--write-known", str(known), target).status == 1
    written = tomllib.loads(known.read_text())
    assert list(written) == [target] and list(written[target]) == [CHANGES]
    assert written[target][CHANGES].startswith("forward changed x")
    ran = check(capsys, "--known", str(known), target)
    assert ran.status == 0
    assert f"known     {CHANGES} (MUST): forward changed x" in ran.out
    assert ", 1 known" in ran.out


def test_known_violations_with_consequences_pass_too(capsys: Capture, known: Path) -> None:
    assert check(capsys, "--write-known", str(known), sin("Forgets")).status == 1
    ran = check(capsys, "--known", str(known), sin("Forgets"))
    assert re.search(r"clauses: .*, \d+ known", ran.out) and not re.search(r"clauses: .*\d+ violated", ran.out)
    assert ran.status in (0, 2)  # what those clauses block stays not judged


def test_the_reason_and_its_link_are_told(capsys: Capture, known: Path, tmp_path: Path) -> None:
    entry = f'{CHANGES} = {{ reason = "to be mended", link = "https://example.org/1" }}'
    report = tmp_path / "report.json"
    target = sin("ChangesArguments")
    ran = check(capsys, "--known", listing(known, target, entry), "--json", str(report), target)
    assert ran.status == 0 and f"{CHANGES} (MUST): to be mended (https://example.org/1)" in ran.out
    (subject,) = json.loads(report.read_text())["subjects"]
    assert subject["summary"]["known"] == 1 and subject["summary"]["violated"] == 0
    (clause,) = [one for one in subject["clauses"] if one["verdict"] == "known"]
    assert (clause["slug"], clause["reason"]) == (CHANGES, "to be mended (https://example.org/1)")


def test_a_known_violation_does_not_excuse_another_one(capsys: Capture, known: Path) -> None:
    target = sin("AlwaysRaises")
    assert check(capsys, "--known", listing(known, target, f'{CHANGES} = "to be mended"'), target).status == 1


def test_what_is_known_of_one_target_does_not_excuse_another(capsys: Capture, known: Path) -> None:
    path = listing(known, sin("Small"), f'{CHANGES} = "to be mended"')
    assert check(capsys, "--known", path, sin("ChangesArguments")).status == 1


def test_a_known_violation_that_is_gone_fails_with_one_sentence(capsys: Capture, known: Path) -> None:
    ran = check(capsys, "--known", listing(known, sin("Small"), f'{CHANGES} = "to be mended"'), sin("Small"))
    assert ran.status == 1
    assert "expected to be violated (to be mended), but it holds" in ran.out
    assert "diagnosis" not in ran.out  # there is nothing wrong with the program


def test_what_is_gone_is_not_written_as_known_again(capsys: Capture, known: Path, tmp_path: Path) -> None:
    path, again = listing(known, sin("Small"), f'{CHANGES} = "to be mended"'), tmp_path / "again.toml"
    assert check(capsys, "--known", path, "--write-known", str(again), sin("Small")).status == 1
    assert tomllib.loads(again.read_text()) == {}


def test_reasons_links_and_other_targets_survive_being_written_again(capsys: Capture, known: Path) -> None:
    target = sin("ChangesArguments")
    path = listing(known, target, f'{CHANGES} = {{ reason = "na\\u00efve \\"x\\" \\u007f", link = "https://example.org" }}')
    known.write_text(known.read_text() + '["other.py:Net"]\ngrad-value = "later"\n', encoding="utf-8")
    before = tomllib.loads(known.read_text(encoding="utf-8"))
    assert check(capsys, "--known", path, "--write-known", path, target).status == 0
    assert tomllib.loads(known.read_text(encoding="utf-8")) == before


def noting(monkeypatch: pytest.MonkeyPatch, place: str, function: Callable[..., object]) -> list[object]:
    """The first arguments of all calls of the function that stands at that place."""
    noted = list[object]()

    def called(first: object, *rest: object) -> object:
        noted.append(first)
        return function(first, *rest)

    monkeypatch.setattr(place, called)
    return noted


def test_a_known_violation_is_not_made_smaller_and_a_new_one_is(
    capsys: Capture, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smaller, target = noting(monkeypatch, "backproof.runner.reduced", reduced), sin("ChangesArguments")
    check(capsys, "--known", listing(known, target, f'{CHANGES} = "to be mended"'), target)
    assert smaller == []
    check(capsys, target)
    assert len(smaller) == 1


def test_a_known_violation_is_not_diagnosed_again(capsys: Capture, known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, target = noting(monkeypatch, "backproof.commands.check.diagnose", diagnose), sin("ChangesArguments")
    assert "diagnosis" not in check(capsys, "--known", listing(known, target, f'{CHANGES} = "x"'), target).out
    assert asked == []
    assert "diagnosis" in check(capsys, target).out
    assert len(asked) == 1


def test_beside_a_new_violation_the_known_fault_is_not_named(capsys: Capture, known: Path) -> None:
    both = sin("TwoThings")
    assert "diagnosis: 2 faults at once" in check(capsys, both).out
    told = check(capsys, "--known", listing(known, both, f'{CHANGES} = "to be mended"'), both).out
    assert "2 faults at once" not in told and "fault     loss-twice-the-declared" in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not TOML"),
        ("x = " + "[" * 100_000, "is not TOML"),
        ('grad-value = "a reason"', "grad-value should be a target; the file should hold a table for each target"),
        ("['net.py:Net']\ngrad-value = ''", 'net.py:Net: grad-value should be given a reason, as in grad-value = "to be mended"'),
        ("['net.py:Net']\ngrad-value = 3", "grad-value should be given a reason"),
        ("['net.py:Net']\ngrad-value = { link = 'https://example.org' }", "grad-value should be given a reason"),
        ("['net.py:Net']\ngrad-value = { reason = 'x', link = 3 }", "grad-value should be given a reason"),
        ("['net.py:Net']\ngrad-value = { reason = 'x', url = 'y' }", "has a url, but there are only reason and link"),
        ("['net.py:Net']\ngrad-vlaue = 'x'", "net.py:Net: no clause is called 'grad-vlaue'; did you mean 'grad-value'?"),
    ],
)
def test_a_file_that_says_nothing_is_one_sentence(capsys: Capture, known: Path, text: str, sentence: str) -> None:
    known.write_text(text)
    refused = check(capsys, "--known", str(known), sin("Small"))
    assert (refused.status, refused.out) == (2, "")
    assert sentence in refused.err and len(refused.err.splitlines()) == 1


def test_a_file_that_cannot_be_read_is_one_sentence(capsys: Capture, known: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        refused = check(capsys, "--known", str(path), sin("Small"))
        assert refused.status == 2 and "the known violations cannot be read from" in refused.err
    known.write_bytes(b"['n']\ngrad-value = 'na\xefve'")
    assert "is not TOML" in check(capsys, "--known", str(known), sin("Small")).err
