"""backproof explain: what a page shows of each fault, where its lines come from, and how a page is set."""

import ast
import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

import backproof_impl
from backproof.commands import explain as command
from backproof.commands.console import Page
from backproof_impl.faults import catalogue, entries
from backproof_impl.faults.registry import STAGES
from backproof_spec.catalogue import KnownFault, Passage
from backproof_spec.clauses import clause

from .running import run

Capture = pytest.CaptureFixture[str]
FAULTS = entries()
CLASSES = {known.name: known.make for known in catalogue()}
FAULT = "hidden-delta-lacks-derivative"
HERE = Path(inspect.getfile(backproof_impl)).parent
PLACE = re.compile(r"(.+) \((.+\.py)(?:; super\(\) is (\w+))?\)")  # Reference.hidden_delta (reference.py)


def words(text: str) -> str:
    """The text on one line, however it was filled."""
    return " ".join(text.split())


def found(passage: Passage) -> tuple[str, str, str]:
    """Whose lines a passage says that it shows, in which file, and what super() is in it."""
    match = PLACE.fullmatch(passage.place)
    assert match, passage.place
    return match[1], match[2], match[3] or ""


def page_of(capsys: Capture, fault: KnownFault) -> str:
    ran = run(capsys, "explain", fault.name)
    assert (ran.status, ran.err) == (0, "")
    return ran.out


def test_every_fault_has_a_page_with_all_that_the_catalogue_holds(capsys: Capture) -> None:
    for fault in FAULTS:
        page, broken = page_of(capsys, fault), clause(fault.breaks)
        told = words(page)
        for part in (fault.explanation, fault.remedy, broken.title, broken.statement, broken.equation):
            assert words(part) in told, (fault.name, part)
        assert page.startswith(f"{fault.name}\n") and f"\nstage     {fault.stage}\n" in page
        assert f"backproof selftest {fault.name}\n" in page and page.endswith(f"backproof spec {broken.slug}\n")
        for passage in (*fault.right, *fault.wrong):
            assert all(f"  {line}\n" in page for line in passage.text.splitlines() if line), (fault.name, passage.place)


def test_every_page_is_plain_text_in_lines_of_eighty_but_for_code_and_equations(capsys: Capture) -> None:
    for fault in FAULTS:
        page = page_of(capsys, fault)
        prose = [line for line in page.splitlines() if not line.startswith(("  ", "equation "))]
        assert page.isascii() and page.replace("\n", "").isprintable(), fault.name
        assert max(map(len, prose)) <= 80 and not re.search(r"[ \t]\n", page), fault.name


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_wrong_lines_are_the_faults_own_and_differ_from_the_right_ones(fault: KnownFault) -> None:
    cls, first = CLASSES[fault.name], fault.wrong[0]
    name, file, above = found(first)
    assert name.startswith(f"{cls.__name__}.") and (HERE / file).samefile(inspect.getfile(cls))
    assert above == (cls.__mro__[1].__name__ if "super()" in inspect.getsource(cls) else "")
    assert all(line.strip() in inspect.getsource(cls) for line in first.text.splitlines() if not line.startswith("def "))
    assert fault.right and {one.text for one in fault.wrong}.isdisjoint(one.text for one in fault.right)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_right_lines_are_the_references_own(fault: KnownFault) -> None:
    """Word for word, from a file of the reference; of the same method, or of the equation of a rule."""
    for passage in fault.right:
        _, file, above = found(passage)
        assert not file.startswith("faults/") and not above
        written = (HERE / file).read_text(encoding="utf-8")
        lines = (line.strip().removesuffix(",") for line in passage.text.splitlines())
        assert [line for line in lines if line not in written and not line.startswith("def ")] == []
    overridden = {found(one)[0].partition(".")[2] for one in fault.wrong}
    assert fault.stage == "optimiser" or found(fault.right[0])[0].removeprefix("Reference.") in overridden


def test_all_lines_are_python_without_docstrings() -> None:
    for passage in (passage for fault in FAULTS for passage in (*fault.right, *fault.wrong)):
        (statement,) = ast.parse(passage.text).body
        assert isinstance(statement, ast.Expr) or (isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.body)
        assert '"""' not in passage.text, passage.place


def places(name: str) -> tuple[list[str], list[str]]:
    """Whose lines stand on the two sides."""
    (fault,) = (one for one in FAULTS if one.name == name)
    return [found(one)[0] for one in fault.right], [found(one)[0] for one in fault.wrong]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        (FAULT, ["Reference.hidden_delta"], ["HiddenDeltaLacksDerivative.hidden_delta"]),
        ("momentum-ignores-rate", ["momentum", "Memory"], ["MomentumIgnoresRate.move"]),
        (
            "adam-corrects-by-the-first",
            ["adam", "quotient", "Memory"],
            ["AdamCorrectsByTheFirst.corrections", "Adam.move", "Adam.corrections"],
        ),
        ("adam-lacks-root", ["adam", "quotient", "Memory"], ["AdamLacksRoot.root", "Adam.move"]),
        ("ascent-instead-of-descent", ["Reference.update", "update", "sgd"], ["AscentInsteadOfDescent.update"]),
        (
            "tanh-derivative-lacks-square",
            ["Reference.derivative", "derivative", "FUNCTIONS['tanh'].derivative"],
            ["TanhDerivativeLacksSquare.derivative", "inside"],
        ),
        (
            "elu-lacks-minus-one",
            ["Reference.activate", "value", "FUNCTIONS['elu'].value", "elu"],
            ["EluLacksMinusOne.activate"],
        ),
        ("slope-outside-the-function", ["Reference.activate"], ["SlopeOutsideTheFunction.activate"]),
        ("derivative-one-for-the-unknown", ["Reference.derivative", "derivative"], ["DerivativeOneForTheUnknown.derivative"]),
        ("dropout-left-on", ["Reference.activate"], ["DropoutLeftOn.activate"]),
        ("first-batch-size-kept", ["Reference.output_delta"], ["FirstBatchSizeKept.__init__", "FirstBatchSizeKept.output_delta"]),
        ("follows-one-loss-reports-another", ["Reference.claims", "matching"], ["FollowsOneLossReportsAnother.claims"]),
    ],
)
def test_each_side_shows_what_the_other_is_compared_with(name: str, right: list[str], wrong: list[str]) -> None:
    assert places(name) == (right, wrong)


def test_the_lines_of_a_function_are_its_own_under_a_head_without_types() -> None:
    (fault,) = (one for one in FAULTS if one.name == "last-batch-dropped")
    assert fault.wrong[0].text == (
        "def fit(self, net, x, t, query, /, *, seed, epochs, rule):\n"
        "    whole = max(4, len(x) - len(x) % 4)\n"
        "    return super().fit(net, x[:whole], t[:whole], query, seed=seed, epochs=epochs, rule=rule)"
    )


def test_the_list_has_each_fault_once_under_its_stage(capsys: Capture) -> None:
    lines = run(capsys, "explain").out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [fault.name for fault in FAULTS]
    assert [line for line in lines if not line.startswith("  ")] == [stage.replace("_", " ") for stage in STAGES]
    assert all(any(line.endswith(f" {fault.explanation}") for line in lines) for fault in FAULTS)


@pytest.mark.parametrize("stage", ["hidden delta", "hidden-delta", "optimiser"])
def test_a_stage_lists_its_faults(capsys: Capture, stage: str) -> None:
    ran = run(capsys, "explain", stage)
    told = [line.split()[0] for line in ran.out.splitlines()[1:]]
    assert (ran.status, ran.out.splitlines()[0]) == (0, stage.replace("-", " "))
    assert told == [fault.name for fault in FAULTS if fault.stage == stage.replace("-", " ")] != []


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("hidden-delta-lack-derivative", f"; did you mean {FAULT}?"),
        ("hiden-delta", "; did you mean hidden-delta?"),
        ("qqq", ""),
    ],
)
def test_an_unknown_name_is_one_sentence_with_the_nearest(capsys: Capture, name: str, near: str) -> None:
    ran = run(capsys, "explain", name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"backproof: there is neither a fault nor a stage {name}{near}; 'backproof explain' lists all\n"


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    made = Page(highlight=False, emoji=False, markup=False, force_terminal=True, width=width, color_system=None)
    monkeypatch.setattr(command, "page", lambda: made)


def test_a_wide_terminal_has_right_and_wrong_side_by_side(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, 120)
    out = run(capsys, "explain", FAULT).out
    assert re.search(r"right: the reference +wrong: this fault", out)
    assert re.search(r"return \(delta @ above\.W\.T\) \* self\.derivative\(net, l, run\) +return delta @ above\.W\.T", out)


def test_a_narrow_terminal_has_them_one_above_the_other_and_breaks_no_code(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch, 50)
    out = run(capsys, "explain", FAULT).out
    assert "\nright: the reference\n" in out and "\nwrong: this fault\n" in out
    assert "\n      return (delta @ above.W.T) * self.derivative(net, l, run)\n" in out


def test_colours_are_for_terminals(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in run(capsys, "explain", FAULT).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run(capsys, "explain", FAULT).out


def test_a_catalogue_that_shows_no_lines_has_pages_all_the_same(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = KnownFault(FAULT, "package.module:Name", "grad-hidden-delta", "hidden delta", "It is wrong.", "mend it")
    assert bare.right == bare.wrong == ()
    monkeypatch.setattr(command, "offered", lambda *_: (bare, replace(bare, name="another")))
    out = run(capsys, "explain", FAULT).out
    assert "It is wrong." in out and "right:" not in out


def test_lines_are_read_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process that judges faults loads the catalogue."""

    def read(_: object) -> str:
        raise OSError("source was read")

    monkeypatch.setattr(inspect, "getsource", read)
    one = entries()[0]
    for side in ("right", "wrong"):
        with pytest.raises(OSError, match="source was read"):
            getattr(one, side)
