"""For which sizes objects can be made, as they show themselves."""

from dataclasses import replace

import numpy as np

from backproof.subjects.ordinary.activations import drawn, inputs
from backproof.subjects.ordinary.shell import ROWS, Shape, Shell, probed, tried
from backproof_spec import Sizes

PROBES: tuple[Shape, ...] = ((3, 7, 2), (3, 7, 5, 2), (3, 2), (3, 7, 1), (3, 7, 5, 1), (3, 7, 5, 4, 2))
SINGLE: Shape = (3, 1)  # where a constructor is not asked for hidden layers or outputs


def shallow(shell: Shell) -> bool:
    """Whether it was understood without a hidden layer only, though objects with hidden layers can be made."""
    return len(shell.sizes) == 2 and shell.constructor.sized and any(_makes(shell, s) for s in ((3, 7, 2), (3, 7, 5, 2)))


def supported(shell: Shell) -> tuple[Sizes, tuple[str, ...]]:
    """The shapes for which objects can be made and give outputs, and what was found not to be supported."""
    if not shell.constructor.sized or shell.sizes not in (*PROBES, SINGLE):
        return Sizes(exactly=(shell.sizes,)), (f"sizes: {shell.sizes} and no others",)
    out, inner = shell.sizes[-1], [7] * (len(shell.sizes) - 2)
    depths = [len(between) for between in ((7,), (7, 5), (7, 5, 4)) if _makes(shell, (3, *between, out))]
    least = 0 if _answers(shell, (3, out)) or not depths else depths[0]
    most = None if 3 in depths else max(depths, default=0)
    narrow = _makes(shell, (3, *([1] * len(inner)), out)) if inner else True
    single_in, single_out = _makes(shell, (1, *inner, out)), _makes(shell, (3, *inner, 1))
    double_out = _makes(shell, (3, *inner, 2))
    sizes = Sizes(
        (1 if single_in else 2, None),
        (least, most),
        (1 if narrow else 2, None),
        (1 if single_out else 2, None if double_out else 1),
    )
    return sizes, _limits(sizes)


def at_one_depth(sizes: Sizes, depth: int) -> tuple[Sizes, tuple[str, ...]]:
    """The same with so many hidden layers and no others."""
    sizes = replace(sizes, depth=(depth, depth))
    return sizes, _limits(sizes)


def _limits(sizes: Sizes) -> tuple[str, ...]:
    said = list[str]()
    least, most = sizes.depth
    if (least, most) != (0, None):
        span = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        said.append(f"hidden layers: {span}")
    said += [
        f"no {noun} of width 1"
        for noun, span in (("inputs", sizes.inputs), ("hidden layers", sizes.width))
        if span[0] > 1
    ]
    said += ["one output and no more"] if sizes.outputs[1] == 1 else []
    return tuple(said)


def _makes(shell: Shell, sizes: Shape) -> bool:
    return (
        tried(lambda: shell.layout.write(shell.whole(sizes), drawn(sizes, 1)))
        and _keeps(shell, sizes)
        and ((shell.constructor.complete and not shell.layout.thin) or _shaped(shell, sizes))
    )


def _keeps(shell: Shell, sizes: Shape) -> bool:
    """Whether parameters come back in their shapes."""
    try:
        held = shell.layout.read(shell.whole(sizes, drawn(sizes, 1)), sizes)
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return False
    return all(layer.W.shape == (a, b) for layer, a, b in zip(held, sizes, sizes[1:], strict=False))


def _shaped(shell: Shell, sizes: Shape) -> bool:
    """Whether a fresh object is of these sizes: where its constructor is not asked for one, that one is its own."""
    held = shell.layout.read(shell.whole(sizes), sizes)
    return all(p.W.shape == (a, b) and p.b.size == b for p, a, b in zip(held, sizes, sizes[1:], strict=False))


def _answers(shell: Shell, sizes: Shape) -> bool:
    """Whether outputs have the right shape."""
    if not _makes(shell, sizes):
        return False
    probes = probed(shell, sizes)
    return bool(probes) and all(probe.y.shape == (len(probe.x), sizes[-1]) for probe in probes)


def flattened(shell: Shell, sizes: Sizes) -> Shell:
    """Told whether a single output comes as (n,)."""
    shape = shell.sizes if sizes.exactly else (*shell.sizes[:-1], 1)
    if shape[-1] != 1 or sizes.outputs[0] > 1 or shell.forward.style != "rows":
        return shell
    try:
        raw = shell.forward.raw(shell.whole(shape, drawn(shape, 1)), inputs(ROWS, shape[0], 1))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return shell
    return replace(shell, forward=replace(shell.forward, flat=np.ndim(raw) == 1))  # type: ignore[arg-type]  # anything has a dimension
