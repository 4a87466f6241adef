"""Adapters convert and call; what is judged through them conforms, or violates what the field report argues."""

import ast
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.present import lacking

import backproof_impl.adapters
import backproof_impl.field
from backproof.diagnosis.diagnose import diagnose
from backproof.report.field import unargued
from backproof.runner import Judgement, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.find import find
from backproof.subjects.loading import load
from backproof.subjects.subject import Everything, Subject
from backproof_spec import Layer, Params

FOLDER = Path(backproof_impl.adapters.__file__).parent
ADAPTERS = sorted(FOLDER.glob("*_.py"))
CONFIRMATIONS = sorted((Path(backproof_impl.field.__file__).parent / "confirmations").glob("*.py"))
PACKAGES = {package.name: package for package in backproof_impl.field.entries()}
SUBJECTS = {point.name: point for point in entry_points(group="backproof.subjects") if "adapters" in point.value}
QUICK = ("autograd", "sklearn", "torch")
MOST = 40  # lines of code
MADE = {"zeros", "arange", "array", "float32", "vstack", "inf", "random"}  # of numpy: what makes arrays, and joins them
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.Mod, ast.FloorDiv)


def needed(name: str) -> None:
    """Skip, with the reason, where the package is not installed."""
    if why := lacking(name.split("_")[0].split("-")[0]):
        pytest.skip(why)


@cache
def judged(name: str) -> Judgement:
    """The boundary grid, thinned."""
    return judge(load(name), 0, 0, shrink=False, thin=True)


@pytest.mark.parametrize("name", SUBJECTS)
def test_an_installed_package_violates_nothing_that_is_not_argued(name: str) -> None:
    needed(name)
    found = judged(name)
    assert unargued(PACKAGES[name], found) == []
    assert found.outcome != "not judged"


def test_a_fault_of_a_package_is_named_where_the_catalogue_has_it() -> None:
    needed("opencv")
    found = diagnose(judged("opencv"))
    assert found is not None and [one.fault.name for one in found.named] == ["delta-through-updated-weights"]


@pytest.mark.parametrize("name", QUICK)
def test_a_right_package_conforms(name: str) -> None:
    needed(name)
    assert judged(name).outcome == "conforms"


class Spoiled:
    """A subject whose gradient passes through somebody's hands."""

    def __init__(self, within: Everything) -> None:
        self._within = within

    def __getattr__(self, name: str) -> Any:
        return getattr(self._within, name)

    def gradient(self, *given: Any) -> Params:
        return self.spoil(self._within.gradient(*given))

    def spoil(self, gradient: Params) -> Params:
        raise NotImplementedError


class Doubled(Spoiled):
    """The gradient is twice that of the loss."""

    def spoil(self, gradient: Params) -> Params:
        return tuple(Layer(2 * g.W, 2 * g.b) for g in gradient)


class WithoutBiases(Spoiled):
    """Biases have no gradient."""

    def spoil(self, gradient: Params) -> Params:
        return tuple(Layer(g.W, 0 * g.b) for g in gradient)


class Untransposed(Spoiled):
    """Square weights come back as (out, in)."""

    def spoil(self, gradient: Params) -> Params:
        return tuple(Layer(g.W.T if g.W.shape[0] == g.W.shape[1] else g.W, g.b) for g in gradient)


def spoiled(subject: Subject, sin: Any) -> Subject:
    return replace(subject, fresh=sin(subject.fresh), kept=sin(subject.kept))


@pytest.mark.parametrize("name", ["autograd", "torch"])
@pytest.mark.parametrize(
    ("sin", "clause"), [(Doubled, "grad-scale"), (WithoutBiases, "grad-biases"), (Untransposed, "grad-value")]
)
def test_a_mistake_in_an_adapter_is_caught(name: str, sin: type[Spoiled], clause: str) -> None:
    needed(name)
    found = judge(spoiled(load(name), sin), 0, 0, shrink=False, thin=True)
    assert clause in [verdict.clause.slug for verdict in found.having("violated")]


@pytest.mark.parametrize("script", CONFIRMATIONS, ids=lambda path: path.stem)
def test_an_accusation_is_confirmed_by_the_package_alone(script: Path) -> None:
    needed(script.stem)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_accusation_has_its_script_and_every_script_its_accusation() -> None:
    named = {one.confirmed for package in PACKAGES.values() for one in package.argued.values() if one.confirmed}
    noted = " ".join(note for package in PACKAGES.values() for note in package.notes)
    scripts = {path.name for path in CONFIRMATIONS[0].parent.iterdir() if path.is_file()}
    assert named <= scripts
    assert [name for name in scripts - named if name not in noted] == []
    assert all(one.confirmed for package in PACKAGES.values() for one in package.argued.values() if one.kind == "clear bug")
    assert {one.kind for package in PACKAGES.values() for one in package.argued.values()} <= {
        "clear bug", "documented choice", "limit",
    }  # fmt: skip


def test_every_subject_that_adapts_a_package_is_in_the_field_report() -> None:
    assert set(SUBJECTS) <= set(PACKAGES)


def code_lines(path: Path) -> int:
    """Lines that convert and call: neither blank nor comment, docstring or import, nor of a table of names."""
    text = path.read_text(encoding="utf-8")
    kept = {token.start[0] for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in QUIET}
    apart, tree = set[int](), ast.parse(text)
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.stmt)):
        said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        table = node in tree.body and isinstance(node, ast.Assign | ast.AnnAssign)
        if said or table or isinstance(node, ast.Import | ast.ImportFrom):
            apart |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(kept - apart)


QUIET = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


@pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: path.stem)
def test_an_adapter_has_at_most_forty_lines_of_code(path: Path) -> None:
    assert code_lines(path) <= MOST


def computed(tree: ast.AST) -> Iterator[str]:
    """Arithmetic between two things that are not literals, and functions of numpy that do more than make arrays."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=op, left=left, right=right) if isinstance(op, ARITHMETIC):
                if not any(isinstance(side, ast.Constant | ast.List) for side in (left, right)) or isinstance(op, ast.MatMult):
                    yield ast.unparse(node)
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name not in MADE:
                yield ast.unparse(node)


@pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: path.stem)
def test_an_adapter_converts_and_calls_and_computes_nothing(path: Path) -> None:
    assert list(computed(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("line", ["y = x @ W", "y = x * t", "y = np.exp(z)", "y = (y - t) / n"])
def test_an_adapter_that_computes_is_found(line: str) -> None:
    assert list(computed(ast.parse(line)))


def test_a_package_that_is_missing_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "backproof_impl.adapters.torch_", raising=False)
    with pytest.raises(Unusable, match=r"^torch is not installed: pip install 'backproof\[torch\]'$"):
        find("torch")


def test_one_extra_serves_all_subjects_that_begin_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.delitem(sys.modules, "backproof_impl.adapters.sklearn_", raising=False)
    with pytest.raises(Unusable, match=r"^sklearn is not installed: pip install 'backproof\[sklearn\]'$"):
        find("sklearn-regressor")
