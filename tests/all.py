"""Everything that must hold before a change lands: style, types, tests with branch coverage, the property suite, its power."""

import os
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
COVERED = 98  # percent of lines and branches
WHERE = ("tests", "properties")
STEPS = (
    ("style", ["ruff", "check", "."]),
    ("types", ["mypy", "--strict"]),
    ("packages, as far as they can be installed", ["tests.packages"]),
    ("coverage, erased", ["coverage", "erase"]),
    # coverage starts before pytest does, so that what the plugin imports early is counted; a file's tests stay together
    ("tests", ["coverage", "run", "-m", "pytest", "-n", "auto", "--dist", "loadfile", "-rs", "--durations=25", *WHERE]),
    ("coverage, combined", ["coverage", "combine", "--quiet"]),
    ("coverage", ["coverage", "report", "--precision=2", f"--fail-under={COVERED}"]),
    ("power", ["backproof", "selftest", "--json", ".power.json"]),
    ("figures", ["tests.docs.figures", ".power.json"]),
)


def main() -> int:
    """Run the steps in order; the first that fails ends it."""
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    for name, (module, *rest) in STEPS:
        began = time.monotonic()
        print(f"--- {name}", flush=True)
        status = subprocess.run([sys.executable, "-m", module, *rest], cwd=TOP, check=False).returncode
        print(f"--- {name}: {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
