"""Types as a way in: who inherits the protocols is told by mypy what is wrong, before anything runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
ROOT = CASES.parents[2]
WRONG = sorted(path.stem for path in CASES.glob("*.py") if path.stem != "right")
IGNORE = re.compile(r"  # type: ignore\[[a-z-]+\] # E: (.*)")
Complaints = dict[str, dict[int, list[str]]]  # file, line: what mypy says there


@pytest.fixture(scope="session")
def complaints(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Complaints:
    """What mypy says of every case once nothing is ignored: one run for all."""
    folder = tmp_path_factory.mktemp("cases")
    for path in CASES.glob("*.py"):
        (folder / path.name).write_text(IGNORE.sub("", path.read_text()))
    cache = request.config.cache
    where = cache.mkdir("mypy") if cache is not None else folder / "cache"
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--cache-dir", str(where)]
    run = subprocess.run([*command, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.stderr == ""
    return _parsed(run.stdout)


def _parsed(said: str) -> Complaints:
    found: Complaints = {}
    for line in said.splitlines():
        match = re.fullmatch(r".*?(\w+)\.py:(\d+)(?::\d+)?: (?:error|note): (.*)", line)
        assert match is not None, line
        found.setdefault(match[1], {}).setdefault(int(match[2]), []).append(match[3])
    return found


def expected(name: str) -> dict[int, str]:
    """The lines that are wrong, and the words that must be said there."""
    lines = enumerate((CASES / f"{name}.py").read_text().splitlines(), start=1)
    return {number: match[1] for number, line in lines if (match := IGNORE.search(line))}


def test_what_is_right_is_accepted(complaints: Complaints) -> None:
    assert "right" not in complaints
    assert expected("right") == {}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_rejected_on_the_line_that_is_wrong(complaints: Complaints, name: str) -> None:
    said, wanted = complaints.get(name, {}), expected(name)
    assert len(wanted) == 1
    assert set(said) == set(wanted)
    for line, words in wanted.items():
        assert any(words in sentence for sentence in said[line]), said[line]


def test_there_are_enough_ways_of_being_wrong() -> None:
    assert len(WRONG) >= 6
