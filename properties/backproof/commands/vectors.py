"""backproof vectors: golden vectors as files, for programs that are not asked but read them."""

import argparse
import json
from pathlib import Path

from backproof.cli import CONFORMS
from backproof.commands.console import page
from backproof.commands.progress import shown
from backproof.subjects.errors import Unusable
from backproof.vectors.made import made, shipped


def run(given: argparse.Namespace) -> int:
    """List the files, or write them and the page that explains their flags."""
    if given.list:
        _list(shipped())
        return CONFORMS
    folder = Path(given.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = _files(given.dtype)
        for name, text in found.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"the vectors cannot be written to {folder}: {trouble.strerror}") from None
    print(f"wrote {len(found) - 1} vectors and FLAGS.md to {folder}; how to use them: backproof spec vectors")
    return CONFORMS


def _files(dtype: str) -> dict[str, str]:
    """float64 as it ships; float32 has bounds and flags of its own, which are worked out now."""
    if dtype == "float64":
        return shipped()
    with shown("bounds and flags in float32", "working out") as told:
        return made("float32", told)


def _list(found: dict[str, str]) -> None:
    out = page()
    for name, text in found.items():
        if name.endswith(".json"):
            told = json.loads(text)
            out.print(f"{name:26}{len(told['flags']):4} flags  {told['about']}", soft_wrap=True)
