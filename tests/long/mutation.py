"""Mutation testing of the reference by the suite alone: which wrong turn of its text is seen by no statement?

    python -m tests.long.mutation [--state FILE] [--again] [--sample N] [--modules activations,losses]

Every mutant of the reference's modules is put to every property, in a process of its own, until a MUST clause is violated:
then it is killed. It is only asked what can make a difference: a question (a property on a case) in which the reference never
runs the statement that was mutated has the answer that it has for the reference. What survives must be listed, each with its
argument: in equivalent_mutants.toml what no statement need tell from the reference, in open_mutants.toml what the suite ought
to see and does not see yet. What is listed must exist and survive. A mutant that has a line in the state file is not done
again; --again does the survivors once more. Exit status 1 if a mutant survives unlisted, or a list is wrong.
"""

import argparse
import hashlib
import importlib
import json
import os
import signal
import sys
import tomllib
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from types import CodeType, ModuleType

from rich.progress import track
from tests.long.mutants import Mutant, mutants, probed

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Undecided, Unmet, Violation
from backproof.pool import pool
from backproof.registry import Property, properties
from backproof.subjects.calling import Generators
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject

HERE = Path(__file__).resolve().parent
TEXTS = HERE.parent.parent / "impl" / "backproof_impl"
PACKAGE, PROBE = "backproof_impl", "_reached_"
MODULES = ("activations", "losses", "optimisers", "training", "reference")  # each after those that it imports
ONLY = {"training": frozenset({"batches", "train"})}  # what `fit` uses
EQUIVALENT, OPEN = HERE / "equivalent_mutants.toml", HERE / "open_mutants.toml"
SURVIVING = ("survived", "hung", "lost", "broken")
ROUND = 8  # cases of one property that are asked before the next property has its turn
EXAMPLES, LIMIT = 100, 60  # cases of the pool; seconds for one mutant

Place = tuple[str, int]  # module, and the number of a statement in it


class TooLong(BaseException):
    """A mutant's time is up; nothing that judges takes this for an answer."""


@dataclass(frozen=True)
class Question:
    """A property on a case, and the statements of the reference that run when it is asked."""

    about: Property
    case: Case
    reached: frozenset[Place]


@dataclass(frozen=True)
class Fate:
    """What became of a mutant."""

    key: str
    operator: str
    verdict: str  # killed, advised, survived, invalid; hung; lost, if its process died; broken, if a property did
    clause: str = ""  # that it violates
    property: str = ""
    case: str = ""
    seconds: float = 0.0
    questions: int = 0  # that were put, of those in which it can make a difference
    reason: str = ""  # why it is no program, or what broke


# The reference, whole, with some of its modules in another text.


@contextmanager
def aside() -> Iterator[None]:
    """Meanwhile the reference's modules are imported anew."""
    held = {name: module for name, module in sys.modules.items() if name.split(".")[0] == PACKAGE}
    for name in held:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
            del sys.modules[name]
        sys.modules.update(held)


def program(texts: dict[str, str], reach: Callable[[str, int], None] | None = None) -> Subject:
    """The reference as a subject, with these modules in place of its own; raises what importing them raises."""
    with aside():
        package = importlib.import_module(PACKAGE)
        for name in MODULES:
            module = ModuleType(f"{PACKAGE}.{name}")
            if reach is not None:
                setattr(module, PROBE, lambda number, name=name: reach(name, number))
            sys.modules[module.__name__] = module
            setattr(package, name, module)
            exec(compiled(texts.get(name, text(name))), vars(module))  # noqa: S102 - the reference's own text, or a mutant's
        return load(importlib.import_module(f"{PACKAGE}.reference").Reference)


@cache
def text(module: str) -> str:
    """A module of the reference, as it stood when it was first asked for: somebody may be at work on it."""
    return (TEXTS / f"{module}.py").read_text(encoding="utf-8")


@lru_cache(maxsize=len(MODULES))
def compiled(source: str) -> CodeType:
    """The code of a module: that of its neighbours is the same for every mutant."""
    return compile(source, "<mutant>", "exec")


def all_mutants(modules: Iterable[str] = MODULES) -> list[Mutant]:
    """Every mutant of these modules."""
    return [one for module in modules for one in _mutants(module)]


@cache
def _mutants(module: str) -> tuple[Mutant, ...]:
    return tuple(mutants(module, text(module), ONLY.get(module)))


def sample(among: Sequence[Mutant], number: int) -> list[Mutant]:
    """So many of them, always the same, and of every function as many: the others come and go without moving these."""
    ranks, turn = dict[str, int](), Counter[str]()
    for one in sorted(among, key=lambda one: hashlib.sha256(one.key.encode()).hexdigest()):
        ranks[one.key] = turn[one.where]
        turn[one.where] += 1
    return sorted(among, key=lambda one: ranks[one.key])[:number]


# Questions.


def questions(examples: int) -> list[Question]:
    """Everything that the suite asks of the reference, cheap properties first. The reference itself violates nothing."""
    reached = set[Place]()
    subject = program({name: probed(text(name), PROBE) for name in MODULES}, lambda *place: reached.add(place))
    shared, found, cost = tuple(pool(subject.claims, 0, examples)), list[Question](), dict[str, float]()
    for one in properties():
        if one.lacking(subject):
            continue
        began, asked = monotonic(), Asked(subject)
        for case in shared if one.cases is None else tuple(one.cases(subject.claims)):
            if one.where.holds(case):
                reached.clear()
                seen = violation(one, asked, case)
                if seen:
                    raise Unusable(f"the reference itself violates {one.slug}: {seen}")
                found.append(Question(one, case, frozenset(reached)))
        cost[one.name] = monotonic() - began
    return sorted(found, key=lambda question: cost[question.about.name])


def violation(one: Property, asked: Asked, case: Case) -> str:
    """What is violated there; an empty string where the property holds, or cannot tell."""
    try:
        one.put(asked, case)
    except Violation as seen:
        return seen.message
    except Failure as failure:
        return failure.message
    except (Undecided, Unmet, NotOffered):
        pass
    return ""


def touching(asked: Iterable[Question], mutant: Mutant) -> list[Question]:
    """The questions in which the mutant can make a difference, a few cases of each property at a time."""
    turn, ranked = Counter[str](), list[tuple[int, Question]]()
    for question in asked:
        if mutant.unit is None or (mutant.module, mutant.unit) in question.reached:
            ranked.append((turn[question.about.name] // ROUND, question))
            turn[question.about.name] += 1
    return [question for _, question in sorted(ranked, key=lambda one: one[0])]


# One mutant.


def judged(mutant: Mutant, to_ask: Sequence[Question], original: Subject, limit: int) -> Fate:
    """What becomes of it, in this process."""
    began = monotonic()

    def fate(verdict: str, question: Question | None = None, put: int = 0, reason: str = "") -> Fate:
        about = (question.about.slug, question.about.name, question.case.name) if question else ("", "", "")
        return Fate(mutant.key, mutant.operator, verdict, *about, round(monotonic() - began, 4), put, reason)

    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        subject = program({mutant.module: mutant.source})
    except Exception as trouble:  # noqa: BLE001 - a module that cannot be imported, or a class that cannot be made
        return fate("invalid", reason=f"{type(trouble).__name__}: {trouble}")
    if subject.claims != original.claims:
        return fate("invalid", reason="it claims something else")
    advised: Question | None = None
    asked: dict[str, Asked] = defaultdict(lambda: Asked(subject))
    try:
        for put, question in enumerate(to_ask, start=1):
            if violation(question.about, asked[question.about.name], question.case):
                if question.about.clause.level == "MUST":
                    return fate("killed", question, put)
                advised = advised or question
    except TooLong:
        return fate("hung")
    except Exception as trouble:  # noqa: BLE001 - a property should never end so, and does not see the mutant if it does
        return fate("broken", question, put, f"{type(trouble).__name__}: {trouble}")
    finally:
        signal.alarm(0)
    return fate("advised" if advised else "survived", advised, len(to_ask))


def _told(mutant: Mutant, to_ask: Sequence[Question], original: Subject, limit: int, end: Connection) -> None:
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # whatever stands for it in sys
    Generators.shared = False
    end.send(judged(mutant, to_ask, original, limit))


def fates(todo: Sequence[Mutant], asked: Sequence[Question], processes: int, limit: int = LIMIT) -> Iterator[Fate]:
    """What becomes of each, as it is known; every mutant in a process of its own."""
    context, original, running, waiting = get_context("fork"), program({}), dict[Connection, Mutant](), list(todo)[::-1]
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop()
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_told, args=(mutant, touching(asked, mutant), original, limit, there), daemon=True)
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                process.start()  # the threads of the matrix library, which Python warns of, wait for work
            there.close()
            running[here] = mutant
        for end in wait(list(running)):
            if isinstance(end, Connection):
                mutant = running.pop(end)
                try:
                    yield end.recv()
                except EOFError:
                    yield Fate(mutant.key, mutant.operator, "lost")
                end.close()


# All of them.


def remembered(state: Path | None) -> dict[str, Fate]:
    """The fates in the state file; of two for one mutant, the later."""
    lines = state.read_text(encoding="utf-8").splitlines() if state is not None and state.exists() else []
    return {one.key: one for one in (Fate(**json.loads(line)) for line in lines)}


def run(among: Sequence[Mutant], state: Path | None, again: bool, processes: int, examples: int) -> dict[str, Fate]:
    """The fate of each of them, known already or found now, and then written down at once."""
    keys, known = {one.key for one in among}, remembered(state)
    known = {key: fate for key, fate in known.items() if key in keys and not (again and fate.verdict in (*SURVIVING, "advised"))}
    todo = [one for one in among if one.key not in known]
    done = fates(todo, questions(examples), processes) if todo else iter(())
    for fate in track(done, "mutants", len(todo), auto_refresh=False, disable=not sys.stderr.isatty()):
        known[fate.key] = fate
        if state is not None:
            with state.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(fate)) + "\n")
    return {one.key: known[one.key] for one in among}


def listed(path: Path) -> dict[str, str]:
    """The mutants of a list, each with its argument."""
    tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {f"{where}: {change}": why for where, table in tables.items() for change, why in table.items()}


def complaints(done: dict[str, Fate], excused: Iterable[str], existing: Iterable[str]) -> Iterator[str]:
    """What survives unlisted, and what is listed and does not survive, or does not exist."""
    names, there = set(excused), set(existing)
    for key, fate in done.items():
        if fate.verdict in SURVIVING and key not in names:
            yield f"{fate.verdict}: {key}" + ("" if fate.questions else "  [no question reaches it]")
        if fate.verdict not in SURVIVING and key in names:
            yield f"listed, but {fate.verdict} ({fate.clause or fate.reason}): {key}"
    yield from (f"listed, but there is no such mutant: {key}" for key in sorted(names - there))


def counts(done: dict[str, Fate], equivalent: dict[str, str], open_: dict[str, str]) -> Iterator[str]:
    """A line for each module: what became of its mutants."""
    for module in MODULES:
        own, of = [fate for fate in done.values() if fate.key.split(".")[0] == module], Counter[str]()
        for fate in own:
            why = "equivalent" if fate.key in equivalent else "open" if fate.key in open_ else fate.verdict
            of[why if fate.verdict in SURVIVING else fate.verdict] += 1
        if own:
            yield f"{module}: {len(own)} mutants, " + ", ".join(f"{count} {what}" for what, count in sorted(of.items()))


def main() -> int:
    """Run, print, and say with the exit status whether a mutant survives unlisted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, help="a file that remembers what was done")
    parser.add_argument("--again", action="store_true", help="do the survivors of the state file once more")
    parser.add_argument("--sample", type=int, help="so many of the mutants, always the same")
    parser.add_argument("--modules", default=",".join(MODULES), help="of these modules only")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="cases of the pool")
    given = parser.parse_args()
    began, modules = monotonic(), given.modules.split(",")
    every = all_mutants(modules)
    among = every if given.sample is None else sample(every, given.sample)
    equivalent, open_ = listed(EQUIVALENT), listed(OPEN)
    excused = [key for key in (*equivalent, *open_) if key.split(".")[0] in modules]
    done = run(among, given.state, given.again, given.processes, given.examples)
    wrong = list(complaints(done, excused, (one.key for one in every)))
    print("\n".join((*wrong, *counts(done, equivalent, open_))))
    clauses = Counter(fate.clause for fate in done.values() if fate.verdict == "killed")
    print("killed first by " + ", ".join(f"{clause} {count}" for clause, count in clauses.most_common()))
    print(f"{len(done)} mutants, {len(wrong)} complaints, {monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
