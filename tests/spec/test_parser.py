"""The parser takes a chapter that follows the form, and says no, with file, line and remedy, to each that does not."""

import pytest

from backproof_spec.clauses import Clause, MalformedSpecification, parse

ONE = """# Gradients

Some words, and a section of its own:

## Aside

### `grad-scale` MUST - The right length

The gradient is as long
as it should be.

- Domain: everywhere,
  or nearly so.
- Equation: `c = 1`
- Source: Euler 1768, section 1.
- Requires: nothing
- Follows from: nothing

A remark.
"""
TWO = """
### `grad-value` SHOULD - All of it

It is right.

- Domain: everywhere.
- Equation: `g = dL`
- Source: Euler 1768, section 2.
- Requires: `grad-scale`
- Follows from: nothing
- Untested: nobody has had the time.
"""
FILE = "06-gradients.md"


def parse_one(text: str) -> dict[str, Clause]:
    return parse({FILE: text})


def test_a_clause_is_read_field_by_field() -> None:
    assert parse_one(ONE) == {
        "grad-scale": Clause(
            slug="grad-scale", level="MUST", title="The right length",
            statement="The gradient is as long as it should be.", domain="everywhere, or nearly so.",
            equation="c = 1", source="Euler 1768, section 1.", requires=(), follows=(), chapter="gradients",
        )
    }  # fmt: skip


def test_a_second_clause_may_require_the_first_and_say_why_it_is_untested() -> None:
    value = parse_one(ONE + TWO)["grad-value"]
    assert (value.level, value.requires, value.untested) == ("SHOULD", ("grad-scale",), "nobody has had the time.")


def test_chapters_are_read_in_the_order_of_their_numbers() -> None:
    assert list(parse({"11-late.md": ONE, "02-early.md": TWO})) == ["grad-value", "grad-scale"]


def test_headings_inside_a_code_block_are_code() -> None:
    assert list(parse_one("# C\n\n```\n### not a clause\n```\n" + TWO.replace("`grad-scale`", "nothing"))) == [
        "grad-value"
    ]


WRONG = {
    "an unknown field": (
        ONE.replace("- Source:", "- Origin:"),
        "line 15: unknown field 'Origin'; write one of Domain, Equation, Source, Requires, Follows from, Kept because, Untested",
    ),
    "a list that is no field": (ONE.replace("- Source: Euler", "- Euler"), "unknown field '- Euler 1768, section 1.'"),
    "a field twice": (
        ONE.replace("- Source:", "- Domain: here.\n- Source:"),
        "line 15: a second field 'Domain'; keep one",
    ),
    "a missing field": (
        ONE.replace("- Source: Euler 1768, section 1.\n", ""),
        "line 7: the field 'Source' is missing; add a line '- Source: ...'",
    ),
    "an empty field": (
        ONE.replace(" Euler 1768, section 1.", ""),
        "line 15: the field 'Source' is empty; write its value after the colon",
    ),
    "no statement": (
        ONE.replace("The gradient is as long\nas it should be.\n", ""),
        "line 7: the statement is missing; write it between the heading and the fields",
    ),
    "another level": (ONE.replace("MUST", "MAY"), "line 7: MAY is not a level; write MUST or SHOULD"),
    "a heading without a slug": (
        ONE.replace("`grad-scale` ", ""),
        "line 7: not the heading of a clause; write ### `slug-in-kebab-case` MUST - Title",
    ),
    "a slug that is not in kebab-case": (ONE.replace("`grad-scale`", "`grad_Scale`"), "not the heading of a clause"),
    "a slug twice": (
        ONE + ONE,
        "line 26: grad-scale is already a clause of 06-gradients.md; rename one of them",
    ),
    "an equation without backticks": (
        ONE.replace("`c = 1`", "c = 1"),
        "line 14: 'c = 1' is not an equation; write it in one pair of backticks",
    ),
    "slugs without backticks": (
        ONE + TWO.replace("`grad-scale`", "grad-scale"),
        "line 28: 'grad-scale' is not a list of slugs; write `one`, `two` or: nothing",
    ),
    "a reference twice": (
        ONE + TWO.replace("`grad-scale`", "`grad-scale`, `grad-scale`"),
        "line 28: a slug stands twice in '`grad-scale`, `grad-scale`'; keep one",
    ),
    "an unknown slug that is required": (
        ONE + TWO.replace("`grad-scale`", "`grad-scael`"),
        "line 21: grad-value names 'grad-scael', which is not a clause; did you mean 'grad-scale'?",
    ),
    "an unknown slug that is followed": (
        ONE.replace("- Follows from: nothing", "- Follows from: `zzz`"),
        "line 7: grad-scale names 'zzz', which is not a clause; the clauses are grad-scale",
    ),
    "a clause that requires itself": (
        TWO.replace("`grad-scale`", "`grad-value`"),
        "line 2: the clauses lead back: grad-value <- grad-value; take one of these references out",
    ),
    "requires and follows that lead back together": (
        ONE.replace("- Follows from: nothing", "- Follows from: `grad-value`") + TWO,
        "the clauses lead back: grad-",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_parser_refuses(wrong: str) -> None:
    text, message = WRONG[wrong]
    with pytest.raises(MalformedSpecification) as refusal:
        parse_one(text)
    assert str(refusal.value).startswith("06-gradients.md, line ")
    assert message in str(refusal.value)


def test_the_parser_refuses_a_slug_that_another_chapter_has() -> None:
    with pytest.raises(MalformedSpecification, match=r"07-step\.md, line 7: grad-scale is already a clause of 06-"):
        parse({FILE: ONE, "07-step.md": ONE})


def test_the_parser_refuses_a_file_without_a_number() -> None:
    with pytest.raises(MalformedSpecification, match=r"^gradients\.md, line 1: not a chapter's file name"):
        parse({"gradients.md": ONE})
