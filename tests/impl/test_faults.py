"""Every fault differs from the reference in what it says it breaks, and computes the rest as the reference does."""

from collections.abc import Callable

import numpy as np
import pytest

from backproof_impl.faults import Fault, catalogue
from backproof_impl.faults.bias_gradient import BiasNeverUpdated
from backproof_impl.faults.hidden_delta import HiddenDeltaLacksDerivative
from backproof_impl.reference import Reference
from backproof_spec.protocol import HasFit, HasGradient, HasInitial, HasLoss, HasStep, HasTargets
from backproof_spec.values import Activation, Array, Loss, Network, Params, Penalty, Rule, Targets

from .cases import IDENTITY, SIGMOID, SOFTMAX, drawn_batch, drawn_params, network

REFERENCE = Reference()
SQUARE = network(3, 3, 3, 3, hidden=Activation("sigmoid", slope=1.5), output=SIGMOID)
CROSSED = network(3, 4, 3, output=SOFTMAX, loss=Loss("cross_entropy", targets="index"))
FLAT = network(3, 3, output=SOFTMAX, loss=Loss("cross_entropy"))
SOFT_SQUARED = network(3, 4, 3, output=SOFTMAX)
PENALISED = network(2, 3, 2, output=IDENTITY, penalty=Penalty(l2=0.5))
NETWORKS = (SQUARE, CROSSED, FLAT, SOFT_SQUARED, PENALISED)
FAULTS = catalogue()
Probe = Callable[[Reference, Network], list[Array]]


def flat(params: Params) -> list[Array]:
    return [w for layer in params for w in layer]


def batch(net: Network) -> tuple[Array, Targets]:
    x, t = drawn_batch(net, 4)
    return x, (np.array([1, 0, 1, 2]) if net.loss.targets == "index" else t)


def forward(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), drawn_batch(net, 4)[0])]


def far_forward(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), 1e4 * drawn_batch(net, 4)[0])]


def loss(subject: Reference, net: Network) -> list[Array]:
    return [np.array(subject.loss(net, drawn_params(net), *batch(net)))]


def gradient(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.gradient(net, drawn_params(net), *batch(net)))


def far_gradient(subject: Reference, net: Network) -> list[Array]:
    x, t = batch(net)
    return flat(subject.gradient(net, drawn_params(net), 1e4 * x, t))


def step(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.step(net, drawn_params(net), *batch(net), Rule(0.5)))


def step_at_zero(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.step(net, drawn_params(net), *batch(net), Rule(0.0)))


def arguments_of_step(subject: Reference, net: Network) -> list[Array]:
    params = drawn_params(net)
    subject.step(net, params, *batch(net), Rule(0.5))
    return flat(params)


def initial(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.initial(net, 7))


def targets(subject: Reference, net: Network) -> list[Array]:
    return [subject.targets(net, np.array([1, 0, 1]))]


SHOWS: dict[str, tuple[Probe, ...]] = {
    "targets-one-hot": (targets,),
    "initial-symmetry": (initial,), "initial-scale": (initial,), "initial-seeds": (initial,),
    "forward-bias": (forward,), "forward-affine": (forward,), "forward-layers": (forward,), "forward-rows": (forward,),
    "activation-value": (forward,), "softmax-sum": (forward,), "softmax-large": (far_forward,),
    "activation-derivative": (gradient,), "activation-derivative-far": (far_gradient,),
    "loss-nonnegative": (loss,), "loss-value": (loss,), "loss-batch": (loss,),
    "grad-output-delta": (gradient,), "grad-hidden-delta": (gradient,), "grad-weights": (gradient,),
    "grad-biases": (gradient,), "grad-scale": (gradient,), "grad-batch": (gradient,), "grad-penalty": (gradient,),
    "step-every-layer": (step,), "step-direction": (step,), "step-rate": (step,), "step-rate-zero": (step_at_zero,),
    "arguments-untouched": (arguments_of_step,),
}  # fmt: skip


def differs(probe: Probe, subject: Reference, net: Network) -> bool:
    pairs = zip(probe(subject, net), probe(REFERENCE, net), strict=True)
    return any(not np.allclose(a, b, rtol=1e-9, atol=0) for a, b in pairs)


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_shows_where_it_says(known: Fault) -> None:
    (probe,) = SHOWS[known.breaks]
    assert [net for net in NETWORKS if differs(probe, known.make(), net)]


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_leaves_the_stages_before_it_alone(known: Fault) -> None:
    subject = known.make()
    if known.stage not in ("forward", "output"):
        assert not any(differs(forward, subject, net) for net in NETWORKS)
    if known.stage in ("step", "initial", "loss"):
        assert not any(differs(gradient, subject, net) for net in NETWORKS)


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_is_one_overridden_method_and_one_sentence(known: Fault) -> None:
    overridden = [name for name, member in vars(known.make).items() if callable(member) and name in dir(Reference)]
    assert len([name for name in overridden if not name.startswith("_")]) == 1
    assert known.explanation.endswith(".") and "\n" not in known.explanation
    assert known.remedy and not known.remedy.endswith(".")


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_can_be_asked_everything(known: Fault) -> None:
    subject = known.make()
    for protocol in (HasLoss, HasGradient, HasStep, HasInitial, HasTargets, HasFit):
        assert isinstance(subject, protocol)
    assert subject.claims.name == known.name
    x, t = drawn_batch(SQUARE, 3)
    assert subject.fit(SQUARE, x, t, x, seed=0, epochs=2, rule=Rule(0.1)).output.shape == (3, 3)


def test_names_are_unique_and_the_order_is_that_of_the_stages() -> None:
    names, stages = [known.name for known in FAULTS], [known.stage for known in FAULTS]
    assert len(set(names)) == len(names) >= 50
    assert names == [known.name for known in catalogue()]
    assert stages.index("targets") < stages.index("forward") < stages.index("hidden delta") < stages.index("step")


def test_two_faults_make_a_pair() -> None:
    lacks = HiddenDeltaLacksDerivative()

    class Pair(HiddenDeltaLacksDerivative, BiasNeverUpdated):
        """Both."""

    pair = Pair()
    assert not gradient(pair, SQUARE)[1].any()
    assert (gradient(pair, SQUARE)[0] == gradient(lacks, SQUARE)[0]).all()
