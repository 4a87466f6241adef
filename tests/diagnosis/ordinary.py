"""Any program of the catalogue as a class that people write: lists of weights and biases, no word of what it claims."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

from backproof.subjects.hinted import activation_hint
from backproof.subjects.subject import Hints
from backproof_impl import optimisers
from backproof_impl.reference import Reference
from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    Layer,
    Loss,
    Network,
    Params,
    Penalty,
    Reduction,
    Rule,
    Sizes,
    Targets,
)

Make = Callable[[], Reference]
PLAIN = Rule(0.0)


@dataclass(frozen=True)
class Setting:
    """What the author of a class decided, and would say if asked."""

    name: str
    hidden: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "squared_error"
    samples: Reduction = "mean"
    outputs: Reduction = "sum"
    labels: bool = False
    l2: float = 0.0
    biased: bool = True
    rule: Rule = PLAIN

    @property
    def hints(self) -> Hints:
        """As on the command line."""
        return Hints(
            self.hidden, self.output, self.loss, self.samples, self.outputs, 1.0, self.l2 or None,
            biases="each" if self.biased else "none", targets="labels" if self.labels else "dense",
        )  # fmt: skip

    @property
    def family(self) -> Family:
        """The networks of such a class."""
        loss = Loss(self.loss, 1.0, self.samples, self.outputs, targets="index" if self.labels else "natural")
        held = "each" if self.biased else "none"
        least = 2 if self.labels or self.output.startswith("softmax") else 1
        return Family(
            (self._activation(self.hidden),), (self._activation(self.output),), (loss,), penalty=(Penalty(l2=self.l2),),
            biases=("each", "each") if held == "each" else ("none", "none"), sizes=Sizes(outputs=(least, None)),
        )  # fmt: skip

    def _activation(self, text: str) -> Activation:
        return activation_hint(text, "--output")

    def claims(self, form: "Form") -> Claims:
        """What would be recognised of a right class."""
        family = replace(self.family, loss=tuple(replace(one, samples=form.reduced(self).samples) for one in self.family.loss))
        return Claims(self.name, (family,), operations=form.operations, dtype=form.dtype, rules=(self.rule,))

    def network(self, sizes: tuple[int, ...]) -> Network:
        """One of them."""
        depth, family = len(sizes) - 2, self.family
        biases = () if self.biased else (family.biases[0],) * (depth + 1)
        return Network(sizes, (*family.hidden * depth, *family.output), family.loss[0], None, family.penalty[0], biases)


BASE = Setting("sigmoid, squared error")
SETTINGS = (  # the plainest first
    BASE,
    Setting("tanh, identity, squared error", "tanh", "identity"),
    Setting("relu, softmax, cross-entropy", "relu", "softmax", "cross_entropy"),
    Setting("tanh, sigmoid, binary cross-entropy", "tanh", "sigmoid", "binary_cross_entropy"),
    Setting("sigmoid, softmax, squared error", "sigmoid", "softmax"),
    Setting("relu, softmax, class numbers", "relu", "softmax", "cross_entropy", labels=True),
    Setting("tanh, identity, l2", "tanh", "identity", l2=0.1),
    Setting("leaky relu of .2, identity", "leaky_relu:alpha=0.2", "identity"),
    Setting("elu of .5, identity", "elu:alpha=0.5", "identity"),
    Setting("softplus, identity", "softplus", "identity"),
    Setting("gelu, identity", "gelu", "identity"),
    Setting("gelu by tanh, identity", "gelu_tanh", "identity"),
    Setting("stretched tanh, identity", "tanh:slope=0.6667,scale=1.7159", "identity"),
    Setting("shifted sigmoid, identity", "sigmoid:slope=2,scale=3,offset=-1.5", "identity"),
    Setting("tanh, warm softmax", "tanh", "softmax:slope=0.5", "cross_entropy"),
    Setting("tanh, sigmoid, mean over outputs", "tanh", "sigmoid", outputs="mean"),
    Setting("relu, identity, no biases", "relu", "identity", biased=False),
    Setting("tanh, identity, momentum", "tanh", "identity", rule=Rule(0.0, "momentum", beta1=0.9)),
)


@dataclass(frozen=True)
class Form:
    """How the class is written: what it offers, in which format, and which way round."""

    name: str = "ordinary"
    gradient: bool = True  # and loss
    single: bool = False
    transposed: bool = False  # weights (out, in), samples and biases as columns
    sums: bool = False

    @property
    def operations(self) -> Any:
        """What can be asked of it."""
        return frozenset({"forward", "step", "initial"} | ({"loss", "gradient"} if self.gradient else set()))

    @property
    def dtype(self) -> Any:
        """float32 or float64."""
        return "float32" if self.single else "float64"

    def reduced(self, setting: Setting) -> Setting:
        """With a sum over samples where the class is written so."""
        return replace(setting, samples="sum") if self.sums else setting

    def hints(self, setting: Setting) -> Hints:
        """What the author says."""
        return replace(self.reduced(setting).hints, dtype=self.dtype, layout="out-in" if self.transposed else None)


FORMS = (
    Form(), Form("step-only", gradient=False), Form("float32", single=True), Form("sums", sums=True),
    Form("transposed", transposed=True),
)  # fmt: skip


class Stepping:
    """Outputs and steps."""

    make: ClassVar[Make] = Reference
    setting: ClassVar[Setting] = BASE
    form: ClassVar[Form] = Form()

    def __init__(self, sizes: list[int], seed: int = 0) -> None:
        hidden = SimpleNamespace(program=type(self).make(), memories=None)
        self.inside: Callable[[], SimpleNamespace] = lambda: hidden  # a function, into which nobody looks for arrays
        self.sizes = tuple(sizes)
        self.put(hidden.program.initial(self.net, seed))
        if self.setting.rule.name != "sgd":
            self.velocities = [np.zeros_like(W) for W in self.weights]  # to be seen, as in most classes that have some

    @property
    def net(self) -> Network:
        return self.setting.network(self.sizes)

    @property
    def params(self) -> Params:
        if not self.form.transposed:
            return tuple(Layer(W, b) for W, b in zip(self.weights, self.held, strict=True))
        return tuple(Layer(W.T, b[:, 0] if b.ndim == 2 else b) for W, b in zip(self.weights, self.held, strict=True))

    @property
    def held(self) -> list[Array]:
        """The biases; zeros where there are none."""
        dtype, d = self.weights[0].dtype, self.sizes[1:]
        return self.biases if self.setting.biased else [np.zeros(k, dtype) for k in d]

    def put(self, params: Params) -> None:
        """Take the parameters for its own."""
        self.weights = [self.own(p.W.T if self.form.transposed else p.W) for p in params]
        if self.setting.biased:
            self.biases = [self.own(self.column(p.b)) for p in params]

    def own(self, values: Array) -> Array:
        return values.astype(np.dtype(self.form.dtype), copy=False)

    def column(self, b: Array) -> Array:
        """(d, 1) where samples are columns."""
        return b.reshape(-1, 1) if self.form.transposed and b.ndim == 1 else self.turned(b)

    def turned(self, rows: Any) -> Any:
        """Rows for columns."""
        return rows.T if self.form.transposed else rows

    def aim(self, t: Any) -> Any:
        """Target rows, also where they come as one number a sample; class numbers as they are."""
        return t[:, None] if t.ndim == 1 and not self.setting.labels else self.turned(t)

    def forward(self, x: Array) -> Array:
        y: Array = self.turned(self.inside().program.forward(self.net, self.params, self.turned(x)))
        return y

    def step(self, x: Array, t: Targets, rate: float) -> None:
        inside, rule = self.inside(), replace(self.setting.rule, rate=rate)
        given = self.net, self.params, self.turned(x), self.aim(t)
        if rule.name == "sgd":
            self.put(inside.program.step(*given, rule))
            return
        moved, memories = optimisers.copied(self.params), inside.memories or optimisers.fresh(self.params)
        inside.memories = inside.program.update(rule, moved, inside.program.gradient(*given), memories)
        self.velocities = [np.asarray(of_W.m) for of_W, _ in inside.memories]
        self.put(moved)


class Whole(Stepping):
    """Outputs, losses, gradients and steps."""

    def loss(self, x: Array, t: Targets) -> float:
        value: float = self.inside().program.loss(self.net, self.params, self.turned(x), self.aim(t))
        return value

    def gradients(self, x: Array, t: Targets) -> list[tuple[Array, ...]]:
        found = self.inside().program.gradient(self.net, self.params, self.turned(x), self.aim(t))
        if not self.setting.biased:
            return [(self.turned(g.W),) for g in found]
        return [(self.turned(g.W), self.column(g.b)) for g in found]


def ordinary(make: Make, setting: Setting, form: Form) -> type[Stepping]:
    """The class."""
    inner = form.reduced(setting)
    return type("Net", (Whole if form.gradient else Stepping,), {"make": staticmethod(make), "setting": inner, "form": form})
