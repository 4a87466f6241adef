"""The command line, run in this process or in one of its own."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from backproof.cli import main

SINS = Path(__file__).parent / "subjects" / "sins.py"
QUICK = ("--in-process", "--examples", "0")


class Ran(NamedTuple):
    """What came of it."""

    status: int
    out: str
    err: str


def sin(name: str) -> str:
    """The target of that subject."""
    return f"{SINS}:{name}"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """The command line in this process."""
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else -1
    out, err = capsys.readouterr()
    return Ran(status, out, unannounced(err))


def unannounced(err: str) -> str:
    """What stands on standard error beside the line that says that work has begun: see test_progress."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("backproof: judging "))


def spawned(*arguments: str, code: str = "from backproof.cli import main; raise SystemExit(main())") -> Ran:
    """The command line in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120, check=False)
    return Ran(done.returncode, done.stdout, unannounced(done.stderr))
