"""Install the packages that have adapters, as far as this machine can: `python -m tests.packages [NAME ...]`.

Names are those of pyproject.toml's extras, and `npm`, `fann`, `rnnet`; without any, those that CI judges. What is here is left as
it is, each is installed by itself, and what could not be is said with its reason. It is no failure: the tests of it are skipped.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.adapters.present import FOREIGN, NPM, lacking
from tests.venv import pip

PYTHON = {  # by extra: what is installed
    "torch": ["torch==2.13.0"], "jax": ["jax", "optax"], "sklearn": ["scikit-learn"], "autograd": ["autograd"],
    "mlxtend": ["mlxtend"], "opencv": ["opencv-python-headless<5"], "tinygrad": ["tinygrad"],
    "keras": ["keras", "tensorflow-cpu"],
}  # fmt: skip
OTHERS = {"npm": list(NPM), "fann": ["fann"], "rnnet": ["rnnet"]}  # what install.sh calls it: whose adapters need it
SHORT = "left out to keep the run short"
LEFT = {  # not in CI
    "keras": SHORT, "jax": SHORT, "tinygrad": SHORT, "neurolab": "it needs numpy below 2, in an environment of its own",
}  # fmt: skip
MOST = 600  # seconds for one


def names() -> list[str]:
    """What CI judges."""
    return [name for name in (*PYTHON, *OTHERS) if name not in LEFT]


def install(name: str) -> str:
    """Nothing, or why it could not be."""
    wanted = OTHERS.get(name, [name])
    if not any(lacking(one) for one in wanted):
        return ""
    if name in PYTHON:
        command = [*pip(sys.executable), "install", "--quiet", "--disable-pip-version-check", *PYTHON[name]]
    elif name != "npm" and os.getuid() != 0:
        return "what Debian packages is installed by root only"
    else:
        command = [str(FOREIGN / "install.sh"), name]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=MOST, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as why:
        return str(why)
    lines = [line for line in (ran.stderr or ran.stdout).splitlines() if line.strip()]
    return "" if ran.returncode == 0 else (lines or [f"status {ran.returncode}"])[-1]


def main(asked: Sequence[str]) -> int:
    """Install them in turn; status 2 for an unknown name."""
    unknown = [name for name in asked if name not in (*PYTHON, *OTHERS)]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join((*PYTHON, *OTHERS))}", file=sys.stderr)
        return 2
    for name in asked or names():
        began, trouble = time.monotonic(), install(name)
        said = f"NOT judged: {trouble}" if trouble else f"judged by the tests (ready in {time.monotonic() - began:.0f} s)"
        print(f"{name}: {said}", flush=True)
    for name, why in LEFT.items() if not asked else ():
        print(f"{name}: NOT judged here: {why}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
