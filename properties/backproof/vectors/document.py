"""A vector as a file: JSON of which every array stands on a line, and every number reads back as it was."""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TypeAlias

from backproof.report.plain import Json, plain
from backproof.vectors.drawn import Vector
from backproof.vectors.expected import Dtype, Expected, Quantity
from backproof_spec import Network
from backproof_spec.vocabulary import alpha

FORMAT = "backproof vectors 1"
Table: TypeAlias = dict[str, Json]


def schema() -> Table:
    """The JSON Schema (draft 2020-12) of a file, as it ships with the package."""
    found: Table = json.loads((files("backproof_spec") / "vectors.schema.json").read_text(encoding="utf-8"))
    return found


def document(vector: Vector, want: Sequence[Expected], flags: Iterable[str], dtype: Dtype) -> Table:
    """What is asked, what a right program answers, and which faults are off somewhere."""
    case = vector.case
    return {
        "format": FORMAT, "name": vector.name, "about": vector.about, "dtype": dtype, "network": network(case.net),
        "rate": vector.rate, "parameters": plain(case.params), "x": plain(case.x), "t": plain(case.t),
        "expected": _expected(want), "flags": list(flags),
    }  # fmt: skip


def network(net: Network) -> Table:
    """All of it that vectors make use of; every parameter of an activation is told, the usual ones as well."""
    activations: list[Json] = [
        {"name": f.name, "slope": f.slope, "scale": f.scale, "offset": f.offset, "alpha": alpha(f)} for f in net.activations
    ]
    loss: Table = {
        "name": net.loss.name, "factor": net.loss.factor, "samples": net.loss.samples, "outputs": net.loss.outputs,
    }  # fmt: skip
    return {"sizes": list(net.sizes), "activations": activations, "loss": loss, "penalty": plain(net.penalty)}


def _expected(want: Sequence[Expected]) -> Table:
    """By quantity, layer by layer; those of a layer's weights and biases together."""
    found: dict[Quantity, list[Json]] = {}
    for one in want:
        found.setdefault(one.quantity, []).append({"value": plain(one.value), "bound": plain(one.bound)})
    rows: Table = {"t": found["t"][0]} if "t" in found else {}
    return rows | {
        "z": found["z"], "a": found["a"], "loss": found["loss"][0], "delta": found["delta"],
        "gradient": [{"dW": W, "db": b} for W, b in zip(found["dW"], found["db"], strict=True)],
        "step": [{"W": W, "b": b} for W, b in zip(found["W"], found["b"], strict=True)],
    }  # fmt: skip


def text(body: Json, indent: int = 0) -> str:
    """The document as it is written: a key on a line of its own, an array on one."""
    inside, end = "\n" + " " * (indent + 1), "\n" + " " * indent
    if isinstance(body, dict) and any(isinstance(value, dict | list) for value in body.values()):
        return "{" + ",".join(f"{inside}{json.dumps(k)}: {text(v, indent + 1)}" for k, v in body.items()) + end + "}"
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return "[" + ",".join(f"{inside}{text(one, indent + 1)}" for one in body) + end + "]"
    return json.dumps(body, separators=(",", ": "), allow_nan=False)
