"""The equations of one layer's parameters, for weights (in, out) or (out, in) and samples as rows, as columns, or alone."""

from backproof.diagnosis.formula.losses import penalty_gradient
from backproof.diagnosis.formula.page import Lying, Page, Way
from backproof.subjects.manner import BiasForm

AFFINE: dict[tuple[Lying, Way], str] = {
    ("rows", "in-out"): "{a} @ {W}", ("rows", "out-in"): "{a} @ {W}.T", ("rows", "thin"): "{a} @ {W}",
    ("columns", "in-out"): "{W}.T @ {a}", ("columns", "out-in"): "{W} @ {a}", ("columns", "thin"): "{W} @ {a}",
    ("one", "in-out"): "{a} @ {W}", ("one", "out-in"): "{W} @ {a}", ("one", "thin"): "{a} @ {W}",
}  # fmt: skip
BACK: dict[tuple[Lying, Way], str] = {
    ("rows", "in-out"): "{d} @ {W}.T", ("rows", "out-in"): "{d} @ {W}", ("rows", "thin"): "np.outer({d}, {W})",
    ("columns", "in-out"): "{W} @ {d}", ("columns", "out-in"): "{W}.T @ {d}", ("columns", "thin"): "np.outer({W}, {d})",
    ("one", "in-out"): "{W} @ {d}", ("one", "out-in"): "{W}.T @ {d}", ("one", "thin"): "{d} * {W}",
}  # fmt: skip
OUTER: dict[tuple[Lying, Way], str] = {
    ("rows", "in-out"): "{a}.T @ {d}", ("rows", "out-in"): "{d}.T @ {a}", ("rows", "thin"): "{a}.T @ {d}",
    ("columns", "in-out"): "{a} @ {d}.T", ("columns", "out-in"): "{d} @ {a}.T", ("columns", "thin"): "{a} @ {d}",
    ("one", "in-out"): "np.outer({a}, {d})", ("one", "out-in"): "np.outer({d}, {a})", ("one", "thin"): "{d} * {a}",
}  # fmt: skip
ADDED: dict[tuple[Lying, BiasForm], str] = {  # what is added to z, where it is not the bias as it is stored
    ("rows", "column"): "{b}.T", ("columns", "flat"): "{b}[:, None]", ("columns", "row"): "{b}.T",
    ("one", "row"): "{b}[0]", ("one", "column"): "{b}[:, 0]",
}  # fmt: skip
SUMS: dict[tuple[Lying, BiasForm], str] = {
    ("rows", "flat"): "{d}.sum(axis=0)", ("rows", "row"): "{d}.sum(axis=0, keepdims=True)",
    ("rows", "column"): "{d}.sum(axis=0)[:, None]",
    ("columns", "flat"): "{d}.sum(axis=1)", ("columns", "row"): "{d}.sum(axis=1)[None]",
    ("columns", "column"): "{d}.sum(axis=1, keepdims=True)",
    ("one", "flat"): "{d}", ("one", "row"): "{d}[None]", ("one", "column"): "{d}[:, None]",
}  # fmt: skip
JOINED: dict[tuple[BiasForm, Way], str] = {
    ("first", "in-out"): "np.vstack([{db}, {dW}])", ("last", "in-out"): "np.vstack([{dW}, {db}])",
    ("first", "out-in"): "np.column_stack([{db}, {dW}])", ("last", "out-in"): "np.column_stack([{dW}, {db}])",
    ("first", "thin"): "np.append({db}, {dW})", ("last", "thin"): "np.append({dW}, {db})",
}  # fmt: skip


def affine(page: Page, l: int) -> str:
    """`z1 = x @ self.W1 + self.b1`."""
    product = AFFINE[page.lying, page.way(l)].format(a=page.a(l - 1), W=page.W(l))
    sign = "+" if page.manner.sign == 1 else "-"
    return f"z{l} = {product}" + ("" if page.form(l) == "none" else f" {sign} {_added(page, l)}")


def _added(page: Page, l: int) -> str:
    cut, form = page.cut(l), page.form(l)
    if page.way(l) == "thin":
        return page.b(l) + "[0]" * (form in {"row", "column"})
    if cut and page.lying == "columns":
        return page.stored(l) + cut.column
    return ADDED.get((page.lying, form), "{b}").format(b=page.b(l))


def weight_gradient(page: Page, l: int) -> str:
    """`dW1 = x.T @ delta1`, of all that is stored with the weights."""
    dW = OUTER[page.lying, page.way(l)].format(a=page.a(l - 1), d=f"delta{l}") + penalty_gradient(page, page.W(l))
    joined = JOINED.get((page.manner.bias, page.way(l)), "{dW}")
    return f"dW{l} = {joined.format(dW=dW, db=_bias_sum(page, l))}"


def bias_gradient(page: Page, l: int) -> str:
    """`db1 = delta1.sum(axis=0)`; a row or column of dW1 where the weights hold the bias."""
    cut = page.cut(l)
    return f"db{l} = {f'dW{l}{cut.b}' if cut else _bias_sum(page, l)}"


def _bias_sum(page: Page, l: int) -> str:
    form, d = page.form(l), f"delta{l}"
    if form == "none":
        return f"np.zeros({page.net.sizes[l]})"
    single = page.way(l) == "thin" or form in {"scalar", "shared"}
    total = f"{d}.sum()" if single else SUMS[page.lying, form].format(d=d)
    if page.net.bias(l) == "shared" and not single:
        total = f"np.full_like({page.b(l)}, {d}.sum())"
    minus = "-" if page.manner.sign == -1 else ""
    return minus + total + (penalty_gradient(page, page.b(l)) if page.net.penalty.biases else "")


def step(page: Page, l: int) -> str:
    """`self.W1 -= rate * dW1; self.b1 -= rate * db1`."""
    bias = "" if page.cut(l) or page.form(l) == "none" else f"; {page.b(l)} -= rate * db{l}"
    return f"{page.stored(l)} -= rate * dW{l}{bias}"
