"""Activations that a constructor takes by name: every one that the specification knows, and whose closed form is computed."""

from collections.abc import Iterator

from backproof.subjects.ordinary.activations import HIDDEN, OUTPUT, SPOKEN, Pair
from backproof.subjects.ordinary.constructor import Argument
from backproof.subjects.ordinary.machine import Options
from backproof.subjects.ordinary.shell import Shell, fitted
from backproof.subjects.subject import Hints
from backproof_spec import Activation


def named_pairs(
    shell: Shell, hints: Hints
) -> tuple[dict[tuple[Activation | None, Activation], Options], tuple[str, ...]]:
    """Options of the constructor for each pair of activations; and sentences about names that it takes otherwise."""
    arguments = [a for a in shell.constructor.has("activation", "final", "activations") if a.how != "spread"]
    if not arguments:
        return {}, ()
    found, odd = dict[tuple[Activation | None, Activation], Options](), list[str]()
    for options in _combinations(arguments):
        pair = _fitting(shell, options, arguments, hints)
        if pair is not None and pair.exactly:
            found.setdefault((pair.hidden, pair.output), options)
    return found, tuple(odd)


def _combinations(arguments: list[Argument]) -> Iterator[Options]:
    """The default, then every name for every argument."""
    yield {}
    names = [spoken for known in SPOKEN.values() for spoken in known]
    inner = [n for n in names if n != "softmax"]
    hidden = next((a for a in arguments if a.role == "activation"), None)
    final = next((a for a in arguments if a.role == "final"), None)
    listed = next((a for a in arguments if a.role == "activations"), None)
    if listed:
        yield from ({listed.name: (h, o)} for h in inner for o in names)
    elif hidden and final:
        yield from ({hidden.name: h, final.name: o} for h in inner for o in names)
    elif hidden:
        yield from ({hidden.name: h} for h in inner)
    elif final:
        yield from ({final.name: o} for o in names)


def _fitting(shell: Shell, options: Options, arguments: list[Argument], hints: Hints) -> Pair | None:
    """The pair that the names ask for, if outputs agree."""
    hidden, output = list(HIDDEN), list(OUTPUT)
    for argument in arguments:
        value = options.get(argument.name)
        h, o = value if isinstance(value, tuple) else (value, value)
        if isinstance(h, str) and argument.role in {"activation", "activations"}:
            hidden = [a for a in hidden if h in SPOKEN[a.name]]
        if isinstance(o, str) and argument.role in {"final", "activations"}:
            output = [a for a in output if o in SPOKEN[a.name]]
    return fitted(shell, hints, options, hidden, output)
