"""Values as JSON: one form for networks, cases and findings; non-finite numbers are the strings NaN, Infinity, -Infinity."""

from dataclasses import fields, is_dataclass
from math import isfinite, isnan
from typing import Any

import numpy as np

from backproof.case import Case
from backproof_spec import Activation, Layer, Loss, Network, Params, Penalty

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def plain(value: object) -> Json:
    """The value in JSON's own types."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if isfinite(value) else "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Layer):
        return {"W": plain(value.W), "b": plain(value.b)}
    if isinstance(value, frozenset | set):
        return [str(one) for one in sorted(value, key=str)]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def case_as_json(case: Case) -> dict[str, Json]:
    """A case, complete."""
    return {
        "net": plain(case.net), "params": plain(case.params), "x": plain(case.x), "t": plain(case.t), "name": case.name,
        "dtype": str(case.x.dtype), "flavours": plain(case.flavours),
    }  # fmt: skip


def network_from_json(given: dict[str, Any]) -> Network:
    """A network, read back; what is left out is as usual."""
    return Network(
        tuple(given["sizes"]), tuple(Activation(**a) for a in given["activations"]), Loss(**given["loss"]),
        Loss(**given["reported"]) if given.get("reported") else None, Penalty(**given.get("penalty", {})),
        tuple(given.get("biases", ())),
    )  # fmt: skip


def case_from_json(given: dict[str, Any]) -> Case:
    """A case, read back; what is left out is as usual."""
    net, kind = network_from_json(given["net"]), np.dtype(given.get("dtype", "float64"))
    params: Params = tuple(
        Layer(np.array(p["W"], dtype=kind).reshape(i, o), np.array(p["b"], dtype=kind))
        for p, i, o in zip(given["params"], net.sizes, net.sizes[1:], strict=False)
    )
    x = np.array(given["x"], dtype=kind).reshape(-1, net.sizes[0])
    t = np.array(given["t"])
    t = t.astype(np.int64) if t.ndim == 1 else t.astype(kind)
    return Case(net, params, x, t, given.get("name", ""), frozenset(given.get("flavours", ())))
