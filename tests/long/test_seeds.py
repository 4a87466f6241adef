"""The short form of the long run over seeds, and what one seed determines."""

import json
from pathlib import Path

import pytest
from tests.long.seeds import accusations, targets

from backproof.pool import pool
from backproof.report.document import document
from backproof.runner import judge
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints

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
    monkeypatch.setattr("tests.long.seeds.targets", lambda: ("backproof_impl.faults.hidden_delta:HiddenDeltaLacksDerivative",))
    assert len(list(accusations(range(1), 0))) == 1


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
