"""The JSON report: its schema ships with the package, and every report follows it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backproof.report.document import document
from backproof.report.schema import schema
from backproof.runner import Judgement, judge
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints
from backproof_impl.faults.hidden_delta import HiddenDeltaLacksDerivative
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Loss, Sizes
from backproof_spec.clauses import clauses

from .made import finding, judgement, verdict, violated

Report = Any  # a JSON document, as jsonschema takes it


def written(*judgements: Judgement) -> Report:
    """The report, through its text."""
    return json.loads(
        json.dumps(document(list(judgements), Hints(), 3, {"gone.py": "there is no file gone.py"}), allow_nan=False)
    )


def complaints(report: Report) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema()).iter_errors(report)]


JUDGEMENTS = {
    "conforms": judgement(),
    "violates": judgement(violated("grad-hidden-delta"), violated("grad-value", under="grad-hidden-delta")),
    "not judged": judgement(verdict("grad-scale", "undecided"), verdict("repeatable", "not judged"), assumed=("rows",)),
    "advised and known": judgement(
        verdict("initial-scale", "advised", finding=finding("m")), verdict("repeatable", "known", finding=finding("m"))
    ),
    "expected, but holds": judgement(verdict("repeatable", "violated")),
}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", JUDGEMENTS)
def test_every_kind_of_report_follows_the_schema(name: str) -> None:
    assert complaints(written(JUDGEMENTS[name])) == []


def test_a_report_on_nothing_follows_the_schema() -> None:
    report = written()
    assert complaints(report) == []
    assert (report["seed"], report["subjects"]) == (3, [])
    assert report["unusable"] == [{"target": "gone.py", "reason": "there is no file gone.py"}]


class Right(Reference):
    """One family, and too few inputs for gates, whose training takes a second."""

    @property
    def claims(self) -> Claims:
        family = Family((Activation("tanh"),), (Activation("identity"),), (Loss("squared_error"),), sizes=Sizes(inputs=(1, 1)))
        return Claims("right", (family,))


class Wrong(Right, HiddenDeltaLacksDerivative):
    """The same, with a fault."""


@pytest.mark.parametrize("subject", [Right, Wrong])
def test_the_report_on_a_real_run_follows_the_schema(subject: type[Reference]) -> None:
    assert complaints(written(judge(load(subject), 0, 0))) == []


def test_a_violation_carries_all_that_is_known_of_it() -> None:
    report = written(JUDGEMENTS["violates"])["subjects"][0]
    found = {clause["slug"]: clause for clause in report["clauses"]}
    told = found["grad-hidden-delta"]
    assert (told["level"], told["verdict"], told["under"], told["cases"]) == ("MUST", "violated", None, 2)
    assert told["where"] == {"quantity": "dW", "layer": 1, "index": [0, 0]}
    assert (told["got"], told["want"], told["bound"]) == ("NaN", 0.5, 1e-12)
    assert told["counterexample"]["params"] == [{"W": [[0.5]], "b": [0.0]}]
    assert told["replay"].startswith("backproof replay bp2-")
    assert found["grad-value"]["under"] == "grad-hidden-delta"


@pytest.mark.parametrize(("got", "said"), [(float("inf"), "Infinity"), (float("-inf"), "-Infinity"), (float("nan"), "NaN")])
def test_numbers_that_are_not_finite_are_strings(got: float, said: str) -> None:
    one = judgement(verdict("grad-value", "violated", "m", finding=finding("m", got=got)))
    clause = next(c for c in written(one)["subjects"][0]["clauses"] if c["slug"] == "grad-value")
    assert clause["got"] == said
    assert written(one)["subjects"][0]["claims"]["rates"] == [0.0, "Infinity"]


def test_the_summary_counts_every_clause_once() -> None:
    for one in JUDGEMENTS.values():
        report = written(one)["subjects"][0]
        assert sum(report["summary"].values()) == len(report["clauses"]) == len(clauses())
        assert [clause["slug"] for clause in report["clauses"]] == list(clauses())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("seed",), -1),
        (("extra",), 1),
        (("subjects", 0, "verdict"), "fine"),
        (("subjects", 0, "summary", "held"), "all"),
        (("subjects", 0, "clauses", 0, "verdict"), "violated"),  # without a reason
        (("subjects", 0, "clauses", 0, "level"), "MAY"),
        (("subjects", 0, "clauses", 0, "under"), "grad-value"),  # held, and yet under something
        (("subjects", 0, "clauses", 0, "message"), "a message without a finding"),
        (("subjects", 0, "clauses", 0, "got"), "nan"),
        (("subjects", 0, "claims", "dtype"), "float16"),
        (("subjects", 0, "claims", "operations"), ["dream"]),
    ],
)
def test_the_schema_rejects_what_no_report_says(path: tuple[str | int, ...], value: object) -> None:
    report = written(judgement())
    *way, last = path
    holder: Report = report
    for step in way:
        holder = holder[step]
    holder[last] = value
    assert complaints(report) != []


@pytest.mark.parametrize("key", ["replay", "counterexample", "where", "reason", "under", "properties"])
def test_no_key_is_ever_left_out(key: str) -> None:
    for one in JUDGEMENTS.values():
        report = written(one)
        assert all(key in clause for clause in report["subjects"][0]["clauses"])
        del report["subjects"][0]["clauses"][0][key]
        assert any(key in complaint for complaint in complaints(report))
