"""backproof init: a harness to start from, in the language of the network."""

import argparse
from importlib.resources import files as packaged
from pathlib import Path

from backproof.cli import CONFORMS
from backproof.subjects.errors import Unusable

NEXT = {  # what to run then
    "python": "backproof check 'cmd:python3 harness.py'",
    "node": "backproof check 'cmd:node harness.mjs'",
    "c": "cc -O2 -o net net.c -lm && backproof check 'cmd:./net'",
}


def templates(language: str) -> dict[str, str]:
    """The files of a language, by name."""
    folder = packaged("backproof.wire") / "templates" / language
    found = sorted((one for one in folder.iterdir() if one.is_file()), key=lambda one: one.name)
    return {one.name: one.read_text(encoding="utf-8") for one in found}


def run(given: argparse.Namespace) -> int:
    """Write the files; nothing, where one of them is there already."""
    found, folder = templates(given.language), Path(given.folder)
    for name in found:
        if (folder / name).exists():
            raise Unusable(f"{folder / name} is there already; name another folder, or move it away")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in found.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"the files cannot be written to {folder}: {trouble.strerror}") from None
    enter = f"cd {folder} && " if folder != Path() else ""
    print(f"wrote {', '.join(str(folder / name) for name in found)}")
    print(f"now put your network into {next(name for name in found if name.startswith('net.'))}, and")
    print(f"  {enter}{NEXT[given.language]}")
    return CONFORMS
