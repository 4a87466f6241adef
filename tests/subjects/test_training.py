"""A loop around a right step is judged too: what pairs wrongly is found, a convention is told, and so is an option."""

from pathlib import Path

import pytest

from backproof.runner import Judgement, judge
from backproof.subjects.loading import load

FILE = Path(__file__).parent / "zoo" / "training.py"
FIT = "training: fit(x, t, epochs=epochs, lr=rate)"
DIFFER = "with the same ones outputs differ afterwards"


def judged(name: str) -> Judgement:
    return judge(load(f"{FILE}:{name}"), examples=0)


def violated(judgement: Judgement) -> dict[str, str]:
    return {v.clause.slug: v.reason for v in judgement.having("violated")}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Batches", "training: fit(x, t, epochs=epochs, lr=rate, batch_size=size)"),
        ("OneByOne", "training: train(x, t, epochs, rate)"),
        ("DrawsOne", "training: train(x, t, epochs, rate)"),
        ("Pairs", "training: SGD(pairs, epochs, size, rate)"),
        ("HeldEpochs", "training: fit(x, t); rate: the attribute learning_rate"),
    ],
)
def test_a_right_loop_is_asked_for_beside_its_step_and_conforms(name: str, told: str) -> None:
    judgement = judged(name)
    assert violated(judgement) == {} and judgement.outcome == "conforms"
    assert told in judgement.subject.assumed
    assert {"step", "fit"} <= judgement.subject.claims.operations
    held = [v.clause.slug for v in judgement.having("held")]
    assert {"train-fit", "train-every-sample", "initial-start", "step-rate"} <= set(held)


@pytest.mark.parametrize(
    ("name", "slug", "told"),
    [
        ("ShufflesInputsAlone", "train-every-sample", "are inputs and targets paired?"),
        ("LeavesTheLastOut", "train-every-sample", "of 33 samples, number 32 has no influence on the training"),
        ("UpdatesBeforeItSendsBack", "train-fit", "move 1 of W1"),
        ("AddsUp", "train-fit", "move 2 of W1"),
        ("OneEpochOnly", "train-fit", "move 2 of W1[0, 2] is 0"),
    ],
)
def test_a_wrong_loop_around_right_updates_is_found(name: str, slug: str, told: str) -> None:
    judgement = judged(name)
    assert list(violated(judgement)) == [slug] and told in violated(judgement)[slug]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Velocity", f"{FIT} is not judged: it has momentum 0.9"),
        ("FallingRate", f"{FIT} is not judged: its rate falls, by 0.95 after the first epoch"),
        ("OnlyFallingRate", f"{FIT} is not judged: its rate falls, by 0.95 after the first epoch"),
        ("WarmingUp", f"{FIT} is not judged: its rate grows, by 2 after the first epoch"),
        ("TakesNumbers", f"{FIT} is not judged: it takes class numbers, and its step takes rows"),
        ("TenTimes", f"{FIT} is not judged: an epoch makes 10 steps of one sample"),
        ("Standardising", f"{FIT} is not judged: it changes more than the parameters: {DIFFER}"),
        ("DividingByDeviation", f"{FIT} is not judged: of one sample it makes no numbers"),
        ("Noisy", f"{FIT} is not judged: two first steps from one place differ"),
        ("Anew", f"{FIT} is not judged: it begins with parameters of its own"),
        ("StopsEarly", "training: fit is not judged: it has the option tol=0.0001"),
        ("HoldsOut", "training: fit is not judged: it has the option validation_split=0.2"),
        ("NoRate", "training: fit(x, t, epochs) is not judged: no rate can be set"),
    ],
)
def test_a_loop_with_a_convention_of_its_own_accuses_nobody_and_is_told(name: str, why: str) -> None:
    judgement = judged(name)
    assert violated(judgement) == {} and judgement.outcome == "conforms"
    assert why in judgement.subject.assumed
    assert "fit" not in judgement.subject.claims.operations


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("Raises", "training: train(x, t, epochs) is not understood: it raised KeyError: 'loader'"),
        ("WantsTwo", f"{FIT} is not understood: of one sample it raised ValueError: too few samples"),
    ],
)
def test_a_loop_that_raises_is_told_with_what_it_raised(name: str, begin: str) -> None:
    judgement = judged(name)
    assert violated(judgement) == {} and judgement.outcome == "conforms"
    (told,) = [sentence for sentence in judgement.subject.assumed if sentence.startswith("training: ")]
    assert told.startswith(begin)


def test_options_that_are_left_alone_are_told_with_their_defaults() -> None:
    told = "options as by default, and judged with no other values: keep=0.5, momentum=0.0, verbose=False"
    assert told in load(f"{FILE}:Options").assumed
    assert not any(sentence.startswith("options") for sentence in load(f"{FILE}:Batches").assumed)
