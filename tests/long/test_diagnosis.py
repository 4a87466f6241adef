"""The short form of the measurement of the diagnosis, and that it notices one that is wrong."""

import json
import sys
from pathlib import Path

import pytest
from tests.diagnosis import measuring
from tests.diagnosis.measuring import CONVENTION, FIRST, NOT_SHOWN, SAME, WITHIN, WRONG, Done, Task, done, measured
from tests.diagnosis.ordinary import BASE, FORMS, Form
from tests.diagnosis.reached import ROWS
from tests.long import diagnosis
from tests.long.diagnosis import all_done, main, measurements, remembered, tasks

from backproof.diagnosis.diagnose import Diagnosis, Named
from backproof.runner import Judgement
from backproof_spec.composing import Part

Capture = pytest.CaptureFixture[str]
SQUARED, TANH, SOFTMAX = "sigmoid, squared error", "tanh, identity, squared error", "relu, softmax, cross-entropy"
SAMPLE = (  # of every stage that shows, and the setting that shows it
    ("one-hot-off-by-one", "relu, softmax, class numbers"), ("all-equal-initial-weights", SQUARED), ("bias-added-twice", SQUARED),
    ("tanh-from-sigmoid-of-z", TANH), ("tanh-derivative-lacks-square", TANH), ("softmax-of-base-two", SOFTMAX),
    ("mean-error-squared", SQUARED), ("delta-loses-its-sign", SQUARED), ("weight-gradient-transposed", SQUARED),
    ("last-row-dropped", SQUARED), ("penalty-doubled", "tanh, identity, l2"), ("rate-applied-twice", SQUARED),
    ("gradients-never-cleared", SQUARED), ("answers-demoted", SQUARED),
)  # fmt: skip
PAIR = ("hidden-delta-skips-weights", "bias-gradient-averaged")


@pytest.mark.parametrize(("fault", "setting"), SAMPLE, ids=[fault for fault, _ in SAMPLE])
def test_the_fault_of_an_ordinary_class_is_named(fault: str, setting: str) -> None:
    found = measured(Task("ordinary", fault, (fault,), setting))
    assert (found["outcome"], found["setting"]) in ((FIRST, setting), (WITHIN, setting)), found["says"]


def test_thresholds_are_a_convention_under_which_another_fault_is_left() -> None:
    found = measured(Task("ordinary", "bias-subtracted", ("bias-subtracted",), SQUARED))
    assert (found["outcome"], found["says"]) == (CONVENTION, "bias-gradient-wrong-sign")


def test_two_faults_are_named_both() -> None:
    assert measured(Task("pairs", " + ".join(PAIR), PAIR, SQUARED))["outcome"] == FIRST


@pytest.mark.parametrize("form", FORMS[1:], ids=lambda form: form.name)
def test_a_fault_is_named_however_the_class_is_written(form: Form) -> None:
    assert measured(Task(form.name, PAIR[0], PAIR[:1], SQUARED))["outcome"] == FIRST


def test_a_fault_in_no_catalogue_is_placed() -> None:
    assert measured(Task("ordinary", PAIR[0], PAIR[:1], SQUARED, left_out=True))["without"] == "right"


def test_a_right_program_is_not_diagnosed_and_one_of_the_gallery_is() -> None:
    right, wrong = tasks(["right"], 1000), tasks(["programs"], 1000)
    assert [measured(one)["outcome"] for one in (*right, *wrong)] == ["no diagnosis", "diagnosis"]


def blinded(judgement: Judgement, without: frozenset[str] = frozenset()) -> Diagnosis:
    """Whatever it is asked about, it says the same."""
    return Diagnosis((Named((Part("first-layer-frozen"),)),))


def test_a_diagnosis_that_always_says_the_same_falls_short(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.setattr("backproof.diagnosis.diagnose.diagnose", blinded)
    monkeypatch.setattr(measuring, "settings_for", lambda parts, form: [BASE])
    state = tmp_path / "state.jsonl"
    rows = ["ordinary", "leave-one-out", "right", "--names", PAIR[0], "reference", "--state", str(state)]
    monkeypatch.setattr(sys, "argv", ["diagnosis.py", *rows])
    assert main() == 1
    said = capsys.readouterr().out
    assert f"failed: {PAIR[0]} [{SQUARED}]: wrong name: first-layer-frozen" in said
    assert said.count("FALLS SHORT") == 4 and "failed: reference [conforms]: diagnosis: first-layer-frozen" in said
    assert main() == 1 and capsys.readouterr().out == said  # from the state file
    assert len(state.read_text().splitlines()) == 2


def test_what_is_there_to_be_measured() -> None:
    assert [task.row for task in tasks(list(ROWS), 1000, 0)] == [*(form.name for form in FORMS), "programs", "right"]
    assert len(tasks(["ordinary", "leave-one-out", "time"], count=0)) == len(tasks(["ordinary"])) > 290
    assert all(task.left_out for task in tasks(["ordinary", "leave-one-out"]))
    assert [task.name for task in tasks(["programs"])][:2] == ["000 as posted", "000 as answered"]
    (one,) = tasks(["pairs"], count=1)
    assert len(one.faults) == 2 and one.setting and one.row == "pairs"


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Nothing is measured; it is noted what would have been."""
    asked = list[Task]()

    def noted(task: Task) -> Done:
        asked.append(task)
        return done(task, task.setting, FIRST)

    monkeypatch.setattr(diagnosis, "measured", noted)
    return asked


def test_what_was_done_is_not_done_again_and_a_line_cut_off_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = counted(monkeypatch)
    wanted, state = tasks(["ordinary"], 100)[:3], tmp_path / "state.jsonl"
    assert len(list(all_done(wanted, 1, state))) == len(asked) == 3
    lines = state.read_text().splitlines()
    state.write_text("\n".join([*lines[:2], lines[2][:20]]))
    assert len(list(all_done(wanted, 1, state))) == 3 and len(asked) == 4
    assert len(list(all_done([one._replace(left_out=True) for one in wanted], 1, state))) == 3 and len(asked) == 7


def test_settings_are_taken_from_an_older_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = counted(monkeypatch)
    older, wanted = tmp_path / "older.jsonl", tasks(["ordinary"], 100)[:3]
    shown = [done(wanted[0], "there", FIRST), done(wanted[1], "", NOT_SHOWN, "conforms")]
    older.write_text("".join(json.dumps(one) + "\n" for one in shown))
    found = {one["name"]: one["setting"] for one in all_done(wanted, 1, None, older)}
    assert [task.setting for task in asked] == ["there", ""] and found[wanted[0].name] == "there"
    assert remembered(None) == {} and len(remembered(older)) == 2


def test_a_row_that_does_not_exist_is_usage(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "argv", ["diagnosis.py", "extraordinary"])
    with pytest.raises(SystemExit):
        main()
    assert "there is no row extraordinary; there are ordinary, step-only" in capsys.readouterr().err


def found(row: str, *outcomes: str, **more: object) -> list[Done]:
    """Measurements with these outcomes."""
    made = [done(Task(row, f"fault {i}"), "here", one, "names", (0.1, 1.0, 0.5)) for i, one in enumerate(outcomes)]
    return [one | more for one in made]  # type: ignore[misc]  # of the same keys


def test_goals_are_shares_of_what_can_be_shown() -> None:
    good = found("ordinary", *[FIRST] * 99, WITHIN, NOT_SHOWN)
    told = ROWS["ordinary"].reached(good)
    assert told.enough and told.goals[0].got == "99 of 100, 99.0 %" and not told.failed
    assert told.also == ["within a set: fault 99 [here]: names", "not shown (names): fault 100"]
    assert not ROWS["ordinary"].reached(found("ordinary", *[FIRST] * 99, SAME)).enough  # it is not named
    assert ROWS["step-only"].reached(found("step-only", *[FIRST] * 95, *[SAME] * 5)).enough
    assert not ROWS["step-only"].reached(found("step-only", *[FIRST] * 94, *[SAME] * 6)).enough
    assert not ROWS["right"].reached(found("right", *["no diagnosis"] * 99, "broken")).enough
    assert ROWS["programs"].reached(found("programs", "diagnosis")).also == ["fault 0: names"]


def test_faults_left_out_may_have_another_name_of_the_same_program() -> None:
    some = [*found("ordinary", *[FIRST] * 19, without="right"), *found("ordinary", FIRST, without="stage wrong")]
    assert ROWS["leave-one-out"].reached([*some, *found("ordinary", *[FIRST] * 9, without=SAME)]).enough
    assert not ROWS["leave-one-out"].reached([*some, *found("ordinary", FIRST, without=WRONG)]).enough
    assert not ROWS["leave-one-out"].reached([*some, *found("ordinary", FIRST, without="silent")]).enough


def test_every_diagnosis_is_quick_enough_or_named() -> None:
    some = [*found("ordinary", FIRST, FIRST), *found("pairs", FIRST, diagnosing=2.5)]
    told = dict(measurements(["time"], some))["time"]
    assert [goal.enough for goal in told.goals] == [True, False] and told.failed == ["fault 0: 2.50 s"]
    assert told.lines("time")[0].endswith("median 0.50 s, largest 0.50 s, 0 of 2 above")
