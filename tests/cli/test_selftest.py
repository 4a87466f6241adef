"""backproof selftest: who caught what; and what it says when somebody got away, or was accused."""

import json
from pathlib import Path

import pytest

from backproof import selftest
from backproof.commands import selftest as command
from backproof.commands.console import page
from backproof.selftest import Caught, Matrix, Row, matrix, offered
from backproof.sights import SIGHTS
from backproof.subjects.errors import Unusable
from backproof_impl.variants import entries
from backproof_spec.catalogue import KnownFault, Variant
from backproof_spec.clauses import MalformedSpecification, UnknownClause, clauses

from .running import run

Capture = pytest.CaptureFixture[str]
FAULT = "hidden-delta-lacks-derivative"
KNOWN = {one.name: one for one in offered(selftest.FAULTS, KnownFault)}


def test_the_catalogue_and_the_variants_are_registered() -> None:
    assert len(KNOWN) >= 55 and len(offered(selftest.VARIANTS, Variant)) == len(entries()) >= 12
    assert all(one.breaks in clauses() for one in KNOWN.values())


def test_one_fault_is_caught_by_the_clause_it_breaks(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "selftest", FAULT, "--examples", "0", "--processes", "1", "--json", str(tmp_path / "matrix.json"))
    assert ran.status == 0
    assert f"{FAULT}: " in ran.out and "1 of 1 faults caught; first counterexample after " in ran.out
    (row,) = json.loads((tmp_path / "matrix.json").read_text())["rows"]
    assert row["name"] == FAULT and "grad-hidden-delta" in [one["slug"] for one in row["by"]]


def test_an_unknown_fault_is_one_sentence_with_the_nearest(capsys: Capture) -> None:
    ran = run(capsys, "selftest", "hidden-delta-lack-derivative")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"backproof: there is no fault hidden-delta-lack-derivative; did you mean {FAULT}?\n"


def test_a_file_that_cannot_be_written_is_one_sentence(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "matrix", lambda *_: made(caught()))
    ran = run(capsys, "selftest", FAULT, "--json", "/no/such/folder/matrix.json")
    assert ran.status == 2
    assert ran.err.endswith("backproof: /no/such/folder/matrix.json cannot be written: No such file or directory\n")


def test_the_matrix_goes_to_standard_output_as_json(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "matrix", lambda *_: made(caught()))
    ran = run(capsys, "selftest", FAULT, "--json", "-")
    assert '"outcome": "violates"' in ran.out


def caught(slug: str = "grad-hidden-delta", *more: str) -> Row:
    by = tuple(Caught(one, 2, 0.01 * k) for k, one in enumerate((slug, *more), start=1))
    return Row(FAULT, "violates", by, (slug,))


def made(row: Row, *variants: Row) -> Matrix:
    return Matrix((KNOWN[FAULT],), (row,), variants)


def test_who_gets_away_and_who_is_accused_is_said(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(Row(FAULT, "conforms", (), ()), Row("right", "violates", (Caught("loss-value", 1, 0.5),), ("loss-value",)))
    monkeypatch.setattr(command, "matrix", lambda *_: found)
    ran = run(capsys, "selftest")
    assert ran.status == 1
    assert f"{FAULT}: NOBODY (conforms)" in ran.out
    assert f"faults that survive:\n  {FAULT}\n" in ran.out
    assert "right programs that do not conform:\n  right\n" in ran.out
    assert "0 of 1 faults caught" in ran.out and "0 of 1 right programs conform" in ran.out
    assert "clauses that are the root for no fault, and do not say why they are kept:\n  shape-" in ran.out
    assert "\nalgebra-sign: catches 0 faults, is the root of 0, the first for 0; it says why it is kept\n" in ran.out


def test_a_fault_caught_by_another_clause_only_is_said(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "matrix", lambda *_: made(caught("grad-value")))
    out = run(capsys, "selftest", FAULT).out
    assert "  not by grad-hidden-delta, which it breaks" in out
    assert f"caught, but not by the clause they break:\n  {FAULT} (grad-hidden-delta)\n" in out
    assert f"caught by one clause and by nothing else:\n  grad-value: {FAULT}\n" in out


def test_the_first_of_several_roots_is_the_quickest() -> None:
    row = Row(FAULT, "violates", (Caught("a", 1, 0.3), Caught("b", 1, 0.1), Caught("c", 1, 0.01)), ("a", "b"))
    assert row.first == Caught("b", 1, 0.1)
    assert made(row).alone() == {} and made(row).times() == (0.1, 0.1)
    assert made(Row(FAULT, "conforms", (), ())).times() == (0.0, 0.0)


def test_programs_are_judged_in_processes_and_come_back_in_order() -> None:
    told: list[tuple[int, int]] = []
    variants = (Variant("reference", "reference", "the reference itself"),)
    found = matrix((KNOWN[FAULT],), variants, 0, 2, lambda done, total, name: told.append((done, total)))
    assert [row.name for row in (*found.rows, found.variants[0])] == [FAULT, "reference"]
    assert not (found.survivors or found.accused or found.elsewhere) and found.variants[0].by == ()
    assert found.idle and not found.passed, "one fault does not need every clause"
    programs = 2 + len(SIGHTS) + 1
    assert told[0] == (0, programs) and told[-1] == (programs, programs)
    assert found.caught()["grad-hidden-delta"][0] == 1
    (glimpse,) = found.glimpses
    assert (glimpse.name, glimpse.roots) == (f"{FAULT}, own loss only", ("grad-direction",))


def test_a_fault_that_only_another_clause_catches_fails_the_matrix() -> None:
    assert made(caught()).passed and not made(caught("grad-value")).passed


def test_a_clause_that_says_why_it_is_kept_is_not_idle() -> None:
    idle = made(caught(), Row("right", "conforms", (), ())).idle
    assert "shape-forward" in idle and not {"algebra-sign", "grad-hidden-delta"} & set(idle)


def test_without_a_catalogue_nothing_is_proven() -> None:
    with pytest.raises(Unusable, match=r"^no programs are registered under backproof\.nobody: install backproof again"):
        offered("backproof.nobody", KnownFault)


def test_on_a_terminal_it_is_a_table(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    made_up = page()
    made_up._force_terminal, made_up.width = True, 140
    monkeypatch.setattr(command, "page", lambda: made_up)
    monkeypatch.setattr(command, "matrix", lambda *_: made(caught("grad-hidden-delta", "grad-value")))
    assert "first caught by" in run(capsys, "selftest", FAULT).out


def test_a_clause_that_is_the_root_of_another_ones_fault_is_told(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Row("right", "conforms", (), ())
    monkeypatch.setattr(command, "matrix", lambda *_: made(caught("grad-value"), right))
    assert f"\n  the root also of {FAULT}\n" in run(capsys, "selftest").out


@pytest.mark.parametrize("trouble", [
    MalformedSpecification("08-algebra.md, line 100: algebra-mine names 'grad-weigths', which is not a clause; did you mean ..."),
    UnknownClause("no clause is called 'algebra-min'; did you mean 'algebra-sign'?"),
])  # fmt: skip
def test_a_mistake_in_the_text_is_said_and_not_called_an_error_of_backproof(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fails(*_: object) -> Matrix:
        raise trouble

    monkeypatch.setattr(command, "matrix", fails)
    ran = run(capsys, "selftest", FAULT)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith(f"backproof: {trouble}\n")
