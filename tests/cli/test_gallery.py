"""The gallery's table, and what counts as expected; the programs themselves are judged by the README's test."""

import io

import pytest
from rich.console import Console

from backproof.commands import gallery
from backproof.commands.gallery import Row, as_expected, exhibits, judged, one_thread
from backproof.subjects.errors import Unusable

FINE = Row("conforms", (), "", (), "accuracy .9")
BROKEN = Row("violates", ("grad-biases",), "db1[0] is 0, should be 1", ("grad-biases", "grad-value"), "accuracy .5")


def shown(width: int, terminal: bool) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
    rows = {i: BROKEN if exhibit.expected else FINE for i, exhibit in enumerate(exhibits())}
    gallery._print(console, exhibits(), rows)
    return console.file.getvalue() if isinstance(console.file, io.StringIO) else ""


def test_on_a_wide_terminal_there_is_one_table() -> None:
    table = shown(160, terminal=True)
    assert "what the first root says" in table and "db1[0] is 0, should be 1" in table
    assert table.count("as posted") == 5


@pytest.mark.parametrize(("width", "terminal"), [(80, True), (160, False)])
def test_in_a_narrow_one_or_in_a_pipe_there_are_lines(width: int, terminal: bool) -> None:
    lines = shown(width, terminal)
    assert "what the first root says" not in lines and lines.count("as posted") == 5


def test_a_verdict_is_expected_if_it_is_right_and_names_at_least_what_it_should() -> None:
    wrong, right = exhibits()[0], exhibits()[2]
    assert as_expected(right, FINE) and not as_expected(right, BROKEN)
    assert not as_expected(wrong, FINE) and not as_expected(wrong, BROKEN)
    assert as_expected(wrong, Row("violates", (), "", wrong.expected, ""))


def test_one_exhibit_is_judged_and_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    one_thread()
    row = judged(14, 0, in_process=True)
    assert row.outcome == "conforms" and row.achieves == "accuracy .944"


def test_without_entry_points_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "entry_points", lambda group: ())
    with pytest.raises(Unusable, match="no gallery is installed"):
        exhibits()
