"""Networks, rules and claims on the wire, and back: only what differs from its default is said."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from difflib import get_close_matches
from math import inf
from typing import Any, TypeAlias, get_args

from backproof.subjects.errors import Unusable
from backproof.subjects.hinted import activation_hint
from backproof_spec import Activation, Claims, Family, Loss, Network, Operation, Penalty, Rule, Sizes
from backproof_spec.vocabulary import ACTIVATIONS, LOSSES

Json: TypeAlias = Any  # as json.loads gives it, and json.dumps takes it
OPERATIONS: tuple[Operation, ...] = get_args(Operation)


def tree(value: object) -> Json:
    """A value as JSON: its fields that are not at their defaults; infinity by its name."""
    if isinstance(value, tuple):
        return [tree(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, Activation | Claims | Family | Loss | Network | Penalty | Rule | Sizes):
        told = ((part, getattr(value, part.name)) for part in fields(value))
        return {part.name: tree(held) for part, held in told if part.default is MISSING or held != part.default}
    return "Infinity" if value == inf else value


def network(given: Json) -> Network:
    """The network of a call. Raises Unusable."""
    return Network(
        tuple(given["sizes"]), tuple(map(_activation, given["activations"])), _loss(given["loss"]),
        _loss(given["reported"]) if given.get("reported") else None, _record(Penalty, given.get("penalty", {}), "penalty"),
        tuple(given.get("biases", ())),
    )  # fmt: skip


def rule(given: Json) -> Rule:
    """The rule of a step. Raises Unusable."""
    found: Rule = _record(Rule, given, "rule")
    return found


def claims(given: Json) -> Claims:
    """What a program says of itself. Raises Unusable, with one sentence, where that is nothing that can be claimed."""
    if not isinstance(given, dict):
        raise Unusable(f"describe: {given!r:.60} is no JSON object")
    known = {part.name for part in fields(Claims)}
    _known(given, known | {"wire", "frames", "holds", "looks", "assumed"}, "describe")
    told = {name: value for name, value in given.items() if name in known}
    families = told.get("families")
    if not isinstance(families, list) or not families:
        raise Unusable("describe: families is no list of at least one family")
    operations = told.get("operations", ["forward"])
    for name in operations:
        _named(name, OPERATIONS, "describe: operations", "operation")
    told |= {
        "name": str(told.get("name", "")), "families": tuple(_family(one, f"families[{i}]") for i, one in enumerate(families)),
        "operations": frozenset(operations), "rates": _rates(told.get("rates", [0.0, inf])),
        "rules": tuple(_record(Rule, one, "rules") for one in told.get("rules", [{"rate": 0.0}])),
    }  # fmt: skip
    if told.get("dtype", "float64") not in ("float32", "float64"):
        raise Unusable(f"describe: dtype is {told['dtype']!r}, should be float32 or float64")
    return Claims(**told)


def _family(given: Json, where: str) -> Family:
    told = dict(_checked(Family, given, where))
    for part in ("hidden", "output"):
        told[part] = tuple(_activation(one, f"{where}.{part}") for one in _several(told, part, where))
    told["loss"] = tuple(_loss(one, f"{where}.loss") for one in _several(told, "loss", where))
    if told.get("reported"):
        told["reported"] = _loss(told["reported"], f"{where}.reported")
    if "penalty" in told:
        told["penalty"] = tuple(_record(Penalty, one, f"{where}.penalty") for one in told["penalty"])
    if "biases" in told:
        told["biases"] = tuple(told["biases"])
    if "sizes" in told:
        told["sizes"] = _sizes(told["sizes"], f"{where}.sizes")
    return Family(**(told | {name: _number(told[name]) for name in ("accuracy", "z_max") if name in told}))


def _several(told: dict[str, Any], part: str, where: str) -> list[Any]:
    given = told.get(part)
    if not isinstance(given, list) or not given:
        raise Unusable(f"describe: {where}.{part} is no list of at least one")
    return given


def _sizes(given: Json, where: str) -> Sizes:
    told = dict(_checked(Sizes, given, where))
    for name in ("inputs", "depth", "width", "outputs"):
        if name in told:
            told[name] = tuple(told[name])
    if "exactly" in told:
        told["exactly"] = tuple(map(tuple, told["exactly"]))
    return Sizes(**told)


def _activation(given: Json, where: str = "activations") -> Activation:
    """`"tanh"`, `"leaky_relu:alpha=0.2"`, or an object."""
    if isinstance(given, str):
        if given.startswith("other:"):
            return Activation(given)
        try:
            return activation_hint(given, "--output")
        except Unusable as trouble:
            raise Unusable(f"describe: {where}: {str(trouble).removeprefix('--output: ')}") from None
    found: Activation = _record(Activation, given, where)
    if not found.name.startswith("other:"):
        _named(found.name, ACTIVATIONS, f"describe: {where}", "activation")
    return found


def _loss(given: Json, where: str = "loss") -> Loss:
    """`"squared_error"`, or an object."""
    found = Loss(given) if isinstance(given, str) else _record(Loss, given, where)
    if not found.name.startswith("other:"):
        _named(found.name, LOSSES, f"describe: {where}", "loss")
    return found


def _record(made: Callable[..., Any], given: Json, where: str) -> Any:
    return made(**{name: _number(value) for name, value in _checked(made, given, where).items()})


def _checked(made: Callable[..., Any], given: Json, where: str) -> dict[str, Any]:
    """The fields that are given; none may be unknown, none that is needed may be missing."""
    if not isinstance(given, dict):
        raise Unusable(f"describe: {where}: {given!r:.60} is no JSON object")
    parts = fields(made)  # type: ignore[arg-type]  # of a dataclass
    _known(given, {part.name for part in parts}, f"describe: {where}")
    needed = [part.name for part in parts if part.default is MISSING and part.default_factory is MISSING]
    for name in needed:
        if name not in given:
            raise Unusable(f"describe: {where} lacks {name}")
    return given


def _known(given: dict[str, Any], names: set[str], where: str) -> None:
    for name in given:
        _named(name, tuple(sorted(names)), where, "field")


def _named(name: object, names: tuple[str, ...], where: str, noun: str) -> None:
    if name not in names:
        near = get_close_matches(str(name), names, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names)}"
        raise Unusable(f"{where}: there is no {noun} named {name}{hint}")


def _rates(given: Json) -> tuple[float, float] | None:
    if given is None:
        return None
    least, most = given
    return float(least), inf if most is None else float(_number(most))


def _number(value: Json) -> Json:
    return inf if value == "Infinity" else value
