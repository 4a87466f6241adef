"""An activation that was recognised near 0 is believed only if it goes on as it began."""

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.ordinary import expected
from backproof.subjects.ordinary.activations import Pair, inputs
from backproof.subjects.ordinary.shell import Shell
from backproof_spec import Array, Network, Params


def parts_further_out(shell: Shell, pair: Pair) -> bool:
    """Whether outputs are the closed form's near 0, and finite but others at inputs eight times as large: relu6 is no relu."""
    net = expected.plain(shell.sizes, pair.hidden or pair.output, pair.output, biases=shell.biases)
    params, x = shell.drawn(shell.sizes, 5), inputs(3, shell.sizes[0], 5)
    near, far = (_agree(shell, net, params, times * x) for times in (1.0, 8.0))
    return near is True and far is False


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
