"""Ordinary classes, judged as they stand: each row of the recognition table, right and with one fault."""

import pytest
from tests.subjects.zoo import ROWS, Row

from backproof.runner import judge
from backproof.subjects.loading import load


def name(row: Row) -> str:
    return row.right.rpartition("/")[2]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_right_program_conforms(row: Row) -> None:
    judgement = judge(load(row.right, row.hints), examples=5)
    assert [(v.clause.slug, v.reason) for v in judgement.having("violated")] == []
    assert judgement.outcome == "conforms"
    assert judgement.subject.assumed


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_program_with_one_fault_violates_the_clause_of_its_fault(row: Row) -> None:
    judgement = judge(load(row.faulty, row.hints), examples=5)
    assert row.clause in [v.clause.slug for v in judgement.having("violated")]
    assert len(judgement.roots) <= 2  # one fault is told as one, but for the odd second sight of it
