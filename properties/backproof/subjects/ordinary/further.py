"""An activation that was recognised near 0, in one layer, is believed only as far as it goes on as it began."""

from dataclasses import replace

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.activations import HIDDEN, Pair, inputs
from backproof.subjects.ordinary.shell import Shell
from backproof_spec import Activation, Array, Network, Params, Sizes

TWO = (7, 5)  # hidden layers
SELU = Activation("elu", scale=1.0507009873554805, alpha=1.6732632423543772)  # Klambauer and others 2017


def parts_further_out(shell: Shell, pair: Pair) -> bool:
    """Whether outputs are the closed form's near 0, and finite but others at inputs eight times as large: relu6 is no relu."""
    net = expected.plain(shell.sizes, pair.hidden or pair.output, pair.output, biases=shell.biases)
    params, x = shell.drawn(shell.sizes, 5), inputs(3, shell.sizes[0], 5)
    near, far = (_agree(shell, net, params, times * x) for times in (1.0, 8.0))
    return near is True and far is False


def of_two_kinds(shell: Shell, pair: Pair, sizes: Sizes) -> Activation | None:
    """The other activation, of a program that was understood with one hidden layer, and has a second of another kind."""
    if sizes.exactly or len(shell.sizes) != 3 or sizes.depth[1] == 1:
        return None
    wide = (shell.sizes[0], *TWO, shell.sizes[-1])
    net = expected.plain(wide, pair.hidden, pair.output, biases=shell.biases)
    params, x = shell.drawn(wide, 5), inputs(3, wide[0], 5)
    if _agree(shell, net, params, x) is not False:
        return None
    both = [kinds for other in (*HIDDEN, SELU) for kinds in ((pair.hidden, other), (other, pair.hidden))]
    nets = (replace(net, activations=(*kinds, pair.output)) for kinds in both)
    seen = next((one for one in nets if _agree(shell, one, params, x)), None)
    return None if seen is None else next(f for f in seen.activations[:2] if f != pair.hidden)


def _agree(shell: Shell, net: Network, params: Params, x: Array) -> bool | None:
    """Whether the outputs are the closed form's, to a thousandth; None where they are not finite or do not come."""
    try:
        with quiet(), lent_generators():
            y = shell.outputs(params, x)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return None
    want = expected.outputs(net, params, x)
    if y.shape != want.shape or not np.isfinite(y).all():
        return None
    return bool(np.abs(y - want).max() <= 1e-3 * max(1.0, float(np.abs(want).max())))
