"""The check of the README's figures sees what is there, and says what is untrue."""

from pathlib import Path

import pytest

from . import figures

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
BY = [{"slug": "grad-value", "seconds": 0.5}, {"slug": "grad-batch", "seconds": 0.1}]
CAUGHT = {"name": "one", "by": BY, "roots": ["grad-value"]}
RIGHT = {"name": "right", "outcome": "conforms"}


def test_the_figures_are_found_in_the_readme() -> None:
    claim = figures.claimed(README)
    assert claim["faults"] >= 100 and claim["right"] >= 20
    assert claim["half"] <= 0.2 and claim["all"] <= 5


def test_a_readme_without_figures_is_refused() -> None:
    with pytest.raises(SystemExit, match="no longer says"):
        figures.claimed("nothing")


def test_what_is_true_passes() -> None:
    matrix = {"rows": [CAUGHT] * 3, "variants": [RIGHT] * 2}
    seen = figures.measured(matrix)
    assert seen == {"faults": 3, "right": 2, "half": 0.5, "all": 0.5}
    assert figures.untrue({"faults": 2, "right": 1, "half": 0.5, "all": 1.0}, seen, matrix) == []


def test_what_is_untrue_is_said() -> None:
    matrix = {"rows": [CAUGHT, {"name": "lost", "by": [], "roots": []}], "variants": [{"name": "accused", "outcome": "violates"}]}
    said = figures.untrue({"faults": 2, "right": 0, "half": 0.1, "all": 1.0}, figures.measured(matrix), matrix)
    assert [line.split(":")[0] for line in said] == [
        "faults", "right", "half", "all", "lost is caught by nobody", "accused does not conform",
    ]  # fmt: skip
