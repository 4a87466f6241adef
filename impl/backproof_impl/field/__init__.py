"""The packages of the field report, and what is argued of each violation, as `arguments.toml` has it."""

import tomllib
from importlib.resources import files
from typing import Any

from backproof_spec.catalogue import Argued, Judged


def entries() -> tuple[Judged, ...]:
    """Every package, in the order of the file."""
    told = tomllib.loads(files(__name__).joinpath("arguments.toml").read_text(encoding="utf-8"))
    return tuple(_package(name, said) for name, said in told.items())


def _package(name: str, said: dict[str, Any]) -> Judged:
    argued = {slug: Argued(**one) for slug, one in said.items() if isinstance(one, dict)}
    return Judged(name, said.get("target", name), argued, tuple(said.get("notes", ())))
