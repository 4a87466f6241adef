"""A class or a module of functions is tried until its constructor, its parameters and its forward are understood."""

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.errors import Failure, NotOffered, Unusable
from backproof.subjects.find import FORWARD
from backproof.subjects.hinted import activation_hint
from backproof.subjects.ordinary.activations import HIDDEN, OUTPUT, SUBTRACTED, Pair, Probe, drawn, inputs, recognised
from backproof.subjects.ordinary.chains import chains
from backproof.subjects.ordinary.constructor import Constructor, built, constructors
from backproof.subjects.ordinary.functions import initialisers
from backproof.subjects.ordinary.layout import Layout
from backproof.subjects.ordinary.layouts import layouts
from backproof.subjects.ordinary.machine import Options, spread
from backproof.subjects.ordinary.operations import Forward, forwards, method
from backproof.subjects.ordinary.places import group_of, places, spoken
from backproof.subjects.subject import Hints
from backproof_spec import Activation, Array, Bias, Params, Sizes

Shape = tuple[int, ...]
PROBES: tuple[Shape, ...] = ((3, 7, 2), (3, 7, 5, 2), (3, 2), (3, 7, 1), (3, 7, 5, 1), (3, 7, 5, 4, 2))
SINGLE: Shape = (3, 1)  # where a constructor is not asked for hidden layers or outputs
_ROWS = 5  # no probe has a layer of five but one, which has two others to tell rows from


@dataclass(frozen=True)
class Shell:
    """An object that can be made, filled with parameters, and asked for outputs."""

    constructor: Constructor
    layout: Layout
    forward: Forward
    sizes: Shape  # at which it was understood

    @property
    def bias(self) -> Bias:
        """How a layer holds its bias."""
        return self.layout.bias

    def drawn(self, sizes: Shape, seed: int) -> Params:
        """Parameters to try, with biases as it holds them."""
        return drawn(sizes, seed, self.bias)

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


def makers(found: object) -> list[Callable[..., object]]:
    """What makes objects: the class, the module's initialisers, or copies of the instance."""
    if inspect.isclass(found):
        return [found]
    return initialisers(found) if isinstance(found, ModuleType) else [lambda: copy.deepcopy(found)]


def shell_of(name: str, found: object, hints: Hints) -> Shell:
    """The first reading under which everything fits; else the first under which outputs have the right shape."""
    best: Shell | None = None
    stage = "no argument of its constructor is understood" if makers(found) else "no function makes its parameters"
    for constructor in (c for make in makers(found) for c in constructors(make)):
        for sizes, made in _made(constructor):
            stage = _further(stage, made, sizes, hints)
            for shell in _shells(constructor, made, sizes, hints):
                pair = fitted(shell, hints)
                if shell.bias == "shared" and not _take_part(pair):
                    continue
                shell = shell.signed(pair)
                if pair is not None and not shallow(shell):
                    return shell
                best = best or shell
    if best is None:
        raise Unusable(f"{name} is not understood: {stage}; write an adapter with `make` or `forward`, or say --layout")
    return best


def _take_part(pair: Pair | None) -> bool:
    """Whether numbers that may be one bias a layer are, as outputs show: b1 and b2 are names of Adam's constants as well."""
    return (pair is not None and pair.exactly) or (pair is not None and pair.signs == SUBTRACTED)


def shallow(shell: Shell) -> bool:
    """Whether it was understood without a hidden layer only, though objects with hidden layers can be made."""
    return len(shell.sizes) == 2 and shell.constructor.sized and any(_makes(shell, s) for s in ((3, 7, 2), (3, 7, 5, 2)))


def _made(constructor: Constructor) -> Iterator[tuple[Shape, object]]:
    """Objects at the probes' sizes, or at the only sizes there are."""
    if constructor.sized:
        for sizes in PROBES if constructor.complete else (*PROBES, SINGLE):
            made = built(constructor, sizes)
            if made is not None:
                yield sizes, made
        if constructor.complete:
            return
        made = built(constructor, PROBES[0])
        fixed = chains(made) if made is not None else []
        yield from ((sizes, made) for sizes in fixed if sizes not in (*PROBES, SINGLE))
        return
    made = built(constructor, ())
    for sizes in chains(made) if made is not None else []:
        yield sizes, made


def _further(stage: str, made: object, sizes: Shape, hints: Hints) -> str:
    if not any(method(made, name) for name in FORWARD):
        return f"no method gives its outputs; looked for {', '.join(FORWARD[:4])} and others"
    if (vector := _one_vector(made, sizes)) is not None:
        return f"all of its numbers lie in one vector, {vector}; looked for an array of weights for each layer"
    if not layouts(made, sizes, hints.layout):
        return stage if "forward" in stage else f"no parameters of sizes {sizes} are found in it"
    return f"parameters are found, but no forward that gives outputs (n, {sizes[-1]}) for inputs (n, {sizes[0]})"


def _one_vector(made: object, sizes: Shape) -> str | None:
    """`theta (37,)`, where that is the largest array, there is no matrix, and nothing else to take weights from."""
    found = list(places(made))
    largest = max((p for p in found if p.value.ndim == 1), key=lambda p: p.value.size, default=None)
    if largest is None or any(p.value.ndim == 2 for p in found) or largest.value.size < max(sizes):
        return None
    return f"{spoken(group_of(largest.path))} {largest.value.shape}"


def _shells(constructor: Constructor, made: object, sizes: Shape, hints: Hints) -> Iterator[Shell]:
    x = inputs(_ROWS if _ROWS not in sizes else 6, sizes[0], 0)
    for layout in layouts(made, sizes, hints.layout)[:8]:
        if hints.biases == "none" and layout.form in {"first", "last"}:
            continue
        whole = built(constructor, sizes)
        if whole is not None and tried(lambda: layout.write(whole, drawn(sizes, 1))):  # noqa: B023 - called at once
            with quiet(), lent_generators():
                ways = forwards(whole, x, sizes[-1])
            yield from (Shell(constructor, layout, way, sizes) for way in ways[:6] if way.name == ways[0].name)


def probed(shell: Shell, sizes: Shape, options: Options | None = None) -> list[Probe]:
    """Outputs at two draws of parameters, for a batch each; () where it raises."""
    found = list[Probe]()
    for seed, n in ((1, _ROWS), (2, 3)):
        params, x = shell.drawn(sizes, seed), inputs(n, sizes[0], seed)
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
    pair = recognised(probes, [h] if h else hidden, [o] if o else output, shell.layout.one_name)
    return pair or (Pair(h, o, False) if h and o else None)


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
        raw = shell.forward.raw(shell.whole(shape, drawn(shape, 1)), inputs(_ROWS, shape[0], 1))
    except (Exception, SystemExit):  # noqa: BLE001 - a trial
        return shell
    return replace(shell, forward=replace(shell.forward, flat=np.ndim(raw) == 1))  # type: ignore[arg-type]  # anything has a dimension


__all__ = ["NotOffered", "Shell", "fitted", "flattened", "probed", "shell_of", "supported", "tried"]
