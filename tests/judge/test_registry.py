"""Properties are collected by their decorator, and know what they need from the type of what they ask for."""

import pytest

from backproof import registry
from backproof.asked import Asked, Judged, JudgedGradientAndStep, JudgedLossAndGradient
from backproof.case import Case, Where
from backproof.must import Unmet, Violation
from backproof.pool import pool
from backproof.registry import EVERYWHERE, Property, holds, properties, properties_of
from backproof.subjects.loading import load
from backproof_spec import Layer
from backproof_spec.clauses import clauses

from .miniatures import ForwardRaises, OnlyForward, Right


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    properties()
    monkeypatch.setattr(registry, "_REGISTERED", dict(vars(registry)["_REGISTERED"]))


def added(name: str) -> Property:
    (found,) = (one for one in properties() if one.name == name)
    return found


def test_a_property_is_its_function() -> None:
    @holds("loss-value", where=Where("never", lambda _: False), tries=7)
    def a_new_statement(subject: JudgedLossAndGradient, case: Case) -> None:
        """What is stated."""

    found = added("a_new_statement")
    assert (found.slug, found.statement, found.tries, found.where.words) == ("loss-value", "What is stated.", 7, "never")
    assert found.clause is clauses()["loss-value"] and found.needs == {"loss", "gradient"} and found.cases is None
    assert found in properties_of("loss-value") and found not in properties_of("loss-batch")


def test_what_a_subject_lacks_is_listed() -> None:
    @holds("step-rate")
    def needs_two(subject: JudgedGradientAndStep, case: Case) -> None:
        """Both."""

    assert added("needs_two").lacking(load(OnlyForward)) == ["gradient", "step"]
    assert added("needs_two").lacking(load(Right)) == ["step"]


def test_a_property_is_put_by_calling_it() -> None:
    seen: list[object] = []

    @holds("forward-bias")
    def remembers(subject: Judged, case: Case) -> None:
        seen.extend((subject, case))

    found, asked = added("remembers"), Asked(load(OnlyForward))
    case = Case(*[None] * 4)  # type: ignore[arg-type]  # not looked at
    found.put(asked, case)
    assert seen == [asked, case] and found.needs == frozenset() and found.statement == "" and found.where is EVERYWHERE


@pytest.mark.parametrize(("z", "told"), [(710.0, Violation), (29.0, Unmet)])
def test_a_call_that_fails_is_a_violation_only_where_no_clause_on_shapes_asks(z: float, told: type[Exception]) -> None:
    @holds("activation-far")
    def answers_somewhere(subject: Judged, case: Case) -> None:
        """There is an answer."""
        subject.forward(case.net, case.params, case.x)

    case = next(case for case in pool(Right().claims, 0, 0) if case.net.depth == 1 and case.net.bias(1) == "each")
    far = case.at((Layer(0 * case.params[0].W, 0 * case.params[0].b + z),))
    with pytest.raises(told, match=r"^forward raised IndexError"):
        added("answers_somewhere").put(Asked(load(ForwardRaises)), far)


def test_two_properties_of_one_name_are_refused() -> None:
    def one_row(subject: Judged, case: Case) -> None:
        """First."""

    holds("forward-bias")(one_row)
    holds("forward-bias")(one_row)  # reloading its own module is no clash
    def namesake(subject: Judged, case: Case) -> None:
        """Second."""

    namesake.__name__, namesake.__module__ = "one_row", "another"
    with pytest.raises(ValueError, match=r"^two properties are called one_row: a name is a test id, choose another$"):
        holds("forward-bias")(namesake)


def test_properties_come_in_the_order_of_the_specification() -> None:
    order = list(clauses())
    assert [order.index(found.slug) for found in properties()] == sorted(order.index(found.slug) for found in properties())
    assert len({found.name for found in properties()}) == len(properties())


def test_every_property_has_a_statement_and_a_name_that_is_a_sentence() -> None:
    for found in properties():
        assert found.statement.endswith("."), found.name
        assert found.name.count("_") >= 2


def test_every_clause_that_is_not_marked_untested_has_a_property() -> None:
    assert {found.slug for found in properties()} == {slug for slug, clause in clauses().items() if not clause.untested}
