"""What is printed first of a wrong class: on one screen its diagnosis, its remedy, a case worked by hand, how to replay it."""

import re
from math import ceil, exp
from pathlib import Path

import pytest

from .running import QUICK, run

Capture = pytest.CaptureFixture[str]
WIDTH, SCREEN = 80, 24
README = Path(__file__).parents[2] / "README.md"
LACKS = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Net:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.weights = [rng.normal(size=(i, o)) / i**0.5 for i, o in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(o) for o in sizes[1:]]

    def forward(self, x):
        self.a = [x]
        for W, b in zip(self.weights, self.biases):
            self.a.append(sigmoid(self.a[-1] @ W + b))
        return self.a[-1]

    def loss(self, x, t):
        return 0.5 * ((self.forward(x) - t) ** 2).sum() / len(x)

    def gradients(self, x, t):
        y = self.forward(x)
        delta = (y - t) * y * (1 - y) / len(x)
        dWs, dbs = [], []
        for l in range(len(self.weights) - 1, -1, -1):
            dWs.insert(0, self.a[l].T @ delta)
            dbs.insert(0, delta.sum(axis=0))
            delta = delta @ self.weights[l].T
        return dWs, dbs
"""
BACK = "delta @ self.weights[l].T"
TWO = LACKS.replace("delta.sum(axis=0))", "-delta.sum(axis=0))")
CLASSES = {
    "of the README": re.findall(r"```python\n(# net\.py\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0],
    "lacks a derivative": LACKS,
    "two faults": TWO,
    "three faults": TWO.replace("self.a[l].T @ delta", "np.maximum(self.a[l], 0).T @ delta"),
    "no known fault": LACKS.replace(BACK, f"({BACK}) * (self.a[l] * (1 - self.a[l])) ** 3"),
    "right": LACKS.replace(BACK, f"({BACK}) * self.a[l] * (1 - self.a[l])"),
}


WRONG = [name for name in CLASSES if name != "right"]
LABELS = ("fault", "right are", "right", "mend it", "proof", "worked", "read", "replay", "first", "looks")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """What was printed of each class already."""
    return {}


@pytest.fixture
def screen(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, pages: dict[str, str]
) -> str:
    """All that is printed above the list of what was recognised; the class is in net.py, here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    Path("net.py").write_text(CLASSES[request.param], encoding="utf-8")
    if request.param not in pages:
        ran = run(capsys, "check", *QUICK, "net.py:Net")
        pages[request.param], found, _ = ran.out.partition("\n  scope ")
        assert found and (ran.status, ran.err) == (int(request.param in WRONG), "")
    return pages[request.param]


def on(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("screen", [name], indirect=True)


def rows(page: str) -> int:
    """Of a terminal, on which a long replay takes several."""
    return sum(max(1, ceil(len(line) / WIDTH)) for line in page.splitlines())


def labels(page: str) -> list[str]:
    """The words at the beginning of its lines, in order."""
    return re.findall(rf"^   ({'|'.join(LABELS)}) +\S", page, re.M)


@on("lacks a derivative")
def test_a_known_fault_is_told_from_its_name_to_its_replay(screen: str) -> None:
    told, _, token = screen.rpartition("backproof replay ")
    verdict, diagnosis = told.split("\n\n")
    assert re.fullmatch(r"VIOLATES  net\.py:Net\n  \d+ of \d+ clauses are violated, from 1 root cause", verdict)
    rounding = re.compile(r"\de-1[56]")
    assert rounding.sub("1e-16", diagnosis) == """\
diagnosis
   The error is sent back through W, but not through the activation.
   fault     hidden-delta-lacks-derivative (hidden delta)
   right     delta1 = (delta2 @ self.weights[1].T) * a1 * (1 - a1)
   mend it   multiply delta @ W.T by f'(z) of the layer below
   proof     a program with this fault gives the same numbers on fresh cases, to
             1e-16; the nearest other, hidden-errors-sent-back-for-deltas, is
             off by 0.94
   worked    1-1-1; sigmoid, then sigmoid; squared error; 1 row; W1 = [[1]], b1
             = [0]; W2 = [[1]], b2 = [0]; x = [[1]], t = [[0]]
             right: z1 = 1, a1 = 0.731059, z2 = 0.731059, y = 0.675038, loss =
             0.227838, delta2 = 0.148077, dW2 = 0.108253, db2 = 0.148077
             delta1 is 0.148077, should be 0.0291138: here they part
             dW1 is 0.148077, should be 0.0291138
             db1 is 0.148077, should be 0.0291138
   read      backproof explain hidden-delta-lacks-derivative
   replay    """
    assert re.fullmatch(r"bp2-[\w-]+\n", token)


def logistic(z: float) -> float:
    return 1 / (1 + exp(-z))


@on("lacks a derivative")
def test_the_worked_numbers_are_those_of_a_pocket_calculator(screen: str) -> None:
    a = logistic(1.0)
    y = logistic(a)
    delta2 = y * y * (1 - y)  # (y - 0) y (1 - y)
    for name, value in {"a1": a, "y": y, "loss": y * y / 2, "delta2": delta2, "dW2": a * delta2}.items():
        assert f"{name} = {value:.6g}" in " ".join(screen.split())
    assert f"delta1 is {delta2:.6g}, should be {delta2 * a * (1 - a):.6g}: here they part" in screen


@on("of the README")
def test_the_class_of_the_readme_takes_the_derivative_at_the_activation(screen: str) -> None:
    assert screen.splitlines()[3:8] == [
        "diagnosis",
        "   The derivative is evaluated at a = f(z) instead of z.",
        "   fault     derivative-at-activation (activation)",
        "   right     delta1 = (delta2 @ self.W2.T) * a1 * (1 - a1)",
        "   mend it   evaluate f' at the pre-activation z, or use its form in a",
    ]
    a = logistic(1.0)
    delta2, at_a = logistic(a), logistic(a) * (1 - logistic(a))  # binary cross-entropy: y - 0; f'(a), where f'(z) belongs
    assert f"delta1 is {delta2 * at_a:.6g}, should be {delta2 * a * (1 - a):.6g}: here they part" in screen


@on("two faults")
def test_two_faults_are_each_told_with_their_remedy(screen: str) -> None:
    assert "\ndiagnosis: 2 faults at once\n" in screen
    one = ["fault", "right", "mend it"]
    assert labels(screen) == [*one, *one, "proof", "worked", "read", "replay"]
    for line in (
        "   fault     bias-gradient-wrong-sign (bias gradient)\n   right     db2 = delta2.sum(axis=0)\n",
        "   mend it   db is +delta.sum(axis=0): the minus belongs to the update\n",
        "   fault     hidden-delta-lacks-derivative (hidden delta)\n",
        "   mend it   multiply delta @ W.T by f'(z) of the layer below\n",
        "             db1 is -0.125, should be 0.125: here they part\n",  # y = 1/2, t = 0: delta = 1/2 * 1/2 * 1/2
    ):
        assert line in screen


@on("three faults")
def test_of_many_faults_each_has_its_name_and_its_right_equation(screen: str) -> None:
    count = int(re.findall(r"\ndiagnosis: (\d) faults at once\n", screen)[0])
    assert count == 3 and labels(screen).count("fault") == labels(screen).count("right") == count
    assert "worked" in labels(screen) and ": here they part\n" in screen


@on("no known fault")
def test_an_error_without_a_name_is_told_by_its_stage_and_what_should_stand_there(screen: str) -> None:
    assert screen.splitlines()[3:-1] == [
        "diagnosis: no known fault, alone or with others, does what this program does",
        "   first     what is wrong first is the hidden delta of layer 2, in a network of",
        "             3-4-3-2",
        "   right are outputs, loss",
        "   right     delta2 = (delta3 @ self.weights[2].T) * a2 * (1 - a2)",
    ]
    assert labels(screen)[-1] == "replay"


@on("right")
def test_a_right_class_has_no_diagnosis(screen: str) -> None:
    assert re.fullmatch(r"CONFORMS  net\.py:Net\n  \d+ of \d+ clauses hold; none is violated", screen)


@pytest.mark.parametrize("screen", WRONG, indirect=True)
def test_the_diagnosis_fits_on_a_screen_with_nothing_but_the_verdict_above_it(screen: str) -> None:
    lines = screen.splitlines()
    assert lines[0] == "VIOLATES  net.py:Net" and lines[1].startswith("  ") and lines[2] == ""
    assert lines[3].startswith("diagnosis") and labels(screen)[-1] == "replay" and "right" in labels(screen)
    assert rows(screen) <= SCREEN
    assert all(len(line) <= WIDTH for line in lines if not line.startswith("   replay "))


def test_five_faults_of_a_program_from_the_field_fit_on_a_screen_too(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    page, found, _ = run(capsys, "check", *QUICK, "backproof_impl.gallery.or_gate:Posted").out.partition("\n\n  scope ")
    assert found and "\ndiagnosis: 5 faults at once\n" in page and labels(page).count("fault") == 5
    assert labels(page).count("right") == 4 and "give each unit a bias" in page  # the shape of biases has no equation
    assert labels(page)[-1] == "replay" and ": here they part\n" in page and rows(page) <= SCREEN


@pytest.mark.parametrize("screen", WRONG, indirect=True)
def test_what_it_says_how_to_see_it_again_shows_it_again(capsys: Capture, screen: str) -> None:
    ran = run(capsys, "replay", "--in-process", screen.split()[-1])
    assert ran.status == 1 and ran.out.startswith("net.py:Net") and "violated: " in ran.out


def test_a_line_that_is_too_long_takes_several_rows() -> None:
    assert rows("") == 0 and rows("x\n\nx\n") == 3 and rows("x" * WIDTH) == 1 and rows("x" * (2 * WIDTH + 1)) == 3
