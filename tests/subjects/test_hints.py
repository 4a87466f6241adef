"""What the user says overrides what was recognised, and nonsense is one sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backproof.subjects.errors import NotOffered, Unusable
from backproof.subjects.loading import load
from backproof.subjects.subject import Hints, Subject
from backproof_spec import Network, Rule

ZOO = Path(__file__).parent / "zoo"
PLAIN = f"{ZOO}/optimisers.py:Plain"


def example(subject: Subject) -> Network:
    family = subject.claims.families[0]
    return Network((2, 3, 1), (family.hidden[0], family.output[0]), family.loss[0])


@pytest.mark.parametrize(
    ("hints", "sentence"),
    [
        (Hints(hidden="tanhh"), "--hidden: there is no activation named tanhh; did you mean tanh"),
        (Hints(output="sigmoyd"), "--output: there is no activation named sigmoyd; did you mean sigmoid"),
        (Hints(loss="squared_eror"), "--loss: there is no loss named squared_eror; did you mean squared_error"),
        (Hints(hidden="leaky_relu:alpha=x"), "--hidden: alpha is 'x', should be a number"),
        (Hints(hidden="leaky_relu:beta=1"), "--hidden: beta is no parameter of an activation"),
        (Hints(hidden="softmax"), "--hidden: there is no activation named softmax"),
    ],
)
@pytest.mark.parametrize("target", [PLAIN, "reference"])
def test_nonsense_is_one_sentence(target: str, hints: Hints, sentence: str) -> None:
    with pytest.raises(Unusable, match=sentence[:60].replace("(", r"\(")):
        load(target, hints)


def test_flags_narrow_what_the_reference_claims() -> None:
    said = Hints(hidden="leaky_relu:alpha=0.2", output="sigmoid", loss="squared_error", samples="sum", outputs="mean", factor=2.0,
                 l2=0.5, biases="none", dtype="float32", targets="dense")  # fmt: skip
    claims = load("reference", said).claims
    assert {a.name for f in claims.families for a in f.hidden} == {"leaky_relu"}
    assert {a.name for f in claims.families for a in f.output} == {"sigmoid"}
    assert {(x.name, x.samples, x.outputs, x.factor) for f in claims.families for x in f.loss} == {
        ("squared_error", "sum", "mean", 2.0)}  # fmt: skip
    assert {(f.penalty[0].l2, f.biases) for f in claims.families} == {(0.5, ("none", "none"))}
    assert claims.dtype == "float32"


def test_an_activation_that_the_reference_does_not_claim_is_refused() -> None:
    with pytest.raises(Unusable, match="does not claim softmax; it claims"):
        load("backproof_impl.gallery.or_gate:Mended", Hints(output="softmax"))


def test_flags_overrule_what_is_read_off_an_ordinary_class() -> None:
    said = Hints(loss="squared_error", samples="sum", factor=2.0, l2=0.25, dtype="float64")
    family = load(PLAIN, said).claims.families[0]
    assert (family.loss[0].samples, family.loss[0].factor, family.penalty[0].l2) == ("sum", 2.0, 0.25)


def test_class_numbers_need_two_outputs() -> None:
    with pytest.raises(Unusable, match="--targets labels"):
        load(f"{ZOO}/fixed.py:Xor", Hints(targets="labels"))


def test_what_a_class_does_not_offer_is_not_offered() -> None:
    subject = load(f"{ZOO}/fixed.py:Xor")
    net, family = example(subject), subject.claims.families[0]
    net = Network(family.sizes.exactly[0] if family.sizes.exactly else net.sizes, net.activations, net.loss)
    params = subject.fresh.initial(net, 0)
    x, t = np.zeros((1, net.sizes[0])), np.zeros((1, net.sizes[-1]))
    calls: dict[str, Callable[[], object]] = {
        "loss": lambda: subject.fresh.loss(net, params, x, t),
        "gradient": lambda: subject.fresh.gradient(net, params, x, t),
        "targets": lambda: subject.fresh.targets(net, np.zeros(1, dtype=int)),
        "step": lambda: subject.fresh.step(net, params, x, t, Rule(0.1)),
        "fit": lambda: subject.fresh.fit(net, x, t, x, seed=0, epochs=1, rule=Rule(0.1)),
    }
    absent = [name for name in calls if name not in subject.claims.operations]
    assert absent
    for name in absent:
        with pytest.raises(NotOffered):
            calls[name]()
