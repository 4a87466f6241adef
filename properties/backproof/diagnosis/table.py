"""The subject's answers to every question, and how each suspect's compare with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np

from backproof.diagnosis.agreement import OTHER, Apart, apart, parameters, rooms
from backproof.diagnosis.programs import Parts, Programs, has_a_past
from backproof.diagnosis.questions import BACKWARD, STEP, Level, Question, Seen
from backproof.oracle import scale
from backproof.oracle.bounded import rounding, wide
from backproof.subjects.subject import Subject
from backproof_spec import Array

BEYOND: Level = (99,)  # every level agrees
CLEARLY = 1e-6  # a relative difference that tells as much as a larger one
LONG = ("descend", "kept")  # many calls in one question


def shapes(answer: tuple[Seen, ...]) -> list[tuple[int, ...]]:
    """Of all its parts; what is no array has none."""
    return [np.shape(one.value) if not isinstance(one.value, str) else (-1,) for one in answer]


def ran_away(answer: tuple[Seen, ...], most: float) -> bool:
    """Whether a product of its numbers may leave the format: then a wider one inside the program gives something else."""
    return any(not isinstance(one.value, str) and not (np.abs(one.value) < most).all() for one in answer)


def _in_range(question: Question, answer: tuple[Seen, ...]) -> bool:
    """Whether all outputs are numbers, and no probability is 0 or 1."""
    values = [one.value for one in answer if not isinstance(one.value, str)]
    ends = (0.0, 1.0) if question.case.net.activations[-1].name in ("sigmoid", "softmax") else ()
    return all(bool(np.isfinite(value).all() and not np.isin(value, ends).any()) for value in values)


def _nine(value: Array) -> tuple[object, ...]:
    """The numbers to nine digits of the largest."""
    finite = np.abs(value[np.isfinite(value)])
    size = float(finite.max(initial=0.0)) or 1.0
    return (value.shape, np.round(value / size, 9).tobytes(), f"{size:.8e}")


def _mended(want: Seen, got: Array | str, right: tuple[int, ...] | None) -> Seen:
    """In the shape of the subject's, if that is the right one and has the same axes but for those of length one."""
    if isinstance(got, str) or isinstance(want.value, str) or got.shape != right or got.shape == want.value.shape:
        return want
    alike = np.squeeze(want.value).shape == np.squeeze(got).shape
    return want._replace(value=want.value.reshape(got.shape)) if alike else want


@dataclass(eq=False)
class Asked:
    """One question, what the subject answered, and what rounding may leave in it."""

    question: Question
    seen: tuple[Seen, ...]
    room: dict[str, float]
    number: int = 0  # in the order in which they were thought of

    @cached_property
    def least(self) -> float:
        """What a step leaves of the parameters, in roundings."""
        return 8 * parameters(self.question)


@dataclass(eq=False)
class Table:
    """Suspects compared with the subject, question by question; each is put only as many as it takes to part them."""

    programs: Programs
    asked: list[Asked]
    evaluations: int = 0
    _answers: dict[tuple[Parts, Question], tuple[Seen, ...]] = field(default_factory=dict)
    _subjects: dict[Parts, Subject | None] = field(default_factory=dict)

    @staticmethod
    def of(programs: Programs, questions: Iterable[Question]) -> "Table":
        """The subject asked all of them; what it does not answer is left out, and so are steps that ran away.

        A loss or a gradient that is not finite is left out as well where outputs are at the ends of their range, or are no
        numbers: it follows from them, and how depends on where the logarithm is taken.
        """
        r, most = rounding(programs.subject.claims), float(np.finfo(programs.subject.claims.dtype).max) ** 0.5
        answered = [(one, one.put(programs.subject)) for one in questions]
        lost = {one.case for one, seen in answered if one.operation == "forward" and not _in_range(one, seen)}
        told = [
            (one, seen)
            for one, seen in answered
            if seen
            and not (one.operation == "descend" and ran_away(seen, most))
            and not (one.case in lost and one.operation != "forward" and ran_away(seen, inf))
        ]
        asked = [Asked(one, seen, rooms(one, r), n) for n, (one, seen) in enumerate(told)]
        return Table(programs, sorted(asked, key=lambda one: one.seen[0].level))

    def beside(self, others: "Iterable[Table]") -> "Table":
        """With the questions of these as well."""
        asked = [*self.asked, *(one for table in others for one in table.asked)]
        return Table(self.programs, sorted(asked, key=lambda one: one.seen[0].level))

    @cached_property
    def u(self) -> float:
        """The subject's unit roundoff."""
        return rounding(self.programs.subject.claims).u

    def answer(self, parts: Parts, number: int) -> tuple[Seen, ...]:
        """What the suspect answers to the question of this number."""
        return self._answered(parts, self.asked[number].question)

    def _answered(self, parts: Parts, question: Question) -> tuple[Seen, ...]:
        key = (parts, question)
        if key not in self._answers:
            if question.before is not None and has_a_past(parts):
                self._answered(parts, question.before)
            suspect = self._suspect(parts)
            self.evaluations += 1
            self._answers[key] = () if suspect is None else question.put(suspect)
        return self._answers[key]

    def _suspect(self, parts: Parts) -> Subject | None:
        if parts not in self._subjects:
            self._subjects[parts] = self.programs.seen(parts)
        return self._subjects[parts]

    def compared(self, parts: Parts, number: int) -> Iterator[tuple[Level, Seen, Apart]]:
        """Part by part, the earliest first; an answer of other parts is apart at its beginning."""
        asked, given = self.asked[number], self.answer(parts, number)
        if len(asked.seen) != len(given):
            yield min((one.level for one in (*asked.seen, *given)), default=BEYOND), asked.seen[0], OTHER
            return
        factor = 1.0 if scale.is_told(self.programs.subject) else self._factor(asked.seen, given)
        for got, want in zip(asked.seen, self._as_read(number, given), strict=True):
            if factor != 1.0 and not isinstance(got.value, str):
                got = got._replace(value=got.value * factor)
            yield got.level, got, apart(got, want, asked.room, asked.least * self.u, self.u)

    def _as_read(self, number: int, given: tuple[Seen, ...]) -> tuple[Seen, ...]:
        """A suspect's answer as the subject's is read: an axis of length one more or less was mended where it was no trouble."""
        seen = self.asked[number].seen
        if shapes(seen) == shapes(given):
            return given
        right = shapes(self.answer((), number))
        pairs = zip(seen, given, right if len(right) == len(seen) else [None] * len(seen), strict=True)
        return tuple(_mended(want, got.value, shape) for got, want, shape in pairs)

    def _factor(self, seen: tuple[Seen, ...], given: tuple[Seen, ...]) -> float:
        """The least-squares c in c * seen = given over gradients and moves, where the subject's scale is its own."""
        above = below = wide(0)
        for got, want in zip(seen, given, strict=True):
            if isinstance(got.value, str) or isinstance(want.value, str) or got.level[0] not in (BACKWARD, STEP):
                continue
            if got.value.shape == want.value.shape:
                above, below = above + (wide(got.value) * wide(want.value)).sum(), below + (wide(got.value) ** 2).sum()
        return float(above / below) if above > 0 and below > 0 else 1.0

    def agrees(self, parts: Parts) -> bool:
        """Whether the suspect answers everything as the subject does."""
        return all(one.agree for number in range(len(self.asked)) for _, _, one in self.compared(parts, number))

    def begins(self, parts: Parts, number: int) -> Level:
        """The earliest level at which the two part on this question."""
        return next((level for level, _, one in self.compared(parts, number) if not one.agree), BEYOND)

    def apart_at(self, parts: Parts, level: Level) -> list[int]:
        """The questions on which they part at this level, and not before."""
        return [n for n, asked in enumerate(self.asked) if asked.seen[0].level <= level and self.begins(parts, n) == level]

    def first_apart(self, parts: Parts, least: Level = (), before: Level = BEYOND, start: Level = ()) -> Level:
        """The earliest level from `start` at which the two part on any question, or `before`; at once if not above `least`."""
        found = before
        for number, asked in enumerate(self.asked):
            if not start <= asked.seen[0].level < found:
                continue
            found = min(found, self.begins(parts, number))
            if found <= least:
                return found
        return found

    def residual(self, parts: Parts, most: float = inf, first: bool = False) -> tuple[bool, float]:
        """Whether all agree, and the largest relative difference; at once where they do not and it reaches `most`, or one.

        first: on the first question alone.
        """
        agree, worst = True, 0.0
        for number in range(1 if first else len(self.asked)):
            for _, _, one in self.compared(parts, number):
                agree, worst = agree and one.agree, max(worst, one.residual)
                if worst >= min(most, 1.0) and not agree:
                    return False, worst
        return agree, worst

    def of_the_right_program(self, cases: int) -> "Table":
        """The right program in the subject's place, asked on the first few cases, and one step only."""
        distinct = list(dict.fromkeys(one.question.case.net for one in sorted(self.asked, key=lambda one: one.number)))[:cases]
        asked_of = [(n, one.question) for n, one in enumerate(self.asked)]
        chosen = [n for n, q in asked_of if q.operation == "kept" or (q.case.net in distinct and q.telling)]
        asked = [Asked(self.asked[n].question, self.answer((), n), self.asked[n].room) for n in chosen]
        return Table(self.programs, asked)

    def where_it_answered(self) -> "Table":
        """Without the questions to which the subject gave nothing of the right shape: these tell no faults apart."""
        return Table(self.programs, [one for n, one in enumerate(self.asked) if shapes(one.seen) == shapes(self.answer((), n))])

    def print(self, parts: Parts, start: Level, before: Level) -> object:
        """What the suspect answers between those levels, to nine digits: the same for those that cannot be told apart."""
        numbers = [n for n, asked in enumerate(self.asked) if start <= asked.seen[0].level < before]
        answers = [one for number in numbers for one in self.answer(parts, number)]
        return tuple(one.value if isinstance(one.value, str) else _nine(one.value) for one in answers)

    def leading(self, parts: Parts) -> None:
        """Put the questions first that tell this suspect from the subject best: they tell others from it as well."""
        def off(n: int) -> float:
            return max((one.residual for _, _, one in self.compared(parts, n) if not one.agree), default=-1.0)

        def last(n: int) -> tuple[bool, bool, float, Level]:
            asked = self.asked[n]
            return far[n] <= CLEARLY, asked.question.operation in LONG, -far[n], asked.seen[0].level

        far = {n: off(n) for n in range(len(self.asked))}
        self.asked = [self.asked[n] for n in sorted(far, key=last)]

    def furthest_first(self, parts: Parts) -> None:
        """Put the question first on which this suspect is furthest from the subject: those that give the same are left at it."""
        def off(n: int) -> float:
            return max(one.residual for _, _, one in self.compared(parts, n))

        self.asked.insert(0, self.asked.pop(max(range(len(self.asked)), key=off)))
