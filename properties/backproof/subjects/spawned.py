"""Child processes begun: one ahead of time, so that it comes up while the judge does. Imports nothing that takes long."""

import os
import subprocess
import sys
from contextlib import suppress

if sys.platform == "linux":
    import resource

COMMAND = (sys.executable, "-P", "-m", "backproof.subjects.child")  # -P: no local file hides a module
MEMORY = 4 * 2**30  # bytes of data that a process may have
_SPARE: list[subprocess.Popen[bytes]] = []


def started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """A process with pipes to it, from it, and from what it prints: the one that was begun ahead, or a new one."""
    return _SPARE.pop() if command == COMMAND and _SPARE else _process(command)


def ahead() -> None:
    """Begin the process that will be wanted first."""
    _SPARE.append(_process(COMMAND))


def dismiss() -> None:
    """End it, if nobody wanted it."""
    while _SPARE:
        with suppress(OSError), _SPARE.pop() as process:
            process.kill()


def _process(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(), start_new_session=True)
    if sys.platform == "linux":
        with suppress(OSError):  # it is gone already
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
    return process


def _environment() -> dict[str, str]:
    """One thread for linear algebra, one order of sets; no debugging aids that print or raise."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "BLIS")}
    unwanted = {"PYTHONFAULTHANDLER", "PYTHONWARNINGS", "PYTHONINSPECT"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | threads | {"VECLIB_MAXIMUM_THREADS": "1", "PYTHONHASHSEED": "0"}
