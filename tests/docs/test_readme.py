"""The README is executed: each command is run, what it is said to print is compared, and every figure is in it."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from backproof_impl.field import entries

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
SLOW_OR_RECURSIVE = "$ python3 tests/venv.py"  # makes an environment, and runs this very test: see test_venv


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Each command, and the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in "\n".join(blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line, []))
        elif line.strip():
            found[-1][1].append(line)
    return [(command, lines) for command, lines in found if not command.startswith(SLOW_OR_RECURSIVE)]


def pattern(lines: list[str]) -> re.Pattern[str]:
    """The lines in order; a line of three dots stands for any lines, three dots in a line for the rest of it."""
    parts = [r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\s*\n" for line in lines]
    return re.compile("".join(parts))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("readme")
    for block in (*blocks("python"), *blocks("toml")):
        (here / block.split("\n", 1)[0].removeprefix("# ")).write_text(block, encoding="utf-8")
    return here


def run(command: str, folder: Path) -> str:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return re.sub(r"[ \t]+\n", "\n", done.stdout)


def test_the_readme_has_commands_to_execute() -> None:
    assert len(commands()) >= 4


@pytest.mark.parametrize(("command", "lines"), commands(), ids=[command for command, _ in commands()])
def test_each_command_of_the_readme_prints_what_it_says(command: str, lines: list[str], folder: Path) -> None:
    printed = run(command.removeprefix("$ "), folder)
    assert pattern(lines).search(printed), f"{command} printed:\n{printed}"


def test_the_test_module_of_the_readme_passes_with_its_expected_failures(folder: Path) -> None:
    printed = run("pytest -q -p no:cacheprovider test_net.py", folder)
    assert "xfailed" in printed
    assert "failed" not in printed.replace("xfailed", "")


def test_every_flag_of_the_readme_is_one_of_check(folder: Path) -> None:
    known = run("backproof check --help", folder)
    flags = set(re.findall(r"`(--[a-z-]+)", README))
    assert len(flags) > 10
    assert [flag for flag in sorted(flags) if flag not in known] == []


def test_the_lines_for_packages_are_those_of_the_field_report() -> None:
    packages = {one.target: one.install for one in entries()}
    lines = [line.partition("  #")[0] for line in "".join(blocks("sh")).splitlines()]
    installs, checks = lines[::2], [shlex.split(line)[2:] for line in lines[1::2]]
    assert len(checks) > 1
    for install, targets in zip(installs, checks, strict=True):
        extras = re.findall(r"[a-z-]+(?=[,\]])", install)
        assert [packages[one] for one in targets] == ([f"pip install -e '.[{one}]'" for one in extras] or [install])


def test_the_comparison_rejects_another_output() -> None:
    assert not pattern(["VIOLATES  net.py:Net", "...", "1. forward-bias (MUST)"]).search("VIOLATES  net.py:Net\n1. grad\n")
