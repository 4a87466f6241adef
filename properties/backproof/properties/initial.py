"""Initial parameters: no two hidden units start as copies of each other, the scale fits the fan-in, seeds matter."""

from collections.abc import Iterator

import numpy as np

from backproof.asked import JudgedInitial
from backproof.case import Case
from backproof.must import Outside, Place, must
from backproof.pool import Shape, build
from backproof.registry import EVERYWHERE, holds
from backproof_spec import Claims

SEEDS = (0, 1, 2, 3, 12345)
FAN_IN = 128
LEAST, MOST = 1 / 50, 4.0  # times 1 / sqrt(fan_in)


def _architectures(claims: Claims) -> Iterator[Case]:
    """A few networks of every family, wide enough for two units to be compared."""
    for family in claims.families[:4]:
        for hidden in ((3,), (4, 3), (8,)):
            yield from _wide_enough(build(claims, family, Shape("initial", hidden, 3, 2, 2), 0))
    for turn in range(len(claims.families[0].hidden)):  # a start may depend on the activation, and on the fan-in
        yield from _wide_enough(build(claims, claims.families[0], Shape("initial", (16,), FAN_IN, 2, 2), 0, turn))


def _wide_enough(case: Case) -> Iterator[Case]:
    if max(case.net.sizes[1:-1], default=0) > 1:
        yield case


@holds("initial-symmetry", cases=_architectures, reducible=EVERYWHERE)
def no_two_hidden_units_start_as_copies(subject: JudgedInitial, case: Case) -> None:
    """For any seed, no two hidden units have the same incoming weights and bias and the same outgoing weights."""
    seeds = SEEDS if subject.claims.seeded else SEEDS[:1]
    for seed, layers in zip(seeds, [subject.initial(case.net, seed) for seed in seeds], strict=True):
        for l in range(1, case.net.depth):
            units = np.vstack([layers[l - 1].W, layers[l - 1].b[None], layers[l].W.T])
            kinds = np.unique(units, axis=1).shape[1]
            must(
                kinds == units.shape[1],
                f"of {units.shape[1]} units in hidden layer {l} only {kinds} start different (seed {seed}): "
                "equal units get equal gradients and stay copies of each other for ever",
                Place("W", l),
            )


@holds("initial-scale", cases=_architectures, reducible=EVERYWHERE)
def initial_weights_are_of_the_order_of_one_over_root_fan_in(subject: JudgedInitial, case: Case) -> None:
    """The root mean square of initial weights lies between 1/50 and 4 times 1 / sqrt(fan_in)."""
    for l, layer in enumerate(subject.initial(case.net, 0), start=1):
        if layer.W.size < 6:
            continue
        rms, unit = float(np.sqrt(np.mean(layer.W.astype(np.float64) ** 2))), len(layer.W) ** -0.5
        must(
            LEAST * unit <= rms <= MOST * unit,
            f"initial W{l} has root mean square {rms:.3g}, should be of the order of 1/sqrt({len(layer.W)}) = {unit:.3g}",
            Place("W", l),
        )


@holds("initial-seeds", cases=_architectures, reducible=EVERYWHERE)
def seeds_decide_the_initial_weights(subject: JudgedInitial, case: Case) -> None:
    """The same seed draws the same initial weights, another seed others."""
    if not subject.claims.seeded:
        raise Outside("the subject does not claim that its initial values can be repeated")
    one, again, other = (subject.initial(case.net, seed) for seed in (7, 7, 8))
    for l, (p, q, o) in enumerate(zip(one, again, other, strict=True), start=1):
        must(np.array_equal(p.W, q.W), f"W{l} differs between two objects made with the same seed", Place("W", l))
        must(not np.array_equal(p.W, o.W) or p.W.size == 1, f"W{l} is the same for seeds 7 and 8", Place("W", l))
