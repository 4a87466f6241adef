"""The README's figures on the suite's power, held to a matrix that `backproof selftest --json` wrote."""

import json
import re
import sys
from pathlib import Path
from statistics import median
from typing import Any

TOP = Path(__file__).resolve().parents[2]
UNITS = {"ms": 1e-3, "s": 1.0}


def claimed(readme: str) -> dict[str, float]:
    """What the README says: faults and right programs at least; seconds to half of the counterexamples and to all, at most."""
    words = " ".join(readme.split())
    faults = re.search(r"faults of its catalogue \(more than (\d+),", words)
    right = re.search(r"to more than (\d+) right programs", words)
    times = re.search(r"half of them within ([\d.]+) (ms|s), and all within ([\d.]+) (ms|s)", words)
    if not (faults and right and times):
        raise SystemExit("the README no longer says how many faults and right programs there are, or how soon faults are caught")
    return {
        "faults": float(faults[1]), "right": float(right[1]),
        "half": float(times[1]) * UNITS[times[2]], "all": float(times[3]) * UNITS[times[4]],
    }  # fmt: skip


def measured(matrix: dict[str, Any]) -> dict[str, float]:
    """The same of the matrix."""
    firsts = [
        min((one["seconds"] for one in row["by"] if one["slug"] in row["roots"]), default=float("inf")) for row in matrix["rows"]
    ]
    right = sum(row["outcome"] == "conforms" for row in matrix["variants"])
    return {"faults": sum(bool(row["by"]) for row in matrix["rows"]), "right": right, "half": median(firsts), "all": max(firsts)}


def untrue(claim: dict[str, float], seen: dict[str, float], matrix: dict[str, Any]) -> list[str]:
    """Sentences on what does not hold."""
    found = [f"{name}: the README says more than {claim[name]:g}, there are {seen[name]:g}"
             for name in ("faults", "right") if not seen[name] > claim[name]]  # fmt: skip
    found += [f"{name}: the README says {claim[name]:g} s, it took {seen[name]:.3g} s"
              for name in ("half", "all") if not seen[name] <= claim[name]]  # fmt: skip
    found += [f"{row['name']} is caught by nobody" for row in matrix["rows"] if not row["by"]]
    return found + [f"{row['name']} does not conform" for row in matrix["variants"] if row["outcome"] != "conforms"]


def main(arguments: list[str]) -> int:
    """0 if every figure is true."""
    matrix = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    claim, seen = claimed((TOP / "README.md").read_text(encoding="utf-8")), measured(matrix)
    print("\n".join(untrue(claim, seen, matrix)) or f"the README's figures hold: {seen}")
    return bool(untrue(claim, seen, matrix))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
