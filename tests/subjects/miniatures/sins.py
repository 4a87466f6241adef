"""Subjects that each do one thing that no subject should; Honest does none."""

import ctypes
import os
import re
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from backproof_spec import (
    Activation,
    Array,
    Claims,
    Family,
    Fitted,
    Labels,
    Layer,
    Loss,
    Network,
    Params,
    Rule,
    Targets,
)

TANH, LINE = Activation("tanh"), Activation("identity")


class Honest:
    """tanh, then a linear layer; squared error, mean over samples."""

    claims = Claims("miniature", (Family((TANH,), (LINE,), (Loss("squared_error"),)),))

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        self.sin(x)
        for layer in params[:-1]:
            x = np.tanh(x @ layer.W + layer.b)
        y: Array = self.told(x @ params[-1].W + params[-1].b)
        return y

    def sin(self, x: Array) -> None:
        """What happens at the beginning of forward: nothing."""

    def told(self, y: Array) -> Any:
        """What forward returns for the right answer."""
        return y

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        return float(((self.forward(net, params, x) - t) ** 2).sum() / (2 * len(x)))

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        activities = [x]
        for layer in params[:-1]:
            activities.append(np.tanh(activities[-1] @ layer.W + layer.b))
        delta, found = (self.forward(net, params, x) - t) / len(x), list[Layer]()
        for a, layer in zip(reversed(activities), reversed(params), strict=True):
            found.append(Layer(a.T @ delta, delta.sum(axis=0)))
            delta = (delta @ layer.W.T) * (1 - a**2)
        return tuple(reversed(found))

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        pairs = zip(params, self.gradient(net, params, x, t), strict=True)
        return tuple(Layer(p.W - rule.rate * g.W, p.b - rule.rate * g.b) for p, g in pairs)

    def initial(self, net: Network, seed: int, /) -> Params:
        draw = np.random.default_rng(seed).normal
        return tuple(Layer(draw(size=(a, b)), np.zeros(b)) for a, b in zip(net.sizes, net.sizes[1:], strict=False))

    def targets(self, net: Network, labels: Labels, /) -> Array:
        return np.eye(net.sizes[-1])[labels]

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        params = self.initial(net, seed)
        losses = list[float]()
        for _ in range(epochs):
            params = self.step(net, params, x, t, rule)
            losses.append(self.loss(net, params, x, t))
        return Fitted(self.forward(net, params, query), params, tuple(losses))


class Exits(Honest):
    """The process is ended without a word, in forward."""

    def sin(self, x: Array) -> None:
        os._exit(3)


class Segfaults(Honest):
    """forward reads address 0."""

    def sin(self, x: Array) -> None:
        ctypes.string_at(0)


class Aborts(Honest):
    """forward ends as a failed assertion in C does."""

    def sin(self, x: Array) -> None:
        os.abort()


class Hangs(Honest):
    """forward never returns."""

    def sin(self, x: Array) -> None:
        while True:
            time.sleep(0.01)


class HangsDeaf(Honest):
    """forward never returns, and lets no other thread of its process run."""

    def sin(self, x: Array) -> None:
        re.match("(a+)+$", 64 * "a" + "b")


class Quits(Honest):
    """forward ends the program politely."""

    def sin(self, x: Array) -> None:
        sys.exit("bye")


class Interrupts(Honest):
    """forward raises what Ctrl-C raises."""

    def sin(self, x: Array) -> None:
        raise KeyboardInterrupt


class Chatters(Honest):
    """forward prints a megabyte."""

    def sin(self, x: Array) -> None:
        print("chatter " * 2**17)
        os.system("echo from a shell")


class Scribbles(Honest):
    """forward writes into every file that is open."""

    def sin(self, x: Array) -> None:
        for number in range(64):
            with suppress(OSError):
                os.write(number, b"garbage garbage garbage")


class Forges(Honest):
    """forward writes a well-formed message that is no answer into every file that is open."""

    def sin(self, x: Array) -> None:
        from backproof.subjects.codec import packed

        for number in range(64):
            with suppress(OSError):
                os.write(number, packed(("root", "password")))


class Floods(Honest):
    """forward announces a message of many terabytes."""

    def sin(self, x: Array) -> None:
        for number in range(3, 64):
            with suppress(OSError):
                os.write(number, b"bp1\n" + b"\x7f" * 16)


class ReturnsNone(Honest):
    """forward prints its answer instead of returning it."""

    def told(self, y: Array) -> Any:
        print(y)


class ReturnsList(Honest):
    """forward returns lists."""

    def told(self, y: Array) -> Any:
        return y.tolist()


class ReturnsObjects(Honest):
    """forward returns an array of Python objects."""

    def told(self, y: Array) -> Any:
        return y.astype(object)


class ReturnsText(Honest):
    """The loss is a formatted string."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> Any:
        return f"{super().loss(net, params, x, t):.3f}"


class ReturnsItself(Honest):
    """The gradient is an object, whose text holds its address."""

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Any:
        return self


class ReturnsNaN(Honest):
    """forward divides zero by zero."""

    def told(self, y: Array) -> Any:
        return np.zeros_like(y) / 0.0


class Forks(Honest):
    """forward leaves behind a process that sleeps."""

    def sin(self, x: Array) -> None:
        if os.fork() == 0:
            time.sleep(1000)


class ReturnsTwice(Honest):
    """forward forks, and both processes go on to answer."""

    def sin(self, x: Array) -> None:
        os.fork()


class ClosesFiles(Honest):
    """forward closes every file but the three standard ones."""

    def sin(self, x: Array) -> None:
        os.closerange(3, 256)


class ClosesStandard(Honest):
    """forward closes the three standard files."""

    def sin(self, x: Array) -> None:
        os.closerange(0, 3)


class Forgets:
    """A maker whose machines delete their weights in forward."""

    claims = replace(Honest.claims, operations=frozenset({"forward"}))

    def make(self, net: Network, seed: int, /) -> "ForgetfulMachine":
        return ForgetfulMachine(Honest().initial(net, seed))


class ForgetfulMachine:
    def __init__(self, params: Params) -> None:
        self.params = params

    def write(self, params: Params, /) -> None:
        self.params = params

    def read(self) -> Params:
        return self.params

    def forward(self, x: Array, /) -> Array:
        y = x @ self.params[0].W + self.params[0].b
        del self.params
        return y


class Mutates(Honest):
    """forward centres its inputs in place."""

    def sin(self, x: Array) -> None:
        x -= x.mean()


class Monkeypatches(Honest):
    """forward replaces parts of numpy for everybody."""

    def told(self, y: Array) -> Any:
        vars(np).update(tanh=lambda *_: 42.0, dot=None, array_equal=None)
        return y


class Drifts(Honest):
    """Every answer is a little larger than the last."""

    asked = 0

    def told(self, y: Array) -> Any:
        type(self).asked += 1
        return y + self.asked


class Cheats(Honest):
    """Right for short fractions, such as the judge's own cases have; a little off for all that fills its format."""

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        fractions = [64 * part for part in (x, *(part for layer in params for part in layer))]
        short = all((part == np.round(part)).all() for part in fractions)
        return super().forward(net, params, x) * (1.0 if short else 1.001)


class ThirdTime(Honest):
    """The third call is refused."""

    asked = 0

    def sin(self, x: Array) -> None:
        type(self).asked += 1
        if self.asked == 3:
            raise RuntimeError(f"{object()} has had enough")


class Threads(Honest):
    """forward leaves behind a thread that never ends, and that is no daemon."""

    def sin(self, x: Array) -> None:
        threading.Thread(target=time.sleep, args=(1000,)).start()


class Recurses(Honest):
    """forward calls itself."""

    def sin(self, x: Array) -> None:
        self.sin(x)


class Devours(Honest):
    """forward wants more memory than there is."""

    def sin(self, x: Array) -> None:
        np.empty(2**50)


class Hoards(Honest):
    """Every call keeps 16 MiB for good, as compilers of code for each shape do."""

    kept: ClassVar[list[Any]] = []

    def sin(self, x: Array) -> None:
        self.kept.append(np.empty(2**21))


class Heavy(Drifts):
    """3 GiB are kept from the first call on, and no more; and the answers tell how many calls there were."""

    kept: ClassVar[list[Any]] = []

    def sin(self, x: Array) -> None:
        if not self.kept:
            self.kept.append(np.empty(3 * 2**27))


class Mute(Exception):
    """An error that cannot even be printed."""

    def __str__(self) -> str:
        raise ValueError("no words")


class RaisesMute(Honest):
    """forward raises an error whose text cannot be had."""

    def sin(self, x: Array) -> None:
        raise Mute


class SlowLosses(Honest):
    """Each loss takes a while, none takes long: no sin."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        time.sleep(0.3)
        return super().loss(net, params, x, t)


class OnlyForward:
    """Nothing but forward is on offer: no sin."""

    claims = Honest.claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        return Honest().forward(net, params, x)


class Environment(Honest):
    """The loss tells of the surroundings: no sin."""

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED")
        return float("".join(os.environ[name] for name in names) + str(len(sys.stdin.read())))
