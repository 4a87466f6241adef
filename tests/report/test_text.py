"""The report for people."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from backproof.report import text
from backproof.runner import Judgement, Verdict
from backproof.subjects.subject import Hints
from backproof_spec import Layer, Sizes

from .made import CASE, finding, judgement, verdict, violated


def told(one: Judgement, width: int = 80, strict: bool = False) -> str:
    """The report as a pipe gets it."""
    page = io.StringIO()
    text.write(Console(file=page, width=width), one, Hints(), strict)
    return page.getvalue()


def flat(one: Judgement, strict: bool = False) -> str:
    return " ".join(told(one, 200, strict).split())


def test_a_report_begins_with_the_verdict_and_ends_with_the_counts() -> None:
    lines = told(judgement()).splitlines()
    every = len(judgement().verdicts)
    assert lines[0] == "CONFORMS  net.py:Net"
    assert lines[1] == f"  {every} of {every} clauses hold; none is violated"
    assert lines[-1] == f"{every} clauses: {every} held"


def test_a_clean_report_says_how_far_it_saw_and_another_does_not() -> None:
    seen = "  seen      up to 1 hidden layer, 8 units in a layer and 6 rows in a batch; what"
    assert seen in told(judgement())
    assert "  seen " not in told(judgement(violated("grad-value")))


def test_claims_take_eight_lines_at_most_and_assumptions_are_all_told() -> None:
    one = judgement(assumed=tuple(f"assumption {i}" for i in range(9)))
    families = tuple(
        replace(family, sizes=Sizes(exactly=tuple((i, 10**9, 10**9, 10**9) for i in range(1, 9))))
        for family in one.subject.claims.families[:2]
    )
    one = replace(one, subject=replace(one.subject, claims=replace(one.subject.claims, families=families)))
    lines = told(one).splitlines()
    assert len(lines[3 : lines.index("  assumed   assumption 0")]) == 8
    assert lines[lines.index("  assumed   assumption 0") - 1] == "            ..."
    assert sum(line.startswith("  assumed   ") for line in lines) == 9


def test_a_root_cause_is_told_whole() -> None:
    one = judgement(violated("grad-hidden-delta"), violated("grad-value", under="grad-hidden-delta"))
    lines = told(one).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("1. grad-hidden-delta (MUST): "))
    assert lines[1].endswith("clauses are violated, from 1 root cause")
    assert lines[start + 1] == "   dW1[0, 0] is nan, should be 0.5"
    rest = "\n".join(lines[start:])
    assert re.search(r"^   equation  \S", rest, re.M)
    assert "   smallest  1-1; tanh; squared error; 1 row (by hand)\n             W1 = [[0.5]], b1 = [0]\n" in rest
    assert "\n             x = [[1]], t = [[0.25]]\n" in rest
    assert re.search(r"^   replay    backproof replay bp2-\S+$", rest, re.M)
    assert "\n   hence     grad-value\n   read      backproof spec grad-hidden-delta\n" in rest


def test_one_violation_alone_is_told_in_the_singular() -> None:
    told_of = len(judgement().verdicts)
    assert f"1 of {told_of} clauses is violated, from 1 root cause" in flat(judgement(violated("repeatable")))


def test_root_causes_are_numbered_in_the_order_of_the_specification() -> None:
    out = told(judgement(violated("repeatable"), violated("grad-value")))
    assert out.index("\n1. grad-value") < out.index("\n2. repeatable")
    assert "from 2 root causes" in out


def test_an_expected_violation_that_holds_has_no_counterexample() -> None:
    out = told(judgement(verdict("repeatable", "violated", "expected to be violated (x), but it holds")))
    assert "   expected to be violated (x), but it holds\n" in out
    assert "smallest" not in out and "replay  " not in out


def test_a_large_counterexample_is_cut_and_left_to_json() -> None:
    rng = np.random.default_rng(0)
    net = replace(CASE.net, sizes=(20, 1))
    wide = replace(CASE, net=net, params=(Layer(rng.normal(size=(20, 1)), np.zeros(1)),), x=rng.normal(size=(1, 20)))
    big = replace(wide, x=rng.normal(size=(40, 20)))
    out = told(judgement(replace(violated("repeatable"), finding=finding("m", wide))), width=40)
    assert re.search(r"^ {13}\.\.\.$", out, re.M)
    out = told(judgement(replace(violated("repeatable"), finding=finding("m", big))))
    assert "x = an array (40, 20)" in out and "see 'replay' in the JSON report, it is long" in out


def test_advice_and_known_violations_are_told_with_their_reasons() -> None:
    one = judgement(verdict("initial-scale", "advised", "too small"), verdict("repeatable", "known", "to be mended"))
    out = told(one)
    assert out.startswith("CONFORMS")
    assert "\n  advised   initial-scale (SHOULD): too small\n  known     repeatable (MUST): to be mended\n" in out
    assert "--strict" not in out


def test_under_strict_advice_is_announced() -> None:
    assert "with --strict, advice counts as a violation" in flat(judgement(verdict("initial-scale", "advised")), strict=True)
    assert "--strict" not in flat(judgement(), strict=True)


def test_what_stayed_open_is_why_nothing_is_judged() -> None:
    out = flat(judgement(verdict("grad-scale", "undecided", "at a kink")))
    assert out.startswith("NOT JUDGED net.py:Net whether grad-scale holds stayed open")
    assert "undecided: grad-scale: at a kink" in out


def silent(slugs: Sequence[str], reason: str = "no gradient") -> list[Verdict]:
    return [verdict(slug, "not applicable", reason) for slug in slugs]


def test_without_the_core_nothing_is_judged_and_the_core_is_named() -> None:
    out = flat(judgement(*silent(("grad-value", "grad-direction", "step-direction", "train-gates", "collapse-constant"))))
    assert out.startswith("NOT JUDGED") and "none of grad-value, grad-direction" in out
    assert "not applicable: grad-direction, grad-value, step-direction, 2 more: no gradient" in out


def test_every_status_is_counted_and_reasons_are_told_together() -> None:
    one = judgement(
        verdict("grad-batch", "not judged", "needs shape-loss: loss returned None (1)"),
        verdict("grad-scale", "not judged", "needs shape-loss: loss returned None (2)"),
        verdict("repeatable", "not judged", "something else"),
        *silent(("softmax-sum",)),
        verdict("initial-scale", "advised"),
        violated("grad-value"),
    )
    out = flat(one)
    held = len(one.verdicts) - 6
    assert f"clauses: {held} held, 1 violated, 1 advised, 3 not judged, 1 not applicable" in out
    assert "not judged: grad-scale, grad-batch: needs shape-loss: loss returned None (2)" in out
    assert "not judged: repeatable: something else" in out
    assert "not applicable: softmax-sum: no gradient" in out


def test_rare_reasons_are_counted_and_long_ones_are_cut() -> None:
    slugs = ("grad-batch", "grad-scale", "repeatable", "grad-value", "loss-batch", "kept-as-fresh")
    out = flat(judgement(*(verdict(slug, "not judged", f"reason {i}") for i, slug in enumerate(slugs))))
    assert "not judged: 2 more, see the JSON report" in out
    assert "x..." in flat(judgement(verdict("repeatable", "not judged", "x" * 500)))


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_line_is_wider_than_the_page_but_the_replay(width: int) -> None:
    long = "a reason that goes on, " * 20
    one = judgement(violated("grad-value", long), verdict("repeatable", "not judged", long), assumed=(long,))
    for line in told(one, width).splitlines():
        assert len(line) <= width or "backproof replay" in line
        assert line.isascii() and line == line.rstrip()


def test_what_a_subject_says_is_never_markup_nor_an_escape_code() -> None:
    out = told(judgement(violated("grad-value", "raised [bold]\x1b[31m :smile: \u2713"), assumed=("[red]so[/red]",)))
    assert "raised [bold]\\x1b[31m :smile: \\u2713" in out and "[red]so[/red]" in out


def test_a_terminal_gets_colours() -> None:
    page = io.StringIO()
    text.write(Console(file=page, width=80, force_terminal=True, color_system="standard"), judgement(), Hints())
    assert page.getvalue().startswith("\x1b[1;32mCONFORMS")
