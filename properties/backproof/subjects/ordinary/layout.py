"""How parameters are laid out: which arrays hold them, which way round the weights are, and where the biases lie."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from backproof.subjects.manner import BiasForm, Orientation, Sign
from backproof.subjects.ordinary.places import Path, fetch, store
from backproof.subjects.ordinary.row import Row
from backproof_spec import Array, Bias, Layer, Params

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Where parameters, or gradients, lie in an object, and in which form."""

    weights: Row
    biases: Row | None
    orientation: Orientation
    form: BiasForm
    sign: Sign = 1
    without: Literal["hidden", "output"] | None = None  # biases are held by the other layers only
    doubtful: bool = False  # only outputs tell whether these are biases at all
    thin: bool = False  # the weights of a single output are a vector (d_{L-1},)

    def read(self, root: object, sizes: Sizes) -> Params:
        """The parameters W_l (d_{l-1}, d_l) and b_l (d_l,); an array of an unforeseen shape is handed on as it is."""
        depth = len(sizes) - 1
        weights = [_array(root, path) for path in self.weights.paths(root, depth)]
        biases = [_array(root, path) for path in self.biases.paths(root, depth)] if self.biases else []
        return tuple(self._layer(weights, biases, sizes, l) for l in range(1, depth + 1))

    def _layer(self, weights: list[Array], biases: list[Array], sizes: Sizes, l: int) -> Layer:
        W = self._upright(weights[l - 1], sizes, l)
        if self.form in {"first", "last"}:
            joint = split(W, self.form)
            return Layer(joint.W, self.signed(joint.b))
        if not self._has_bias(l, len(sizes) - 1):
            return Layer(W, np.zeros(sizes[l]))
        return Layer(W, self.signed(unformed(biases[0 if self.without == "hidden" else l - 1], sizes[l], self.form)))

    def _has_bias(self, l: int, depth: int) -> bool:
        return self.form != "none" and self.without != ("output" if l == depth else "hidden")

    def _upright(self, stored: Array, sizes: Sizes, l: int) -> Array:
        """(d_{l-1}, d_l), out of what is stored."""
        if self._is_thin(sizes[l], l == len(sizes) - 1):
            return stored[..., None]
        return stored if self.orientation == "in-out" or stored.ndim != 2 else stored.T

    def _is_thin(self, width: int, last: bool) -> bool:
        return self.thin and last and width == 1

    def signed(self, b: Array) -> Array:
        """A bias out of a threshold, and the other way round: the same number with the other sign, and no zero with one."""
        return b if self.sign == 1 or b.dtype.kind not in "fi" else 0 - b

    def write(self, root: object, params: Params) -> None:
        """Put the parameters there: in place where a float array of that shape lies, by assignment elsewhere."""
        depth = len(params)
        stored = [Layer(layer.W, self.signed(layer.b)) for layer in params]
        paths = self.weights.paths(root, depth)
        if len(paths) != depth:
            raise LookupError(f"{self.weights} are gone: {len(paths)} are left of {depth}")
        for l, (path, layer) in enumerate(zip(paths, stored, strict=True), start=1):
            W = joined(layer, self.form)
            if self._is_thin(W.shape[1], l == depth):
                put(root, path, W[:, 0])
            else:
                put(root, path, W if self.orientation == "in-out" else W.T)
        if self.biases:
            holding = [layer for l, layer in enumerate(stored, start=1) if self._has_bias(l, depth)]
            for path, layer in zip(self.biases.paths(root, depth), holding, strict=True):
                put(root, path, formed(layer.b, self.form))

    def paths(self, root: object, depth: int) -> list[Path]:
        """Of all weights and biases."""
        return self.weights.paths(root, depth) + (self.biases.paths(root, depth) if self.biases else [])

    @property
    def rows(self) -> tuple[Row, ...]:
        """Of weights, and of biases where they lie apart."""
        return (self.weights, self.biases) if self.biases else (self.weights,)

    @property
    def biased(self) -> tuple[Bias, Bias]:
        """How hidden layers hold their biases, and how the output layer does."""
        kind: Bias = "none" if self.form == "none" else "shared" if self.form == "shared" else "each"
        return ("none" if self.without == "hidden" else kind, "none" if self.without == "output" else kind)

    @property
    def usual(self) -> bool:
        """Whether there is one bias for each unit, or none at all."""
        return self.form != "shared" and self.without is None

    @property
    def single(self) -> bool:
        """Whether an array was found by its shape alone, and so at one depth only."""
        return any(row.group is None for row in self.rows)

    @property
    def one_name(self) -> bool:
        """Whether the biases of all layers go by one name, and so mean one thing."""
        return self.form != "none" and len((self.biases or self.weights).groups()) == 1

    def like(self, params: "Layout") -> "Layout":
        """A gradient read as the parameters lie: what cannot be subtracted from them must not look right."""
        return replace(self, orientation=params.orientation, sign=params.sign, thin=params.thin)

    def sentence(self) -> str:
        """What was recognised, in words."""
        way = "(in, out)" if self.orientation == "in-out" else "(out, in)"
        way += ", those of a single output a vector" if self.thin else ""
        noun, sign = ("bias", "") if self.sign == 1 else ("threshold", ", subtracted, read as the bias of the opposite sign")
        if self.form in {"first", "last"}:
            line = "row" if self.orientation == "in-out" else "column"
            return f"parameters: {self.weights}, {way}, with the {noun} as its {self.form} {line}{sign}"
        once = ", one for all units of a layer" if self.form == "shared" else ""
        once += {None: "", "hidden": ", of the output layer only", "output": ", of hidden layers only"}[self.without]
        held = f"biases: {self.biases}{once}" if self.biases else "no biases"
        if self.biases and self.sign == -1:
            held = f"thresholds: {self.biases}{once}, subtracted, read as biases of the opposite sign"
        return f"parameters: {self.weights}, {way}; {held}"


def _array(root: object, path: Path) -> Array:
    return np.asarray(fetch(root, path))


def split(W: Array, form: BiasForm) -> Layer:
    """W (d_in + 1, d_out) with the bias as its first or last row, taken apart."""
    return Layer(W[1:], W[0]) if form == "first" else Layer(W[:-1], W[-1])


def joined(layer: Layer, form: BiasForm) -> Array:
    """The weights as they are stored, (d_in, d_out) or (d_in + 1, d_out)."""
    if form == "first":
        return np.vstack([layer.b[None, :], layer.W])
    return np.vstack([layer.W, layer.b[None, :]]) if form == "last" else layer.W


def formed(b: Array, form: BiasForm) -> Array:
    """b (d,) as it is stored."""
    if form == "scalar":
        return b.reshape(-1)[0] if b.size == 1 else b
    return {"row": b[None, :], "column": b[:, None], "shared": b[:1]}.get(form, b)


def unformed(b: Array, d: int, form: BiasForm = "flat") -> Array:
    """b (d,) out of what is stored; any other shape as it is."""
    if form == "shared" and b.size == 1:
        return np.full(d, b.reshape(-1)[0])
    return b.reshape(d) if b.shape in {(1, d), (d, 1)} or (d == 1 and b.ndim == 0) else b


def put(root: object, path: Path, value: Array) -> None:
    """Write a copy of the value: in place, as a list, or as the plain number that lay there."""
    there = fetch(root, path)
    if (
        isinstance(there, np.ndarray)
        and there.shape == value.shape
        and there.dtype.kind == "f"
        and there.flags.writeable
    ):
        there[...] = value
    elif isinstance(there, list):
        store(root, path, value.tolist())
    elif value.ndim and not (value.size == 1 and isinstance(there, int | float | np.generic)):
        store(root, path, np.array(value))
    else:
        store(root, path, value.reshape(())[()])
