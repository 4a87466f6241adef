"""Values as JSON, and cases there and back."""

from dataclasses import replace

import numpy as np
import pytest

from backproof.report.plain import case_as_json, case_from_json, network_from_json, plain
from backproof_spec import Activation, Layer, Loss, Network, Penalty

from .made import CASE


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.array([[1.0, np.inf]]), [[1.0, "Infinity"]]),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (float("nan"), "NaN"),
        (-np.inf, "-Infinity"),
        (True, True),
        (None, None),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({1: (2, 3)}, {"1": [2, 3]}),
        (Layer(np.eye(1), np.zeros(1)), {"W": [[1.0]], "b": [0.0]}),
        (Activation("elu", alpha=0.5), {"name": "elu", "slope": 1.0, "scale": 1.0, "offset": 0.0, "alpha": 0.5}),
        (Activation, str(Activation)),
    ],
)
def test_a_value_in_the_types_of_json(value: object, said: object) -> None:
    assert plain(value) == said


def test_a_network_comes_back() -> None:
    net = Network(
        (2, 3, 1),
        (Activation("elu", 2.0, 3.0, 4.0, 0.5), Activation("sigmoid")),
        Loss("squared_error", 2.0, "sum", "mean"),
        Loss("cross_entropy", epsilon=1e-3, targets="index"),
        Penalty(0.1, 0.2, True, True),
        ("each", "none"),
    )
    told = plain(net)
    assert isinstance(told, dict)
    assert network_from_json(told) == net


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_a_case_comes_back(kind: str) -> None:
    case = replace(CASE, x=np.array([[1.1]], dtype=kind), flavours=frozenset({"moderate"}))
    told = case_as_json(case)
    assert isinstance(told, dict)
    back = case_from_json(told)
    assert (back.net, back.name, back.flavours) == (case.net, case.name, case.flavours)
    assert str(back.x.dtype) == kind and (back.x == case.x).all() and (back.t == case.t).all()
