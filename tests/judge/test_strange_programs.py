"""Correct programs are not accused, however strange they look: other formulas, orders, conventions, and less to see."""

import numpy as np
import pytest

from backproof.asked import Asked
from backproof.must import Undecided, Unmet
from backproof.pool import pool
from backproof.registry import properties
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof_spec import Implementation

from .strange import STRANGE, NarrowRates, OnlySteps, RateOfItsOwn

LONG = ("train-gates", "train-loss-falls", "collapse-constant", "activation-far", "activation-derivative-far")
SHARE = 0.4  # of the cases, drawn anew for each property


@pytest.mark.parametrize("kind", STRANGE, ids=lambda kind: kind.__name__)
def test_no_property_accuses_it(kind: type[Implementation]) -> None:
    subject, held = load(kind), set[str]()
    asked, shared, rng = Asked(subject), tuple(pool(subject.claims, 1, 4)), np.random.default_rng(6)
    for found in properties():
        if found.lacking(subject) or found.slug in LONG or found.clause.level == "SHOULD":
            continue
        for case in filter(found.where.holds, shared if found.cases is None else found.cases(subject.claims)):
            if rng.random() > SHARE:
                continue
            try:
                found.put(asked, case)
                held.add(found.slug)
            except (Undecided, Unmet):
                continue
    assert {"grad-value", "grad-direction"} & held


@pytest.mark.parametrize("kind", [NarrowRates, OnlySteps, RateOfItsOwn], ids=lambda kind: kind.__name__)
def test_it_conforms_as_a_whole(kind: type[Implementation]) -> None:
    judged = judge(load(kind), seed=2, examples=2)
    assert judged.outcome == "conforms"
    assert not judged.having("undecided") and not judged.having("violated")
