"""What the flags promise: a program with the fault is off there, a right one nowhere; and what no file can see."""

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from backproof.diagnosis.programs import known, made
from backproof.selftest import VARIANTS, offered
from backproof.subjects.loading import load
from backproof.subjects.subject import Subject
from backproof.vectors import unseen
from backproof.vectors.chosen import vectors
from backproof.vectors.drawn import Vector
from backproof.vectors.expected import Dtype, Expected, expected
from backproof.vectors.flags import programs, worst
from backproof.vectors.made import shipped
from backproof_spec import Family, Network, Rule
from backproof_spec.catalogue import Variant
from backproof_spec.clauses import clauses
from backproof_spec.composing import Part

FLAGS: dict[str, list[str]] = {
    name.removesuffix(".json"): json.loads(text)["flags"] for name, text in shipped().items() if name.endswith(".json")
}
CAUGHT = {name for flags in FLAGS.values() for name in flags}
EVERY = {vector.name: (vector, expected(vector, "float64")) for vector in vectors()}


def test_together_they_catch_every_fault_that_values_can_show() -> None:
    visible = {name for name, fault in known().items() if not unseen.reason(fault)}
    assert sorted(visible - CAUGHT) == []
    assert sorted(CAUGHT - visible) == []
    assert len(visible) / len(known()) > 0.75


def test_each_reason_is_about_a_fault_or_a_clause_that_there_is() -> None:
    assert set(unseen.FAULTS) <= set(known())
    assert set(unseen.CLAUSES) <= set(clauses()) & {fault.breaks for fault in known().values()}
    assert not any(known()[name].breaks in unseen.CLAUSES for name in unseen.FAULTS)


@pytest.mark.parametrize("name", [name for name, fault in known().items() if unseen.reason(fault)])
def test_what_is_said_to_be_out_of_sight_is_right_in_all_that_is_asked(name: str) -> None:
    if known()[name].breaks == "repeatable":
        pytest.skip("it answers by chance: it may be off, and may be right")
    build = made((Part(name),))
    assert build is not None
    for vector, want in EVERY.values():
        if vector.name == "whole-numbers":
            continue  # to write into an array of integers raises, whatever is written
        assert worst(build, vector, outside(vector, want)) <= 1, vector.name


def outside(vector: Vector, want: Sequence[Expected]) -> list[Expected]:
    """Outputs, loss, gradient and step: inside, a program may go through the rows in another order."""
    inside = {("a", l) for l in range(1, vector.case.net.depth)}
    return [one for one in want if one.quantity not in ("z", "delta") and one[:2] not in inside]


def test_every_file_is_needed_or_says_what_for() -> None:
    alone = {file for file, flags in FLAGS.items() for name in flags if sum(name in some for some in FLAGS.values()) == 1}
    assert alone >= {"softmax-classes", "ties-relu", "far-tanh", "far-softmax", "every-digit", "whole-numbers", "l1", "gelu"}
    assert all(FLAGS.values())


def test_no_flag_hangs_by_a_thread() -> None:
    """No program is off by about one bound: another machine's exp, or order of summation, would give the same flags."""
    for file, (vector, want) in EVERY.items():
        right = made(())
        assert right is not None
        usual = worst(right, vector, want)
        for name, build in programs().items():
            off = worst(build, vector, want)
            assert off <= max(usual, 0.9) or off > 1.25, (file, name, off)


def test_a_planted_fault_is_off_and_the_right_program_is_not() -> None:
    vector, want = EVERY["smallest"]
    wrong, right = made((Part("hidden-delta-lacks-derivative"),)), made(())
    assert wrong is not None and right is not None
    assert worst(wrong, vector, want) > 1e6 and worst(right, vector, want) <= 1
    assert [file for file in ("smallest", "no-hidden-layer") if "hidden-delta-lacks-derivative" in FLAGS[file]] == ["smallest"]


def admits(family: Family, net: Network) -> bool:
    """Whether the family is of networks like this one, to rounding."""
    sizes, hidden = family.sizes, net.activations[:-1]
    spans = [(net.sizes[0], sizes.inputs), (net.sizes[-1], sizes.outputs), (net.depth - 1, sizes.depth)]
    spans += [(width, sizes.width) for width in net.sizes[1:-1]]
    return (
        not sizes.exactly and not sizes.equal_widths and all(low <= n and (high is None or n <= high) for n, (low, high) in spans)
        and set(hidden) <= set(family.hidden) and (family.mixed or len(set(hidden)) <= 1)
        and net.activations[-1] in family.output and net.loss in family.loss and net.penalty in family.penalty
        and family.reported is None and family.biases == ("each", "each") and not family.accuracy and family.z_max == np.inf
    )  # fmt: skip


def answers(subject: Subject, vector: Vector) -> Iterator[tuple[tuple[str, int], object]]:
    """What a right program of another manner gives."""
    case, claims, ask = vector.case, subject.claims, subject.fresh
    given = case.net, case.params, case.x, case.t
    yield ("a", case.net.depth), ask.forward(*given[:3])
    if "loss" in claims.operations:
        yield ("loss", case.net.depth), ask.loss(*given)
    if "gradient" in claims.operations:
        for l, layer in enumerate(ask.gradient(*given), start=1):
            yield from ((("dW", l), layer.W), (("db", l), layer.b))
    plain = Rule(0.0) in claims.rules and claims.rates is not None and claims.rates[0] <= vector.rate <= claims.rates[1]
    if "step" in claims.operations and plain:
        for l, layer in enumerate(ask.step(*given, Rule(vector.rate)), start=1):
            yield from ((("W", l), layer.W), (("b", l), layer.b))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_right_program_of_another_manner_is_off_anywhere(dtype: Dtype) -> None:
    asked, every = set[str](), [(vector, expected(vector, dtype)) for vector in vectors(dtype)]
    for variant in offered(VARIANTS, Variant):
        subject = load(variant.target)
        for vector, want in every if subject.claims.dtype == dtype else []:
            few = subject.claims.batch is not None and vector.case.n > subject.claims.batch
            if few or not any(admits(family, vector.case.net) for family in subject.claims.families):
                continue
            asked.add(variant.name)
            for key, got in answers(subject, vector):
                one = next(one for one in want if (one.quantity, one.layer) == key)
                assert (np.abs(np.asarray(got) - one.value) <= one.bound).all(), (variant.name, vector.name, key)
    assert len(asked) >= {"float64": 20, "float32": 2}[dtype]
