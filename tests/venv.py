"""Run a command of this project in an environment of its own: `python3 tests/venv.py backproof gallery`.

Makes .venv beside the project's pyproject.toml if it is not there, installs the project with all that its tests need, then runs
the command in it. Needs Python 3.11 or newer and pip, nothing else; touches nothing outside .venv.
"""

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("BACKPROOF_VENV", TOP / ".venv"))
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = HOME / "installed-from"


def wanted() -> str:
    """What decides whether the installation is still right: the project's metadata, and where it lies."""
    return f"{TOP}\n{(TOP / 'pyproject.toml').read_text(encoding='utf-8')}"


def make() -> None:
    """The environment, also where Python comes without ensurepip: then with the pip that is there."""
    if subprocess.run([sys.executable, "-m", "venv", str(HOME)], capture_output=True, check=False).returncode == 0:
        return
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(HOME)], check=True)


def pip(python: str) -> list[str]:
    """The command that installs for this interpreter: its own pip, or the one beside whoever runs this."""
    for one in (python, sys.executable, f"{sys.base_prefix}/bin/python3"):
        if subprocess.run([one, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return [one, "-m", "pip"] if one == python else [one, "-m", "pip", "--python", python]
    return [python, "-m", "pip"]  # it says itself what is missing


def install() -> None:
    """The project, editable, with its test extra."""
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip(str(PYTHON)), "install", *quiet, "-e", f"{TOP}[test]"], check=True)
    STAMP.write_text(wanted(), encoding="utf-8")


def main(command: list[str]) -> int:
    """Prepare and run; the command's own exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - said in a sentence to whoever runs it with an older one
        print(f"backproof needs Python 3.11 or newer, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        if not PYTHON.exists():
            make()
        if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != wanted():
            install()
    except subprocess.CalledProcessError as trouble:
        print(f"the environment in {HOME} could not be made: {trouble}", file=sys.stderr)
        return 2
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")])
    first = [str(PYTHON), *command] if command[0].endswith(".py") else [str(PYTHON.parent / command[0]), *command[1:]]
    return subprocess.run(first, env=os.environ | {"PATH": path, "VIRTUAL_ENV": str(HOME)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
