"""What cannot be used is one clear sentence on standard error, status 2 and no traceback."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .running import QUICK, SINS, Ran, run, sin

Capture = pytest.CaptureFixture[str]
Given = Callable[[str], str]


@pytest.fixture
def file(tmp_path: Path) -> Given:
    """A file of that text, in a directory of its own."""

    def written(text: str) -> str:
        path = tmp_path / "net.py"
        path.write_text(text)
        return str(path)

    return written


def refused(ran: Ran) -> str:
    """The sentence, after everything that all of them have in common was looked at."""
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1 and ran.err.endswith("\n")
    assert ran.err.startswith("backproof: ") and "Traceback" not in ran.err
    assert ran.err.isascii() and "  " not in ran.err and len(ran.err) < 700
    return ran.err.removeprefix("backproof: ")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("no/such/net.py:Net", "there is no file no/such/net.py"),
        (str(SINS.with_name("sin.py")), r"there is no file .*sin\.py; did you mean sins\.py\?"),
        (sin("Smal"), r"has no Smal; did you mean Small\?"),
        (sin("ConstructorRaises"), r"cannot be constructed: .*ValueError: no licence \(sins\.py:\d+\)"),
        (sin("ClaimsRaise"), r"cannot be loaded: RuntimeError: who am I\?"),
        (sin("NoForward"), "NoForward"),
        ("refrence", r"no subject is registered as refrence; did you mean reference\?; registered are .*reference"),
        ("no.such.module:Net", "there is no module no"),
        (str(SINS.parent), "is a directory; a target is a file in it"),
    ],
)
def test_a_target_that_is_not_there_or_cannot_be_used(capsys: Capture, target: str, sentence: str) -> None:
    assert re.search(sentence, refused(run(capsys, "check", *QUICK, target)))


@pytest.mark.parametrize("process", [QUICK, ("--examples", "0")])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds neither a class with a forward method nor a function named forward"),
        ("def forward(:\n", r"cannot be imported: SyntaxError: .*"),
        ("import a_module_that_is_not_there\n", "No module named 'a_module_that_is_not_there'"),
        ("1 / 0\n", r"cannot be imported: ZeroDivisionError: division by zero \(net\.py:1\)"),
        ("exit()\n", r"ends the program when it is imported: SystemExit\(None\)"),
        ("import sys\nsys.exit('bye')\n", r"SystemExit\('bye'\)"),
        ("class Net:\n    pass\n", "holds neither a class with a forward"),
    ],
)
def test_a_file_that_cannot_be_used(capsys: Capture, file: Given, text: str, sentence: str, process: tuple[str, ...]) -> None:
    assert re.search(sentence, refused(run(capsys, "check", *process, file(text))))


def test_a_class_without_forward(capsys: Capture, file: Given) -> None:
    said = refused(run(capsys, "check", *QUICK, file("class Net:\n    def train(self, x, t): ...\n") + ":Net"))
    assert "forward" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--hidden", "tahn"), "--hidden: there is no activation named tahn; did you mean tanh?"),
        (("--output", "sigmod"), "--output: there is no activation named sigmod; did you mean sigmoid?"),
        (("--hidden", "elu:alpa=2"), "--hidden: alpa is no parameter of an activation"),
        (("--hidden", "elu:alpha=x"), "--hidden: alpha is 'x', should be a number"),
        (("--loss", "squared"), "--loss: there is no loss named squared; did you mean squared_error?"),
        (("--exampels", "3"), "there is no flag --exampels; did you mean --examples?"),
        (("--exampels=3",), "there is no flag --exampels; did you mean --examples?"),
        (("--qqq",), "there is no flag --qqq (see 'backproof check --help')"),
        (("--examples", "-1"), "--examples: '-1' should be a whole number, 0 or more"),
        (("--examples", "x"), "--examples: 'x' should be a whole number, 0 or more"),
        (("--examples", "1.5"), "--examples: '1.5' should be a whole number"),
        (("--seed", "-3"), "--seed: '-3' should be a whole number, 0 or more"),
        (("--time-limit", "0"), "--time-limit: '0' should be a number of seconds above 0"),
        (("--time-limit", "soon"), "--time-limit: 'soon' should be a number of seconds above 0"),
        (("--time-limit", "nan"), "--time-limit: 'nan' should be a number of seconds above 0"),
        (("--factor", "0"), "--factor: '0' should be a number above 0"),
        (("--factor", "half"), "--factor: 'half' should be a number above 0"),
        (("--l2", "-1"), "--l2: '-1' should be a number, 0 or more"),
        (("--l2", "inf"), "--l2: 'inf' should be a number, 0 or more"),
        (("--samples", "average"), "--samples: there is no average; there are sum, mean"),
        (("--examples",), "--examples: expected one argument"),
    ],
)
def test_a_flag_that_says_nothing(capsys: Capture, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(run(capsys, "check", "--in-process", sin("Small"), *arguments))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "the following arguments are required: COMMAND (see 'backproof --help')"),
        (("chek",), "there is no command chek; did you mean check?; there are check, gallery, spec, explain, selftest, replay"),
        (("--hepl",), "backproof --help"),
        (("check",), "the following arguments are required: TARGET (see 'backproof check --help')"),
        (("init", "pyton"), "language: there is no pyton; did you mean python?; there are python, node, c"),
        (("check", "--smoek"), "there is no flag --smoek; did you mean --smoke?"),
        (("replay",), "the following arguments are required: TOKEN"),
        (("spec", "a", "b"), "unrecognized arguments: b"),
    ],
)
def test_a_command_line_that_says_nothing(capsys: Capture, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(run(capsys, *arguments))


@pytest.mark.parametrize(
    ("slug", "near"),
    [("grad-hiden-delta", "grad-hidden-delta"), ("gradient", "gradients"), ("grad_value", "grad-value"), ("zzzzzzzz", "")],
)
def test_an_unknown_clause_or_chapter(capsys: Capture, slug: str, near: str) -> None:
    said = refused(run(capsys, "spec", slug))
    assert said.startswith(f"there is neither a clause nor a chapter {slug}{f'; did you mean {near}?' if near else '; '}")


@pytest.mark.parametrize("flag", ["--json", "--write-known"])
@pytest.mark.parametrize(
    ("path", "why"),
    [("", "it is a directory"), ("no/such.json", "there is no directory"), ("file/x.json", "there is no directory")],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(
    capsys: Capture, tmp_path: Path, flag: str, path: str, why: str
) -> None:
    (tmp_path / "file").write_text("")
    said = refused(run(capsys, "check", *QUICK, flag, str(tmp_path / path), sin("Small")))
    assert "cannot be written to" in said and why in said


def test_a_place_where_nothing_may_be_written_is_refused(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    said = refused(run(capsys, "check", *QUICK, "--json", str(tmp_path / "report.json"), sin("Small")))
    assert "permission denied" in said


@pytest.mark.parametrize(
    "word", ["", "bp2-", "bp2-AAAA", "bp2-!!!!", "bp1-eNpz", "nonsense", "bp2-" + "A" * 200, "bp2-eJyrVgIAAXUA-Q"]
)
def test_a_word_that_is_no_token(capsys: Capture, word: str) -> None:
    assert "is no replay token: copy the whole word" in refused(run(capsys, "replay", word))
