"""What packages have in common, in the words of the specification: activations, losses, families and update rules."""

from math import exp

from backproof_spec.values import Activation, Family, Loss, Rule, Sizes

IDENTITY, SIGMOID, TANH, RELU, SOFTMAX = (Activation(name) for name in ("identity", "sigmoid", "tanh", "relu", "softmax"))
SOFTPLUS, GELU, GELU_TANH = (Activation(name) for name in ("softplus", "gelu", "gelu_tanh"))
LEAKY = (Activation("leaky_relu"), Activation("leaky_relu", alpha=0.2))
ELUS = (Activation("elu"), Activation("elu", alpha=0.5))
STRETCHED_TANH = Activation("tanh", slope=2 / 3, scale=1.7159)  # LeCun et al. 1998, section 4.4
SELU = Activation("elu", scale=1.0507009873554805, alpha=1.6732632423543772)  # Klambauer et al. 2017, equation 2
ROUNDED_SELU = Activation("elu", scale=1.0507, alpha=1.67326)  # the same, in as many digits as some packages say
CELU = Activation("elu", slope=2.0, scale=0.5)  # Barron 2017, with alpha = 1/2
SHARP_SOFTPLUS = Activation("softplus", slope=2.0, scale=0.5)  # beta = 2
LOG_SIGMOID = Activation("softplus", slope=-1.0, scale=-1.0)
USUAL = (IDENTITY, SIGMOID, TANH, RELU, *LEAKY, *ELUS, SOFTPLUS, GELU)

EPSILON = 2.0**-52  # between 1 and the next number in float64

MEAN_SQUARES = Loss("squared_error", factor=2.0, outputs="mean")  # without the half, over all entries
SUM_OF_MEANS = Loss("squared_error", factor=2.0, samples="sum", outputs="mean")
SUM_SQUARES = Loss("squared_error", factor=2.0, samples="sum")
SQUARES, SUMMED_SQUARES = Loss("squared_error"), Loss("squared_error", samples="sum")
HALF_SQUARES = Loss("squared_error", outputs="mean")
BINARY = Loss("binary_cross_entropy")
MEAN_BINARY = Loss("binary_cross_entropy", outputs="mean")
SUM_BINARY = Loss("binary_cross_entropy", samples="sum")
CLAMPED_BINARY = Loss("binary_cross_entropy", outputs="mean", epsilon=exp(-100))  # no logarithm is less than -100
PLAIN_BINARY = Loss("binary_cross_entropy", outputs="mean", epsilon=5e-324)  # logarithms as they are, of 0 too
CLIPPED_BINARY = Loss("binary_cross_entropy", outputs="mean", epsilon=EPSILON)
FUZZY_BINARY = Loss("binary_cross_entropy", outputs="mean", epsilon=1e-7)  # probabilities are clipped, or have it added
FUZZY_CROSS = Loss("cross_entropy", epsilon=1e-7)
MEAN_CROSS, SUM_CROSS = Loss("cross_entropy"), Loss("cross_entropy", samples="sum")
MEAN_LABELS = Loss("cross_entropy", targets="index")
SUM_LABELS = Loss("cross_entropy", samples="sum", targets="index")
CLASSES = Sizes(outputs=(2, None))  # softmax of one output is constant

SGD, MOMENTUM, NESTEROV = Rule(0.0), Rule(0.0, "momentum", beta1=0.9), Rule(0.0, "nesterov", beta1=0.9)
RMSPROP = Rule(0.0, "rmsprop", beta2=0.9, epsilon=1e-8)
ADAM = Rule(0.0, "adam", beta1=0.8, beta2=0.9, epsilon=1e-8)


def usual(
    hidden: tuple[Activation, ...], squares: tuple[Loss, ...], binary: tuple[Loss, ...], crossed: tuple[Loss, ...]
) -> tuple[Family, ...]:
    """Every output with squares, sigmoid ones with binary and softmax ones with categorical cross-entropy; none for no loss."""
    return tuple(
        Family(hidden, output, losses, sizes=sizes, mixed=True)
        for output, losses, sizes in (
            (hidden, squares, Sizes()),
            ((SIGMOID,), binary, Sizes()),
            ((SOFTMAX,), crossed, CLASSES),
            ((SOFTMAX,), squares, CLASSES),
        )
        if losses
    )
