"""All files of vectors in one format of numbers, made anew; and those in float64 as they ship."""

from collections.abc import Callable
from importlib.resources import files

from backproof.vectors import page
from backproof.vectors.chosen import vectors
from backproof.vectors.document import document, text
from backproof.vectors.expected import Dtype, expected
from backproof.vectors.flags import caught, programs

Told = Callable[[int, int, str], None]  # done, of how many, the file at work


def made(dtype: Dtype, told: Told | None = None) -> dict[str, str]:
    """Every file by its name: closed forms, bounds, and flags, which take most of the time; then the page."""
    found, flags, by, every = dict[str, str](), dict[str, tuple[str, ...]](), programs(), vectors(dtype)
    for done, vector in enumerate(every):
        if told is not None:
            told(done, len(every), vector.name)
        want = expected(vector, dtype)
        flags[vector.name] = caught(vector, want, by)
        found[f"{vector.name}.json"] = text(document(vector, want, flags[vector.name], dtype)) + "\n"
    return found | {page.NAME: page.page(every, flags)}


def shipped() -> dict[str, str]:
    """The files in float64: numbers that were worked out in a wider format, which not every machine has."""
    folder = files("backproof_spec") / "vectors"
    found = sorted((one for one in folder.iterdir() if one.is_file()), key=lambda one: one.name)
    return {one.name: one.read_text(encoding="utf-8") for one in found}
