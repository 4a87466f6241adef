"""No false alarms: every right program judged with many seeds; none may be accused, nothing may stay open.

    python tests/long/variants.py [--smoke 100] [--full 10] [--state FILE] [--processes N] [--names NAME ...]
    python tests/long/variants.py --repeat 1000 [--target reference] [--seed 0]

The programs are the registered variants and the mended ones of the gallery. Each is judged with the seeds 0, 1, ... under the
smoke setting, then with fewer under the default one. A judgement that is done is a line in the state file, and is not made again:
take another file for another version of the judge.
Prints program, seed, clause and message of whatever does not conform; exit status 1 if there is any.

With --repeat one target is judged many times with one seed: all reports must be one document, to the byte.
"""

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import NamedTuple, TypedDict

from rich.progress import track

from backproof.commands.gallery import exhibits
from backproof.report.document import document
from backproof.runner import EXAMPLES, SMOKE, judge
from backproof.selftest import VARIANTS, offered, one_thread
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints, Subject
from backproof_spec.catalogue import Variant


class Run(NamedTuple):
    """One program, judged once."""

    name: str
    target: str
    seed: int
    examples: int


class Done(TypedDict):
    """What became of a run, as it stands in the state file."""

    name: str
    seed: int
    examples: int
    outcome: str
    told: list[list[str]]  # clause, status and message of each that is not clean; "" where there is none
    seconds: float


def programs(names: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Name and target of the variants, and of what the gallery says conforms; those of the names only, if there are any."""
    found = [(one.name, one.target) for one in offered(VARIANTS, Variant)]
    found += [(one.target.rpartition(".")[2], one.target) for one in exhibits() if not one.expected]
    return [one for one in found if one[0] in names] if names else found


def runs(chosen: Sequence[tuple[str, str]], smoke: int, full: int) -> list[Run]:
    """Seed by seed, so that a run that is cut short has seen every program."""
    quick = [Run(*one, seed, SMOKE) for seed in range(smoke) for one in chosen]
    return quick + [Run(*one, seed, EXAMPLES) for seed in range(full) for one in chosen]


@cache
def subject(target: str) -> Subject:
    """Recognised once in each process."""
    return load(target)


def verdict(run: Run) -> Done:
    """The run, made in this process."""
    began = monotonic()
    try:
        judgement = judge(subject(run.target), run.seed, run.examples)
    except Exception as trouble:  # noqa: BLE001 - a judge that breaks down over a right program is what is looked for
        told = [["", "", f"{type(trouble).__name__}: {trouble}"]]
        return Done(name=run.name, seed=run.seed, examples=run.examples, outcome="broken", told=told, seconds=0.0)
    told = [[v.clause.slug, f"{v.status}:", v.reason] for v in (*judgement.having("violated"), *judgement.unsettled)]
    return Done(
        name=run.name, seed=run.seed, examples=run.examples, outcome=judgement.outcome, told=told,
        seconds=round(monotonic() - began, 2),
    )  # fmt: skip


def key(done: Done | Run) -> tuple[str, int, int]:
    """Which run it is."""
    return (done.name, done.seed, done.examples) if isinstance(done, Run) else (done["name"], done["seed"], done["examples"])


def remembered(state: Path | None) -> dict[tuple[str, int, int], Done]:
    """What the state file knows; a line that was cut off in the writing is ended, and forgotten."""
    text = state.read_text(encoding="utf-8") if state is not None and state.exists() else ""
    if state is not None and text and not text.endswith("\n"):
        _append(state, "\n")
    known: list[Done] = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
    return {key(one): one for one in known}


def _append(state: Path, text: str) -> None:
    with state.open("a", encoding="utf-8") as lines:
        lines.write(text)


def judged(todo: Sequence[Run], processes: int) -> Iterator[Done]:
    """Every run, in processes, in the order in which they are done; in this one, if one is asked for."""
    if processes == 1:
        yield from map(verdict, todo)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=one_thread) as pool:
        yield from (one.result() for one in as_completed([pool.submit(verdict, run) for run in todo]))


def all_done(wanted: Sequence[Run], processes: int, state: Path | None) -> Iterator[Done]:
    """Runs made before, then the others as they are done, each written down at once."""
    known = remembered(state)
    yield from (known[key(run)] for run in wanted if key(run) in known)
    todo = [run for run in wanted if key(run) not in known]
    for one in track(judged(todo, processes), "runs", len(todo), disable=not sys.stderr.isatty()):
        if state is not None:
            _append(state, json.dumps(one) + "\n")
        yield one


def accusations(found: Done) -> list[str]:
    """A sentence for each clause that is not clean."""
    if found["outcome"] == "conforms":
        return []
    told = found["told"] or [["", "", "nothing at the core was judged"]]
    where = f"{found['name']}, seed {found['seed']}, {found['examples']} examples"
    return [f"{where}: {found['outcome']}: {' '.join(filter(None, one))}" for one in told]


def digest(target: str, seed: int, examples: int) -> str:
    """What tells one JSON document from another."""
    text = json.dumps(document([judge(load(target), seed, examples)], Hints(), seed), sort_keys=True)
    return sha256(text.encode()).hexdigest()


def documents(target: str, seed: int, examples: int, times: int, processes: int) -> set[str]:
    """The documents of as many judgements, told apart."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=one_thread) as pool:
        waiting = [pool.submit(digest, target, seed, examples) for _ in range(times)]
        return {one.result() for one in track(as_completed(waiting), "runs", times, disable=not sys.stderr.isatty())}


def repeated(given: argparse.Namespace) -> int:
    """Print how many documents there are; 0 if there is one."""
    found = documents(given.target, given.seed, given.examples, given.repeat, given.processes)
    print(f"{given.target}, seed {given.seed}, judged {given.repeat} times: {len(found)} document(s)")
    return 0 if len(found) == 1 else 1


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", type=int, default=100, help="seeds under the smoke setting")
    parser.add_argument("--full", type=int, default=10, help="seeds under the default setting")
    parser.add_argument("--names", nargs="+", default=(), help="these programs only")
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--repeat", type=int, help="judge one target as many times, and compare the reports")
    parser.add_argument("--target", default="reference", help="of --repeat")
    parser.add_argument("--seed", type=int, default=0, help="of --repeat")
    parser.add_argument("--examples", type=int, default=SMOKE, help="of --repeat")
    return parser.parse_args()


def main() -> int:
    """Run, print, and say with the exit status whether anybody was accused."""
    given = arguments()
    if given.repeat:
        return repeated(given)
    chosen, count, bad, seconds = programs(given.names), 0, 0, 0.0
    for one in all_done(runs(chosen, given.smoke, given.full), given.processes, given.state):
        count, seconds = count + 1, seconds + one["seconds"]
        bad += one["outcome"] != "conforms"
        for sentence in accusations(one):
            print(sentence, flush=True)
    print(f"{len(chosen)} right programs, {count} judgements in {seconds:.0f} s of work: {bad} not clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
