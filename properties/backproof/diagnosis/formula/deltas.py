"""The error of each layer, dL/dz: at the output from the loss, in hidden layers from the layer above."""

from backproof.diagnosis.formula import activations, losses
from backproof.diagnosis.formula.layers import BACK
from backproof.diagnosis.formula.page import Page, bare, times

SLOPES = {  # de/dy, as a factor
    "squared_error": "(y - {t})",
    "cross_entropy": "(-{t} / y)",
    "binary_cross_entropy": "(y - {t}) / (y * (1 - y))",
}
WEIGHED = {  # y de/dy
    "squared_error": "y * (y - {t})",
    "cross_entropy": "-{t}",
    "binary_cross_entropy": "(y - {t}) / (1 - y)",
}
CANCELLING = {("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")}  # Bishop 2006, section 4.3.6


def delta(page: Page, l: int) -> str:
    """`delta2 = (y - t) / len(x)`; `delta1 = (delta2 @ self.W2.T) * a1 * (1 - a1)`."""
    return _output(page) if l == page.net.depth else _hidden(page, l)


def _hidden(page: Page, l: int) -> str:
    above = l + 1
    back = BACK[page.lying, page.way(above)].format(d=f"delta{above}", W=page.W(above))
    before, factor = activations.factor(page, l)
    return f"{before}delta{l} = {f'({back}){factor}' if factor else back}"


def _output(page: Page) -> str:
    before, product = _per_sample(page)
    share = losses.share(page, page.net.loss)
    whole = times(page.net.loss.factor) + product + share
    return f"{before}delta{page.net.depth} = {bare(whole)}"


def _per_sample(page: Page) -> tuple[str, str]:
    """A statement that is needed before, and the error of each sample alone."""
    one, f = page.net.loss, page.net.activations[-1]
    if one.name == "matching":
        return "", f"(y - {page.t})"
    if (f.name, one.name) in CANCELLING and f.scale == 1 and f.offset == 0:
        return "", f"{times(f.slope)}(y - {page.t})"
    slope = SLOPES.get(one.name, f"{one.name.removeprefix('other:')}_derivative(y, {{t}})").format(t=page.t)
    if f.name == "softmax":
        return "", times(f.slope) + _through_softmax(page)
    before, factor = activations.factor(page, page.net.depth)
    return before, slope + factor


def _through_softmax(page: Page) -> str:
    """`y * (g - (y * g).sum(axis=1, keepdims=True))`, for g = de/dy."""
    other = f"{page.net.loss.name.removeprefix('other:')}_derivative(y, {{t}})"
    g = SLOPES.get(page.net.loss.name, other).format(t=page.t)
    weighed = WEIGHED.get(page.net.loss.name, f"y * {other}").format(t=page.t)
    return f"y * ({bare(g)} - ({weighed}).sum({page.over_outputs}))"
