"""The vectors that ship: made anew they are the same, they are of their schema, and every number reads back as it was."""

import json
from decimal import Decimal

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from backproof.vectors.chosen import vectors
from backproof.vectors.document import schema
from backproof.vectors.expected import Dtype, expected
from backproof.vectors.made import made, shipped
from backproof_spec.vocabulary import ACTIVATIONS, LOSSES

SHIPPED = {name: json.loads(text) for name, text in shipped().items() if name.endswith(".json")}
WIDER = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
WIDE = ("ties-relu", "ties-leaky-relu")  # where bounds are: see the chapter on vectors


@pytest.mark.skipif(not WIDER, reason="this machine has no format that is wider than float64: its last digits differ")
def test_made_anew_they_are_the_same_to_the_byte() -> None:
    assert made("float64") == shipped()  # else: python tests/vectors/regenerate.py


def test_there_are_between_twenty_and_forty_small_files() -> None:
    assert 20 <= len(SHIPPED) <= 40
    sizes = {name: len(text) for name, text in shipped().items() if name in SHIPPED}
    assert max(sizes.values()) < 16_000 and sum(sizes.values()) < 320_000


@pytest.mark.parametrize("name", SHIPPED)
def test_each_is_of_the_schema_and_named_as_it_says(name: str) -> None:
    Draft202012Validator(schema()).validate(SHIPPED[name])
    assert SHIPPED[name]["name"] == name.removesuffix(".json") and SHIPPED[name]["dtype"] == "float64"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "backproof vectors 2"}, {"flags": ["Not a name"]}, {"flags": ["a", "a"]}, {"x": []}, {"rate": -1}, {"more": 1},
        {"dtype": "float16"}, {"parameters": [{"W": [[1.0]]}]}, {"t": [-1]}, {"expected": {}},
    ],
)  # fmt: skip
def test_the_schema_refuses_other_files(change: dict[str, object]) -> None:
    assert not Draft202012Validator(schema()).is_valid(SHIPPED["smallest.json"] | change)


def test_every_activation_and_every_loss_is_in_some_file_with_parameters_other_than_the_usual() -> None:
    nets = [file["network"] for file in SHIPPED.values()]
    assert {f["name"] for net in nets for f in net["activations"]} == set(ACTIVATIONS)
    assert {net["loss"]["name"] for net in nets} == set(LOSSES)
    assert {net["loss"]["samples"] for net in nets} == {net["loss"]["outputs"] for net in nets} == {"sum", "mean"}
    assert all(len({f[part] for net in nets for f in net["activations"]}) > 1 for part in ("slope", "scale", "offset", "alpha"))
    assert {len(file["x"]) for file in SHIPPED.values()} >= {1, 3, 5}
    assert any(len(set(net["sizes"])) == len(net["sizes"]) == 4 for net in nets)


def test_every_number_reads_back_as_it_was() -> None:
    want = {vector.name: expected(vector, "float64") for vector in vectors()}
    for file in SHIPPED.values():
        for one in want[file["name"]]:
            layer = one.layer - 1
            match one.quantity:
                case "loss" | "t":
                    told = file["expected"][one.quantity]
                case "dW" | "db":
                    told = file["expected"]["gradient"][layer][one.quantity]
                case "W" | "b":
                    told = file["expected"]["step"][layer][one.quantity]
                case _:
                    told = file["expected"][one.quantity][layer]
            assert np.array_equal(told["bound"], one.bound)
            assert np.array_equal(told["value"], one.value) or not WIDER


def test_a_number_worked_out_by_hand_is_in_the_smallest_file() -> None:
    file = SHIPPED["smallest.json"]
    (first, second), ((x,),), ((t,),) = file["parameters"], file["x"], file["t"]
    a = 1 / (1 + np.exp(-(x * first["W"][0][0] + first["b"][0])))
    y = 1 / (1 + np.exp(-(a * second["W"][0][0] + second["b"][0])))
    delta = (y - t) * y * (1 - y)
    back = delta * second["W"][0][0] * a * (1 - a)
    told = file["expected"]
    assert abs(told["loss"]["value"] - (y - t) ** 2 / 2) < told["loss"]["bound"]
    assert abs(told["delta"][1]["value"][0][0] - delta) < told["delta"][1]["bound"][0][0]
    assert abs(told["gradient"][0]["dW"]["value"][0][0] - x * back) < 1e-15
    assert abs(told["step"][0]["b"]["value"][0] - (first["b"][0] - file["rate"] * back)) < 1e-15


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_bounds_are_a_few_roundings_wide_and_end_upwards(dtype: Dtype) -> None:
    u = {"float64": 2.0**-53, "float32": 2.0**-24}[dtype]
    for vector in vectors(dtype):
        for one in expected(vector, dtype):
            assert (one.bound > 0).all() and np.isfinite(one.bound).all()
            assert all(len(Decimal(repr(float(b))).normalize().as_tuple().digits) <= 2 for b in one.bound.flat)
            largest = max(np.abs(one.value).max(), *(np.abs(p).max() for layer in vector.case.params for p in layer), 1)
            if vector.name not in WIDE and (vector.name, one.quantity) != ("certain-softmax", "loss"):
                assert one.bound.max() < 2**13 * u * largest, (vector.name, one.quantity)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_given_is_the_same_number_in_that_format(dtype: Dtype) -> None:
    for vector in vectors(dtype):
        held = [*(p for layer in vector.case.params for p in layer), vector.case.x, vector.case.t]
        assert all(np.array_equal(a.astype(dtype).astype(np.float64), a.astype(np.float64)) for a in held)
        assert all(p.all() for layer in vector.case.params for p in layer) or vector.name[:4] in ("ties", "fine", "tiny")
