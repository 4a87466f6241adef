"""How good the diagnosis is: every fault behind an ordinary class, in five forms; pairs; faults that are in no catalogue; time.

    python tests/long/diagnosis.py [ROW ...] [--short] [--every N] [--pairs N] [--names NAME ...] [--processes N]
                                   [--state FILE] [--settings FILE]

Prints for each row its goal, what was reached, and the names that failed. What is done is a line in the state file, and is not
done again: take another file for another version of the diagnosis. --settings reads from an older file in which setting each
fault shows, which takes half of the time. Times are seconds of work of one process. Exit status 1 where a row falls short.
"""

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.diagnosis.measuring import NOT_SHOWN, WITHIN, Done, Task, measured
from tests.diagnosis.ordinary import FORMS
from tests.diagnosis.pairs import pairs
from tests.diagnosis.reached import ROWS, Reached

from backproof.commands.gallery import exhibits
from backproof.selftest import FAULTS, VARIANTS, offered, one_thread
from backproof_spec.catalogue import KnownFault, Variant

PAIRS, SHORT, SHORT_PAIRS = 640, 12, 24  # of the pairs that are drawn, four in five show both faults as recognised
ANSWERED = ("as posted", "as answered")


def tasks(rows: Sequence[str], every: int = 1, count: int = PAIRS, names: Sequence[str] = ()) -> list[Task]:
    """What the rows need, each once; every so many-th of each kind, those of the names only, if there are any."""
    chosen = [one for row in rows for one in ROWS[row].needs]
    left_out = "leave-one-out" in rows
    found = [task for kind in dict.fromkeys(chosen) for task in _of_kind(kind, left_out, every, count, names)]
    return [task for task in found if not names or task.name in names or set(task.faults) & set(names)]


def _of_kind(kind: str, left_out: bool, every: int, count: int, names: Sequence[str]) -> list[Task]:
    if kind in {form.name for form in FORMS}:
        twice, known = left_out and kind == "ordinary", offered(FAULTS, KnownFault)
        return [Task(kind, one.name, (one.name,), left_out=twice) for one in (known if names else known[::every])]
    if kind == "pairs":
        return [Task(kind, f"{one} + {other}", (one, other), setting.name) for one, other, setting in pairs(count)]
    if kind == "programs":
        shown = [one for one in exhibits() if one.version in ANSWERED]
        return [Task(kind, f"{one.program} {one.version}", target=one.target) for one in shown][::every]
    right = [("reference", "reference"), *((one.name, one.target) for one in offered(VARIANTS, Variant))]
    return [Task(kind, name, target=target) for name, target in right][::every]


def remembered(state: Path | None) -> dict[tuple[str, str], Done]:
    """What the file knows; a line that was cut off in the writing is ended, and forgotten."""
    text = state.read_text(encoding="utf-8") if state is not None and state.exists() else ""
    if state is not None and text and not text.endswith("\n"):
        _append(state, "\n")
    known: list[Done] = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
    return {(one["row"], one["name"]): one for one in known}


def _append(state: Path, text: str) -> None:
    with state.open("a", encoding="utf-8") as lines:
        lines.write(text)


def is_done(task: Task, known: dict[tuple[str, str], Done]) -> bool:
    """Whether the file has it, with all that is asked for."""
    found = known.get((task.row, task.name))
    if found is None:
        return False
    return not task.left_out or found["without"] is not None or found["outcome"] in (NOT_SHOWN, "broken")


def all_done(wanted: Sequence[Task], processes: int, state: Path | None, settings: Path | None = None) -> Iterator[Done]:
    """Tasks done before, then the others as they are done, each written down at once."""
    known, shown = remembered(state), remembered(settings)
    known |= {key: one for key, one in shown.items() if key not in known and one["outcome"] == NOT_SHOWN}
    yield from (known[task.row, task.name] for task in wanted if is_done(task, known))
    todo = [task for task in wanted if not is_done(task, known)]
    todo = [task._replace(setting=_known_setting(task, shown) or task.setting) for task in todo]
    for number, one in enumerate(_each(todo, processes), start=1):
        if state is not None:
            _append(state, json.dumps(one) + "\n")
        print(f"{number}/{len(todo)} {one['row']}: {one['name']}: {one['outcome']}", file=sys.stderr, flush=True)
        yield one


def _known_setting(task: Task, shown: dict[tuple[str, str], Done]) -> str:
    found = shown.get((task.row, task.name))
    return "" if found is None or task.target or found["outcome"] == WITHIN else found["setting"]


def _each(todo: Sequence[Task], processes: int) -> Iterator[Done]:
    """Every task, in processes, in the order in which they are done; in this one, if one is asked for."""
    if processes == 1:
        yield from map(measured, todo)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=one_thread) as pool:
        yield from (one.result() for one in as_completed([pool.submit(measured, task) for task in todo]))


def measurements(rows: Sequence[str], found: Sequence[Done]) -> Iterator[tuple[str, Reached]]:
    """The rows, each of what it needs."""
    for row in rows:
        yield row, ROWS[row].reached([one for one in found if one["row"] in ROWS[row].needs])


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--short", action="store_true", help="a fixed sample")
    parser.add_argument("--every", type=int, default=1, help="every so many-th fault and program")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="of faults, drawn; about four in five show both")
    parser.add_argument("--names", nargs="+", default=(), help="these faults and programs only")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    parser.add_argument("--settings", type=Path, help="a file that knows where faults show")
    given = parser.parse_args()
    if unknown := [row for row in given.rows if row not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    given.rows = given.rows or list(ROWS)
    if given.short:
        given.every, given.pairs = SHORT, min(given.pairs, SHORT_PAIRS)
    return given


def main() -> int:
    """Measure, print, and say with the exit status whether a goal is missed."""
    given = arguments()
    wanted = tasks(given.rows, given.every, given.pairs, given.names)
    found = list(all_done(wanted, given.processes, given.state, given.settings))
    short = False
    for row, reached in measurements(given.rows, found):
        print("\n".join(reached.lines(row)), flush=True)
        short |= not reached.enough
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
