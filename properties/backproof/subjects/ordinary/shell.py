"""An object that can be made, filled with parameters, and asked for outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.errors import Failure
from backproof.subjects.hinted import activation_hint
from backproof.subjects.ordinary.activations import HIDDEN, OUTPUT, SUBTRACTED, Biases, Pair, Probe, drawn, inputs, recognised
from backproof.subjects.ordinary.constructor import Constructor, built
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.machine import Options, spread
from backproof.subjects.ordinary.operations import Forward
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Array, Params

Shape = tuple[int, ...]
ROWS = 5  # no probe has a layer of five but one, which has two others to tell rows from


@dataclass(frozen=True)
class Shell:
    """An object that can be made, filled with parameters, and asked for outputs."""

    constructor: Constructor
    layout: Layout
    forward: Forward
    sizes: Shape  # at which it was understood

    @property
    def biases(self) -> Biases:
        """How layers hold their biases."""
        return self.layout.biased

    def drawn(self, sizes: Shape, seed: int) -> Params:
        """Parameters to try, with biases as it holds them."""
        return drawn(sizes, seed, self.biases)

    def whole(self, sizes: Shape, params: Params | None = None, options: Options | None = None) -> object:
        """An object with the parameters in it; Failure if it cannot be made."""
        names = spread(self.constructor, options or {}, len(sizes) - 1)
        made = built(self.constructor, sizes, 0, names)
        if made is None:
            raise Failure("raised", f"construction for sizes {sizes} raised")
        if params is not None:
            self.layout.write(made, params)
        return made

    def signed(self, pair: Pair | None) -> "Shell":
        """With thresholds where outputs show that all biases are subtracted; their sign is then no deviation."""
        if pair is None or pair.signs != SUBTRACTED:
            return self
        return replace(self, layout=replace(self.layout, sign=-1))

    def outputs(self, params: Params, x: Array, options: Options | None = None) -> Array:
        """y (n, d_L)."""
        sizes = (x.shape[1], *(len(layer.b) for layer in params))
        return np.array(self.forward(self.whole(sizes, params, options), x, sizes[-1]), dtype=float)


def tried(call: Callable[[], object]) -> bool:
    """Whether the call comes back."""
    try:
        with quiet(), lent_generators():
            call()
    except (Exception, SystemExit):  # noqa: BLE001 - a trial: whatever it raises, this is not the way
        return False
    return True


def probed(shell: Shell, sizes: Shape, options: Options | None = None, biased: bool = True) -> list[Probe]:
    """Outputs at two draws of parameters, for a batch each; () where it raises."""
    found = list[Probe]()
    for seed, n in ((1, ROWS), (2, 3)):
        biases: Biases = shell.biases if biased else ("none", "none")
        params, x = drawn(sizes, seed, biases), inputs(n, sizes[0], seed)
        try:
            with quiet(), lent_generators():
                found.append(Probe(params, x, shell.outputs(params, x, options)))
        except (Exception, SystemExit):  # noqa: BLE001 - a trial
            return []
    return found


def fitted(
    shell: Shell, hints: Hints, options: Options | None = None,
    hidden: Sequence[Activation] = HIDDEN, output: Sequence[Activation] = OUTPUT,
) -> Pair | None:  # fmt: skip
    """The activations, hinted or read off outputs."""
    h = activation_hint(hints.hidden, "--hidden") if hints.hidden else None
    o = activation_hint(hints.output, "--output") if hints.output else None
    probes = probed(shell, shell.sizes, options)
    if not probes:
        return None
    unbiased = probed(shell, shell.sizes, options, biased=False) if shell.layout.form != "none" else []
    pair = recognised(probes, [h] if h else hidden, [o] if o else output, unbiased, shell.layout.one_name)
    return pair or (Pair(h, o, False) if h and o else None)
