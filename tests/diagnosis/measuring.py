"""One measurement of the diagnosis: a faulty class recognised, judged and diagnosed, and what was said held against the truth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, permutations
from time import process_time
from typing import NamedTuple, TypedDict

from tests.diagnosis.agreeing import one_program, program
from tests.diagnosis.ordinary import FORMS, SETTINGS, Form, Setting, ordinary
from tests.diagnosis.points import Parts, settings_for
from tests.diagnosis.truth import truth

from backproof.diagnosis import diagnose as diagnosing
from backproof.diagnosis.diagnose import Diagnosis, Named
from backproof.runner import SMOKE, Judgement, judge
from backproof.subjects.errors import Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof_impl.faults.composed import composed
from backproof_spec.composing import Part

FORM = {form.name: form for form in FORMS}
FIRST, WITHIN, NOT_SHOWN = "first", "within a set", "not shown"
UNTIMED = (0.0, 0.0, 0.0)
SAME = "another name of the same program"
CONVENTION = "as its convention is read, another program, which is named"  # biases all subtracted are thresholds
NAMED = (FIRST, WITHIN, CONVENTION)
NO_NAME, WRONG = "no name", "wrong name"


class Task(NamedTuple):
    """What is to be measured."""

    row: str
    name: str  # of the fault, the pair, or the program
    faults: tuple[str, ...] = ()
    setting: str = ""  # "": to be found
    left_out: bool = False  # diagnosed a second time, without the fault
    target: str = ""  # of a program that is there already


class Done(TypedDict):
    """What came of it, as it stands in the state file."""

    row: str
    name: str
    setting: str
    outcome: str
    says: str
    loading: float  # seconds of work, as all others
    judging: float
    diagnosing: float
    cold: bool  # the first diagnosis of its process
    without: str | None  # outcome of the second diagnosis; None: not made
    without_says: str


@dataclass
class Clock:
    """Seconds of work since it was last looked at: the machine may be busy with something else."""

    at: float = field(default_factory=process_time)

    def lap(self) -> float:
        """Since the last lap."""
        before, self.at = self.at, process_time()
        return round(self.at - before, 3)


_warm = set[str]()


def measured(task: Task) -> Done:
    """The task, done in this process."""
    try:
        return _of_program(task) if task.target else _of_faults(task)
    except Exception as trouble:  # noqa: BLE001 - a diagnosis that breaks down is what is looked for
        return done(task, task.setting, "broken", f"{type(trouble).__name__}: {trouble}")


def done(
    task: Task, setting: str, outcome: str, says: str = "", seconds: tuple[float, float, float] = UNTIMED, cold: bool = False
) -> Done:
    """Diagnosed once, if at all."""
    loading, judging, diagnosing = seconds
    return Done(
        row=task.row, name=task.name, setting=setting, outcome=outcome, says=says, loading=loading, judging=judging,
        diagnosing=diagnosing, cold=cold, without=None, without_says="",
    )  # fmt: skip


def _of_program(task: Task) -> Done:
    """A program that is there already: only what is said."""
    clock = Clock()
    subject = load(task.target)
    loading = clock.lap()
    judgement = judge(subject, 0, SMOKE, shrink=False, thin=True)
    judging = clock.lap()
    found = diagnosing.diagnose(judgement)
    seconds = loading, judging, clock.lap()
    return done(task, judgement.outcome, "no diagnosis" if found is None else "diagnosis", told(found), seconds)


def _of_faults(task: Task) -> Done:
    """A class that shows the faults, if there is one."""
    parts, form = tuple(map(Part, task.faults)), FORM.get(task.row, FORM["ordinary"])
    reasons, tied = list[str](), list[Done]()
    chosen = [one for one in SETTINGS if one.name == task.setting] or settings_for(parts, form)
    for setting in chosen:
        clock = Clock()
        try:
            subject = load(ordinary(composed(parts), setting, form), form.hints(setting))
        except Unusable as why:
            reasons.append(f"unusable: {why}")
            continue
        loading = clock.lap()
        if hidden := [part.fault for part in parts if len(parts) > 1 and _is_hidden(part, parts, subject)]:
            reasons.append(f"as recognised, nothing shows {' and '.join(hidden)} beside the other")
            continue
        clock = Clock()
        judgement = judge(subject, 0, SMOKE, shrink=False, thin=True)
        if judgement.outcome == "violates":
            found = _diagnosed(task, parts, setting, form, judgement, loading, clock.lap())
            if found["outcome"] != WITHIN:
                return found
            tied.append(found)  # one program with another fault there; maybe not elsewhere
            continue
        reasons.append("advised only" if judgement.having("advised") else judgement.outcome)
    return tied[0] if tied else done(task, "", NOT_SHOWN, "; ".join(dict.fromkeys(reasons)))


def _is_hidden(part: Part, parts: Parts, subject: Subject) -> bool:
    """Whether the program is the same without it, on what the subject offers."""
    return one_program(program(parts, subject), program(tuple(one for one in parts if one != part), subject))


def _diagnosed(
    task: Task, parts: Parts, setting: Setting, form: Form, judgement: Judgement, loading: float, judging: float
) -> Done:
    clock, cold = Clock(), not _warm
    _warm.add(task.name)
    found = diagnosing.diagnose(judgement)
    seconds, subject = (loading, judging, clock.lap()), judgement.subject
    result = done(task, setting.name, outcome(found, parts, subject), told(found), seconds, cold)
    if task.left_out:
        hidden = tuple(dict.fromkeys(_hidden(found, task.faults)))
        again = diagnosing.diagnose(judgement, without=frozenset(hidden))
        result["without"], result["without_says"] = left_out(again, hidden, subject, setting, form), told(again)
    return result


def _hidden(found: Diagnosis | None, faults: tuple[str, ...]) -> Iterator[str]:
    """The faults, and what could not be told apart from them."""
    yield from faults
    for named in found.named if found else ():
        if any(part.fault in faults for part in named.candidates):
            yield from (part.fault for part in named.candidates)


def told(found: Diagnosis | None) -> str:
    """The names, or what is known instead."""
    if found is None:
        return "nothing"
    names = "; and ".join(", or ".join(map(str, named.candidates)) for named in found.named)
    unknown = getattr(found, "unknown", None)
    rest = f"unknown: {unknown.stage}, layer {unknown.layer}" if unknown is not None else ""
    return "; ".join(filter(None, (names, rest))) or "no name"


def outcome(found: Diagnosis | None, parts: Parts, subject: Subject) -> str:
    """Whether every fault is named, and nothing else."""
    if found is None or not found.named:
        return NO_NAME
    seen = [_seen(named, part, parts, subject) for part, named in _matched(found, parts)]
    if len(found.named) == len(seen) == len(parts) and all(one in (FIRST, WITHIN) for one in seen):
        return WITHIN if WITHIN in seen else FIRST
    if one_program(program(tuple(named.candidates[0] for named in found.named), subject), subject):
        return SAME if one_program(program(parts, subject), subject) else CONVENTION
    some = next((one for one in seen if one not in (FIRST, WITHIN)), "more is named than there is")
    return some if len(seen) == len(parts) else WRONG if not seen else f"only {len(seen)} of {len(parts)} named"


def _matched(found: Diagnosis, parts: Parts) -> list[tuple[Part, Named]]:
    """For each fault an entry of its own that has it."""
    ways = permutations(found.named, min(len(parts), len(found.named)))
    matches = [
        [(part, named) for part, named in zip(some, way, strict=True) if part.fault in {one.fault for one in named.candidates}]
        for way in ways for some in combinations(parts, len(way))
    ]  # fmt: skip
    return max(matches, key=lambda match: (len(match), sum(named.candidates[0].fault == part.fault for part, named in match)))


def _seen(named: Named, part: Part, parts: Parts, subject: Subject) -> str:
    """First; or among others that cannot be told apart, with the reason."""
    names = [one.fault for one in named.candidates]
    if names[0] == part.fault:
        return FIRST
    others = [one for one in named.candidates if one.fault != part.fault]
    rest = tuple(one for one in parts if one != part)
    right = program(parts, subject)
    if not all(one_program(program((*rest, one), subject), right) for one in others):
        return "within a set that can be told apart"
    return WITHIN if named.apart else "within a set without a reason"


def left_out(found: Diagnosis | None, faults: tuple[str, ...], subject: Subject, setting: Setting, form: Form) -> str:
    """What becomes of a program that is in no catalogue by any of its names."""
    if found is not None and found.named:
        parts = tuple(named.candidates[0] for named in found.named)
        return SAME if one_program(program(parts, subject), subject) else WRONG
    unknown = getattr(found, "unknown", None)
    if unknown is None:
        return "silent"
    sits = truth(faults, setting, form)
    stage, layer = sits.stage_is_right(unknown.stage), sits.layer_is_right(unknown.layer)
    if stage and layer:
        return "right"
    where = f"{' or '.join(sorted(sits.stages))}, layer {' or '.join(map(str, sorted(sits.layers))) or 'None'}"
    return f"{'layer' if stage else 'stage' if layer else 'stage and layer'} wrong: it is {where}"
