"""Child processes begun: one ahead of time, so that it comes up while the judge does. Imports nothing that takes long."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import count

if sys.platform == "linux":
    import resource

COMMAND = (sys.executable, "-P", "-m", "backproof.subjects.child")  # -P: no local file hides a module
MEMORY = 4 * 2**30  # bytes of data that a process may have
MARK, SWEEPS = "BACKPROOF_CHILD", 5  # in the environment of a child and all that it starts; and how often these are looked for
_NUMBERS, _MARKS = count(), dict[int, str]()
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
            _MARKS.pop(process.pid, None)


def _process(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    mark = f"{os.getpid()}-{next(_NUMBERS)}"
    environment = _environment() | {MARK: mark}
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, start_new_session=True)
    _MARKS[process.pid] = mark
    if sys.platform == "linux":
        with suppress(OSError):  # it is gone already
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
    return process


def data(pid: int) -> int:
    """Bytes of data that a process has, of those that are limited; 0 where that cannot be read."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as pages:
            return int(pages.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def sweep(pid: int) -> None:
    """End what a process of ours started and set apart from it: whatever has its mark, where processes can be looked through."""
    mark = f"{MARK}={_MARKS.pop(pid, 'of none')}".encode()
    for _ in range(SWEEPS if sys.platform == "linux" else 0):
        found = [int(name) for name in os.listdir("/proc") if name.isdecimal() and mark in _environment_of(name)]
        for one in found:
            with suppress(OSError):
                os.kill(one, signal.SIGKILL)
        if not found:
            return


def _environment_of(pid: str) -> list[bytes]:
    """What it was started with; nothing of one that is somebody else's, or gone, or a zombie."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as environment:
            return environment.read().split(b"\0")
    except OSError:
        return []


def _environment() -> dict[str, str]:
    """One thread for linear algebra, one order of sets; no debugging aids that print or raise."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "BLIS")}
    unwanted = {"PYTHONFAULTHANDLER", "PYTHONWARNINGS", "PYTHONINSPECT"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | threads | {"VECLIB_MAXIMUM_THREADS": "1", "PYTHONHASHSEED": "0"}
