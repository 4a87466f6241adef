"""Progress: a bar on standard error where that is a terminal, one plain line elsewhere."""

import io
import sys

import pytest

from backproof.commands.progress import shown


class Terminal(io.StringIO):
    """Standard error, as if somebody sat before it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_on_a_terminal_the_property_at_work_is_shown_and_the_bar_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Terminal()
    monkeypatch.setattr(sys, "stderr", seen)
    with shown("net.py:Net") as told:
        told(3, 46, "loss_is_one_finite_number")
    assert "net.py:Net" in seen.getvalue() and "loss is one finite number" in seen.getvalue()
    assert seen.getvalue().endswith("\x1b[2K")  # the line is cleared


def test_a_target_with_brackets_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Terminal()
    monkeypatch.setattr(sys, "stderr", seen)
    with shown("[bold]net.py:Net") as told:
        told(0, 1, "x")
    assert "[bold]net.py:Net" in seen.getvalue()


def test_in_a_pipe_there_is_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("net.py:Net") as told:
        told(3, 46, "loss_is_one_finite_number")
    assert capsys.readouterr() == ("", "")


def test_in_a_pipe_one_plain_line_says_once_that_work_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", seen)
    with shown("net.py:Net") as told:
        assert seen.getvalue() == ""  # not before the subject was found to be usable
        for done in range(3):
            told(done, 3, "x")
    assert seen.getvalue() == "backproof: judging net.py:Net\n"
