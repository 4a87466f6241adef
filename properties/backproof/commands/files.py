"""Files that a command reads and writes; trouble with one is one sentence."""

import json
import os
import tomllib
from pathlib import Path

from backproof.report.plain import Json
from backproof.subjects.errors import Unusable


def read_toml(path: str, noun: str, shape: str) -> dict[str, object]:
    """What the file holds; `noun` says what that is, `shape` what it should look like. Raises Unusable."""
    try:
        found: dict[str, object] = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as trouble:
        raise Unusable(f"the {noun} cannot be read from {path}: {trouble.strerror}") from None
    except (ValueError, RecursionError) as trouble:
        raise Unusable(f"{path} is not TOML ({trouble}); it should be {shape}") from None
    return found


def write(path: str, noun: str, body: str) -> None:
    """Write the text."""
    try:
        Path(path).write_text(body, encoding="utf-8")
    except OSError as trouble:
        raise Unusable(f"the {noun} cannot be written to {path}: {trouble.strerror}") from None


def writable(path: str, noun: str) -> None:
    """Raise Unusable now for a path that cannot be written later, so that no run is wasted."""
    place = Path(path)
    if place.is_dir():
        raise Unusable(f"the {noun} cannot be written to {path}: it is a directory")
    if not place.parent.is_dir():
        raise Unusable(f"the {noun} cannot be written to {path}: there is no directory {place.parent}")
    if not os.access(place if place.exists() else place.parent, os.W_OK):
        raise Unusable(f"the {noun} cannot be written to {path}: permission denied")


def dumped(body: Json) -> str:
    """The document as text, a key a line; infinities were strings already."""
    return json.dumps(body, indent=1, allow_nan=False) + "\n"
