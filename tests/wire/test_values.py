"""Networks, rules and claims come back as they went; claims that say something else are told what."""

import json
from math import inf

import pytest

from backproof.subjects.errors import Unusable
from backproof.wire import values
from backproof_impl.reference import Reference
from backproof_spec import Activation, Claims, Family, Loss, Network, Penalty, Rule, Sizes

NETWORKS = (
    Network((2, 1), (Activation("sigmoid"),), Loss("squared_error")),
    Network(
        (3, 4, 2), (Activation("leaky_relu", alpha=0.2), Activation("softmax", slope=0.5)), Loss("cross_entropy", samples="sum"),
        Loss("squared_error", 2.0), Penalty(l1=0.1, per_sample=True), ("none", "each"),
    ),
)  # fmt: skip
FAMILY = {"hidden": ["tanh"], "output": ["identity"], "loss": ["squared_error"]}


def sent(value: object) -> object:
    """As it arrives."""
    return json.loads(json.dumps(values.tree(value), allow_nan=False))


@pytest.mark.parametrize("net", NETWORKS, ids=["plain", "everything said"])
def test_a_network_comes_back(net: Network) -> None:
    assert values.network(sent(net)) == net


@pytest.mark.parametrize("rule", [Rule(0.5), Rule(inf), Rule(0.25, "adam", 0.9, 0.999, 1e-8)], ids=str)
def test_a_rule_comes_back(rule: Rule) -> None:
    assert values.rule(sent(rule)) == rule


def test_claims_come_back() -> None:
    family = Family((Activation("relu"),), (Activation("identity"),), (Loss("matching"),), sizes=Sizes(exactly=((2, 1),)))
    narrow = Claims(
        "narrow", (family,), "1.0", frozenset({"forward", "fit"}), "float32", 1, None, (Rule(0.0, "own"),), False, False,
    )  # fmt: skip
    for claims in (narrow, Reference().claims):
        assert values.claims(sent(claims)) == claims


def test_little_has_to_be_said() -> None:
    claims = values.claims({"families": [FAMILY | {"hidden": ["leaky_relu:alpha=0.2"], "sizes": {"depth": [1, 1]}}]})
    (family,) = claims.families
    assert family.hidden == (Activation("leaky_relu", alpha=0.2),) and family.loss == (Loss("squared_error"),)
    assert family.sizes == Sizes(depth=(1, 1)) and claims.operations == {"forward"} and claims.rates == (0.0, inf)


def one_of(change: dict[str, object]) -> dict[str, object]:
    """Claims of one family with this change in it."""
    return {"families": [FAMILY | change]}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "[] is no JSON object"),
        ({}, "families is no list of at least one family"),
        ({"families": [FAMILY], "dtypes": 1}, "there is no field named dtypes; did you mean dtype?"),
        ({"families": [FAMILY], "dtype": "half"}, "dtype is 'half', should be float32 or float64"),
        ({"families": [FAMILY], "operations": ["stop"]}, "operations: there is no operation named stop; did you mean step?"),
        (one_of({"hidden": ["sigmod"]}), "families[0].hidden: there is no activation named sigmod; did you mean sigmoid?"),
        (one_of({"hidden": [{"name": "thanh"}]}), "families[0].hidden: there is no activation named thanh; did you mean tanh?"),
        (one_of({"loss": [{"factor": 2}]}), "families[0].loss lacks name"),
        (one_of({"output": []}), "families[0].output is no list of at least one"),
        ({"families": [3]}, "families[0]: 3 is no JSON object"),
    ],
)  # fmt: skip
def test_claims_that_cannot_be_followed_are_one_sentence(given: object, why: str) -> None:
    with pytest.raises(Unusable) as trouble:
        values.claims(given)
    assert str(trouble.value).startswith(f"describe: {why}")
