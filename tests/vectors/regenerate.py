"""python tests/vectors/regenerate.py writes the golden vectors that ship, after a change of faults, vectors or bounds."""

from pathlib import Path

from backproof.vectors.made import made

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "backproof_spec" / "vectors"


def main() -> None:
    """Write all files, and take away those that are no longer made."""
    found = made("float64")
    for old in FOLDER.iterdir():
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
