"""The subject's own training: from its own start, and with every sample."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backproof.asked import Asked, JudgedFit, JudgedFitAndInitial
from backproof.case import Case
from backproof.domain import closed_form, no_penalty, smooth
from backproof.must import Outside, Place, Undecided, must, must_equal
from backproof.oracle import closed
from backproof.oracle.bounded import Bounded, wide
from backproof.pool import Shape, build
from backproof.properties.optimisers import followed, points_must_follow
from backproof.registry import holds
from backproof_spec import Array, Claims, Fitted, Layer, Params, Rule, Targets
from backproof_spec.vocabulary import target_kind

ROWS, LONG = (5, 9), 33  # none is a multiple of a usual size of a batch
STEP = 2.0**-6
TINY, COARSE = (2.0**-15, 2.0**-16, 2.0**-17), 2.0**-40  # rates; the unit roundoff above which moves at them are lost
EPOCHS, RATE = 150, 2.0**-7  # one sample drawn for each: that none of them is the one of 5 has a probability below 1e-14
AGAIN = 5 * EPOCHS  # for one of 33, whom 150 draws miss with 1 %: below 1e-10


def _started(claims: Claims) -> Iterator[Case]:
    for number, family in enumerate(claims.families[:3]):
        yield build(claims, family, Shape("trained", (3,), 2, 2, 4), 700 + number)


@holds("initial-start", cases=_started)
def training_at_rate_zero_ends_where_it_begins(subject: JudgedFitAndInitial, case: Case) -> None:
    """Training at rate 0 ends at the initial parameters of the same seed."""
    claims = subject.claims
    if not claims.seeded or claims.rates is None or claims.rates[0] > 0:
        raise Outside("the subject is not seeded, or rate 0 is outside what it claims")
    done = subject.fit(case.net, case.x, case.t, case.x, seed=11, epochs=2, rule=Rule(0.0))
    if done.params is None:
        raise Outside("the parameters cannot be read after training")
    for l, (p, q) in enumerate(zip(subject.initial(case.net, 11), done.params, strict=True), start=1):
        for name, one, two in (("W", p.W, q.W), ("b", p.b, q.b)):
            room = np.full(two.shape, 2 * subject.r.u * np.abs(wide(one)).max(initial=0), dtype=np.longdouble)
            must_equal(two, Bounded(wide(one), room), Place(name, l), why="after training at rate 0, as initial has it")


def _alone(claims: Claims) -> Iterator[Case]:
    """One row: every way of making batches is one and the same."""
    for number, family in enumerate(claims.families[:3]):
        yield build(claims, family, Shape("one sample", (3,), 2, 2, 1), 720 + number)


def _rate(claims: Claims) -> float:
    least, most = claims.rates or (STEP, STEP)
    return min(max(STEP, least), most)


@holds("train-fit", where=closed_form, cases=_alone)
def training_on_one_sample_is_that_many_steps(subject: JudgedFitAndInitial, case: Case) -> None:
    """Training on one sample for k epochs is k steps from the initial parameters: for k = 1, 2 and 3."""
    claims = subject.claims
    plain = any(rule.name == "sgd" for rule in claims.rules) and claims.rates is not None
    if not claims.seeded or not plain or subject.subject.unscaled:
        raise Outside("the subject is not seeded, or its rate, rule or scale is not known")
    rule, points = Rule(_rate(claims)), [subject.initial(case.net, 13)]
    for epochs in (1, 2, 3):
        done = subject.fit(case.net, case.x, case.t, -case.x / 2, seed=13, epochs=epochs, rule=rule)
        if done.params is None:
            raise Outside("the parameters cannot be read after training")
        points.append(done.params)
    points_must_follow(subject, case, points, rule)


@holds("train-fit", cases=_alone)
def training_answers_the_query_that_it_is_asked(subject: JudgedFit, case: Case) -> None:
    """After training, the outputs are those of the trained parameters for the rows that were asked about."""
    rule = Rule(_rate(subject.claims))
    query = np.vstack([case.x / 2, -case.x, case.x / 4])
    before, done = (subject.fit(case.net, case.x, case.t, query, seed=13, epochs=k, rule=rule) for k in (1, 2))
    if done.params is None or not closed.has_closed_forward(case.net):
        raise Outside("the parameters cannot be read after training, or have no closed form")
    want = closed.forward(case.net, done.params, query, subject.r).a[-1]
    shape = done.output.shape
    must(shape == want.value.shape, f"for {len(query)} rows training gave outputs of shape {shape}", Place("y"))
    must_equal(done.output, want, Place("y"), why="as the trained parameters have it for these rows")
    if done.losses:
        said = f"training for 2 epochs reported {len(done.losses)} losses, should be one an epoch"
        must(len(done.losses) == 2, said, Place("loss"))
        _loss_must_be_reported(subject, case, done, before)


def _loss_must_be_reported(subject: JudgedFit, case: Case, done: Fitted, before: Fitted) -> None:
    """The last loss is that of the end, or of the beginning of the last epoch, as the subject itself computes it."""
    if "loss" not in subject.claims.operations or not isinstance(subject, Asked) or done.params is None or before.params is None:
        return
    if not subject.claims.seeded:
        return  # the two trainings began elsewhere: the parameters before the last epoch are not those of the other
    own = [subject.loss(case.net, p, case.x, case.t) for p in (done.params, before.params)]
    room = 64 * subject.r.u * (1 + max(map(abs, own)))
    near = min(own, key=lambda loss: abs(loss - done.losses[-1]))
    must_equal(done.losses[-1], Bounded(wide(near), wide(room)), Place("loss"), why="reported for the last epoch of the training")


def _batches(claims: Claims) -> Iterator[Case]:
    for family in claims.families[:1]:
        for number, n in enumerate(ROWS):
            yield build(replace(claims, batch=None), family, Shape(f"{n} samples", (3,), 2, 2, n), 710 + number)


def _long(claims: Claims) -> Iterator[Case]:
    """One row more than the usual 32 of a batch."""
    yield from _batches(claims)
    yield build(replace(claims, batch=None), claims.families[0], Shape(f"{LONG} samples", (3,), 2, 2, LONG), 712)


@holds("train-every-sample", where=closed_form & smooth, cases=_long)
def every_sample_counts_in_training(subject: JudgedFit, case: Case) -> None:
    """With another target for one sample, whichever it is, training ends elsewhere."""
    claims = subject.claims
    if not claims.seeded or claims.rates is None or claims.rates[1] < RATE or subject.subject.unscaled:
        raise Outside("the subject is not seeded, or its rate is not known")
    rate = max(RATE, claims.rates[0])
    before = _ends(_fit(subject, case, rate))
    if not _differ(before, _ends(_fit(subject, case, 2 * rate))):
        raise Outside("its training does not depend on the rate: nothing of it can be told from outside")
    for i in {min(ROWS): tuple(range(case.n)), LONG: (case.n - 1,)}.get(case.n, (0, case.n - 1)):
        other = case.aiming(elsewhere(case, i))
        moved = _differ(before, _ends(_fit(subject, other, rate)))
        if not moved and case.n == LONG:
            moved = _differ(_ends(_fit(subject, case, rate, AGAIN)), _ends(_fit(subject, other, rate, AGAIN)))
        said = f"of {case.n} samples, number {i} has no influence on the training: another target changes nothing"
        must(moved, said, Place("t", None, (i,)))


@holds("train-every-sample", where=closed_form & smooth & no_penalty, cases=_batches)
def training_at_a_tiny_rate_follows_the_gradients_of_its_samples(subject: JudgedFitAndInitial, case: Case) -> None:
    """At rates that tend to 0, training moves along a sum of its samples' own gradients, each with a positive weight."""
    claims = subject.claims
    plain = any(rule.name == "sgd" for rule in claims.rules) and claims.rates is not None
    if not plain or not claims.seeded or subject.subject.unscaled or subject.r.u > COARSE:
        raise Outside("the subject is not seeded, its rate, rule or scale is not known, or its numbers are too coarse")
    start = subject.initial(case.net, 3)
    moves = [_moved(subject, case, start, rate) for rate in TINY]
    along, before = 2 * moves[2] - moves[1], 2 * moves[1] - moves[0]  # at rate 0, by two rates each
    room = 4 * float(np.linalg.norm(along - before)) + float(np.linalg.norm(along)) / 64
    samples = np.stack([_flat(_of_sample(subject, case.at(start), i)) for i in range(case.n)], axis=1)
    weights, _, rank, _ = np.linalg.lstsq(samples, -along, rcond=1e-6)
    if rank < case.n:
        raise Undecided("the gradients of the samples depend on each other")
    off = float(np.linalg.norm(samples @ weights + along))
    told = "the move of a training at a tiny rate is no sum of the gradients of its samples"
    left = f"{off:.3g} of {float(np.linalg.norm(along)):.3g} is left over; are inputs and targets paired?"
    must(off <= room, f"{told}: {left}", Place("W"))
    least = int(np.argmin(weights))
    reach = room / float(np.linalg.svd(samples, compute_uv=False)[-1])  # how far the room may carry a weight
    said = f"of {case.n} samples, number {least} has the weight {weights[least]:.3g}, others up to {weights.max():.3g}"
    must(weights[least] > -reach, said, Place("t", None, (least,)))


def _moved(subject: JudgedFit, case: Case, start: Params, rate: float) -> NDArray[np.float64]:
    """How far training moves all parameters, divided by rate and epochs."""
    done = subject.fit(case.net, case.x, case.t, case.x, seed=3, epochs=EPOCHS, rule=Rule(rate))
    if done.params is None:
        raise Outside("the parameters cannot be read after training")
    return (_flat(done.params) - _flat(start)) / (rate * EPOCHS)


def _flat(params: Params) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(p, dtype=np.float64).ravel() for layer in params for p in layer])


def _of_sample(subject: JudgedFit, case: Case, i: int) -> Params:
    """The gradient of one sample alone: the subject's own where it gives one."""
    layers = followed(subject, case.rows([i]))
    return tuple(Layer(g.W.value.astype(np.float64), g.b.value.astype(np.float64)) for g in layers)


def _fit(subject: JudgedFit, case: Case, rate: float, epochs: int = EPOCHS) -> Fitted:
    return subject.fit(case.net, case.x, case.t, case.x, seed=3, epochs=epochs, rule=Rule(rate))


def _differ(one: list[Array], other: list[Array]) -> bool:
    return any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _ends(done: Fitted) -> list[Array]:
    """All that can be read of where training ended."""
    return [p for layer in done.params for p in layer] if done.params is not None else [done.output]


def elsewhere(case: Case, i: int) -> Targets:
    """Targets that differ from the case's in row i alone, and are as well formed."""
    t, d = case.t.copy(), case.net.sizes[-1]
    if t.ndim == 1:
        t[i] = (t[i] + 1) % d
    elif target_kind(case.net.loss) in ("one_hot", "distribution"):
        t[i] = np.roll(t[i], 1) if np.ptp(t[i]) > 0 else np.eye(d)[0]
    else:
        t[i] = np.where(t[i] > 0.5, 0, 1)
    return t

