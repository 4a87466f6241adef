"""The error of differences against their step: the V that textbooks draw, with what was used here."""

from typing import TYPE_CHECKING

import numpy as np

from backproof.oracle.directional import Measured
from backproof.oracle.line import Phi, Slope

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 2.0 ** -np.arange(0.0, 41.0)


def drawn(one: Measured, known: Slope, phi: Phi) -> "Figure":
    """Central differences of phi at many steps, against the derivative as measured, and the gradient's own claim.

    Raises ImportError without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise ImportError("a plot needs matplotlib; install it with: pip install backproof[plot]") from missing
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot()
    values = phi(np.concatenate([STEPS, -STEPS]))
    errors = np.abs((values[: len(STEPS)] - values[len(STEPS) :]) / (2 * STEPS) - one.true)
    axes.loglog(STEPS, np.maximum(errors, np.finfo(float).tiny), "o-", ms=3, label="central difference, off by")
    axes.axhline(one.bound, color="tab:green", label=f"bound of this check, {one.bound:.1e}")
    axes.axvline(known.step, color="tab:green", ls=":", label=f"its step, $2^{{{int(np.log2(known.step))}}}$, 17 losses")
    if one.residual:
        axes.axhline(abs(one.residual), color="tab:red", ls="--", label=f"the gradient, off by {abs(one.residual):.1e}")
    axes.set_ylim(bottom=min(one.bound, errors[errors > 0].min(initial=one.bound)) / 10)
    axes.set_xlabel("step along the direction")
    axes.set_ylabel("error of the derivative")
    axes.legend(fontsize="small")
    return figure
