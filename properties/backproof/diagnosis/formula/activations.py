"""Each activation and its derivative in words of numpy; erf is scipy's or the mathematical library's."""

from backproof.diagnosis.formula.page import Page, bare, number, times
from backproof_spec.vocabulary import alpha

# u: the argument, z: the same as an operand, a: the value of f, c: alpha as a factor
VALUES = {
    "identity": "{z}",
    "sigmoid": "1 / (1 + np.exp(-{z}))",
    "tanh": "np.tanh({u})",
    "relu": "np.maximum({u}, 0)",
    "leaky_relu": "np.where({z} > 0, {u}, {c}{z})",
    "elu": "np.where({z} > 0, {u}, {c}np.expm1(np.minimum({u}, 0)))",
    "softplus": "np.logaddexp(0, {u})",
    "gelu": "{z} / 2 * (1 + erf({z} / np.sqrt(2)))",
    "gelu_tanh": "{z} / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * ({u} + 0.044715 * {z}**3)))",
}
DERIVATIVES: dict[str, tuple[str, ...]] = {  # statements, the last of them a factor
    "identity": ("1",),
    "sigmoid": ("{a} * (1 - {a})",),
    "tanh": ("(1 - {a}**2)",),
    "relu": ("({z} > 0)",),
    "leaky_relu": ("np.where({z} > 0, 1, {alpha})",),
    "elu": ("np.where({z} > 0, 1, {c}np.exp(np.minimum({u}, 0)))",),
    "softplus": ("(1 / (1 + np.exp(-{z})))",),
    "gelu": ("((1 + erf({z} / np.sqrt(2))) / 2 + {z} * np.exp(-{z}**2 / 2) / np.sqrt(2 * np.pi))",),
    "gelu_tanh": (
        "s{l} = (1 + np.tanh(np.sqrt(2 / np.pi) * ({u} + 0.044715 * {z}**3))) / 2",
        "(s{l} + {z} * s{l} * (1 - s{l}) * np.sqrt(8 / np.pi) * (1 + 0.134145 * {z}**2))",
    ),
}
SHORT = 8  # characters of a product of two numbers, above which both are told
LONG = 60  # characters of a derivative, above which it is a statement of its own


def value(page: Page, l: int) -> str:
    """`a1 = np.tanh(z1)`."""
    f, a = page.net.activations[l - 1], page.a(l)
    if f.name == "softmax":
        words = _words(page, l) | {"axis": page.over_outputs, "y": a}
        return "{y} = np.exp({z} - {z}.max({axis})); {y} /= {y}.sum({axis})".format_map(words)
    template = VALUES.get(f.name, f"{_plainly(f.name)}({{u}})")
    offset, scale = f"{number(f.offset)} + " if f.offset else "", times(f.scale)
    return f"{a} = {offset}{scale}{template.format_map(_words(page, l))}"


def derivative(page: Page, l: int) -> str:
    """`df1 = a1 * (1 - a1)`; of softmax the Jacobian of each sample."""
    if page.net.activations[l - 1].name == "softmax":
        return f"df{l} = {times(page.net.activations[l - 1].slope)}{_jacobian(page, l)}"
    *before, last = _statements(page, l)
    inner = times(*_slopes(page, l))
    return "; ".join([*before, f"df{l} = {inner + last if inner else bare(last)}"])


def factor(page: Page, l: int) -> tuple[str, str]:
    """A statement that is needed before, and ` * a1 * (1 - a1)` or ` * df1`; nothing where the derivative is 1."""
    statements = _statements(page, l)
    inner = times(*_slopes(page, l))
    if len(statements) > 1 or len(statements[0]) > LONG:
        return derivative(page, l) + "; ", f" * df{l}"
    if statements == ("1",):
        return "", f" * {inner.removesuffix(' * ')}" if inner else ""
    return "", f" * {inner}{statements[0]}"


def _statements(page: Page, l: int) -> tuple[str, ...]:
    name = page.net.activations[l - 1].name
    templates = DERIVATIVES.get(name, (f"{_plainly(name)}_derivative({{u}})",))
    return tuple(template.format_map(_words(page, l)) for template in templates)


def _plainly(name: str) -> str:
    """The name of an activation or a loss that the specification does not know, as a function's."""
    return name.removeprefix("other:")


def _slopes(page: Page, l: int) -> tuple[float, ...]:
    f = page.net.activations[l - 1]
    return (f.scale * f.slope,) if len(number(f.scale * f.slope)) <= SHORT else (f.scale, f.slope)


def _words(page: Page, l: int) -> dict[str, str]:
    """What the letters of a template stand for."""
    f = page.net.activations[l - 1]
    u = f"{times(f.slope)}z{l}"
    return {
        "u": u, "z": u if f.slope == 1 else f"({u})", "a": _value_of_f(page, l), "alpha": number(alpha(f)),
        "c": times(alpha(f)), "l": str(l),
    }  # fmt: skip


def _value_of_f(page: Page, l: int) -> str:
    """f itself, out of a = offset + scale * f."""
    f, a = page.net.activations[l - 1], page.a(l)
    less = f"({a} {'-' if f.offset > 0 else '+'} {number(abs(f.offset))})" if f.offset else a
    return less if f.scale == 1 else f"({less} / {_whole(f.scale)})"


def _whole(value: float) -> str:
    text = number(value)
    return f"({text})" if " " in text else text


def _jacobian(page: Page, l: int) -> str:
    """`dy_j/dz_k = y_j (1[j = k] - y_k)`: (d, d), after the axis of samples, or before it where they are columns."""
    y, d = page.a(l), page.net.sizes[l]
    if page.lying == "one":
        return f"(np.diag({y}) - np.outer({y}, {y}))"
    if page.lying == "rows":
        return f"{y}[:, :, None] * (np.eye({d}) - {y}[:, None])"
    return f"{y}[:, None] * (np.eye({d})[:, :, None] - {y}[None])"
