"""Programs of other languages are judged by the lines that they speak: right ones conform, wrong ones are named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest
from tests.cli.running import run

from backproof.commands.init import templates
from backproof.diagnosis.diagnose import diagnose
from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints, Subject
from backproof.wire.speech import Spoken
from backproof_spec.clauses import chapter

SCHEMA = json.loads((files("backproof_spec") / "wire.schema.json").read_text(encoding="utf-8"))
LINES = jsonschema.Draft202012Validator(SCHEMA)
Capture = pytest.CaptureFixture[str]
COMPILER = shutil.which("cc")
MISSING = {"node": shutil.which("node") is None, "c": COMPILER is None, "python": False}
LANGUAGES = [
    pytest.param(language, marks=pytest.mark.skipif(missing, reason=f"nothing runs {language} here"))
    for language, missing in MISSING.items()
]
FAULTS = {  # what is changed in the network of a harness, and what that is
    "python": ("* v * (1 - v) for v, row", "for v, row", "hidden-delta-lacks-derivative"),
    "node": ("a.at(-1).map((y, k) => (y - ts[n][k]) * y * (1 - y)", "a.at(-1).map((y, k) => (y - ts[n][k])", "output-delta"),
    "c": ("c->db[l][j] += delta[j]", "c->db[l][j] -= delta[j]", "bias-gradient-wrong-sign"),
}
Opening = Callable[[str], Subject]


@pytest.fixture
def opened() -> Iterator[Opening]:
    found = list[Subject]()

    def opening(target: str) -> Subject:
        found.append(open_session(target, Hints(), 10.0))
        return found[-1]

    yield opening
    for subject in found:
        subject.close()


def written(language: str, folder: Path, change: Callable[[str], str] = str) -> str:
    """The target of a harness of that language, with the change in its network."""
    for name, text in templates(language).items():
        (folder / name).write_text(change(text) if name.startswith("net.") else text, encoding="utf-8")
    if language == "c":
        subprocess.run([str(COMPILER), "-O1", "-o", folder / "net", folder / "net.c", "-lm"], check=True)
    command = {"python": f"{sys.executable} {folder}/harness.py", "node": f"node {folder}/harness.mjs", "c": f"{folder}/net"}
    return f"cmd:{command[language]}"


def judged(subject: Subject) -> Judgement:
    return judge(subject, 0, SMOKE, shrink=False, thin=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_init_writes_conforms(language: str, tmp_path: Path, opened: Opening) -> None:
    assert judged(opened(written(language, tmp_path))).outcome == "conforms"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_in_its_network_is_named(language: str, tmp_path: Path, opened: Opening) -> None:
    right, wrong, name = FAULTS[language]
    target = written(language, tmp_path, lambda text: text.replace(right, wrong))
    found = diagnose(judged(opened(target)))
    assert found is not None and found.parts[0].fault.startswith(name)


@pytest.mark.parametrize("language", MISSING)
def test_a_harness_has_sixty_lines_at_most(language: str) -> None:
    if language == "c":
        assert templates(language)["net.c"].split("int main", 1)[1].count("\n") < 10  # the rest is the network
        return
    (harness,) = (text for name, text in templates(language).items() if name.startswith("harness"))
    wire = templates(language).get("wire.mjs", "")  # of Node: what adapters import
    assert harness.count("\n") + wire.count("\n") <= 60


def test_init_writes_what_is_not_there_and_says_how_to_go_on(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "new"
    ran = run(capsys, "init", "python", str(folder))
    assert ran.status == 0 and sorted(path.name for path in folder.iterdir()) == ["harness.py", "net.py"]
    assert "put your network into net.py" in ran.out and "backproof check 'cmd:python3 harness.py'" in ran.out
    (folder / "net.py").write_text("mine")
    again = run(capsys, "init", "python", str(folder))
    assert again.status == 2 and "is there already" in again.err and (folder / "net.py").read_text() == "mine"


class Overheard(Spoken):
    """Every line that passes is kept."""

    lines: ClassVar[list[dict[str, Any]]] = []

    def packed(self, value: object) -> bytes:
        line = super().packed(value)
        self.lines.extend(_objects(line))
        return line

    def _enter(self, told: dict[str, Any], frames: bytearray) -> None:
        self.lines.append(told)
        super()._enter(told, frames)


def _objects(sent: bytes) -> Iterator[dict[str, Any]]:
    while sent:
        line, _, sent = sent.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        yield found
        sent = sent[found.get("bytes", 0) :]


@pytest.mark.parametrize("language", ["served", *LANGUAGES])
def test_all_lines_of_a_check_are_of_the_schema(
    language: str, tmp_path: Path, opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    Overheard.lines = []
    monkeypatch.setattr("backproof.wire.program.Spoken", Overheard)
    served = f"cmd:{sys.executable} -m backproof serve reference"
    judged(opened(served if language == "served" else written(language, tmp_path)))
    assert len(Overheard.lines) > 500
    for line in Overheard.lines[:: 1 + len(Overheard.lines) // 600]:
        LINES.validate(line)
    assert {line["do"] for line in Overheard.lines if "do" in line} >= {"describe", "forward", "loss", "gradient", "step"}


def test_the_schema_refuses_other_lines() -> None:
    both = {"id": 1, "answer": 1.0, "error": {"kind": "failed", "message": ""}}
    for line in ({"do": "forward"}, {"id": 1}, {"id": 1, "do": "jump"}, both, {"id": -1, "answer": 1}):
        assert not LINES.is_valid(line), line


def test_the_examples_of_the_chapter_are_of_the_schema() -> None:
    text = chapter("wire")
    examples = [json.loads(line) for line in text.splitlines() if line.startswith('{"id"')]
    assert len(examples) == 4
    for line in examples:
        LINES.validate(line)


def verdicts(judgement: Judgement) -> dict[str, str]:
    return {verdict.clause.slug: verdict.status for verdict in judgement.verdicts}


def test_a_served_subject_gets_the_verdicts_that_it_gets_in_process(opened: Opening) -> None:
    here, there = judged(opened("reference")), judged(opened(f"cmd:{sys.executable} -m backproof serve reference"))
    assert verdicts(here) == verdicts(there) and there.outcome == "conforms"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("cmd:", "names no program"),
        ("cmd:no-such-program x", "the program no-such-program is not there"),
        ("cmd:'", "No closing quotation"),
        (f"cmd:{sys.executable} -c pass", "cannot be loaded: loading it ended the process (exit status 0)"),
        (f"cmd:{sys.executable} -m backproof serve no_such_module:Net", "cannot be loaded"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(target: str, why: str, capsys: Capture) -> None:
    ran = run(capsys, "check", target)
    assert ran.status == 2 and why in ran.err and "Traceback" not in ran.err and ran.out == ""
