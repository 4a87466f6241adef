"""A wheel, installed with its test extra in an empty environment, judges a class in a file elsewhere."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from backproof_spec.clauses import clauses

TOP = Path(__file__).resolve().parents[1]
CLASS = re.search(r"```python\n(# net\.py\n.*?)```", (TOP / "README.md").read_text(encoding="utf-8"), re.DOTALL)
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHON", "VIRTUAL"))}


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel in it; its folder of programs."""
    here = tmp_path_factory.mktemp("wheel")
    made = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", here, TOP, cwd=here)
    assert made.returncode == 0, made.stderr
    venv.create(here / "env", with_pip=True)
    home = here / "env" / ("Scripts" if os.name == "nt" else "bin")
    wheel = next(here.glob("backproof-*.whl"))
    done = run(home / "python", "-m", "pip", "install", "--quiet", f"{wheel}[test]", cwd=here)
    assert done.returncode == 0, done.stderr
    assert CLASS is not None
    (here / "elsewhere").mkdir()
    (here / "elsewhere" / "net.py").write_text(CLASS.group(1), encoding="utf-8")
    return home


def test_the_wheel_checks_a_class_in_a_file_elsewhere(installed: Path) -> None:
    done = run(installed / "backproof", "check", "net.py:Net", cwd=installed.parents[1] / "elsewhere")
    assert done.returncode == 1, done.stderr
    assert "activation-derivative" in done.stdout


def test_the_wheel_brings_the_pytest_option(installed: Path) -> None:
    elsewhere = installed.parents[1] / "elsewhere"
    done = run(installed / "python", "-m", "pytest", "-q", "--backproof", "net.py:Net", cwd=elsewhere)
    assert done.returncode == 1, done.stderr
    assert "FAILED net.py:Net::a_delta_is_multiplied_by_the_derivative_at_z" in done.stdout


def test_the_wheel_holds_the_specification_the_digits_the_schema_and_the_vectors(installed: Path) -> None:
    look = (
        "import backproof_spec.clauses as c, backproof_impl.digits as d, importlib.resources as r;"
        "from backproof_spec.clauses import clauses; print(len(clauses()), d.load_digits()[0].shape,"
        " r.files('backproof.report').joinpath('schema.json').is_file(),"
        " r.files('backproof_spec').joinpath('vectors', 'smallest.json').is_file())"
    )
    done = run(installed / "python", "-c", look, cwd=installed)
    assert done.stdout.split() == [str(len(clauses())), "(1797,", "64)", "True", "True"], done.stderr
