"""The JSON Schema (draft 2020-12) of the report."""

import json
from importlib.resources import files

from backproof.report.plain import Json


def schema() -> dict[str, Json]:
    """The schema, as it ships with the package."""
    found: dict[str, Json] = json.loads((files("backproof.report") / "schema.json").read_text(encoding="utf-8"))
    return found
