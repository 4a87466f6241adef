"""A diagnosis, told: what is wrong and what speaks for it, a case worked by hand, the right equation, what to type next."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backproof.diagnosis.diagnose import Diagnosis, Named
from backproof.diagnosis.unknown import Unknown
from backproof.diagnosis.worked import Row, Worked
from backproof.report import words
from backproof.report.layout import Line, hanging, paragraph
from backproof.report.plain import Json, case_as_json, plain
from backproof_spec import Array
from backproof_spec.composing import Part, of_layer

NAMELESS = "no known fault, alone or with others, does what this program does"
DIGITS = (6, 9, 13, 17)  # the fewest that tell two numbers apart
AFTER = ("W", "b")  # a step; of these only what is wrong is told
NUMBERS = 4  # an array of more is told by the entry that is off most
SET = 4  # faults of a set that are told by name


@dataclass(frozen=True)
class Detail:
    """How much is told."""

    explained: bool  # what each fault is, and the nearest program that it is not
    mended: bool  # what to do, beside the right equation
    rows: int  # lines at most of what stands in a fault's place, and of its equation
    case: int  # lines of the case that is worked
    right: int  # lines of what is right in it
    wrong: int  # values that are wrong in it


DETAILS = (Detail(True, True, 3, 4, 3, 4), Detail(False, True, 2, 3, 1, 2), Detail(False, False, 1, 2, 0, 1))


def lines(found: Diagnosis, width: int, most: int = 24) -> list[Line]:
    """The diagnosis, line by line, in as much detail as goes into so many."""
    told = list[Line]()
    for detail in DETAILS:
        told = list(_told(found, width, detail))
        if len(told) <= most:
            break
    return told


def _told(found: Diagnosis, width: int, detail: Detail) -> Iterator[Line]:
    if found.unknown is not None:
        yield from _unnamed(found.unknown, width)
    if not found.named:
        return
    several = len(found.named) > 1
    yield Line(f"diagnosis: {len(found.named)} faults at once" if several else "diagnosis", "bold red")
    for one in found.named:
        yield from _named(one, width, detail)
    proofs = list(dict.fromkeys(proof(one, detail.explained) for one in found.named))
    if several and len(proofs) == 1:
        proofs = [proofs[0].replace("this fault", "these faults")]
    for told in proofs if detail.explained else proofs[:1]:
        yield from hanging("proof", told, width, 3, "dim")
    if found.worked is not None:
        yield from _worked(found.worked, width, detail)
    if found.open:
        slugs = words.several((verdict.clause.slug for verdict in found.open), 3, ", ")
        yield from hanging("besides", f"this does not explain {slugs}: there is more that is wrong", width, 3)
    others = ", and so of the others" if len(found.named) > 2 else ", and so of the other" if several else ""
    yield from hanging("read", f"backproof explain {found.named[0].fault.name}{others}", width, 3, "dim")


def _named(one: Named, width: int, detail: Detail) -> Iterator[Line]:
    name, remedy = f"{one.fault.name} ({place(one.candidates[0], one.fault.stage)})", one.fault.remedy
    if detail.explained:
        yield from paragraph(one.fault.explanation, width, 3, "bold")
    elif detail.mended or not one.equation:
        name += f": {remedy}"
    yield from hanging("fault", name, width, 3, most=None if detail.explained else 2)
    if len(one.candidates) > 1:
        others = words.several((str(part) for part in one.candidates[1:]), SET, ", ")
        yield from hanging("or", f"{others}: {one.apart}", width, 3, most=None if detail.explained else detail.rows)
    if one.equation:
        yield from hanging("right", one.equation, width, 3, "bold", most=detail.rows)
    if detail.explained:
        yield from hanging("mend it", remedy, width, 3)


def place(part: Part, stage: str) -> str:
    """hidden delta; hidden delta of layer 1; ... of the output layer."""
    if part.layer is None:
        return stage
    return f"{stage} of {of_layer(part.layer)}"


def proof(one: Named, second: bool = True) -> str:
    """What speaks for the name. second: name the nearest other program too."""
    if one.residual is None:
        return "every property of the clauses that it breaks says the same of a program with this fault, case by case"
    agreed = "exactly" if one.residual == 0 else f"to {one.residual:.1g}"
    told = f"a program with this fault gives the same numbers on fresh cases, {agreed}"
    if one.second and one.runner_up is not None:
        told += f"; the nearest other{f', {one.second},' if second else ''} is off by {one.runner_up:.2g}"
    return told


def _unnamed(one: Unknown, width: int) -> Iterator[Line]:
    yield from paragraph(f"diagnosis: {NAMELESS}", width, 0, "bold yellow", hang=3)
    where = one.stage if one.layer is None else f"{one.stage} of layer {one.layer}"
    if one.layer is not None and one.net is not None:
        where += f", in a network of {'-'.join(map(str, one.net.sizes))}"
    yield from hanging("first", f"what is wrong first is the {where}", width, 3)
    if one.right:
        yield from hanging("right are", ", ".join(one.right), width, 3)
    for sentence in one.looks:
        yield from hanging("looks", sentence, width, 3)
    if one.equation:
        yield from hanging("right", one.equation, width, 3, "bold", most=3)


def _worked(one: Worked, width: int, detail: Detail) -> Iterator[Line]:
    told = words.case(one.case)
    told[0] = told[0].split(" (made smaller")[0]
    yield from hanging("worked", "; ".join(told), width, 3, most=detail.case)
    before = [row for row in one.rows[: [row.wrong for row in one.rows].index(True)] if row.quantity not in AFTER]
    if before and detail.right:
        right = ", ".join(f"{row.name} = {_short(row)}" for row in before)
        yield from hanging("", f"right: {right}", width, 3, most=detail.right)
    wrong = [row for row in one.rows if row.wrong]
    step = f" (after a step at rate {one.rate:g})" if one.rate is not None else ""
    for row in wrong[: detail.wrong]:
        here = f": here they part{step}" if row is wrong[0] else ""
        yield from hanging("", f"{_compared(row)}{here}", width, 3, "red", most=2)


def _short(row: Row) -> str:
    return _array(row.want) if row.want.size <= NUMBERS else f"an array {row.want.shape}"


def _array(value: Array, digits: int = DIGITS[0]) -> str:
    """A single number without its brackets."""
    return words.array(value.reshape(()) if value.size == 1 else value, digits)


def _compared(row: Row) -> str:
    """delta1 is .148, should be .133; of a large array the entry that is off most."""
    if row.has.shape != row.want.shape:
        return f"{row.name} has shape {row.has.shape}, should have {row.want.shape}"
    name, has, want = row.name, row.has, row.want
    if has.size > NUMBERS:
        name, has, want = f"{name}[{', '.join(map(str, row.worst))}]", np.asarray(has[row.worst]), np.asarray(want[row.worst])
    told = ((_array(has, digits), _array(want, digits)) for digits in DIGITS)
    is_, should = next((pair for pair in told if pair[0] != pair[1]), (_array(has), _array(want)))
    return f"{name} is {is_}, should be {should}"


def document(found: Diagnosis | None) -> list[Json]:
    """The diagnosis as JSON: one object a fault, or one that says what is known of a fault that has no name."""
    if found is None:
        return []
    named = [_named_json(one, found.worked if one is found.named[0] else None) for one in found.named]
    return named if found.unknown is None else [_unknown_json(found.unknown), *named]


def _named_json(one: Named, worked: Worked | None) -> Json:
    return {
        "stage": one.fault.stage, "layer": one.candidates[0].layer, "candidates": [str(part) for part in one.candidates],
        "apart": one.apart or None, "residual": plain(one.residual), "runner_up": plain(one.runner_up),
        "second": one.second or None, "explanation": one.fault.explanation, "remedy": one.fault.remedy,
        "equation": one.equation or None, "worked": _worked_json(worked), "right": [], "looks": [],
    }  # fmt: skip


def _unknown_json(one: Unknown) -> Json:
    return {
        "stage": one.stage, "layer": one.layer, "candidates": [], "apart": None, "residual": None, "runner_up": None,
        "second": None, "explanation": NAMELESS, "remedy": "",
        "equation": one.equation or None, "worked": None, "right": list(one.right), "looks": list(one.looks),
    }  # fmt: skip


def _worked_json(one: Worked | None) -> Json:
    return None if one is None else {
        "case": case_as_json(one.case),
        "rate": one.rate,
        "values": [
            {"name": row.name, "has": plain(row.has), "want": plain(row.want), "wrong": row.wrong} for row in one.rows
        ],
    }  # fmt: skip

