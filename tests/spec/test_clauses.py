"""The text that ships: it parses, names nothing that it does not contain, and gives each clause back as written."""

import re
from graphlib import TopologicalSorter
from importlib.resources import files

import pytest

from backproof_spec.clauses import UnknownClause, chapter, chapters, clause, clauses, parse, text

SLUG = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
SHAPES = {"shape-forward", "shape-loss", "shape-weights", "shape-biases"}


def test_every_chapter_is_part_of_the_text() -> None:
    assert list(chapters()) == [
        "notation", "shapes", "forward", "activations", "outputs", "losses", "gradients", "batches", "algebra", "penalty", "step",
        "optimisers", "numerics", "hygiene", "initial", "training", "collapse", "input", "measurement", "wire",
        "vectors",
    ]  # fmt: skip


def test_every_chapter_but_those_on_notation_measurement_the_wire_and_vectors_has_clauses() -> None:
    others = {"notation", "measurement", "wire", "vectors"}
    assert {clause.chapter for clause in clauses().values()} == set(chapters()) - others


@pytest.mark.parametrize("name", chapters())
def test_a_chapter_begins_with_its_title_and_keeps_to_ascii(name: str) -> None:
    assert chapter(name).startswith("# ")
    assert chapter(name).isascii()


@pytest.mark.parametrize("slug", clauses())
def test_a_clause_is_complete(slug: str) -> None:
    found = clause(slug)
    assert found.slug == slug
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
    assert found.statement.endswith(".")
    assert found.equation
    assert found.domain.endswith(".")
    assert re.search(r"\b(1[89]|20)\d\d\b", found.source), "a source has a year"


@pytest.mark.parametrize("slug", clauses())
def test_the_text_of_a_clause_parses_to_that_clause(slug: str) -> None:
    alone = re.sub(r"- (Requires|Follows from):(.|\n  )*", r"- \1: nothing", text(slug))
    [found] = parse({f"00-{clause(slug).chapter}.md": alone}).values()
    assert (found.slug, found.statement, found.domain) == (slug, clause(slug).statement, clause(slug).domain)


@pytest.mark.parametrize("slug", clauses())
def test_the_text_of_a_clause_is_a_piece_of_its_chapter(slug: str) -> None:
    assert text(slug) in chapter(clause(slug).chapter)
    assert text(slug).count("\n### ") == 0


def test_the_texts_of_the_clauses_leave_out_no_heading() -> None:
    headings = re.findall(r"^### ", "\n".join(chapters().values()), flags=re.MULTILINE)
    assert len(headings) == len(clauses())


def test_clauses_come_in_the_order_of_the_text() -> None:
    assert list(clauses()) == re.findall(r"^### `([a-z-]+)`", "\n".join(chapters().values()), flags=re.MULTILINE)


def test_every_slug_in_the_text_is_a_clause() -> None:
    assert set(SLUG.findall("\n".join(chapters().values()))) - set(clauses()) == set()


def test_what_is_required_is_a_shape() -> None:
    assert {slug for clause in clauses().values() for slug in clause.requires} <= SHAPES


def test_no_clause_leads_back_to_itself() -> None:
    order = TopologicalSorter({slug: found.requires + found.follows for slug, found in clauses().items()})
    assert set(order.static_order()) == set(clauses())


def test_a_caller_cannot_change_the_clauses() -> None:
    clauses().clear()
    assert clauses()


def test_an_unknown_clause_brings_the_nearest_one_to_mind() -> None:
    with pytest.raises(UnknownClause) as refusal:
        clause("grad-hiden-delta")
    assert str(refusal.value) == "no clause is called 'grad-hiden-delta'; did you mean 'grad-hidden-delta'?"


def test_text_and_chapter_refuse_what_does_not_exist() -> None:
    with pytest.raises(UnknownClause, match="no clause is called 'grad'"):
        text("grad")
    with pytest.raises(UnknownClause, match=r"no chapter is called 'gradient'; did you mean 'gradients'\?"):
        chapter("gradient")


def test_the_chapters_are_files_of_the_package() -> None:
    names = {file.name for file in (files("backproof_spec") / "chapters").iterdir()}
    assert "06-gradients.md" in names
