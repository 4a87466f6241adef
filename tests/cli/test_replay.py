"""backproof replay: a finding is shown again, and is gone once the subject is mended."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from backproof import replay
from backproof.case import Case
from backproof.registry import properties
from backproof.subjects.errors import Unusable
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Layer, Loss, Network

from .running import QUICK, SINS, run, sin

Capture = pytest.CaptureFixture[str]


def case(value: float = 0.5) -> Case:
    net = Network((1, 2), (Activation("leaky_relu", alpha=0.2),), Loss("squared_error"), Loss("cross_entropy"))
    params = (Layer(np.array([[1.0, value]]), np.array([0.0, -0.25])),)
    return Case(net, params, np.array([[2.0]]), np.array([[1.0, 0.0]]), "by hand", frozenset({"moderate"}))


def finding(capsys: Capture, target: str) -> tuple[str, str]:
    """The token of the first root cause in the report, and its message."""
    ran = run(capsys, "check", *QUICK, "--json", "-", target)
    found = next(c for c in json.loads(ran.out)["subjects"][0]["clauses"] if c["replay"] and c["under"] is None)
    return found["replay"].removeprefix("backproof replay "), found["message"]


@pytest.mark.parametrize("name", ["LacksDerivative", "ChangesArguments", "Exits"])
def test_a_finding_is_shown_again(capsys: Capture, name: str) -> None:
    token, message = finding(capsys, sin(name))
    ran = run(capsys, "replay", "--in-process", token)
    assert (ran.status, ran.err) == (1, "")
    assert f"violated: {message}" in " ".join(ran.out.split())
    assert ran.out.startswith(sin(name)) and re.search(r"^  case +\d", ran.out, re.M)


def test_a_finding_is_shown_again_by_a_child_process(capsys: Capture) -> None:
    token, message = finding(capsys, sin("Raises"))
    ran = run(capsys, "replay", token)
    assert ran.status == 1
    assert message in " ".join(ran.out.split())


def test_a_finding_is_gone_once_the_subject_is_mended(capsys: Capture, tmp_path: Path) -> None:
    mended = tmp_path / "net.py"
    wrong = SINS.read_text()
    mended.write_text(wrong)
    token, _ = finding(capsys, f"{mended}:LacksDerivative")
    mended.write_text(wrong.replace("return delta @ above.W.T", "return super().hidden_delta(net, l, delta, above, run)"))
    ran = run(capsys, "replay", "--in-process", token)
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "holds"


def token_for(name: str, target: str, given: Case | None = None) -> str:
    return replay.token(target, Hints(), name, given or case())


def named(slug: str) -> str:
    return next(found.name for found in properties() if found.slug == slug)


def test_a_finding_whose_prerequisite_fails_is_undecided(capsys: Capture) -> None:
    ran = run(capsys, "replay", "--in-process", token_for(named("forward-affine"), sin("GivesNone")))
    assert ran.status == 2
    assert ran.out.splitlines()[-1].startswith("undecided: forward returned None")


def test_a_finding_in_an_operation_that_is_gone_is_not_judged(capsys: Capture) -> None:
    ran = run(capsys, "replay", "--in-process", token_for(named("loss-value"), sin("OnlyForward")))
    assert ran.status == 2
    assert ran.out.splitlines()[-1] == "not judged: the subject offers no loss"


def test_a_property_of_another_version_is_refused_with_the_nearest(capsys: Capture) -> None:
    name = named("loss-value")
    ran = run(capsys, "replay", "--in-process", token_for(name + "s", sin("Small")))
    assert ran.status == 2
    assert f"there is no property {name}s; did you mean {name}?" in ran.err


def test_a_target_that_has_gone_is_refused(capsys: Capture) -> None:
    ran = run(capsys, "replay", "--in-process", token_for(named("loss-value"), "gone/net.py:Net"))
    assert (ran.status, ran.out) == (2, "")
    assert "there is no file gone/net.py" in ran.err


@pytest.mark.parametrize("value", [0.1, 1e-300, float("nan"), float("inf"), float("-inf"), -0.0])
def test_a_token_gives_back_every_bit(value: float) -> None:
    hints = Hints(hidden="tanh", l2=0.1)
    back = replay.read(replay.token("net.py:Net", hints, "a_property", case(value)))
    assert (back.target, back.hints, back.property) == ("net.py:Net", hints, "a_property")
    given = case(value)
    assert (back.case.net, back.case.name, back.case.flavours) == (given.net, given.name, given.flavours)
    assert back.case.params[0].W.tobytes() == given.params[0].W.tobytes()
    assert back.case.params[0].b.tobytes() == given.params[0].b.tobytes()
    assert (back.case.x == given.x).all() and (back.case.t == given.t).all()


def test_a_token_keeps_class_numbers_and_float32() -> None:
    given = Case(case().net, case().params, case().x.astype(np.float32), np.array([1]))
    back = replay.read(replay.token("net.py:Net", Hints(), "a_property", given)).case
    assert (str(back.x.dtype), back.t.dtype.kind, back.t.tolist()) == ("float32", "i", [1])


def test_a_token_is_one_short_word_that_no_shell_touches() -> None:
    word = replay.token("net.py:Net", Hints(), "a_property", case())
    assert re.fullmatch(r"bp2-[A-Za-z0-9_-]+", word)
    assert len(word) < 250


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_token_that_lost_its_end_is_refused(cut: int) -> None:
    with pytest.raises(Unusable, match="copy the whole word"):
        replay.read(replay.token("net.py:Net", Hints(), "a_property", case())[:-cut])
