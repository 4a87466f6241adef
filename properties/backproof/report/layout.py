"""Lines of the report: a label, then words wrapped at the width under their own beginning; printable ASCII only."""

from dataclasses import dataclass
from textwrap import wrap

LABEL = 10  # columns
NARROW = 24  # columns that words get at least


@dataclass(frozen=True)
class Line:
    """One line, and how a terminal shows it."""

    text: str
    style: str = ""


def ascii_only(text: str) -> str:
    """The text on one line; what is not printable ASCII is escaped, so that no subject steers the terminal."""
    return "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in " ".join(text.split()))


def hanging(label: str, text: str, width: int, indent: int = 2, style: str = "", most: int | None = None) -> list[Line]:
    """The label, and the text beside it; at most that many lines."""
    column = indent + LABEL
    rows = _wrapped(text, width - column, most)
    first = f"{'':{indent}}{label:{LABEL}}{rows[0]}"
    return [Line(first.rstrip(), style), *(Line(f"{'':{column}}{row}", style) for row in rows[1:])]


def paragraph(text: str, width: int, indent: int, style: str = "", hang: int = 0) -> list[Line]:
    """The text alone, its lines after the first a little further in."""
    rows = _wrapped(text, width - indent - hang)
    return [Line(f"{'':{indent + hang * (i > 0)}}{row}", style) for i, row in enumerate(rows)]


def _wrapped(text: str, width: int, most: int | None = None) -> list[str]:
    rows = wrap(
        ascii_only(text), max(width, NARROW), break_long_words=False, break_on_hyphens=False, max_lines=most, placeholder=" ..."
    )  # fmt: skip
    return rows or [""]
