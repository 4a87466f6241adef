"""Help, version and the specification on the command line; and what they do without."""

import subprocess
import sys

import pytest

from backproof_spec.clauses import chapters, clauses

from .running import run, spawned

Capture = pytest.CaptureFixture[str]
CHECK = (
    "--hidden", "--output", "--loss", "--samples", "--outputs", "--factor", "--l2", "--layout", "--biases", "--targets",
    "--dtype", "--seed", "--examples", "--smoke", "--time-limit", "--in-process", "--json", "--known", "--write-known",
    "--strict", "TARGET",
)  # fmt: skip


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ("check", "gallery", "spec", "explain", "selftest", "replay", "--version")),
        (("check",), (*CHECK, "path/to/file.py:Name", "reference", "0 conforms, 1 violates, 2 could not be judged")),
        (("gallery",), ("--examples", "--in-process", "five", "Exit status 0")),
        (("spec",), ("SLUG", "chapter", "clause")),
        (("explain",), ("FAULT", "stage", "hidden-delta", "the right code beside the wrong code")),
        (("vectors",), ("DIR", "--list", "--dtype", "backproof spec vectors")),
        (("replay",), ("TOKEN", "--in-process", "--time-limit", "Exit status: 0 if it is gone, 1 if it is still there")),
    ],
)
def test_help_mentions_what_it_should(capsys: Capture, command: tuple[str, ...], words: tuple[str, ...]) -> None:
    ran = run(capsys, *command, "--help")
    assert (ran.status, ran.err) == (0, "")
    told = " ".join(ran.out.split())
    assert [word for word in words if word not in told] == []


def test_the_package_can_be_run_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "backproof", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "backproof 0.1.0\n", "")


def test_the_version_is_that_of_the_distribution(capsys: Capture) -> None:
    ran = run(capsys, "--version")
    assert (ran.status, ran.out, ran.err) == (0, "backproof 0.1.0\n", "")


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("check", "--help"), ("chek",), ("check", "--exampels", "3"), ()]
)
def test_what_needs_no_judge_imports_none(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom backproof.cli import main\ntry:\n    main()\nfinally:\n"
        "    print(sorted({'numpy', 'hypothesis', 'rich', 'backproof_impl'} & set(sys.modules)), file=sys.stderr)"
    )
    assert spawned(*arguments, code=code).err.endswith("[]\n")


def test_the_specification_lists_every_clause(capsys: Capture) -> None:
    ran = run(capsys, "spec")
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line.startswith("  ")] == list(clauses())


def test_a_clause_and_a_chapter_are_printed_as_they_are_written(capsys: Capture) -> None:
    clause = run(capsys, "spec", "grad-hidden-delta").out
    chapter = run(capsys, "spec", "gradients").out
    assert clause.startswith("### `grad-hidden-delta` MUST - ")
    assert chapter.strip() == chapters()["gradients"].strip() and clause.strip() in chapter


def test_on_a_terminal_the_text_is_set(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = run(capsys, "spec", "grad-hidden-delta").out
    assert "\x1b[" in out and "###" not in out
