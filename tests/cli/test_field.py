"""backproof field: each package judged, each violation argued, and what was not run kept as it was."""

from pathlib import Path

import pytest

from backproof.commands import field
from backproof_spec.catalogue import Argued, Judged

from .running import Ran, run, sin

Capture = pytest.CaptureFixture[str]
BUG = Argued("clear bug", "It forgets the derivative.", "wrong.py")
RIGHT = Judged("right", sin("Small"), {}, ("a remark",), "make right")
WRONG = Judged("wrong", sin("LacksDerivative"), {"activation-derivative": BUG, "grad-hidden-delta": BUG})
ABSENT = Judged("absent", "absent.module:Net", {})


class Page:
    """The command, with these packages and this report."""

    def __init__(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
        self._capsys, self._monkeypatch, self._file = capsys, monkeypatch, file

    def run(self, *packages: Judged, only: str | None = None) -> Ran:
        self._monkeypatch.setattr(field, "offered", lambda group, kind: packages)
        return run(self._capsys, "field", *([only] if only else []), "--file", str(self._file), "--examples", "0")

    @property
    def text(self) -> str:
        return self._file.read_text(encoding="utf-8")


@pytest.fixture
def page(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Page:
    return Page(capsys, monkeypatch, tmp_path / "FIELD.md")


def test_a_right_package_is_reported_with_what_was_judged(page: Page) -> None:
    ran = page.run(RIGHT)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert "## right\n" in page.text and f"`make right && backproof check {sin('Small')} --examples 0 --seed 0`: " in page.text
    assert "- note: a remark" in page.text and " held" in page.text and "Not applicable: " in page.text


def test_a_violation_stands_with_its_argument_its_case_and_its_replay(page: Page) -> None:
    ran = page.run(WRONG)
    assert (ran.status, ran.out) == (0, "")
    assert "### wrong: `activation-derivative`, clear bug\n" in page.text
    assert "It forgets the derivative.\nConfirmed by `python impl/backproof_impl/field/confirmations/wrong.py`." in page.text
    assert "backproof replay bp2-" in page.text


def test_a_violation_that_nobody_has_argued_is_said_and_fails(page: Page) -> None:
    ran = page.run(Judged("wrong", WRONG.target, {}))
    assert ran.status == 1
    assert " is violated, and not yet argued\n" in ran.out and "wrong: " in ran.out
    assert ", not yet argued\n" in page.text


def test_what_is_argued_and_not_seen_is_said(page: Page) -> None:
    page.run(Judged("right", RIGHT.target, {"grad-value": BUG}))
    assert "Argued, and not seen in this run: grad-value." in page.text


def test_a_package_that_is_not_there_keeps_what_was_said_of_it(page: Page) -> None:
    page.run(RIGHT, WRONG)
    before = page.text
    ran = page.run(RIGHT, Judged("wrong", ABSENT.target, {}))
    assert ran.status == 0
    assert "Not run this time: there is no module absent; a target is net.py:Net or package.module:Net." in page.text
    again = page.run(RIGHT, Judged("wrong", ABSENT.target, {}))
    assert again.status == 0 and page.text.count("Not run this time") == 1
    assert "It forgets the derivative." in page.text and page.text.startswith(before[: before.index("## wrong")])


def test_where_nothing_can_be_judged_the_status_says_so(page: Page) -> None:
    assert page.run(ABSENT).status == 2
    assert "## absent\n\nNot run this time: " in page.text


def test_only_the_packages_that_are_named_are_judged_again(page: Page) -> None:
    page.run(RIGHT, WRONG)
    before = page.text
    page.run(RIGHT, Judged("wrong", WRONG.target, {}, ("new",)), only="right")
    assert page.text == before


def test_a_package_of_no_such_name_is_an_error(page: Page) -> None:
    ran = page.run(RIGHT, only="rigth")
    assert (ran.status, ran.err) == (2, "backproof: there is no package rigth in the field report; did you mean right?\n")


def test_a_cause_of_several_violations_is_argued_once(page: Page) -> None:
    page.run(WRONG)
    assert page.text.count("It forgets the derivative.") == page.text.count("Confirmed by ") == 1
    assert "The cause is that of `activation-derivative`, above." in page.text


@pytest.mark.parametrize(("script", "command"), [
    ("a.mjs", "node {}/a.mjs"), ("a.R", "Rscript {}/a.R"), ("a.c", "cc -o confirm {}/a.c -lfann -lm && ./confirm"),
])  # fmt: skip
def test_a_confirmation_is_run_in_its_own_language(page: Page, script: str, command: str) -> None:
    told = Argued("limit", "It is so.", script)
    page.run(Judged("wrong", WRONG.target, {"activation-derivative": told, "grad-hidden-delta": told}))
    assert f"Confirmed by `{command.format('impl/backproof_impl/field/confirmations')}`." in page.text


def test_a_command_for_a_target_is_quoted_for_the_shell() -> None:
    line = field.check_line(Judged("a", "cmd:node a.mjs plain", {}), "--smoke ", 3)
    assert line == "backproof check 'cmd:node a.mjs plain' --smoke --seed 3"
