"""Loss, gradient and step of an object: one or two calls each, and where the answer lies."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from backproof.subjects.answers import number_answer
from backproof.subjects.errors import Failure
from backproof.subjects.ordinary.layout import Layout, Sizes
from backproof.subjects.ordinary.naming import plain_name
from backproof.subjects.ordinary.operations import Call, Forward, Style, Token, batch, call_named, sample, samples
from backproof.subjects.ordinary.places import Hop, Path, as_numbers, fetch, store
from backproof_spec import Array, Layer, Params, Targets

RATES = ("lr", "learning_rate", "rate", "eta", "alpha", "epsilon", "step_size", "learningrate", "learn_rate", "l_rate")


Part = int | Literal["rest"] | None  # of a tuple that is answered; the rest: what follows the loss


@dataclass(frozen=True)
class Asked:
    """What a call may be given: a batch, or one sample, as the program wants it; its own output only where asked for."""

    forward: Forward
    x: Array
    t: Targets
    rate: float = 0.0
    epochs: int = 1
    size: int | None = None  # of batches; None: all rows are one
    many: bool = False  # what takes one sample at a time elsewhere is given all of them

    def perform(self, whole: object, call: Call, first: bool, grads: object = None) -> object:
        """The answer of the call, with a forward call before it where the program needs one."""
        x, t = self._shaped(self.x), self._shaped(self.t)
        given: dict[Token, object] = {"x": x, "t": t, "rate": self.rate, "one": self.epochs}
        given["size"] = self.size or len(self.x)
        given["grads"] = grads
        if "pairs" in call.tokens:
            given["pairs"] = self._pairs()
        if first or "y" in call.tokens:
            given["y"] = self.forward.raw(whole, x)
        return call_named(whole, call, given)

    def _shaped(self, value: Targets) -> object:
        if self.forward.single:
            return samples(value, self.forward.style) if self.many else sample(value, self.forward.style, 0)
        return batch(value, self.forward.style)

    def _pairs(self) -> list[tuple[object, object]]:
        """A list of (x, t), one for each sample; columns are (d, 1)."""
        alone: dict[Style, Style] = {"columns": "single column", "rows": "single"}
        style = alone.get(self.forward.style, self.forward.style)
        return [(sample(self.x, style, i), sample(self.t, style, i)) for i in range(len(self.x))]

    def rows(self) -> "list[Asked]":
        """One for each sample."""
        return [replace(self, x=self.x[i : i + 1], t=self.t[i : i + 1]) for i in range(len(self.x))]


@dataclass(frozen=True)
class LossCall:
    """How the loss is asked for; part: its place in a tuple."""

    call: Call
    first: bool
    part: int | None = None

    def __call__(self, whole: object, asked: Asked) -> float:
        """The loss of a batch; of samples taken one at a time, their mean."""
        if asked.forward.single:
            return float(np.mean([self._one(whole, row) for row in asked.rows()]))
        return self._one(whole, asked)

    def _one(self, whole: object, asked: Asked) -> float:
        answer = asked.perform(whole, self.call, self.first)
        if self.part is not None and isinstance(answer, tuple):
            answer = answer[self.part]
        return number_answer(answer, self.call.name)

    def sentence(self) -> str:
        """What was recognised, in words."""
        part = "" if self.part is None else ", its first value" if self.part == 0 else ", its second value"
        return f"loss: {'forward, then ' if self.first else ''}{self.call}{part}"


@dataclass(frozen=True)
class Flat:
    """A gradient in one vector: W_1, b_1, W_2, ... or all weights before all biases, or biases first."""

    order: Literal["layers", "biases-first", "weights-then-biases"]
    layout: Layout

    def read(self, root: object, sizes: Sizes) -> Params:
        """The vector, cut."""
        vector = np.asarray(root).reshape(-1)
        pieces, at = dict[tuple[str, int], Array](), 0
        for kind, l in self._sequence(len(sizes) - 1):
            size = sizes[l] * (sizes[l - 1] if kind == "W" else 1)
            pieces[kind, l], at = vector[at : at + size], at + size
        return tuple(self._layer(pieces, sizes, l) for l in range(1, len(sizes)))

    def _layer(self, pieces: dict[tuple[str, int], Array], sizes: Sizes, l: int) -> Layer:
        a, d = sizes[l - 1], sizes[l]
        W = pieces["W", l].reshape(a, d) if self.layout.orientation == "in-out" else pieces["W", l].reshape(d, a).T
        return Layer(W, self.layout.signed(pieces.get(("b", l), np.zeros(d))))

    def _sequence(self, depth: int) -> list[tuple[str, int]]:
        layers = range(1, depth + 1)
        if self.layout.form == "none":
            return [("W", l) for l in layers]
        if self.order == "weights-then-biases":
            return [(kind, l) for kind in "Wb" for l in layers]
        return [(kind, l) for l in layers for kind in ("bW" if self.order == "biases-first" else "Wb")]


@dataclass(frozen=True)
class GradientCall:
    """How the gradient is asked for, and how it lies in the answer or, after the call, in the object."""

    call: Call
    first: bool
    layout: Layout | Flat
    stored: bool = False
    part: Part = None

    def raw(self, whole: object, asked: Asked) -> object:
        """What holds the gradient."""
        answer = asked.perform(whole, self.call, self.first)
        if self.stored:
            return whole
        if self.part is None or not isinstance(answer, tuple | list):
            return answer
        return answer[1:] if self.part == "rest" else answer[self.part]

    def __call__(self, whole: object, asked: Asked, sizes: Sizes) -> Params:
        """One Layer(dW, db) for each layer."""
        try:
            return self.layout.read(self.raw(whole, asked), sizes)
        except (IndexError, KeyError, AttributeError) as trouble:
            raise Failure(
                "answer", f"{self.call.name} returned no gradient for each of {len(sizes) - 1} layers"
            ) from trouble

    def sentence(self) -> str:
        """What was recognised, in words."""
        where = "stored in the object" if self.stored else "one vector" if isinstance(self.layout, Flat) else "returned"
        turned = ", the last layer's first" if isinstance(self.layout, Layout) and self.layout.weights.backwards else ""
        return f"gradient: {'forward, then ' if self.first else ''}{self.call}, {where}{turned}"


@dataclass(frozen=True)
class StepCall:
    """How one update is asked for: one call, or the gradient's call and then another; and where the rate is set."""

    call: Call
    first: bool
    rate: Path | None = None  # an attribute; None: an argument, or nowhere
    gradient: GradientCall | None = None  # asked for before
    once: tuple[Path, ...] = ()  # numbers of epochs that the object holds
    many: bool = False  # it is a loop over samples, and takes them all

    @property
    def rated(self) -> bool:
        """Whether a rate can be set."""
        return self.rate is not None or "rate" in self.call.tokens or any(t == "rate" for _, t in self.call.keywords)

    def __call__(self, whole: object, asked: Asked) -> None:
        """One update on the batch."""
        if self.rate is not None:
            store(whole, self.rate, asked.rate)
        for path in self.once:
            store(whole, path, asked.epochs)
        grads = self.gradient.raw(whole, asked) if self.gradient else None
        replace(asked, many=self.many).perform(whole, self.call, self.first, grads)

    def sentence(self) -> str:
        """What was recognised, in words."""
        before = f"{self.gradient.call}, then " if self.gradient else ""
        begin = "forward, then " if self.first or (self.gradient and self.gradient.first) else ""
        rate = (
            f"; rate: the attribute {self.rate[-1].key}" if self.rate else "" if self.rated else "; no rate can be set"
        )
        return f"training: {self.call.of_epochs}{rate}" if self.many else f"step: {begin}{before}{self.call}{rate}"


def rate_attribute(whole: object) -> Path | None:
    """The attribute that holds the learning rate, by its name."""
    return _attribute(whole, RATES)


def epoch_attributes(whole: object) -> tuple[Path, ...]:
    """Attributes that hold a number of epochs."""
    found = _attribute(
        whole, ("epochs", "n_epochs", "num_epochs", "n_iter", "max_iter", "iterations", "n_iters", "num_iterations")
    )
    return (found,) if found else ()


def _attribute(whole: object, names: tuple[str, ...]) -> Path | None:
    own = [
        name
        for name, value in getattr(whole, "__dict__", {}).items()
        if as_numbers(value) is not None or isinstance(value, int)
    ]
    return next(((Hop("attribute", n),) for wanted in names for n in own if plain_name(n) == wanted), None)


__all__ = ["Asked", "Flat", "GradientCall", "LossCall", "Part", "StepCall", "epoch_attributes", "fetch", "rate_attribute"]
