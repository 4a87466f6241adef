"""At which stage and in which layer a fault sits: where its own method gives what the reference's would not."""

from collections.abc import Callable, Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
from tests.diagnosis.ordinary import Form, Setting
from tests.diagnosis.points import Answer, alike, differs_at, odd_points, plain_points

from backproof.case import Case
from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.direct import elsewhere
from backproof_impl import faults
from backproof_impl.faults.composed import PER_LAYER
from backproof_impl.reference import Pass, Reference
from backproof_spec import Rule
from backproof_spec.composing import Part

COARSE = 2.0**30  # roundings: what float32 leaves of float64
FIRST = ("inputs",)
LAST = ("forward", "output_delta", "output_chain", "rows", "one_hot", "targets", "batch_loss")
PASSES = ("backward_pass", "gradient", "layer_gradient")  # told by which of their tensors is the first to differ
STAGES: dict[str, tuple[str, ...]] = {
    "forward": ("forward", "output"), "forward_pass": ("forward",), "inputs": ("forward", "inputs"), "affine": ("forward",),
    "activate": ("activation value", "output"), "rows": ("targets",), "one_hot": ("targets",), "targets": ("targets",),
    "batch_loss": ("loss",), "loss": ("loss",), "share": ("loss", "output delta"), "penalty": ("penalty", "loss"),
    "output_delta": ("output delta",), "output_chain": ("output delta",), "derivative": ("activation",),
    "hidden_delta": ("hidden delta",), "weight_gradient": ("weight gradient",), "bias_gradient": ("bias gradient",),
    "penalises_bias": ("penalty",), "penalised": ("penalty",), "penalty_gradient": ("penalty",), "update": ("step",),
    "step": ("step",), "descend": ("optimiser",), "initial": ("initial",), "initial_weights": ("initial",), "fit": ("fitting",),
    "backward_pass": (), "gradient": (), "layer_gradient": (),
}  # fmt: skip


@dataclass(frozen=True)
class Deviation:
    """A call in which a fault's own method gave something else."""

    method: str
    depth: int
    layer: int | None  # None: the method knows none
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """Where a fault sits."""

    method: str  # of the first deviation; "" if there is none
    stages: frozenset[str]  # the mechanical one, and that of the catalogue
    layers: frozenset[int]  # in which the method deviates, in networks of one to three layers of weights
    anywhere: bool  # it knows no layer, or deviates in every one in which it is asked

    def stage_is_right(self, stage: str) -> bool:
        """Whether it is the one or the other."""
        return stage in self.stages

    def layer_is_right(self, layer: int | None) -> bool:
        """Whether the method deviates there; None where it knows no layer, or deviates in all."""
        return self.anywhere if layer is None else layer in self.layers


@cache
def _fault(name: str) -> faults.Fault:
    return next(one for one in faults.catalogue() if one.name == name)


def truth(names: Collection[str], setting: Setting, form: Form) -> Truth:
    """Of a program that goes by all of these names: where any of them says that it sits."""
    found = [_truth(name, setting, form) for name in names]
    stages, layers = (frozenset().union(*parts) for parts in ([one.stages for one in found], [one.layers for one in found]))
    return Truth(found[0].method, stages, layers, any(one.anywhere for one in found))


@cache
def _truth(name: str, setting: Setting, form: Form) -> Truth:
    """Found on ordinary cases, deep ones first; on odd ones if it does not show there."""
    fault = _fault(name)
    plain = sorted(plain_points(setting, form), key=lambda case: -case.net.depth)
    for cases in (plain, odd_points(setting, form)):
        watched = [one for case in cases for one in [_watched(fault.make, case, setting.rule)]]
        found = [deviation for one in watched for deviation in one.deviations]
        if found:
            told = _told(fault, found, {asked for one in watched for asked in one.asked})
            return replace(told, stages=told.stages | frozenset(_seen(fault, setting, form)))
    return Truth("", frozenset({fault.stage}), frozenset(), True)


def _seen(fault: faults.Fault, setting: Setting, form: Form) -> Iterator[str]:
    """What it is from outside, whatever method does it: of the batch, where every row alone is right; of how numbers are held."""
    parts = (Part(fault.name),)
    cases = [case for case in plain_points(setting, form) if case.n > 1]
    if not differs_at(parts, setting, form, cases):
        return
    if not any(differs_at(parts, setting, form, [case.rows([row]) for row in range(case.n)]) for case in cases):
        yield "batch"
    if not differs_at(parts, setting, form, cases, COARSE):
        yield "numerics"


def _told(fault: faults.Fault, found: list[Deviation], asked: set[tuple[str, int, int | None]]) -> Truth:
    first = found[0]
    there = {(one.depth, one.layer) for one in found if one.method == first.method}
    every = {(depth, layer) for method, depth, layer in asked if method == first.method}
    places = {layer for _, layer in there if layer is not None}
    stages = frozenset({*first.stages, fault.stage})
    return Truth(first.method, stages, frozenset(places), first.method not in PER_LAYER or there == every)


@dataclass
class Watched:
    """What was asked of a fault's own methods, and where they deviated."""

    asked: list[tuple[str, int, int | None]]
    deviations: list[Deviation]


def _watched(made: type[Reference], case: Case, rule: Rule) -> Watched:
    """The fault asked everything at the case, on an object that it was asked elsewhere before."""
    seen = Watched([], [])
    own = [name for name in STAGES if getattr(made, name) is not getattr(Reference, name)]
    watching = type("Watching", (made,), {name: _noting(made, name, case, seen) for name in own})
    with quiet(), lent_generators():
        whole = watching()
        for at in (case, case.at(elsewhere(case.params)).rows(list(range(max(1, case.n - 1))))):
            for ask in _questions(whole, at, rule):
                _tried(ask)
    return seen


def _questions(whole: Reference, case: Case, rule: Rule) -> Iterator[Callable[[], object]]:
    def given() -> Any:
        return deepcopy((case.net, case.params, case.x, case.t))

    yield lambda: whole.initial(case.net, 7)
    yield lambda: whole.forward(*given()[:3])
    yield lambda: whole.loss(*given())
    yield lambda: whole.gradient(*given())
    for own in (replace(rule, rate=0.5), replace(rule, rate=0.0)):
        yield partial(lambda own: whole.step(*deepcopy((case.net, case.params, case.x, case.t, own))), own)
    yield lambda: whole.descend(*deepcopy((case.net, case.params, case.x, case.t, replace(rule, rate=0.5), 3)))


def _tried(ask: Callable[[], object]) -> object:
    """What comes of it, trouble by its kind."""
    try:
        return ask()
    except Exception as trouble:  # noqa: BLE001 - a fault may raise anything
        return type(trouble).__name__


def _noting(made: type[Reference], name: str, case: Case, seen: Watched) -> Callable[..., object]:
    """The fault's method, beside which the reference's is asked the same."""

    def method(self: Reference, *given: Any) -> object:
        right = deepcopy(given)
        want = _tried(lambda: getattr(Reference, name)(Reference(), *right))
        layer = given[1] if name in PER_LAYER else _placed(name, case.net.depth)
        seen.asked.append((name, case.net.depth, layer))
        got: object = None
        try:
            got = getattr(made, name)(self, *given)
        except Exception as trouble:
            got = type(trouble).__name__
            raise
        finally:
            if not alike(_flat((got, given)), _flat((want, right))):
                seen.deviations.append(_deviation(name, case.net.depth, layer, got, want))
        return got

    return method


def _placed(name: str, depth: int) -> int | None:
    return 1 if name in FIRST else depth if name in LAST else None


def _deviation(name: str, depth: int, layer: int | None, got: object, want: object) -> Deviation:
    if isinstance(got, Pass) and isinstance(want, Pass):
        first = next((l for l in range(depth + 1) if not alike([got.z[l], got.a[l]], [want.z[l], want.a[l]])), 0)
        return Deviation(name, depth, max(1, first), STAGES[name])
    if name not in PASSES or isinstance(got, str) or isinstance(want, str):
        return Deviation(name, depth, layer, STAGES[name])
    pairs: Any = [(layer, got, want)] if name == "layer_gradient" else list(zip(range(1, depth + 1), got, want, strict=False))  # type: ignore[call-overload]  # parameters
    for l, g, w in reversed(pairs):
        W, b = (not alike(_flat(one), _flat(other)) for one, other in zip(g, w, strict=True))
        if W or b:
            delta = ("output delta",) if l == depth else ("hidden delta",)
            return Deviation(name, depth, l, delta if W and b else ("weight gradient",) if W else ("bias gradient",))
    return Deviation(name, depth, layer, ())  # in what it does, not in what it gives


def _flat(value: object) -> list[Answer]:
    """Every array and word in it."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, np.ndarray | float | int | np.generic):
        return [np.asarray(value)]
    if isinstance(value, tuple | list):
        return [one for part in value for one in _flat(part)]
    return _flat(tuple(vars(value).values())) if hasattr(value, "losses") else []
