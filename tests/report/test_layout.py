"""Lines of the report: wrapped, hanging, and printable ASCII whatever a subject says."""

import pytest

from backproof.report.layout import Line, ascii_only, hanging, paragraph


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain", "plain"),
        ("two\n lines\tand a tab ", "two lines and a tab"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("na\u00efve \u2713 \U0001f600", "na\\xefve \\u2713 \\U0001f600"),
        ("C:\\nets", "C:\\nets"),
    ],
)
def test_no_subject_steers_the_terminal(text: str, said: str) -> None:
    assert ascii_only(text) == said


def test_words_hang_under_their_own_beginning() -> None:
    assert hanging("label", "one two three four five six seven", 40) == [
        Line("  label     one two three four five six"),
        Line("            seven"),
    ]


def test_a_text_that_is_too_long_is_cut_at_a_line() -> None:
    lines = hanging("label", "word " * 40, 40, most=3, style="dim")
    assert len(lines) == 3 and lines[-1] == Line("            word word word word word ...", "dim")
    assert len(hanging("label", "word", 40, most=3)) == 1


def test_an_empty_text_leaves_its_label_and_no_blanks() -> None:
    assert hanging("label", "", 40) == [Line("  label")]


def test_a_paragraph_hangs_after_its_first_line() -> None:
    assert [line.text for line in paragraph("1. one two three four five six seven", 30, 0, hang=3)] == [
        "1. one two three four five",
        "   six seven",
    ]


def test_a_long_word_is_not_broken() -> None:
    assert paragraph("a-long-slug-with-many-parts-that-goes-on", 30, 2) == [Line("  a-long-slug-with-many-parts-that-goes-on")]


@pytest.mark.parametrize("width", [1, 10, 40, 80, 200])
def test_no_line_is_wider_than_the_page_where_words_and_page_allow_it(width: int) -> None:
    for line in hanging("label", "word " * 60, width):
        assert len(line.text) <= max(width, 12 + 24)
