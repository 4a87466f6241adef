"""How an ordinary class writes its layers down: its own names, and the way round that was recognised."""

from types import ModuleType

from backproof.subjects.calling import lent_generators, quiet
from backproof.subjects.manner import Manner, Samples
from backproof.subjects.ordinary.functions import held_by, own_functions
from backproof.subjects.ordinary.operations import Style
from backproof.subjects.ordinary.places import Path
from backproof.subjects.ordinary.shell import Shell

_SAMPLES: dict[Style, Samples] = {
    "rows": "rows", "columns": "columns", "single": "one", "list": "one", "single row": "one row",
    "single column": "one column",
}  # fmt: skip
_ALONE: dict[Samples, Samples] = {"rows": "one", "columns": "one column"}  # of a batch, in a loop of the program's own


def manner_of(shell: Shell, found: object, alone: bool) -> Manner:
    """The manner of what was found; alone: its gradient or step takes one sample at a time."""
    layout, samples = shell.layout, _SAMPLES[shell.forward.style]
    weights, biases = _names(shell, found)
    return Manner(
        weights, biases, layout.orientation, _ALONE.get(samples, samples) if alone else samples, layout.form, layout.sign,
        layout.thin, shell.forward.flat,
    )  # fmt: skip


def _names(shell: Shell, found: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the weights and of the biases, at the sizes where they were understood; none where no object can be made there."""
    layout, depth = shell.layout, len(shell.sizes) - 1
    try:
        with quiet(), lent_generators():
            whole = shell.whole(shell.sizes)
            weights = [_written(path, whole, shell, found) for path in layout.weights.paths(whole, depth)]
            apart = layout.biases.paths(whole, depth) if layout.biases else []
            biases = [_written(path, whole, shell, found) for path in apart]
    except (Exception, SystemExit):  # noqa: BLE001 - a trial: names are a courtesy
        return (), ()
    if layout.without == "hidden":
        biases = [""] * (depth - 1) + biases
    return tuple(weights), (*biases, "") if layout.without == "output" else tuple(biases)


def _written(path: Path, whole: object, shell: Shell, found: object) -> str:
    """self.weights[0], self.params['W1']; in a module of functions params['W1']."""
    if isinstance(found, ModuleType):
        return _held(found, shell.forward.name) + _hops(path[1:])
    return "self" + _hops((path[0]._replace(key=_unmangled(path[0].key, whole)), *path[1:]))


def _hops(path: Path) -> str:
    return "".join(f".{hop.key}" if hop.kind == "attribute" else f"[{hop.key!r}]" for hop in path)


def _unmangled(key: str | int, whole: object) -> str | int:
    """__weights, which is kept as _Net__weights (Python Language Reference, 6.2.1, private name mangling)."""
    marks = (f"_{kind.__name__.lstrip('_')}__" for kind in type(whole).__mro__)
    mark = next((mark for mark in marks if str(key).startswith(mark)), None)
    return key if mark is None else "__" + str(key).removeprefix(mark)


def _held(module: ModuleType, forward: str) -> str:
    """What the module's forward calls the parameters."""
    function = own_functions(module).get(forward)
    return (held_by(function) if function else None) or "params"
