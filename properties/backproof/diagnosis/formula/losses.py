"""Each loss in words of numpy, with its reduction and its penalty, and the targets that it is asked with."""

from backproof.diagnosis.formula.page import Page, eye, times
from backproof_spec import Loss
from backproof_spec.vocabulary import MATCHING

VALUES = {  # a coefficient, and what is summed; p and q: y and 1 - y with the epsilon of a logarithm
    "squared_error": (0.5, "(y - {t})**2"),
    "cross_entropy": (-1.0, "{t} * np.log({p})"),
    "binary_cross_entropy": (-1.0, "{t} * np.log({p}) + (1 - {t}) * np.log({q})"),
}


def loss(page: Page, l: int) -> str:
    """`loss = 0.5 * ((y - t)**2).sum() / len(x) + 0.01 / 2 * sum((W**2).sum() for W in (self.W1, self.W2))`."""
    one = page.net.reported or page.net.loss
    coefficient, body = VALUES.get(named(page, one), (1.0, f"{one.name.removeprefix('other:')}(y, {{t}})"))
    epsilon = f" + {one.epsilon!r}" if one.epsilon else ""
    body = body.format(t=page.t, p=f"y{epsilon}", q=f"1 - y{epsilon}")
    head = "-" if one.factor * coefficient == -1 else times(one.factor * coefficient)
    tail = f".sum(){share(page, one)}".replace(".sum() / y.size", ".mean()")
    return f"loss = {head}({body}){tail}" + ("" if page.net.reported else _penalty(page))


def named(page: Page, one: Loss) -> str:
    """The loss whose value is told: a delta of y - t belongs to the output's matching loss, where it has a name."""
    return MATCHING.get(page.net.activations[-1].name, "squared_error") if one.name == "matching" else one.name


def share(page: Page, one: Loss) -> str:
    """` / len(x)`, ` / y.size`: the means over samples and over outputs, where there may be several."""
    samples = page.n if one.samples == "mean" else ""
    if one.outputs == "sum" or page.net.sizes[-1] == 1:
        return samples
    if samples or page.alone:
        return " / y.size"
    return " / y.shape[1]" if page.lying == "rows" else " / len(y)"


def _penalty(page: Page) -> str:
    """What is added to the loss: all weights' penalty, and the biases' where they have one."""
    rule, layers = page.net.penalty, range(1, page.net.depth + 1)
    held = [page.W(l) for l in layers]
    held += [page.b(l) for l in layers if rule.biases and page.form(l) != "none"]
    over = f"for W in ({', '.join(held)}{',' * (len(held) == 1)})"
    told = [f"{times(rule.l1)}sum(abs(W).sum() {over})"] if rule.l1 else []
    told += [f"{times(rule.l2)}sum((W**2).sum() {over}) / 2"] if rule.l2 else []
    return "".join(f" + {part}{page.n if rule.per_sample else ''}" for part in told)


def penalty_gradient(page: Page, w: str) -> str:
    """` + 0.01 * self.W1`: what is added to the gradient of w."""
    rule, n = page.net.penalty, page.n if page.net.penalty.per_sample else ""
    l1 = f" + {times(rule.l1)}np.sign({w}){n}" if rule.l1 else ""
    return l1 + (f" + {times(rule.l2)}{w}{n}" if rule.l2 else "")


def targets(page: Page, l: int) -> str:
    """`t = np.eye(10)[labels]`."""
    return f"t = {eye(page, 'labels')}"
