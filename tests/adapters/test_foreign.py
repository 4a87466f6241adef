"""Packages of other languages: each is judged where it is installed, and what it violates is confirmed by a script of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.adapters.present import FOREIGN, lacking

from backproof.diagnosis.diagnose import diagnose
from backproof.report.field import unargued
from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints, Subject
from backproof_impl.field import entries

TOP = Path(__file__).resolve().parents[2]
CONFIRMATIONS = TOP / "impl/backproof_impl/field/confirmations"
COMPILE = ("cc", "-O1", "-Wall", "-Wextra", "-Werror")
LINES, LINES_OF_C = 40, 90  # of an adapter beside the ready-made harness; C has no lists

class Glue(NamedTuple):
    """An adapter, and a fault to be put into it."""

    package: str  # its folder
    path: str
    right: str
    wrong: str
    slug: str  # of a clause that the package itself does not violate, and that the fault does


GLUE = {  # by the name in the field report
    "brainjs": Glue(
        "brainjs", "brainjs/net.mjs", "learningRate: asked.rule.rate", "learningRate: asked.rule.rate / 2", "grad-value"
    ),
    "synaptic": Glue("synaptic", "synaptic/net.mjs", "neuron.bias = b[j]", "neuron.bias = -b[j]", "forward-bias"),
    "synaptic-plain": Glue("synaptic", "synaptic/net.mjs", "net.propagate(", "Boolean(", "step-every-layer"),
    "convnetjs": Glue("convnetjs", "convnetjs/net.mjs", "grads.fill(0)", "grads.fill(1)", "grad-direction"),
    "convnetjs-trainer": Glue("convnetjs", "convnetjs/trainer.mjs", "batch_size: n", "batch_size: 1", "grad-value"),
    "fann": Glue("fann", "fann/net.c", "= (fann_type)*one", "= (fann_type)(i < in ? *one : -*one)", "forward-bias"),
    "fann-incremental": Glue("fann", "fann/net.c", "(float)bp_number", "-(float)bp_number", "rule-momentum"),
    "fann-tables": Glue(
        "fann", "fann/net.c", "FUNCTIONS[tables][sigmoid + 2 * tanh]", "FUNCTIONS[tables][tanh + 2 * sigmoid]", "activation-value"
    ),
    "nnet": Glue("rnnet", "rnnet/net.R", "rbind(vector_in(p$b)", "rbind(-vector_in(p$b)", "forward-bias"),
}  # fmt: skip
FIELD = {one.name: one for one in entries() if one.target.startswith("cmd:")}


def test_every_adapter_in_another_language_is_in_the_field_report_and_has_a_fault_put_into_it() -> None:
    assert set(FIELD) == set(GLUE)
    assert {one.package for one in GLUE.values()} == {path.name for path in FOREIGN.iterdir() if path.is_dir()} - {"node_modules"}


def test_the_page_says_for_each_how_it_is_installed_and_judged() -> None:
    lines = (FOREIGN / "README.md").read_text(encoding="utf-8").splitlines()
    assert [one.name for one in FIELD.values() if not {one.install, f"backproof check '{one.target}'"} <= set(lines)] == []


@pytest.fixture(params=list(GLUE))
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    if why := lacking(GLUE[found].package):
        pytest.skip(f"{why}: see impl/backproof_impl/adapters/foreign/README.md")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The adapters, where they may be changed."""
    made = tmp_path / "foreign"
    shutil.copytree(FOREIGN, made, ignore=shutil.ignore_patterns("node_modules"))
    if (FOREIGN / "node_modules").is_dir():
        (made / "node_modules").symlink_to(FOREIGN / "node_modules")
    return made


def judged(name: str, folder: Path) -> Judgement:
    with opened(name, folder) as subject:
        return judge(subject, 0, SMOKE, shrink=False, thin=True)


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Subject]:
    """The adapter of that folder; FANN's is compiled there."""
    if GLUE[name].package == "fann":
        libraries = ("-lfann", "-lm")
        subprocess.run((*COMPILE, "-I", folder, "-o", folder / "fann/fann", folder / "fann/net.c", *libraries), check=True)
    here = FOREIGN.relative_to(TOP).as_posix()
    subject = open_session(FIELD[name].target.replace(here, str(folder)), Hints(), 20.0)
    try:
        yield subject
    finally:
        subject.close()


def violated(judgement: Judgement) -> set[str]:
    return {verdict.clause.slug for verdict in judgement.having("violated")}


@pytest.mark.parametrize("other", ["", "-plain"])
def test_faults_of_synaptic_are_named(other: str, folder: Path) -> None:
    if why := lacking("synaptic"):
        pytest.skip(why)
    with opened(f"synaptic{other}", folder) as subject:
        found = diagnose(judge(subject, 0, SMOKE, shrink=False, thin=True))
    second = "rate-zero-replaced" if other else "tanh-by-quotient"
    assert found is not None and [one.fault.name for one in found.named] == ["delta-through-updated-weights", second]


def test_a_package_violates_only_what_is_argued(name: str, folder: Path) -> None:
    found = judged(name, folder)
    assert unargued(FIELD[name], found) == []
    assert len(found.having("held")) >= 30


def test_a_fault_in_its_glue_is_caught(name: str, folder: Path) -> None:
    adapter = GLUE[name]
    glue = folder / adapter.path
    text = glue.read_text(encoding="utf-8")
    assert text.count(adapter.right) == 1 and adapter.slug not in FIELD[name].argued
    glue.write_text(text.replace(adapter.right, adapter.wrong), encoding="utf-8")
    assert adapter.slug in violated(judged(name, folder))


SCRIPTS = sorted(path for kind in ("mjs", "c", "R") for path in CONFIRMATIONS.glob(f"*.{kind}"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_confirmation_sees_the_same_with_the_package_alone(script: Path, tmp_path: Path) -> None:
    package = {"nnet": "rnnet"}.get(begins := script.name.split("-")[0], begins)
    if why := lacking(package):
        pytest.skip(f"{why}: see impl/backproof_impl/adapters/foreign/README.md")
    if script.suffix == ".c":
        subprocess.run((*COMPILE, "-o", tmp_path / "confirm", script, "-lfann", "-lm"), check=True)
    command = {".c": [str(tmp_path / "confirm")], ".mjs": ["node"], ".R": ["Rscript"]}[script.suffix]
    ran = subprocess.run([*command, str(script)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "should be" in ran.stdout, ran


@pytest.mark.parametrize("path", sorted({one.path for one in GLUE.values()}))
def test_an_adapter_is_short(path: str) -> None:
    lines = [line for line in (FOREIGN / path).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= (LINES_OF_C if path.endswith(".c") else LINES)
