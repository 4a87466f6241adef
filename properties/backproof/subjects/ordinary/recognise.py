"""A class or a module of functions is tried until its constructor, its parameters and its forward are understood."""

import copy
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.errors import Unusable
from backproof.subjects.find import FORWARD
from backproof.subjects.ordinary.activations import drawn, inputs
from backproof.subjects.ordinary.chains import chains
from backproof.subjects.ordinary.constructor import Constructor, built, constructors
from backproof.subjects.ordinary.functions import initialisers
from backproof.subjects.ordinary.layouts import layouts
from backproof.subjects.ordinary.operations import forwards, method
from backproof.subjects.ordinary.places import group_of, places, spoken
from backproof.subjects.ordinary.shell import ROWS, Shape, Shell, fitted, tried
from backproof.subjects.ordinary.supported import PROBES, SINGLE, shallow
from backproof.subjects.subject import Hints
from backproof_spec import Layer, Params


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
                if shell.layout.doubtful and not (pair and _takes_part(shell)):
                    continue
                shell = shell.signed(pair)
                if pair is not None and not shallow(shell):
                    return shell
                best = best or shell
    if best is None:
        raise Unusable(f"{name} is not understood: {stage}; write an adapter with `make` or `forward`, or say --layout")
    return best


def _takes_part(shell: Shell) -> bool:
    """Whether what may be a bias is one: outputs follow it. b1 and b2 are names of Adam's constants as well.

    One number for all units of a softmax moves nothing, so that one layer is enough where biases are shared.
    """
    params, x = shell.drawn(shell.sizes, 1), inputs(ROWS, shell.sizes[0], 1)
    held = shell.layout.biased
    holding = [l for l in range(len(params)) if held[l == len(params) - 1] != "none"]
    with quiet(), lent_generators():
        before = shell.outputs(params, x)
        follows = [not np.array_equal(before, shell.outputs(_moved(params, l), x)) for l in holding]
    return any(follows) if "shared" in held else all(follows)


def _moved(params: Params, at: int) -> Params:
    """With other biases in one layer."""
    return tuple(Layer(p.W, p.b + (np.arange(p.b.size) + 1) / 8 * (l == at)) for l, p in enumerate(params))


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
    if sum(group_of(p.path) == group_of(largest.path) for p in found) > 1:
        return None
    return f"{spoken(group_of(largest.path))} {largest.value.shape}"


def _shells(constructor: Constructor, made: object, sizes: Shape, hints: Hints) -> Iterator[Shell]:
    x = inputs(ROWS if ROWS not in sizes else 6, sizes[0], 0)
    for layout in layouts(made, sizes, hints.layout)[:8]:
        if hints.biases == "none" and layout.form in {"first", "last"}:
            continue
        whole = built(constructor, sizes)
        if whole is not None and tried(lambda: layout.write(whole, drawn(sizes, 1))):  # noqa: B023 - called at once
            with quiet(), lent_generators():
                ways = forwards(whole, x, sizes[-1])
            yield from (Shell(constructor, layout, way, sizes) for way in ways[:6] if way.name == ways[0].name)
