"""Ordinary classes, and what is asked of them, on which those of rare habits are built."""

from pathlib import Path

import numpy as np

from backproof.subjects.subject import Subject
from backproof_spec import Array, Layer, Loss, Network, Operation, Params, Targets

Arrays = list[Array]


ZOO = Path(__file__).parent / "zoo"


ALWAYS: frozenset[Operation] = frozenset({"forward", "initial"})


class Plain:
    """Rows of samples; tanh in hidden layers, a linear output."""

    def __init__(self, sizes: list[int]) -> None:
        pairs = zip(sizes, sizes[1:], strict=False)
        self.weights: Arrays = [np.random.randn(a, b) for a, b in pairs]
        self.biases: Arrays = [np.zeros(b) for b in sizes[1:]]

    def forward(self, x: Array) -> Array:
        return self._all(x)[-1]

    def _all(self, x: Array) -> Arrays:
        found = [x]
        for l, (W, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            z = found[-1] @ W + b
            found.append(np.tanh(z) if l < len(self.weights) else self._last(z))
        return found

    def _last(self, z: Array) -> Array:
        return z

    def _delta(self, y: Array, t: Targets) -> Array:
        """Half the squared error, averaged over samples."""
        return np.asarray((y - t) / len(y))

    def _slopes(self, x: Array, t: Targets) -> tuple[Arrays, Arrays]:
        found, dW, db = self._all(x), Arrays(), Arrays()
        delta = self._delta(found[-1], t)
        for a, W in zip(reversed(found[:-1]), reversed(self.weights), strict=True):
            dW.insert(0, a.T @ delta)
            db.insert(0, delta.sum(axis=0))
            delta = delta @ W.T * (1 - a**2)
        return dW, db

    def _descend(self, dW: Arrays, db: Arrays, lr: float) -> None:
        for p, d in zip(self.weights + self.biases, dW + db, strict=True):
            p -= lr * d


class Logistic(Plain):
    """Softmax at the end."""

    def _last(self, z: Array) -> Array:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))


class Sigmoid(Plain):
    """Sigmoid at the end, and y - t."""

    def _last(self, z: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-z)))


def loss_of(subject: Subject) -> Loss:
    return subject.claims.families[0].loss[0]


def network(subject: Subject, *sizes: int) -> Network:
    """Of the first family."""
    family = subject.claims.families[0]
    hidden = family.hidden * (len(sizes) - 2)
    biases = (*family.biases[:1] * len(hidden), family.biases[1])
    return Network(sizes, (*hidden, *family.output), family.loss[0], family.reported, family.penalty[0], biases)


def drawn(*sizes: int) -> Params:
    rng = np.random.default_rng(3)
    return tuple(Layer(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in zip(sizes, sizes[1:], strict=False))


def told(subject: Subject, beginning: str) -> str:
    """The rest of the one sentence that begins so."""
    (found,) = [said.removeprefix(beginning) for said in subject.assumed if said.startswith(beginning)]
    return found


def plain(sizes: tuple[int, ...], params: Params, kind: type[Plain] = Plain) -> Plain:
    """One with the parameters in it, to compare with."""
    made = kind(list(sizes))
    made.weights, made.biases = [p.W.copy() for p in params], [p.b.copy() for p in params]
    return made


X, T = np.random.default_rng(1).normal(size=(4, 3)), np.random.default_rng(2).normal(size=(4, 2))


SIZES, PARAMS = (3, 4, 2), drawn(3, 4, 2)


def same_gradient(subject: Subject, kind: type[Plain] = Plain) -> bool:
    """Whether it is the class's own, tensor by tensor."""
    got = subject.fresh.gradient(network(subject, *SIZES), PARAMS, X, T)
    dW, db = plain(SIZES, PARAMS, kind)._slopes(X, T)
    return all(np.allclose(g.W, w) and np.allclose(g.b, b) for g, w, b in zip(got, dW, db, strict=True))


class Reporting(Logistic):
    """With a loss, and a gradient of its own."""

    def loss(self, x: Array, t: Array) -> float:
        return float(-(t * np.log(self.forward(x))).sum() / len(x))

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)


class Losing(Plain):
    """With a loss and nothing more."""

    def loss(self, x: Array, t: Array) -> float:
        return float(((self.forward(x) - t) ** 2).sum() / 2 / len(x))


def half(y: Array, t: Array) -> float:
    return float(((y - t) ** 2).sum() / 2 / len(t))


class Stepping(Losing):
    """With a gradient, and steps of plain descent."""

    def gradients(self, x: Array, t: Array) -> tuple[Arrays, Arrays]:
        return self._slopes(x, t)

    def step(self, x: Array, t: Array, lr: float) -> None:
        self._descend(*self._slopes(x, t), lr)


def pairs(subject: Subject) -> set[tuple[str, str]]:
    return {(family.hidden[0].name, family.output[0].name) for family in subject.claims.families}
