"""Negative controls: the check that a subject has just passed must fail, at the right place, once an error is planted.

A check that passes because it sees nothing passes everything. So the oracles are put to each subject twice: as it is, and
with one number of its answer off by an eighth. If that is not found where it was planted, the check says nothing of this subject.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Place, Undecided, Unmet, Violation
from backproof.oracle import closed
from backproof.oracle.own_loss import Finding
from backproof.registry import Property
from backproof.subjects.errors import NotOffered
from backproof_spec import Array, Layer, Network, Params, Targets

OFF = 1.125
TRIES = 6  # cases on which a control is tried: the bound may be wide on one, for what the subject declares
PLANTED: dict[str, str] = {
    "gradient_points_where_finite_differences_of_the_loss_say": "dW",
    "gradient_is_the_closed_form_gradient_of_the_declared_loss": "dW",
    "gradient_has_the_scale_of_the_loss": "gradient",
    "layers_compose_in_order": "y",
    "one_layer_is_affine_then_activated": "y",
    "loss_is_the_declared_one": "loss",
}


class Tampered:
    """The subject with one number of one of its answers off by an eighth; nothing that was measured before is known to it."""

    def __init__(self, asked: Asked, what: str) -> None:
        self._asked, self._what = asked, what
        self._originals: list[tuple[Params, Params]] = []
        self.notes: dict[object, object] = {}
        self.planted: Place | None = None
        self._at: tuple[int, tuple[int, ...]] | None = None  # once chosen, the same at every point

    def __getattr__(self, name: str) -> Any:
        return getattr(self._asked, name)

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs, of which the largest is off."""
        y = np.array(self._asked.forward(net, params, x))
        if self._what == "y":
            index = self._off(y)
            self.planted = Place("y", None, index)
        return y

    def losses(self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /) -> NDArray[np.float64]:
        """Losses that are off."""
        self.planted = Place("loss") if self._what == "loss" else self.planted
        values: NDArray[np.float64] = self._asked.losses(net, stack, x, t) * (OFF if self._what == "loss" else 1.0)
        return values

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """One of them."""
        return float(self.losses(net, (params,), x, t)[0])

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """The gradient, of which one entry is off, or all of it."""
        right = self._asked.gradient(net, params, x, t)
        wrong = tuple(Layer(np.array(g.W), np.array(g.b)) for g in right)
        if self._what == "gradient":
            own = closed.penalty_gradient(net, params, len(x))  # no reduction scales it, nor is it off here
            wrong = tuple(Layer(*(OFF * (a - b) + b for a, b in zip(g, p, strict=True))) for g, p in zip(right, own, strict=True))
            self.planted = Place("gradient")
        elif self._what == "dW":
            if self._at is None:
                l = max(range(len(wrong)), key=lambda k: float(np.abs(wrong[k].W).max()))
                self._at = l, tuple(int(i) for i in np.unravel_index(int(np.abs(wrong[l].W).argmax()), wrong[l].W.shape))
            l, index = self._at
            wrong[l].W[index] *= OFF
            self.planted = Place("dW", l + 1, index)
        self._originals.append((wrong, right))
        return wrong

    def slack(self, params: Params, gradient: Params, /) -> Params:
        """That of the answer that was tampered with."""
        right = next((right for wrong, right in self._originals if wrong is gradient), gradient)
        return self._asked.slack(params, right)

    def _off(self, y: Array) -> tuple[int, ...]:
        index = tuple(int(i) for i in np.unravel_index(int(np.abs(y).argmax()), y.shape))
        y[index] *= OFF
        return index


def failed(found: Property, asked: Asked, held: Sequence[Case]) -> str:
    """Why the check of a property that held says nothing; an empty string if its control fails as it should, or it has none."""
    what = PLANTED.get(found.name)
    if what is None:
        return ""
    why = ""
    for case in sorted(held, key=_size, reverse=True)[:TRIES]:
        why = _unseen(found.check, asked, case, what, _is_scaled(asked, case))
        if not why:
            return ""
    return f"control: {why}" if why else ""


def _size(case: Case) -> int:
    return sum(p.size for layer in case.params for p in layer) * ("shared" not in case.net.biases)


def _is_scaled(asked: Asked, case: Case) -> bool:
    """Whether the whole gradient is off by a factor: an error in one entry then is one among many."""
    noted = asked.notes.get(case)
    return isinstance(noted, Finding) and noted.scale is not None


def _unseen(check: Callable[..., None], asked: Asked, case: Case, what: str, anywhere: bool) -> str:
    """Why the planted error was not found on this case."""
    tampered = Tampered(asked, what)
    try:
        check(tampered, case)
    except Violation as violation:
        if anywhere or str(violation.place) == str(tampered.planted):
            return ""
        return f"an error planted in {tampered.planted} was found in {violation.place}"
    except (Undecided, Unmet, NotOffered) as trouble:
        return f"an error planted in {tampered.planted} could not be judged: {trouble}"
    return f"an error of an eighth, planted in {tampered.planted}, was not found"
