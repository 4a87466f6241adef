"""What a diagnosis says as JSON: every key, whatever is known, and numbers that are none as words."""

import json
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backproof.diagnosis.diagnose import Diagnosis, Named
from backproof.diagnosis.unknown import Unknown
from backproof.diagnosis.worked import Worked
from backproof.report.document import document
from backproof.report.schema import schema
from backproof.runner import Judgement
from backproof.subjects.subject import Hints

from .diagnoses import JUDGED, LACKS, NAMELESS, ONE, ONE_UNIT, TWO, real, row
from .made import CASE, judgement, violated

Written = Any  # a JSON document, as jsonschema takes it


def written(one: Judgement, found: Diagnosis | None) -> Written:
    """The report, through its text."""
    return json.loads(json.dumps(document([one], Hints(), diagnoses=[found]), allow_nan=False))


def complaints(report: Written) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema()).iter_errors(report)]


def entries(found: Diagnosis | None) -> Written:
    """The diagnosis in a report that follows the schema."""
    report = written(judgement(violated("grad-value")), found)
    assert complaints(report) == []
    return report["subjects"][0]["diagnosis"]


@pytest.mark.parametrize("name", JUDGED)
def test_the_report_on_a_real_diagnosis_follows_the_schema(name: str) -> None:
    one, found = real(name)
    report = written(one, found)
    assert complaints(report) == []
    assert len(report["subjects"][0]["diagnosis"]) == len(found.named) + (found.unknown is not None)


def test_a_named_fault_is_an_object_with_its_worked_case() -> None:
    assert entries(ONE) == [{
        "stage": "hidden delta", "layer": None, "candidates": ["hidden-delta-lacks-derivative"], "apart": None,
        "residual": 3e-16, "runner_up": 0.5678, "second": "derivative-at-activation",
        "explanation": "The error is sent back through W, but not through the activation.",
        "remedy": "multiply delta @ W.T by f'(z) of the layer below", "equation": "delta1 = (delta2 @ W2.T) * (1 - a1**2)",
        "worked": {
            "case": {
                "net": {
                    "sizes": [1, 1],
                    "activations": [{"name": "tanh", "slope": 1.0, "scale": 1.0, "offset": 0.0, "alpha": None}],
                    "loss": {
                        "name": "squared_error", "factor": 1.0, "samples": "mean", "outputs": "sum", "epsilon": 0.0,
                        "targets": "natural",
                    },
                    "reported": None, "penalty": {"l1": 0.0, "l2": 0.0, "biases": False, "per_sample": False}, "biases": [],
                },
                "params": [{"W": [[0.5]], "b": [0.0]}], "x": [[1.0]], "t": [[0.25]], "name": "made smaller from: pool 17",
                "dtype": "float64", "flavours": [],
            },
            "rate": None,
            "values": [
                {"name": "z1", "has": [[0.5]], "want": [[0.5]], "wrong": False},
                {"name": "y", "has": [[0.25]], "want": [[0.25]], "wrong": False},
                {"name": "delta1", "has": [[-0.125]], "want": [[1 / 3]], "wrong": True},
            ],
        },
        "right": [], "looks": [],
    }]  # fmt: skip


def test_of_two_faults_the_first_has_the_worked_case() -> None:
    first, second = entries(replace(TWO, worked=ONE_UNIT))
    assert (first["stage"], first["layer"], first["candidates"]) == (
        "bias gradient", -1, ["bias-gradient-wrong-sign in the output layer"],
    )  # fmt: skip
    assert (second["candidates"], second["worked"], second["equation"]) == (["hidden-delta-lacks-derivative"], None, None)
    assert len(first["worked"]["values"]) == 3


def test_a_fault_without_a_name_has_no_candidates_and_stands_first() -> None:
    nameless, named = entries(replace(ONE, unknown=NAMELESS))
    assert nameless == {
        "stage": "hidden delta", "layer": 2, "candidates": [], "apart": None, "residual": None, "runner_up": None,
        "second": None, "explanation": "no known fault, alone or with others, does what this program does", "remedy": "",
        "equation": "delta2 = (delta3 @ self.W3.T) * a2 * (1 - a2)", "worked": None, "right": ["outputs", "loss"],
        "looks": ["dW2 is 3 times what it should be", "dW2 does not depend on the targets"],
    }  # fmt: skip
    assert [named] == entries(ONE)
    assert entries(Diagnosis((), unknown=Unknown("step")))[0]["equation"] is None


def test_who_has_no_diagnosis_has_an_empty_list() -> None:
    assert entries(None) == [] and entries(Diagnosis(())) == []
    assert json.loads(json.dumps(document([judgement()], Hints())))["subjects"][0]["diagnosis"] == []


@pytest.mark.parametrize(("value", "as_json"), [(None, None), (0.0, 0.0), (inf, "Infinity"), (nan, "NaN")])
def test_a_residual_is_a_number_a_word_for_one_or_nothing(value: float | None, as_json: object) -> None:
    (one,) = entries(Diagnosis((Named((LACKS,), value, value),)))
    assert (one["residual"], one["runner_up"], one["second"]) == (as_json, as_json, None)


def test_values_that_are_not_finite_are_words() -> None:
    rows = (row("loss", 2, nan, inf), row("dW", 1, [[-inf, 1.5]], [[1, 2]]), row("db", 1, [0.5], [0.25]))
    (one,) = entries(replace(ONE, worked=Worked(CASE, rows, 0.5)))
    values = {value["name"]: (value["has"], value["want"]) for value in one["worked"]["values"]}
    assert values["loss"] == ("NaN", "Infinity") and values["dW1"] == ([["-Infinity", 1.5]], [[1.0, 2.0]])
    assert one["worked"]["rate"] == 0.5


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("stage",), ""),
        (("layer",), "output"),
        (("candidates",), [""]),
        (("residual",), "inf"),
        (("runner_up",), "small"),
        (("explanation",), None),
        (("right",), None),
        (("looks",), [1]),
        (("more",), 1),
        (("worked", "rate"), "NaN"),
        (("worked", "case"), None),
        (("worked", "values", 0, "has"), ["nan"]),
        (("worked", "values", 0, "wrong"), None),
        (("worked", "values", 0, "name"), ""),
    ],
)
def test_the_schema_rejects_what_no_diagnosis_says(path: tuple[str | int, ...], value: object) -> None:
    report = written(judgement(violated("grad-value")), ONE)
    *way, last = ("subjects", 0, "diagnosis", 0, *path)
    holder: Written = report
    for step in way:
        holder = holder[step]
    holder[last] = value
    assert complaints(report) != []


@pytest.mark.parametrize("key", ["worked", "residual", "candidates", "right", "looks", "remedy", "second"])
def test_no_key_of_a_diagnosis_may_be_left_out(key: str) -> None:
    report = written(judgement(violated("grad-value")), ONE)
    del report["subjects"][0]["diagnosis"][0][key]
    assert any(key in complaint for complaint in complaints(report))
