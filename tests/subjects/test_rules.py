"""An optimiser's memory, dropout and several updates in a call are no faults; what only looks like them is."""

from pathlib import Path

import pytest

from backproof.runner import Judgement, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load

FILE = Path(__file__).parent / "zoo" / "optimisers.py"


def judged(name: str) -> Judgement:
    return judge(load(f"{FILE}:{name}"), examples=0)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Momentum", "step: it has momentum 0.9: steps are not judged, the gradient is"),
        ("Adam", "step: it has moves of one size, as Adam and RMSProp begin: steps are not judged, the gradient is"),
        ("AdamWithMuchEpsilon", "step: it has an optimiser's memory: steps are not judged, the gradient is"),
        ("FallingRate", "step: it has a rate that falls, by 0.9091 at the first step: steps are not judged, the gradient is"),
        ("Decaying", "step: it has weights that decay: steps are not judged, the gradient is"),
        ("Clipping", "step: it has moves that stop growing where gradients are large: steps are not judged, the gradient is"),
        ("Dropping", "step: two first steps from one place differ: it draws random numbers, and steps are not judged"),
        ("Sampling", "step: two first steps from one place differ: it draws random numbers, and steps are not judged"),
    ],
)
def test_an_optimiser_is_no_fault_and_the_report_says_what_was_read(name: str, told: str) -> None:
    judgement = judged(name)
    assert [(v.clause.slug, v.reason) for v in judgement.having("violated")] == []
    assert judgement.outcome == "conforms"
    assert told in judgement.subject.assumed
    assert "step" not in judgement.subject.claims.operations


def test_plain_descent_is_judged_step_by_step_and_a_counter_of_updates_is_no_number_of_epochs() -> None:
    judgement = judged("Plain")
    assert judgement.outcome == "conforms"
    assert {"step", "gradient", "loss"} <= judgement.subject.claims.operations
    assert "fit" not in judgement.subject.claims.operations
    assert "step-rate" in [v.clause.slug for v in judgement.having("held")]


def test_what_is_only_called_like_an_optimisers_memory_is_none() -> None:
    judgement = judged("Naming")
    assert judgement.outcome == "conforms" and "step-rate" in [v.clause.slug for v in judgement.having("held")]
    wrong = judged("NamingTheUpdated")
    assert "step-direction" in [v.clause.slug for v in wrong.having("violated")]


@pytest.mark.parametrize(("name", "rows"), [("InTwos", 2), ("Shuffled", 1), ("ShuffledInTwos", 2)])
def test_a_call_that_makes_several_updates_is_judged_on_the_rows_of_one(name: str, rows: int) -> None:
    judgement = judged(name)
    assert judgement.outcome == "conforms"
    assert judgement.subject.claims.batch == rows
    assert "step-rate" in [v.clause.slug for v in judgement.having("held")]


def test_a_row_that_is_drawn_is_not_taken_for_several_updates() -> None:
    for _ in range(4):  # its draws are its own: each time it is another program
        judgement = judged("OneDrawn")
        assert judgement.outcome == "violates" and judgement.subject.claims.batch is None


@pytest.mark.parametrize(("name", "slug"), [
    ("Accumulating", "kept-as-fresh"), ("AdamUphill", "step-direction"), ("Growing", "step-direction"),
])  # fmt: skip
def test_what_no_optimiser_does_stays_a_fault(name: str, slug: str) -> None:
    judgement = judged(name)
    assert judgement.outcome == "violates"
    assert slug in [v.clause.slug for v in judgement.having("violated")]


def test_an_activation_that_does_not_go_on_as_it_began_is_not_believed(tmp_path: Path) -> None:
    body = FILE.read_text(encoding="utf-8").replace("np.tanh(z)", "np.clip(z, 0, 6)")
    body = body.replace("(1 - self.a[l] ** 2)", "(self.a[l] > 0)")
    (tmp_path / "net.py").write_text(body, encoding="utf-8")
    with pytest.raises(Unusable, match="agree with relu near 0, and no longer where pre-activations are larger"):
        load(f"{tmp_path}/net.py:Plain")


def without_gradient(folder: Path, name: str) -> Judgement:
    """The same class, whose gradient nobody can ask for."""
    body = FILE.read_text(encoding="utf-8").replace("def gradients(", "def _inner(").replace("self.gradients(", "self._inner(")
    (folder / "net.py").write_text(body, encoding="utf-8")
    return judge(load(f"{folder}/net.py:{name}"), examples=0)


@pytest.mark.parametrize("name", ["Momentum", "FallingRate"])
def test_first_steps_of_momentum_and_of_a_falling_rate_show_the_gradient(name: str, tmp_path: Path) -> None:
    judgement = without_gradient(tmp_path, name)
    assert judgement.outcome == "conforms"
    assert judgement.subject.unscaled and "step" in judgement.subject.claims.operations
    assert "grad-value" in [v.clause.slug for v in judgement.having("held")]


def test_where_only_the_steps_of_adam_are_there_nothing_is_known_of_the_gradient(tmp_path: Path) -> None:
    judgement = without_gradient(tmp_path, "Adam")
    assert judgement.outcome == "not judged"
    assert judgement.having("violated") == []
