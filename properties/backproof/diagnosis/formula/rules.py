"""Update rules with a memory in words of numpy: of the weights, since biases move alike."""

from collections.abc import Callable

from backproof.diagnosis.formula.page import Page

RULES = {  # m and v begin at 0; k is the number of the update, from 1
    "momentum": "v{l} = beta1 * v{l} - rate * dW{l}; {W} += v{l}",
    "nesterov": "v{l} = beta1 * v{l} - rate * dW{l}; {W} += beta1 * v{l} - rate * dW{l}",
    "rmsprop": "v{l} = beta2 * v{l} + (1 - beta2) * dW{l}**2; {W} -= rate * dW{l} / (np.sqrt(v{l}) + epsilon)",
    "adam": "m{l} = beta1 * m{l} + (1 - beta1) * dW{l}; v{l} = beta2 * v{l} + (1 - beta2) * dW{l}**2; "
            "{W} -= rate * m{l} / (1 - beta1**k) / (np.sqrt(v{l} / (1 - beta2**k)) + epsilon)",
}  # fmt: skip


def equation(name: str) -> Callable[[Page, int], str]:
    """How the rule is written for a layer."""

    def written(page: Page, l: int) -> str:
        alike = "" if page.cut(l) or page.form(l) == "none" else f"  # {page.b(l)} alike, with db{l}"
        return RULES[name].format(l=l, W=page.stored(l)) + alike

    return written
