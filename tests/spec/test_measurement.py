"""The figures of the chapter on measurement are those of the oracles."""

import re

import pytest

from backproof import control
from backproof.diagnosis import agreement, probes, search
from backproof.oracle import bounded, directional, from_step, line, tensors
from backproof_spec.clauses import chapter

TEXT = " ".join(chapter("measurement").split())


@pytest.mark.parametrize(("sentence", "value"), [
    (r"tau = ([\d.]+) \|w\| sigma / h", line.K),
    (r"weights w, \|w\| = ([\d.]+) in the 2-norm", round(line.NORM, 2)),
    (r"with (\d+) degrees of freedom\. It", line.TAIL),
    (r"that of the fit of degree (\d+)", line.DEGREE),
    (r"h begins at 1/(\d+) \(float32", 1 / line.FIRST),
    (r"\(float32: 1/(\d+)\)", 1 / line.FIRST_SINGLE),
    (r"at most (\d+) roundings of one value and not", line.CLEAN),
    (r"below (\d+) units in float64", tensors.PAIRWISE / 2.0**-53),
    (r"so are (\d+) roundings of what the loss is elsewhere", directional.UNITS),
    (r"the bound is at most (\d+) %", 100 * directional.SHARP),
    (r"From (\d+) terms on", bounded.WIDE + 1),
    (r"likely one is used: ([\d.]+) u sqrt\(k\)", bounded.LIKELY),
    (r"two small rates, 2\*\*-(\d+) and", -13),
    (r"differ by more than 1/(\d+) there is no gradient", 1 / from_step.NEAR),
    (r"further apart than (\d+) times the bound", agreement.TIMES),
    (r"and (\d+) roundings of the largest number of its", agreement.COARSE),
    (r"4 and 0, and (\d+) steps by each of its rules", probes.STEPS),
    (r"and so on, at most (\d+) faults", search.MOST),
])  # fmt: skip
def test_each_figure_of_the_text_is_that_of_the_program(sentence: str, value: float) -> None:
    found = re.search(sentence, TEXT)
    assert found is not None, sentence
    assert float(found.group(1)) == pytest.approx(abs(value))


def test_a_failed_subject_is_asked_at_the_rates_of_the_text() -> None:
    assert "at the rates 1/2, 2**-10, 4 and 0" in TEXT and probes.RATES == (0.5, 2.0**-10, 4.0, 0.0)


def test_the_smallest_rate_is_that_of_the_text() -> None:
    assert from_step.SMALL == 2.0**-13


def test_the_control_is_off_by_an_eighth_as_the_text_says() -> None:
    assert "off by an eighth" in TEXT and control.OFF == 1 + 1 / 8


@pytest.mark.parametrize("reason", ["kink", "noise", "flat", "not finite", "not repeatable", "special"])
def test_every_reason_for_no_verdict_is_in_the_text(reason: str) -> None:
    assert reason in TEXT
