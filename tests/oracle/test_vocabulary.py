"""What the vocabulary says of an activation and of a loss."""

import pytest

from backproof_spec import Activation, Loss
from backproof_spec.vocabulary import ACTIVATIONS, LOSSES, MATCHING, alpha, known, target_kind


@pytest.mark.parametrize(("f", "want"), [
    (Activation("leaky_relu"), 0.01), (Activation("leaky_relu", alpha=0.3), 0.3), (Activation("elu"), 1.0),
    (Activation("elu", alpha=0.0), 0.0), (Activation("tanh"), 0.0),
])  # fmt: skip
def test_alpha_is_what_is_declared_or_the_default(f: Activation, want: float) -> None:
    assert alpha(f) == want


@pytest.mark.parametrize(("loss", "want"), [
    (Loss("squared_error"), "real"), (Loss("cross_entropy"), "distribution"), (Loss("binary_cross_entropy"), "unit"),
    (Loss("matching"), "unit"), (Loss("other:huber"), "unit"), (Loss("cross_entropy", targets="index"), "index"),
    (Loss("squared_error", targets="binary"), "binary"),
])  # fmt: skip
def test_targets_are_of_the_declared_kind_or_the_natural_one(loss: Loss, want: str) -> None:
    assert target_kind(loss) == want


def test_every_activation_of_the_specification_is_known_and_no_other() -> None:
    assert all(known(Activation(name)) for name in ACTIVATIONS)
    assert not known(Activation("other:swish")) and not known(Activation("maxout"))


def test_a_scaled_tanh_is_known_and_a_scaled_softmax_is_not() -> None:
    assert known(Activation("tanh", slope=2.0, scale=3.0, offset=1.0))
    assert known(Activation("softmax", slope=0.5))
    assert not known(Activation("softmax", scale=2.0)) and not known(Activation("softmax", offset=1.0))


def test_a_matching_loss_is_a_loss() -> None:
    assert set(MATCHING) <= set(ACTIVATIONS) and set(MATCHING.values()) <= set(LOSSES)
