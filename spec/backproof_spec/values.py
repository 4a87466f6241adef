"""A network is a value; so are its parameters, its update rule, and what a subject says of itself."""

from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]  # rows are samples
Labels: TypeAlias = NDArray[np.integer[Any]]  # (n,), class numbers from 0
Targets: TypeAlias = Array | Labels  # (n, d_L), or (n,) class numbers
Span: TypeAlias = tuple[int, int | None]  # least, most; None: no limit
Bias: TypeAlias = Literal["each", "shared", "none"]  # shared: one a layer, equal entries in b and in db
Reduction: TypeAlias = Literal["mean", "sum"]
Kind: TypeAlias = Literal["natural", "real", "unit", "binary", "one_hot", "distribution", "index"]
Operation: TypeAlias = Literal["forward", "loss", "gradient", "step", "descend", "initial", "targets", "fit"]
RuleName: TypeAlias = Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "own"]


class Layer(NamedTuple):
    """One layer's parameters, or their gradients."""

    W: Array  # (d_in, d_out)
    b: Array  # (d_out,); zeros and not judged where the layer has no bias


Params: TypeAlias = tuple[Layer, ...]


@dataclass(frozen=True)
class Activation:
    """`a = offset + scale * f(slope * z; alpha)`, elementwise, or over a row for softmax."""

    name: str  # of f, see vocabulary; "other:NAME" is judged against the subject's own loss only
    slope: float = 1.0
    scale: float = 1.0
    offset: float = 0.0
    alpha: float | None = None  # of leaky_relu and elu; None: the specification's default


@dataclass(frozen=True)
class Loss:
    """`factor * samples(outputs(e(y, t)))`, where e is the named loss of one output of one sample."""

    name: str  # squared_error: e = (y - t)**2 / 2; matching: dL/dz_L = y - t; "other:NAME": its own loss only
    factor: float = 1.0  # 2: squared error without the half
    samples: Reduction = "mean"
    outputs: Reduction = "sum"
    epsilon: float = 0.0  # added to, or clipped off, the argument of a logarithm
    targets: Kind = "natural"  # natural: the specification's for this loss


@dataclass(frozen=True)
class Penalty:
    """`l1 * sum |w| + l2 / 2 * sum w**2`, added to the objective."""

    l1: float = 0.0
    l2: float = 0.0
    biases: bool = False  # biases are penalised too
    per_sample: bool = False  # divided by the number of samples


@dataclass(frozen=True)
class Network:
    """All that fixes the mathematics: forward, objective and reported loss."""

    sizes: tuple[int, ...]  # (d_0, ..., d_L)
    activations: tuple[Activation, ...]  # L of them, the output's last
    loss: Loss  # what gradient and step follow
    reported: Loss | None = None  # what `loss` returns, where that is another function
    penalty: Penalty = Penalty()
    biases: tuple[Bias, ...] = ()  # L of them; (): all "each"

    @property
    def depth(self) -> int:
        """L, the number of layers of weights."""
        return len(self.sizes) - 1

    def bias(self, l: int) -> Bias:
        """How layer l, counted from 1, holds its bias."""
        return self.biases[l - 1] if self.biases else "each"


@dataclass(frozen=True)
class Sizes:
    """The shapes that a family supports."""

    inputs: Span = (1, None)
    depth: Span = (0, None)  # hidden layers
    width: Span = (1, None)  # of each hidden layer
    outputs: Span = (1, None)
    equal_widths: bool = False
    exactly: tuple[tuple[int, ...], ...] = ()  # these and no others


@dataclass(frozen=True)
class Family:
    """Every combination within; a network that a subject supports belongs to at least one of its families."""

    hidden: tuple[Activation, ...]
    output: tuple[Activation, ...]
    loss: tuple[Loss, ...]
    reported: Loss | None = None
    penalty: tuple[Penalty, ...] = (Penalty(),)
    biases: tuple[Bias, Bias] = ("each", "each")  # hidden layers, output layer
    sizes: Sizes = Sizes()
    mixed: bool = False  # hidden layers may differ in activation
    accuracy: float = 0.0  # admitted absolute error of an activation's value (tables)
    z_max: float = inf  # documented limit of |z|: where a table or a clip begins


@dataclass(frozen=True)
class Rule:
    """One update rule; "own" is the subject's trainer (LM, L-BFGS, Rprop), for fit only."""

    rate: float
    name: RuleName = "sgd"
    beta1: float = 0.0  # momentum
    beta2: float = 0.0
    epsilon: float = 0.0


@dataclass(frozen=True)
class Claims:
    """What a subject says of itself: the networks it supports, its conventions, its dtype."""

    name: str
    families: tuple[Family, ...]
    version: str = ""
    operations: frozenset[Operation] = field(default=frozenset({"forward"}))  # set by the loader, not by hand
    dtype: Literal["float32", "float64"] = "float64"
    batch: int | None = None  # most rows that gradient and step take; None: any number
    rates: tuple[float, float] | None = (0.0, inf)  # documented; None: unknown, only direction is judged
    rules: tuple[Rule, ...] = (Rule(0.0),)  # on offer; their rates are ignored
    writable: bool = True  # False: judged from fit
    seeded: bool = True  # False: initial values cannot be repeated


@dataclass(frozen=True)
class Fitted:
    """What training from the subject's own start returns."""

    output: Array  # (m, d_L) at the query rows
    params: Params | None = None  # afterwards, where they can be read
    losses: tuple[float, ...] = ()  # as reported, one an epoch
