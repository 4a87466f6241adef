"""backproof check: what it prints, and what its exit status says."""

import io
import os
import re
import sys

import pytest

from backproof import runner
from backproof.cli import main
from backproof.subjects import session
from backproof_spec.clauses import clauses

from .running import QUICK, Ran, run, sin, spawned

Capture = pytest.CaptureFixture[str]


def check(capsys: Capture, *arguments: str) -> Ran:
    return run(capsys, "check", *QUICK, *arguments)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """In a child process that is begun anew only once, a second for each call; the first finding stays as it is."""
    monkeypatch.setattr(session, "RESTARTS", 1)
    monkeypatch.setattr(runner, "reduced", lambda found, asked, case, violation: (case, violation))
    return ("check", "--examples", "0", "--time-limit", "1")


def test_a_right_subject_conforms(capsys: Capture) -> None:
    ran = check(capsys, sin("Small"))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"CONFORMS  {sin('Small')}\n")
    assert re.search(rf"^{len(clauses())} clauses: \d+ held, \d+ not applicable$", ran.out, re.M)


def test_a_wrong_subject_violates_and_the_report_says_where(capsys: Capture) -> None:
    ran = check(capsys, sin("LacksDerivative"))
    assert ran.status == 1
    assert ran.out.startswith(f"VIOLATES  {sin('LacksDerivative')}\n")
    for label in ("equation", "smallest", "replay", "hence", "read"):
        assert re.search(rf"^   {label} +\S", ran.out, re.M), label
    assert re.search(r"backproof spec (grad-hidden-delta|activation-derivative)$", ran.out, re.M)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Raises", "forward raised ValueError: needs two rows at least (sins.py:"),
        ("AlwaysRaises", "forward raised RuntimeError: not today"),
        ("Exits", "gradient ended the program: SystemExit(0)"),
        ("WrongShape", "forward returned the shape (1,), not (1, 1)"),
        ("GivesNone", "forward returned None, should be an array (1, 1)"),
        ("GivesNaN", "forward returned NaN or infinity"),
        ("GivesList", "forward returned a list of 1, should be an array (1, 1)"),
        ("LosesInfinity", "loss is not a finite number"),
        ("ChangesArguments", "forward changed x"),
        ("Forgets", "repeatable (MUST)"),
    ],
)
def test_whatever_a_subject_does_on_legal_input_is_a_verdict(capsys: Capture, name: str, told: str) -> None:
    ran = check(capsys, sin(name))
    assert (ran.status, ran.err) == (1, "")
    assert told in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("name", "told"), [("Hangs", "gradient did not return within 1 s"), ("Dies", "gradient ended the process (exit status 0)")]
)
def test_a_subject_that_does_not_come_back_is_a_verdict(
    capsys: Capture, impatient: tuple[str, ...], name: str, told: str
) -> None:
    ran = run(capsys, *impatient, sin(name))
    assert (ran.status, ran.err) == (1, "")
    assert told in " ".join(ran.out.split())


def test_without_a_gradient_nothing_is_judged_and_the_report_says_why(capsys: Capture) -> None:
    ran = check(capsys, sin("OnlyForward"))
    assert ran.status == 2
    assert ran.out.startswith("NOT JUDGED  ")
    assert "none of grad-value, grad-direction, step-direction" in ran.out
    assert "the subject offers no gradient" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("Small", "AlwaysRaises"), 1),
        (("AlwaysRaises", "Small"), 1),
        (("OnlyForward", "AlwaysRaises"), 1),
        (("Small", "OnlyForward"), 2),
        (("ConstructorRaises", "Small"), 2),
        (("ConstructorRaises", "AlwaysRaises"), 1),
    ],
)
def test_of_several_targets_the_worst_counts(capsys: Capture, names: tuple[str, ...], status: int) -> None:
    ran = check(capsys, *map(sin, names))
    assert ran.status == status
    for name in set(names) - {"ConstructorRaises"}:
        assert re.search(rf"^[A-Z ]+  {re.escape(sin(name))}$", ran.out, re.M)


def test_a_should_that_does_not_hold_is_advice_and_counts_only_under_strict(capsys: Capture) -> None:
    mild, strict = check(capsys, sin("SmallStart")), check(capsys, "--strict", sin("SmallStart"))
    assert (mild.status, strict.status) == (0, 1)
    assert "advised   initial-scale (SHOULD):" in mild.out
    assert "with --strict, advice counts" not in mild.out
    assert "with --strict, advice counts as a violation" in strict.out


def test_an_interrupt_ends_the_run_without_a_traceback(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("backproof.commands.check.judge", interrupted)
    assert check(capsys, sin("Small")) == (130, "", "backproof: interrupted\n")


def test_an_error_of_our_own_accuses_nobody(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("backproof.commands.check.judge", broken)
    status, out, err = check(capsys, sin("Small"))
    assert (status, out) == (2, "")
    assert re.fullmatch(
        r"backproof: an error in backproof, not in the subject: ZeroDivisionError: division by zero "
        r"\(test_check\.py:\d+\); please report it\n",
        err,
    )


def test_strict_changes_nothing_where_no_advice_is_given(capsys: Capture) -> None:
    assert check(capsys, "--strict", sin("Small")).status == 0


def test_a_target_named_twice_is_judged_once(capsys: Capture) -> None:
    assert check(capsys, sin("Small"), sin("Small")).out.count("CONFORMS") == 1


def test_a_seed_of_the_pool_is_reported(capsys: Capture) -> None:
    assert "seed 7\n" in run(capsys, "check", "--in-process", "--examples", "1", "--seed", "7", sin("Small")).out


def test_smoke_is_the_grid_and_a_small_pool(capsys: Capture) -> None:
    assert run(capsys, "check", "--in-process", "--smoke", sin("Small")).status == 0


def test_hints_narrow_what_is_judged(capsys: Capture) -> None:
    ran = check(capsys, "--l2", "0.5", "--factor", "2", "--dtype", "float64", sin("Small"))
    assert ran.status == 0
    assert not re.search(r"not applicable: .*grad-penalty", ran.out)


def test_what_a_subject_prints_stays_out_of_the_report(capsys: Capture) -> None:
    ran = check(capsys, sin("Talks"))
    assert ran.status == 0
    assert "forward\x1b" not in ran.out and "forward\x1b" in ran.err


def test_in_a_pipe_there_are_plain_short_lines_and_no_progress() -> None:
    ran = spawned("check", "--examples", "0", sin("Exits"))
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.isascii() and "\x1b" not in ran.out and "\r" not in ran.out
    for line in ran.out.splitlines():
        assert line == line.rstrip()
        assert len(line) <= 80 or "backproof replay" in line or sin("Exits") in line


def test_a_closed_pipe_is_left_to_the_command_line(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return silent

    with open(os.devnull, "w") as nowhere:
        silent = nowhere.fileno()
        monkeypatch.setattr(sys, "stdout", Closed())
        assert main(["spec"]) == 2
    assert capfd.readouterr() == ("", "")


def test_a_reader_that_goes_away_leaves_no_traceback() -> None:
    code = (
        "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1)\nfrom backproof.cli import main; raise SystemExit(main())"
    )
    for command in (("spec",), ("check", *QUICK, sin("OnlyForward"))):
        ran = spawned(*command, code=code)
        assert (ran.status, ran.err) == (2, "")
