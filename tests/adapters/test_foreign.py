"""Packages of other languages: each is judged where it is installed, and what it violates is confirmed by a script of its own."""

import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints

IMPL = Path(__file__).resolve().parents[2] / "impl" / "backproof_impl"
FOREIGN, CONFIRMATIONS = IMPL / "adapters" / "foreign", IMPL / "field" / "confirmations"
COMPILE = ("cc", "-O1", "-Wall", "-Wextra", "-Werror")
LINES, LINES_OF_C = 40, 90  # of an adapter beside the ready-made harness; C has no lists

TANH_FAR = {"activation-far": "tanh-far"}
VALUES = ("activation-value", "activation-far", "forward-affine", "forward-bias", "forward-layers", "loss-value")
LEAKY = dict.fromkeys((*VALUES, "step-direction", "step-every-layer"), "leaky-relu")
TRAININGS = ("train-trajectory", "train-loss-falls", "train-classes", "collapse-constant")
NEW_WEIGHTS = dict.fromkeys(("step-direction", "step-rate", *TRAININGS), "new-weights")
DERIVATIVES = ("activation-derivative", "grad-value", "grad-output-delta", "grad-hidden-delta")
CLIPPED = dict.fromkeys(DERIVATIVES, "derivative-clipped") | {"activation-far": "linear-clipped"}
SQUARES = dict.fromkeys(("loss-value", "grad-scale", "grad-value", "grad-output-delta"), "regression-loss")


@dataclass(frozen=True)
class Package:
    """A program that speaks for a package: what its target needs, what it is confirmed to violate, a fault in its glue."""

    package: str  # the folder of the adapter, and how the names of its confirmations begin
    command: str  # in the folder of all adapters
    glue: str
    right: str
    wrong: str
    slug: str  # of a clause that the package itself does not violate, and that the fault does
    violates: dict[str, str] = field(default_factory=dict)  # by slug: the confirmation, or what the judge is wrong about


PACKAGES = {
    "brain.js": Package(
        "brainjs", "node brainjs/net.mjs",
        "brainjs/net.mjs", "learningRate: asked.rule.rate", "learningRate: asked.rule.rate / 2", "grad-value",
        LEAKY | {"rule-momentum": "momentum-biases", "rule-adam": "adam-biases"},
    ),
    "synaptic": Package(
        "synaptic", "node synaptic/net.mjs",
        "synaptic/net.mjs", "neuron.bias = b[j]", "neuron.bias = -b[j]", "forward-bias",
        TANH_FAR | NEW_WEIGHTS,
    ),
    "synaptic, plain": Package(
        "synaptic", "node synaptic/net.mjs plain",
        "synaptic/net.mjs", "net.propagate(", "Boolean(", "step-every-layer",
        {"step-rate-zero": "rate-zero"} | NEW_WEIGHTS,
    ),
    "convnetjs": Package(
        "convnetjs", "node convnetjs/net.mjs",
        "convnetjs/net.mjs", "grads.fill(0)", "grads.fill(1)", "grad-direction",
        TANH_FAR | SQUARES,
    ),
    "convnetjs, Trainer": Package(
        "convnetjs", "node convnetjs/trainer.mjs",
        "convnetjs/trainer.mjs", "batch_size: n", "batch_size: 1", "grad-value",
        TANH_FAR,
    ),
    "FANN": Package(
        "fann", "fann/fann",
        "fann/net.c", "= (fann_type)*one", "= (fann_type)(i < in ? *one : -*one)", "forward-bias",
        CLIPPED,
    ),
    "FANN, tables": Package(
        "fann", "fann/fann tables",
        "fann/net.c", "FUNCTIONS[tables][sigmoid + 2 * tanh]", "FUNCTIONS[tables][tanh + 2 * sigmoid]", "activation-value",
        CLIPPED,
    ),
    "FANN, incremental": Package(
        "fann", "fann/fann incremental",
        "fann/net.c", "(float)bp_number", "-(float)bp_number", "rule-momentum",
        CLIPPED | {"rule-reset": "momentum-kept"},
    ),
    "nnet": Package(
        "rnnet", "Rscript rnnet/net.R",
        "rnnet/net.R", "rbind(vector_in(p$b)", "rbind(-vector_in(p$b)", "forward-bias",
        {"activation-far": "far"},
    ),
}  # fmt: skip


@cache
def lacking(package: str) -> str:
    """What of the package's needs is not installed here; nothing, if all is."""
    if package == "rnnet":
        asked = ("Rscript", "-e", "quit(status = !all(c('nnet', 'jsonlite') %in% rownames(installed.packages())))")
        there = shutil.which("Rscript") and subprocess.run(asked, check=False, capture_output=True).returncode == 0
        return "" if there else "R's nnet and jsonlite"
    if package == "fann":
        return "" if shutil.which("cc") and Path("/usr/include/fann.h").exists() else "FANN, or a compiler of C"
    name = {"brainjs": "brain.js"}.get(package, package)
    return "" if shutil.which("node") and (FOREIGN / "node_modules" / name).is_dir() else f"{name}, or Node"


@pytest.fixture(params=list(PACKAGES))
def package(request: pytest.FixtureRequest) -> Package:
    found = PACKAGES[request.param]
    if lacking(found.package):
        pytest.skip(f"{lacking(found.package)} is not installed here: see impl/backproof_impl/adapters/foreign/README.md")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The adapters, where they may be changed."""
    made = tmp_path / "foreign"
    shutil.copytree(FOREIGN, made, ignore=shutil.ignore_patterns("node_modules"))
    if (FOREIGN / "node_modules").is_dir():
        (made / "node_modules").symlink_to(FOREIGN / "node_modules")
    return made


def judged(package: Package, folder: Path) -> Judgement:
    if package.package == "fann":
        libraries = ("-lfann", "-lm")
        subprocess.run((*COMPILE, "-I", folder, "-o", folder / "fann/fann", folder / "fann/net.c", *libraries), check=True)
    words = [str(folder / word) if "/" in word else word for word in package.command.split()]
    subject = open_session(f"cmd:{' '.join(words)}", Hints(), 20.0)
    try:
        return judge(subject, 0, SMOKE, shrink=False, thin=True)
    finally:
        subject.close()


def violated(judgement: Judgement) -> set[str]:
    return {verdict.clause.slug for verdict in judgement.having("violated")}


def test_a_package_violates_only_what_is_confirmed(package: Package, folder: Path) -> None:
    found = judged(package, folder)
    assert violated(found) <= set(package.violates)
    assert len(found.having("held")) >= 30


def test_a_fault_in_its_glue_is_caught(package: Package, folder: Path) -> None:
    glue = folder / package.glue
    text = glue.read_text(encoding="utf-8")
    assert text.count(package.right) == 1 and package.slug not in package.violates
    glue.write_text(text.replace(package.right, package.wrong), encoding="utf-8")
    assert package.slug in violated(judged(package, folder))


SCRIPTS = sorted(path for kind in ("mjs", "c", "R") for path in CONFIRMATIONS.glob(f"*.{kind}"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_confirmation_sees_the_same_with_the_package_alone(script: Path, tmp_path: Path) -> None:
    package = {"nnet": "rnnet"}.get(begins := script.name.split("-")[0], begins)
    if lacking(package):
        pytest.skip(f"{lacking(package)} is not installed here: see impl/backproof_impl/adapters/foreign/README.md")
    if script.suffix == ".c":
        subprocess.run((*COMPILE, "-o", tmp_path / "confirm", script, "-lfann", "-lm"), check=True)
    command = {".c": [str(tmp_path / "confirm")], ".mjs": ["node"], ".R": ["Rscript"]}[script.suffix]
    ran = subprocess.run([*command, str(script)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "should be" in ran.stdout, ran


def test_all_that_is_confirmed_has_its_script() -> None:
    names = {path.stem for path in SCRIPTS}
    for one in PACKAGES.values():
        prefix = {"rnnet": "nnet"}.get(one.package, one.package)
        for why in one.violates.values():
            assert f"{prefix}-{why}" in names, why


@pytest.mark.parametrize("path", sorted({package.glue for package in PACKAGES.values()}))
def test_an_adapter_is_short(path: str) -> None:
    lines = [line for line in (FOREIGN / path).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= (LINES_OF_C if path.endswith(".c") else LINES)
