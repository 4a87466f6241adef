"""The vectors: every activation, loss, reduction and penalty; then the points at which faults show that show nowhere else."""

from collections.abc import Iterator

import numpy as np

from backproof.oracle import closed
from backproof.oracle.bounded import DOUBLE
from backproof.pool import with_all_digits
from backproof.vectors.drawn import Vector, drawn, numbers
from backproof_spec import Activation, Array, Layer, Loss, Network, Penalty

SIGMOID, TANH, RELU, LINE = (Activation(name) for name in ("sigmoid", "tanh", "relu", "identity"))
SOFTMAX, SQUARES, CROSS = Activation("softmax"), Loss("squared_error"), Loss("cross_entropy")
BINARY = Loss("binary_cross_entropy")
NO_PENALTY = Penalty()


def net(
    sizes: tuple[int, ...], hidden: tuple[Activation, ...], output: Activation, loss: Loss, penalty: Penalty = NO_PENALTY
) -> Network:
    """A network whose hidden layers take these activations."""
    return Network(sizes, (*hidden, output), loss, penalty=penalty)


# name, what it is there for, network, rows
ORDINARY = (
    ("smallest", "One unit, one hidden unit, one row: to be followed by hand.", net((1, 1, 1), (SIGMOID,), SIGMOID, SQUARES), 1),
    ("one-row", "Two hidden layers of unequal width, one row.", net((3, 4, 2, 1), (TANH, SIGMOID), LINE, SQUARES), 1),
    ("one-output", "One output and several rows: y and t are columns.", net((2, 3, 1), (SIGMOID,), SIGMOID, SQUARES), 3),
    ("no-hidden-layer", "A single layer.", net((3, 2), (), SIGMOID, SQUARES), 5),
    ("square-layers", "All layers as wide as there are rows: what is transposed or mixed up has a shape here.",
     net((3, 3, 3, 3), (TANH, SIGMOID), LINE, SQUARES), 3),
    ("sigmoid", "Logistic units throughout.", net((2, 4, 3, 2), (SIGMOID, SIGMOID), SIGMOID, SQUARES), 5),
    ("binary", "Binary cross-entropy, targets between 0 and 1.", net((2, 4, 3, 2), (TANH, SIGMOID), SIGMOID, BINARY), 3),
    ("matching", "A delta of y - t, with the loss that it belongs to.", net((2, 3, 2), (TANH,), SIGMOID, Loss("matching")), 3),
    ("softmax", "Softmax and cross-entropy, targets that are distributions.", net((2, 4, 2, 3), (TANH, RELU), SOFTMAX, CROSS), 5),
    ("softmax-classes", "Class numbers for targets; not every class occurs, nor does the last.",
     net((2, 3, 4), (SIGMOID,), SOFTMAX, Loss("cross_entropy", targets="index")), 5),
    ("softmax-squares", "Softmax under squared error: the whole Jacobian counts.", net((2, 3, 3), (TANH,), SOFTMAX, SQUARES), 3),
    ("softmax-temperature", "Softmax of scaled logits.", net((2, 3, 3), (SIGMOID,), Activation("softmax", 0.5), CROSS), 3),
    ("tanh", "Hyperbolic tangents throughout.", net((2, 3, 4, 2), (TANH, TANH), TANH, SQUARES), 3),
    ("scaled", "Slope, scale and offset of activations.",
     net((2, 3, 4, 2), (Activation("tanh", 0.75, 1.5, 0.25), SIGMOID), Activation("sigmoid", 2.0, 2.0, -1.0), SQUARES), 3),
    ("relu", "Rectifiers, below and above their kink.", net((2, 4, 3, 2), (RELU, RELU), LINE, SQUARES), 3),
    ("leaky-relu", "Leaky rectifiers, of the usual alpha and of another.",
     net((2, 3, 4, 2), (Activation("leaky_relu", alpha=0.01), Activation("leaky_relu", alpha=0.25)), LINE, SQUARES), 3),
    ("elu", "Exponential linear units, of the usual alpha and of another.",
     net((2, 3, 4, 2), (Activation("elu", alpha=1.0), Activation("elu", alpha=0.5)), TANH, SQUARES), 3),
    ("softplus", "Softplus.", net((2, 3, 4, 2), (Activation("softplus"), TANH), LINE, SQUARES), 3),
    ("gelu", "gelu by the error function.", net((2, 4, 3, 2), (Activation("gelu"), TANH), LINE, SQUARES), 3),
    ("gelu-tanh", "gelu by the hyperbolic tangent.", net((2, 4, 3, 2), (Activation("gelu_tanh"), TANH), LINE, SQUARES), 3),
    ("sum-over-samples", "A loss summed over samples, of squares without their half.",
     net((2, 3, 2), (SIGMOID,), LINE, Loss("squared_error", 2.0, "sum")), 3),
    ("mean-over-outputs", "The loss is a mean over outputs as well.",
     net((2, 3, 3), (TANH,), LINE, Loss("squared_error", outputs="mean")), 3),
    ("l2", "An L2 penalty on the weights.", net((2, 3, 2), (TANH,), LINE, SQUARES, Penalty(l2=0.125)), 3),
    ("l1", "An L1 penalty on weights and biases.", net((2, 3, 2), (TANH,), LINE, SQUARES, Penalty(l1=0.125, biases=True)), 3),
    ("l2-per-sample", "An L2 penalty, divided by the number of rows, of weights and biases.",
     net((2, 3, 2), (SIGMOID,), SIGMOID, BINARY, Penalty(l2=0.5, biases=True, per_sample=True)), 3),
)  # fmt: skip
FAR = 1000.0  # exp of it is infinite in every format
FINE, TINY = {"float64": 2.0**-30, "float32": 2.0**-22}, {"float64": 2.0**-1040, "float32": 2.0**-135}


def vectors(dtype: str = "float64") -> tuple[Vector, ...]:
    """All of them, in that format."""
    ordinary = (drawn(*row, seed=100 * (1 + i)) for i, row in enumerate(ORDINARY))
    return tuple(one.of(dtype) for one in (*ordinary, *_odd(dtype)))


def _odd(dtype: str) -> Iterator[Vector]:
    """Points of which every coordinate is there for a reason."""
    squares = net((2, 3, 2), (TANH,), LINE, SQUARES)
    yield _tied("ties-relu", "Rectifiers at their kink, where any derivative from 0 to 1 will do.", RELU)
    yield _tied("ties-leaky-relu", "Leaky rectifiers at their kink.", Activation("leaky_relu", alpha=0.25))
    yield _far("far-sigmoid", "Saturated logistic units.", SIGMOID)
    yield _far("far-tanh", "Saturated hyperbolic tangents.", TANH)
    yield _far("far-softplus", "Softplus where exp is infinite.", Activation("softplus"))
    yield _far("far-elu", "Exponential linear units where exp is infinite.", Activation("elu", alpha=0.5))
    yield _far_softmax()
    yield _certain()
    yield _equal_rows()
    yield _near()
    about = "Inputs from -320 to 320, as of pixels and beyond."
    large = drawn("large-inputs", about, net((2, 3, 2), (RELU,), LINE, SQUARES), 2, 4200)
    yield large.changed(x=256 * large.case.x)
    yield _every_digit(squares)
    yield _scaled_inputs("fine-inputs", "Inputs of nine digits behind the point.", FINE[dtype])
    yield _scaled_inputs("tiny-inputs", "Inputs below the smallest normal number.", TINY[dtype])
    whole = drawn("whole-numbers", "Inputs and targets are integers, in programs that know them.", squares, 3, 4500)
    yield whole.changed(x=_whole(whole.case.x), t=_whole(numbers((3, 2), 4501)))


def _whole(a: Array) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    return np.rint(4 * a).astype(np.int64)


def _every_digit(of: Network) -> Vector:
    plain = drawn("every-digit", "Numbers that fill their format: a digit that is lost on the way is missed.", of, 3, 5000)
    params = tuple(Layer(with_all_digits(W, l), with_all_digits(b, l + 0.5)) for l, (W, b) in enumerate(plain.case.params, 1))
    return plain.changed(params=params, x=with_all_digits(plain.case.x, 0.0), t=with_all_digits(plain.case.t, 0.25))


def _tied(name: str, about: str, hidden: Activation) -> Vector:
    """Rows of opposite signs beside weights that are equal, and no bias: z is 0 in some, and not in others."""
    made = drawn(name, about, net((2, 3, 2), (hidden,), LINE, SQUARES), 3, 3000)
    first = Layer(np.array([[0.5, 1.0, -0.25], [0.5, 0.75, -0.25]]), np.array([0.0, 0.25, 0.0]))
    x = np.array([[1.0, -1.0], [-0.5, 0.5], [0.75, 0.5]])
    return made.changed(params=(first, *made.case.params[1:]), x=x)


def _far(name: str, about: str, hidden: Activation) -> Vector:
    """Units at 1000 and -1000, and some in between."""
    made = drawn(name, about, net((1, 3, 2), (hidden,), LINE, SQUARES), 3, 3100)
    first = Layer(np.array([[FAR, -FAR, 0.5]]), np.array([0.25, -0.5, 0.125]))
    return made.changed(params=(first, *made.case.params[1:]), x=np.array([[1.0], [-1.0], [0.5]]))


def _far_softmax() -> Vector:
    """Logits whose exponentials are infinite, 60 apart, where an output rounds to 1, or near each other."""
    made = drawn("far-softmax", "Softmax of logits about 1000 and -1000.", net((1, 3), (), SOFTMAX, CROSS), 3, 3200)
    layer = Layer(np.array([[FAR, FAR - 60, FAR - 60]]), np.array([0.5, -1.0, 0.25]))
    return made.changed(params=(layer,), x=np.array([[1.0], [-1.0], [0.5]]))


def _certain() -> Vector:
    """An output that is 0 in every format, of which the target is not."""
    about = "Softmax that is certain, and wrong: the loss is finite, and so is the gradient."
    made = drawn("certain-softmax", about, net((1, 2), (), SOFTMAX, Loss("matching")), 2, 3300)
    layer = Layer(np.array([[FAR, -FAR]]), np.array([0.5, -0.5]))
    return made.changed(params=(layer,), x=np.array([[1.0], [-1.0]]), t=np.array([[0.0, 1.0], [0.25, 0.75]]))


def _equal_rows() -> Vector:
    """Samples that agree in their inputs, and one in all."""
    made = drawn("equal-rows", "Rows that occur twice, with other targets.", net((2, 3, 2), (TANH,), LINE, SQUARES), 4, 3400)
    return made.changed(x=made.case.x[[0, 0, 1, 1]])


def _near() -> Vector:
    """Targets a thirty-second from the outputs."""
    about = "Outputs that are nearly right; and a step at rate 0, which moves nothing."
    made = drawn("small-errors", about, net((2, 2), (), LINE, SQUARES), 3, 3500, rate=0.0)
    y = closed.forward(made.case.net, made.case.params, made.case.x, DOUBLE).a[-1].value
    return made.changed(t=np.asarray(y, dtype=np.float64) + np.array([2.0**-5, -(2.0**-5)]))


def _scaled_inputs(name: str, about: str, size: float) -> Vector:
    made = drawn(name, about, net((2, 3, 2), (LINE,), LINE, SQUARES), 2, 4300)
    first = Layer(made.case.params[0].W, np.zeros(3))
    return made.changed(x=size * made.case.x, params=(first, Layer(made.case.params[1].W, np.zeros(2))))
