"""The packages of the field report, and what is argued of each violation, as `arguments.toml` has it."""

import tomllib
from importlib.resources import files
from typing import Any

from backproof_spec.catalogue import Argued, Judged


def entries() -> tuple[Judged, ...]:
    """Every package, in the order of the file."""
    told = tomllib.loads(files(__name__).joinpath("arguments.toml").read_text(encoding="utf-8"))
    return tuple(_package(name, said, told) for name, said in told.items())


def _package(name: str, said: dict[str, Any], told: dict[str, Any]) -> Judged:
    """With its own causes, and with those that it shares with another package."""
    own = [(slug, one) for slug, one in said.items() if isinstance(one, dict)]
    causes = own + [(cause, told[other][cause]) for other, _, cause in (one.partition(".") for one in said.get("as", ()))]
    argued = {slug: _argued(one) for cause, one in causes for slug in one.get("clauses", (cause,))}
    return Judged(name, said.get("target", name), argued, tuple(said.get("notes", ())), said["install"])


def _argued(said: dict[str, Any]) -> Argued:
    return Argued(said["kind"], said["because"], said.get("confirmed", ""))
