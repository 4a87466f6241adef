"""Programs in C and JavaScript, which share nothing with this one, read the files: right in all, or off where the flags say."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from backproof.vectors.made import made, shipped

HERE = Path(__file__).parent
CC, NODE = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"), shutil.which("node")
SHIPPED = {name: text for name, text in shipped().items() if name.endswith(".json")}
PLANTED = (
    "hidden-delta-lacks-derivative", "bias-gradient-averaged", "delta-is-target-minus-output", "bias-left-out",
    "weight-gradient-of-last-sample",
)  # fmt: skip
needs_cc = pytest.mark.skipif(CC is None, reason="this machine has no C compiler")
needs_node = pytest.mark.skipif(NODE is None, reason="this machine has no node")


def written(folder: Path, files: dict[str, str]) -> list[str]:
    """The paths of the files, written there."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [str(folder / name) for name in files]


def compiled(folder: Path, *flags: str) -> str:
    """The consumer in C, without a warning."""
    command = [str(CC), "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-O2", *flags, str(HERE / "consumer.c"), "-o"]
    done = subprocess.run([*command, str(folder / "consumer"), "-lm"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return str(folder / "consumer")


def off(command: list[str], **environment: str) -> tuple[set[str], set[str]]:
    """The vectors that it says are off, and those that are right."""
    env = os.environ | environment
    lines = subprocess.run(command, capture_output=True, text=True, check=False, env=env).stdout.splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    return {name for name, how in told.items() if how.endswith("off")}, {name for name, how in told.items() if how == "right"}


def flagged(fault: str) -> set[str]:
    """The vectors that catch the fault."""
    files = map(json.loads, SHIPPED.values())
    return {file["name"] for file in files if fault in file["flags"]}


NAMES = {name.removesuffix(".json") for name in SHIPPED}


@needs_cc
def test_a_program_in_c_is_right_in_every_file(tmp_path: Path) -> None:
    assert off([compiled(tmp_path), *written(tmp_path, SHIPPED)]) == (set(), NAMES)


@needs_cc
@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_planted_in_c_is_off_in_the_files_that_have_its_flag_and_in_no_other(tmp_path: Path, fault: str) -> None:
    consumer = compiled(tmp_path, f"-D{fault.upper().replace('-', '_')}")
    assert off([consumer, *written(tmp_path, SHIPPED)]) == (flagged(fault), NAMES - flagged(fault))
    assert flagged(fault)


@needs_cc
def test_the_logarithm_of_an_output_that_is_zero_is_off_where_one_is(tmp_path: Path) -> None:
    assert off([compiled(tmp_path, "-DNAIVE_LOGARITHM"), *written(tmp_path, SHIPPED)])[0] == {"certain-softmax"}


@needs_cc
def test_a_program_in_c_that_adds_in_another_order_and_fuses_is_right_too(tmp_path: Path) -> None:
    consumer = compiled(tmp_path, "-O3", "-ffp-contract=fast", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math")
    assert off([consumer, *written(tmp_path, SHIPPED)])[0] == set()


@needs_cc
def test_a_number_changed_by_two_bounds_is_noticed(tmp_path: Path) -> None:
    file = json.loads(SHIPPED["tanh.json"])
    file["expected"]["loss"]["value"] += 2 * file["expected"]["loss"]["bound"]
    assert off([compiled(tmp_path), *written(tmp_path, {"tanh.json": json.dumps(file)})]) == ({"tanh"}, set())


@needs_cc
def test_what_is_no_vector_is_said_in_a_line(tmp_path: Path) -> None:
    (path,) = written(tmp_path, {"other.json": "{}"})
    done = subprocess.run([compiled(tmp_path), path], capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


@needs_node
def test_a_program_in_javascript_is_right_in_every_file(tmp_path: Path) -> None:
    command = [str(NODE), str(HERE / "consumer.mjs"), *written(tmp_path, SHIPPED)]
    assert off(command, FAULT="") == (set(), NAMES)
    for fault in PLANTED[:2]:
        assert off(command, FAULT=fault) == (flagged(fault), NAMES - flagged(fault))


@needs_node
def test_files_for_single_precision_admit_what_is_computed_in_double(tmp_path: Path) -> None:
    files = {name: text for name, text in made("float32").items() if name.endswith(".json")}
    assert off([str(NODE), str(HERE / "consumer.mjs"), *written(tmp_path, files)], FAULT="") == (set(), NAMES)
