"""A network in a subject's manner: what each thing is called, and which way round it lies."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

from backproof.subjects.manner import BiasForm, Manner, Orientation
from backproof_spec import Network

Lying = Literal["rows", "columns", "one"]
Way = Literal["in-out", "out-in", "thin"]  # thin: the weights of a single output, (d_{L-1},)


class Cut(NamedTuple):
    """How a matrix that holds a bias as well is cut: into weights and bias, (d,) or a column (d, 1)."""

    W: str
    b: str
    column: str


_CUTS: dict[tuple[str, Orientation], Cut] = {
    ("first", "in-out"): Cut("[1:]", "[0]", "[0][:, None]"),
    ("last", "in-out"): Cut("[:-1]", "[-1]", "[-1][:, None]"),
    ("first", "out-in"): Cut("[:, 1:]", "[:, 0]", "[:, :1]"),
    ("last", "out-in"): Cut("[:, :-1]", "[:, -1]", "[:, -1:]"),
}
_OF_ONE: dict[tuple[Lying, bool, bool], str] = {  # y is (n,) where weights are thin, targets are where outputs are flat
    ("rows", True, False): "[:, 0]", ("rows", False, True): "[:, None]",
    ("columns", True, False): "[0]", ("columns", False, True): "[None]",
}  # fmt: skip
_LYING: dict[str, Lying] = {"columns": "columns", "one": "one", "one column": "columns"}


@dataclass(frozen=True)
class Page:
    """Names and shapes, layer by layer; layers are counted from 1."""

    net: Network
    manner: Manner

    @property
    def lying(self) -> Lying:
        """How samples lie in x, z and a."""
        return _LYING.get(self.manner.samples, "rows")

    @property
    def alone(self) -> bool:
        """Whether there is one sample at a time."""
        return self.manner.samples not in {"rows", "columns"}

    def way(self, l: int) -> Way:
        """Which way round the weights are."""
        return "thin" if self.manner.thin and l == self.net.depth and self.net.sizes[l] == 1 else self.manner.orientation

    def a(self, l: int) -> str:
        """x, a1, ..., y."""
        return "x" if l == 0 else "y" if l == self.net.depth else f"a{l}"

    @property
    def t(self) -> str:
        """Targets as large as y, out of those that the subject is given."""
        if self.net.loss.targets == "index":
            return eye(self, "t")
        single = self.net.sizes[-1] == 1
        return "t" + _OF_ONE.get((self.lying, self.way(self.net.depth) == "thin", self.manner.flat), "") * single

    @property
    def n(self) -> str:
        """` / len(x)`, the division by the number of samples, where there may be several."""
        return "" if self.alone else " / len(x)" if self.lying == "rows" else " / x.shape[1]"

    @property
    def over_outputs(self) -> str:
        """`axis=1, keepdims=True`, along the outputs of each sample."""
        return {"rows": "axis=1, keepdims=True", "columns": "axis=0, keepdims=True", "one": ""}[self.lying]

    def stored(self, l: int) -> str:
        """The array of weights, a bias among them."""
        return self.manner.W(l, self.net.depth)

    def cut(self, l: int) -> Cut | None:
        """How the weights are cut, where they hold the bias."""
        turned = "in-out" if self.way(l) == "thin" else self.manner.orientation
        return _CUTS.get((self.manner.bias, turned))

    def W(self, l: int) -> str:
        """The weights alone."""
        cut = self.cut(l)
        return self.stored(l) + (cut.W if cut else "")

    def b(self, l: int) -> str:
        """The bias alone."""
        cut = self.cut(l)
        return self.stored(l) + cut.b if cut else self.manner.b(l, self.net.depth)

    def form(self, l: int) -> BiasForm:
        """How the bias of the layer is stored; a part of the weights is as flat as most are."""
        if self.net.bias(l) == "none" or self.manner.bias == "none":
            return "none"
        few = self.manner.bias == "scalar" and self.net.sizes[l] == 1
        return self.manner.bias if self.manner.bias in {"row", "column", "shared"} or few else "flat"


def eye(page: Page, labels: str) -> str:
    """One-hot targets for class numbers, as large as y."""
    rows = f"np.eye({page.net.sizes[-1]})"
    if page.alone:
        return rows + {"rows": f"[[{labels}]]", "columns": f"[:, [{labels}]]", "one": f"[{labels}]"}[page.lying]
    return rows + (f"[{labels}]" if page.lying == "rows" else f"[:, {labels}]")


def number(value: float) -> str:
    """The shortest expression that is this number: 2, 0.01, 2 / 3."""
    text = repr(float(value)).removesuffix(".0")
    ratio = Fraction(value).limit_denominator(100)
    return f"{ratio.numerator} / {ratio.denominator}" if len(text) > 8 and float(ratio) == value and "e" not in text else text


def times(*factors: float) -> str:
    """`2 * `, to be put before what is multiplied; nothing for 1."""
    told = [number(factor) for factor in factors if factor != 1]
    return "".join(f"{factor} * " for factor in told)


def bare(text: str) -> str:
    """Without the parentheses that hold all of it."""
    open_after = list(accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text))
    return text[1:-1] if text.startswith("(") and 0 not in open_after[:-1] else text
