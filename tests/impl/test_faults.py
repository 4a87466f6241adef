"""Every fault differs from the reference in what it says it breaks, and computes the rest as the reference does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from backproof_impl import families
from backproof_impl.faults import Fault, catalogue
from backproof_impl.faults.bias_gradient import BiasNeverUpdated
from backproof_impl.faults.hidden_delta import HiddenDeltaLacksDerivative
from backproof_impl.reference import Reference
from backproof_spec.protocol import HasDescent, HasFit, HasGradient, HasInitial, HasLoss, HasStep, HasTargets
from backproof_spec.values import Activation, Array, Layer, Loss, Network, Params, Penalty, Rule, Targets

from .cases import IDENTITY, SIGMOID, SOFTMAX, TANH, drawn_batch, drawn_params, network

REFERENCE = Reference()
SQUARE = network(3, 3, 3, 3, hidden=Activation("sigmoid", slope=1.5), output=SIGMOID)
CROSSED = network(3, 4, 3, output=SOFTMAX, loss=Loss("cross_entropy", targets="index"))
FLAT = network(3, 3, output=SOFTMAX, loss=Loss("cross_entropy"))
SOFT_SQUARED = network(3, 4, 3, output=Activation("softmax", slope=0.5))
PENALISED = network(2, 3, 2, output=IDENTITY, penalty=Penalty(l2=0.5))
PENALISED_TOO = network(2, 3, 2, output=IDENTITY, penalty=Penalty(l1=0.25, l2=0.5, biases=True))
BINARY = network(2, 3, 2, hidden=Activation("tanh", slope=0.5, scale=2.0, offset=0.25), output=SIGMOID,
                 loss=Loss("binary_cross_entropy"))  # fmt: skip
SINGLE = network(2, 3, 1, hidden=TANH)
RECTIFIED = tuple(
    network(3, 4, 2, hidden=Activation(name, alpha=alpha), output=SIGMOID)
    for name, alpha in (
        ("relu", None), ("leaky_relu", 0.25), ("elu", 0.5), ("softplus", None), ("gelu", None), ("gelu_tanh", None),
    )
)  # fmt: skip
MIXED = replace(network(2, 3, 3, 2, output=SIGMOID), activations=(TANH, Activation("relu"), SIGMOID))
DEEP = network(2, 3, 3, 3, 2, hidden=SIGMOID)
NETWORKS = (
    SQUARE, CROSSED, FLAT, SOFT_SQUARED, PENALISED, PENALISED_TOO, BINARY, SINGLE, *RECTIFIED, MIXED, DEEP,
)  # fmt: skip
RULES = families.claims("").rules
MAY_CHANGE_FORWARD = ("forward", "activation value", "output", "shapes", "hygiene", "numerics", "inputs")
FAULTS = catalogue()
Probe = Callable[[Reference, Network], list[Array]]


def flat(params: Params) -> list[Array]:
    return [w for layer in params for w in layer]


def batch(net: Network) -> tuple[Array, Targets]:
    x, t = drawn_batch(net, 4)
    if net.sizes[-1] == 1:
        t = x[:, :1] + 1
    return x, (np.array([1, 0, 1, 2]) if net.loss.targets == "index" else t)


def forward(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), drawn_batch(net, 4)[0])]


def forward_of_a_row(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), drawn_batch(net, 1)[0])]


def far_forward(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), 1e4 * drawn_batch(net, 4)[0])]


def loss(subject: Reference, net: Network) -> list[Array]:
    return [np.array(subject.loss(net, drawn_params(net), *batch(net)))]


def gradient(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.gradient(net, drawn_params(net), *batch(net)))


def far_gradient(subject: Reference, net: Network) -> list[Array]:
    x, t = batch(net)
    return flat(subject.gradient(net, drawn_params(net), 1e4 * x, t))


def gradient_at_ties(subject: Reference, net: Network) -> list[Array]:
    x, t = batch(net)
    return flat(subject.gradient(net, tuple(Layer(p.W, 0 * p.b) for p in drawn_params(net)), 0 * x, t))


def gradient_of_equal_rows(subject: Reference, net: Network) -> list[Array]:
    x, t = batch(net)
    return flat(subject.gradient(net, drawn_params(net), x[[0, 1, 1]], t[[0, 1, 1]]))


def kept(subject: Reference, net: Network) -> list[Array]:
    """Asked once more, at other parameters and on more rows than at first."""
    x, t = batch(net)
    for params, n in ((drawn_params(net, 5), 3), (drawn_params(net, 5), 4), (drawn_params(net), 4)):
        y, g = subject.forward(net, params, x[:n]), subject.gradient(net, params, x[:n], t[:n])
        after = subject.step(net, params, x[:n], t[:n], Rule(0.5))
    return [y, *flat(g), *flat(after)]


def step(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.step(net, drawn_params(net), *batch(net), Rule(0.5)))


def step_at_zero(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.step(net, drawn_params(net), *batch(net), Rule(0.0)))


def arguments(subject: Reference, net: Network) -> list[Array]:
    params, (x, t) = drawn_params(net), batch(net)
    subject.forward(net, params, x)
    subject.gradient(net, params, x, t)
    subject.step(net, params, x, t, Rule(0.5))
    return [*flat(params), x, np.asarray(t, dtype=np.float64)]


def initial(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.initial(net, 7))


def targets(subject: Reference, net: Network) -> list[Array]:
    return [subject.targets(net, np.array(labels) % net.sizes[-1]) for labels in ([1, 0, 1], [1, 1])]


def scaled_inputs(subject: Reference, net: Network) -> list[Array]:
    """Inputs times 2**40 or 2**-40, with first weights that undo it."""
    first, *rest = drawn_params(net)
    x = drawn_batch(net, 4)[0]
    return [subject.forward(net, (Layer(np.ldexp(first.W, -k), first.b), *rest), np.ldexp(x, k)) for k in (40, -40)]


def descents(subject: Reference, net: Network) -> list[Array]:
    x, t = batch(net)
    return [w for rule in RULES for w in flat(subject.descend(net, drawn_params(net), x, t, replace(rule, rate=0.1), 3))]


def steps_at_rest(subject: Reference, net: Network) -> list[Array]:
    """At rate 0; and with inputs of 0, where the first weights have no gradient."""
    x, t = batch(net)
    still = [w for rule in RULES for w in flat(subject.step(net, drawn_params(net), x, t, replace(rule, rate=0.0)))]
    return still + [w for rule in RULES for w in flat(subject.step(net, drawn_params(net), 0 * x, t, replace(rule, rate=0.1)))]


def trained(subject: Reference, net: Network, rate: float = 0.1) -> list[Array]:
    x, t = np.tile(drawn_batch(net, 3)[0], (3, 1)), np.arange(9) % net.sizes[-1]
    rows = t if net.loss.targets == "index" else np.eye(net.sizes[-1])[t]
    done = [subject.fit(net, x, rows, x, seed=1, epochs=2, rule=replace(RULES[1], rate=rate)) for _ in range(2)]
    return [w for one in done for w in flat(one.params or ())]


def trained_at_rate_zero(subject: Reference, net: Network) -> list[Array]:
    return trained(subject, net, 0.0)


def trained_on_one(subject: Reference, net: Network) -> list[Array]:
    """Two epochs on one row, and a query of others."""
    x, t = batch(net)
    done = subject.fit(net, x[:1], t[:1], x[1:], seed=1, epochs=2, rule=Rule(0.5))
    return [done.output, *flat(done.params or ())]


def tiny_inputs(subject: Reference, net: Network) -> list[Array]:
    return [subject.forward(net, drawn_params(net), np.full((2, net.sizes[0]), 5e-324))]


def formats(subject: Reference, net: Network) -> list[Array]:
    return [np.array(a.dtype.itemsize) for a in (*forward(subject, net), *gradient(subject, net))]


def certain(net: Network) -> tuple[Params, Array, Targets]:
    """Outputs at logits of 800, whose targets are the opposite."""
    params = tuple(Layer(0 * W, 0 * b) for W, b in drawn_params(net))
    params[-1].b[0] = 800
    t = np.eye(net.sizes[-1])[[-1]] if net.sizes[-1] > 1 else np.zeros((1, 1))
    return params, np.zeros((1, net.sizes[0])), np.array([net.sizes[-1] - 1]) if net.loss.targets == "index" else t


def certain_loss(subject: Reference, net: Network) -> list[Array]:
    return [np.array(subject.loss(net, *certain(net)))]


def certain_gradient(subject: Reference, net: Network) -> list[Array]:
    return flat(subject.gradient(net, *certain(net)))


def whole_numbers(subject: Reference, net: Network) -> list[Array]:
    x, t = np.ones((2, net.sizes[0]), dtype=int), np.eye(net.sizes[-1], dtype=int)[[0, -1]]
    rows: Targets = np.array([0, 1]) if net.loss.targets == "index" else t
    return [subject.forward(net, drawn_params(net), x), *flat(subject.gradient(net, drawn_params(net), 1.0 * x, rows))]


def rows_far_apart(subject: Reference, net: Network) -> list[Array]:
    """Outputs at logits around 1e4 in one row, and around -1e4 in the other."""
    params = tuple(Layer(0 * W, 0 * b) for W, b in drawn_params(net))
    if net.depth == 1:
        params[0].W[0] = 1e4 - np.arange(net.sizes[-1])
    return [subject.forward(net, params, np.array([[1.0], [-1.0]]) * np.eye(net.sizes[0])[0])]


def claimed(subject: Reference, net: Network) -> list[Array]:
    return [np.array([family.reported is not None for family in subject.claims.families])]


def memory(subject: Reference, net: Network) -> list[Array]:
    """Whether two gradients, or a step and what it was given, share memory."""
    params, (x, t) = drawn_params(net), batch(net)
    one, two = (subject.gradient(net, params, x, t) for _ in range(2))
    after = subject.step(net, params, x, t, Rule(0.0))
    pairs = zip((*flat(one), *flat(after)), (*flat(two), *flat(params)), strict=True)
    return [np.array(np.shares_memory(a, b)) for a, b in pairs]


def generator(subject: Reference, net: Network) -> list[Array]:
    np.random.seed(7)  # noqa: NPY002 - the global one is the question
    forward(subject, net)
    gradient(subject, net)
    return [np.array(np.random.random())]  # noqa: NPY002 - likewise


def refusals(subject: Reference, net: Network) -> list[Array]:
    """What comes of input that cannot be meant: an answer, or nothing."""
    params, (x, t), answers = drawn_params(net), batch(net), list[Array]()
    for call in (
        lambda: subject.forward(net, params, x[:, :-1]),
        lambda: np.array(subject.loss(net, params, x, t[:-1])),
        lambda: np.concatenate([w.ravel() for w in flat(subject.gradient(net, params, x[:0], t[:0]))]),
        lambda: subject.forward(net, params, np.nan * x),
        lambda: subject.targets(net, np.array([-1])),
    ):
        try:
            answers.append(call())
        except (ValueError, IndexError):
            answers.append(np.zeros(0))
    return [np.isfinite(answer) for answer in answers]


SHOWS: dict[str, tuple[Probe, ...]] = {
    "targets-one-hot": (targets, gradient),
    "initial-symmetry": (initial,), "initial-scale": (initial,), "initial-seeds": (initial,),
    "forward-bias": (forward,), "forward-affine": (forward,), "forward-layers": (forward,), "forward-rows": (forward,),
    "activation-value": (forward, far_forward), "activation-far": (far_forward,),
    "activation-derivative": (gradient,), "activation-derivative-far": (far_gradient,), "activation-tie": (gradient_at_ties,),
    "softmax-sum": (forward, far_forward), "softmax-range": (forward,), "softmax-shift": (forward,),
    "softmax-large": (far_forward,), "sigmoid-range": (forward,),
    "loss-nonnegative": (loss,), "loss-value": (loss,), "loss-batch": (loss,),
    "grad-output-delta": (gradient,), "grad-hidden-delta": (gradient,), "grad-weights": (gradient,),
    "grad-biases": (gradient,), "grad-scale": (gradient,), "grad-batch": (gradient, gradient_of_equal_rows),
    "grad-penalty": (gradient,),
    "step-every-layer": (step,), "step-direction": (step,), "step-rate": (step,), "step-rate-zero": (step_at_zero,),
    "shape-forward": (forward, forward_of_a_row), "shape-loss": (loss,), "shape-weights": (gradient, descents),
    "shape-biases": (gradient, initial),
    "loss-matching": (claimed,), "softmax-apart": (rows_far_apart,), "batch-order": (gradient,),
    "batch-repeat": (gradient_of_equal_rows,), "loss-penalty": (loss,),
    "algebra-inputs": (scaled_inputs,), "numeric-tiny": (tiny_inputs,), "numeric-format": (formats,),
    "rule-momentum": (descents,), "rule-nesterov": (descents,), "rule-rmsprop": (descents,), "rule-adam": (descents,),
    "train-trajectory": (descents,), "rule-rest": (steps_at_rest,), "rule-reset": (trained,),
    "train-every-sample": (trained,), "initial-start": (trained_at_rate_zero,), "train-fit": (trained_on_one,),
    "loss-finite": (certain_loss,), "grad-finite": (certain_gradient,), "targets-integers": (whole_numbers,),
    "answers-owned": (memory,), "generator-untouched": (generator,), "input-width": (refusals,), "input-rows": (refusals,),
    "input-empty": (refusals,), "input-nan": (refusals,), "input-labels": (refusals,),
    "arguments-untouched": (arguments,), "repeatable": (forward, gradient), "kept-as-fresh": (kept,),
}  # fmt: skip


PROBES = tuple({probe for probes in SHOWS.values() for probe in probes})  # for a clause that is not in the table


def same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=0)


def differs(probe: Probe, subject: Reference, net: Network) -> bool:
    want = probe(REFERENCE, net)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows on its way is the fault
            got = probe(subject, net)
    except (ValueError, RuntimeError, OverflowError):  # numpy's, where a wrong shape meets a right one; or the fault's own
        return True
    return len(got) != len(want) or not all(map(same, got, want))


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_shows_where_it_says(known: Fault) -> None:
    assert any(differs(probe, known.make(), net) for probe in SHOWS.get(known.breaks, PROBES) for net in NETWORKS)


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_leaves_the_stages_before_it_alone(known: Fault) -> None:
    if known.stage not in MAY_CHANGE_FORWARD:
        assert not any(differs(forward, known.make(), net) for net in NETWORKS)
    if known.stage in ("step", "initial", "loss"):
        assert not any(differs(gradient, known.make(), net) for net in NETWORKS)
    if known.stage == "hygiene" and known.breaks != "repeatable":
        assert not any(differs(probe, known.make(), net) for probe in (forward, gradient, step) for net in NETWORKS)


BIASES_STAY_WRONG = ("biases-for-each-row", ["initial", "step"])  # of the wrong shape they stay
ONE_STEP_AND_SEVERAL = ["descend", "step"]  # a step that does not go through the gradient is wrong alone and in a row


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_is_one_overridden_operation_and_one_sentence(known: Fault) -> None:
    above = dir(known.make.__mro__[1])  # the reference, or another rule's equation in it
    own = vars(known.make).items()
    overridden = [name for name, member in own if name in above and (callable(member) or isinstance(member, property))]
    public = sorted(name for name in overridden if not name.startswith("_"))
    assert len(public) == 1 or public == ONE_STEP_AND_SEVERAL or (known.name, public) == BIASES_STAY_WRONG
    assert known.explanation.endswith(".") and "\n" not in known.explanation
    assert known.remedy and not known.remedy.endswith(".")


@pytest.mark.parametrize("known", FAULTS, ids=lambda known: known.name)
def test_a_fault_can_be_asked_everything(known: Fault) -> None:
    subject = known.make()
    for protocol in (HasLoss, HasGradient, HasStep, HasDescent, HasInitial, HasTargets, HasFit):
        assert isinstance(subject, protocol)
    assert subject.claims.name == known.name
    if known.stage == "shapes":
        return  # what has the wrong shape need not survive its own training
    x, t = drawn_batch(SQUARE, 3)
    assert subject.fit(SQUARE, x, t, x, seed=0, epochs=2, rule=Rule(0.1)).output.shape == (3, 3)


def test_names_are_unique_and_the_order_is_that_of_the_stages() -> None:
    names, stages = [known.name for known in FAULTS], [known.stage for known in FAULTS]
    assert len(set(names)) == len(names) >= 110
    assert names == [known.name for known in catalogue()]
    assert stages.index("targets") < stages.index("forward") < stages.index("hidden delta") < stages.index("step")


def test_two_faults_make_a_pair() -> None:
    lacks = HiddenDeltaLacksDerivative()

    class Pair(HiddenDeltaLacksDerivative, BiasNeverUpdated):
        """Both."""

    pair = Pair()
    assert not gradient(pair, SQUARE)[1].any()
    assert (gradient(pair, SQUARE)[0] == gradient(lacks, SQUARE)[0]).all()
