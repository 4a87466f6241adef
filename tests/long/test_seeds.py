"""The short form of the long run over seeds, and what one seed determines."""

import ast
import json
from pathlib import Path

import pytest
from tests.long.seeds import accusations, main, targets, unlisted

from backproof.pool import pool
from backproof.report.document import document
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_spec.catalogue import Argued, Judged

WRONG = "backproof_impl.faults.hidden_delta:HiddenDeltaLacksDerivative"
SUBJECT = '''
{extra}
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Loss

class Net(Reference):
    """One family of the reference, with the first layer's gradient halved."""
    @property
    def claims(self):
        return Claims("net", (Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),)),))
    def hidden_delta(self, net, l, delta, above, run):
        return super().hidden_delta(net, l, delta, above, run) / 2
'''


def test_no_right_program_is_accused_over_two_seeds() -> None:
    assert list(accusations(range(1000, 1002), 20)) == []


def test_the_run_over_seeds_covers_the_reference_and_the_mended_programs() -> None:
    assert len(targets()) == 6


def test_the_run_over_seeds_notices_a_wrong_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.long.seeds.targets", lambda: (WRONG,))
    assert len(list(accusations(range(1), 0))) == 1


def test_a_package_may_violate_what_is_argued_and_nothing_else() -> None:
    at = (range(1), 0)
    assert list(unlisted((Judged("right", "reference", {}),), *at)) == []
    accused = list(unlisted((Judged("wrong", WRONG, {}),), *at))
    assert len(accused) == 1 and "wrong, seed 0: violates" in accused[0] and "grad-hidden-delta" in accused[0]
    argued = Argued("clear bug", "it forgets the derivative")
    slugs = ast.literal_eval(accused[0].partition("violates, ")[2])
    assert list(unlisted((Judged("wrong", WRONG, dict.fromkeys(slugs, argued)),), *at)) == []


def test_the_run_over_seeds_says_which_package_there_is_none_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["1", "--packages", "toch"]) == 2
    assert "did you mean torch?" in capsys.readouterr().err


def test_the_run_over_seeds_begins_at_the_seed_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.long.seeds.targets", lambda: (WRONG,))
    assert main(["1", "--first", "7"]) == 1
    assert "seed 7: violates" in capsys.readouterr().out


def report(folder: Path, extra: str) -> str:
    """The whole JSON report on the subject, written anew with another first line."""
    (folder / "literals.py").write_text("LITERALS = (784, 0.731058, 65537)\n", encoding="utf-8")
    (folder / "net.py").write_text(SUBJECT.replace("{extra}", extra), encoding="utf-8")
    subject = load(f"{folder}/net.py:Net")
    return json.dumps(document([judge(subject, 3, 20)], Hints()), sort_keys=True)


def test_one_seed_gives_one_report_also_with_another_file_imported(tmp_path: Path) -> None:
    first = report(tmp_path, "")
    assert '"verdict": "violates"' in first
    assert report(tmp_path, "") == first
    assert report(tmp_path, "import literals, fractions, decimal") == first


def test_another_seed_draws_other_cases() -> None:
    claims = load("reference").claims
    drawn = [[case.x.tolist() for case in pool(claims, seed, 10)][-10:] for seed in (1, 2)]
    assert drawn[0] != drawn[1]
