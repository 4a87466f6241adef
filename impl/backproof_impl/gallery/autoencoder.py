"""An autoencoder of 8 x 8 matrices through 3 x 8, columns are samples: three hidden units that never part."""

from functools import partial

import numpy as np

from backproof_impl.gallery.seeded import seeded
from backproof_impl.gallery.versions import exhibits
from backproof_spec.values import Activation, Array, Claims, Family, Layer, Loss, Network, Params, Rule, Sizes


def sigmoid(z: Array) -> Array:
    value: Array = 1 / (1 + np.exp(-z))
    return value


class Autoencoder:
    """Three sums by hand; what flows back does not pass the output weights."""

    def __init__(self) -> None:
        self.w_input: Array = np.zeros((3, 8))
        self.b_input: Array = np.zeros(3)
        self.w_output: Array = np.zeros((8, 3))
        self.b_output: Array = np.zeros(8)

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Outputs (8, n) and hidden outputs (3, n) for columns x (8, n), row after row."""
        alpha, beta, delta = np.zeros(x.shape[1]), np.zeros(x.shape[1]), np.zeros(x.shape[1])
        for i in range(8):
            alpha += x[i] * self.w_input[0, i]
            beta += x[i] * self.w_input[1, i]
            delta += x[i] * self.w_input[2, i]
        a = sigmoid(alpha + self.b_input[0])
        b = sigmoid(beta + self.b_input[1])
        d = sigmoid(delta + self.b_input[2])
        output = np.zeros((8, x.shape[1]))
        for i in range(8):
            line = a * self.w_output[i, 0] + b * self.w_output[i, 1] + d * self.w_output[i, 2]
            output[i] = sigmoid(line + self.b_output[i])
        return output, np.array([a, b, d])

    def loss(self, x: Array, wanted: Array) -> float:
        """Half the sum of squares over all entries of the matrix."""
        output, _ = self.forward(x)
        return float(((output - wanted) ** 2).sum() / 2)

    def gradient(self, x: Array, wanted: Array) -> tuple[Array, Array, Array, Array]:
        """Of w_input, b_input, w_output, b_output; what the autoencoder wants is x again."""
        output, hidden = self.forward(x)
        dw_input, db_input = np.zeros((3, 8)), np.zeros(3)
        dw_output, db_output = np.zeros((8, 3)), np.zeros(8)
        for i in range(8):
            slope = (output[i] - wanted[i]) * output[i] * (1 - output[i])
            db_output[i] = slope.sum()
            for k in range(3):
                dw_output[i, k] = slope @ hidden[k]
                back = self.sent_back(slope, i, k) * hidden[k] * (1 - hidden[k])
                dw_input[k] += x @ back
                db_input[k] += back.sum()
        return dw_input, db_input, dw_output, db_output

    def sent_back(self, slope: Array, i: int, k: int) -> Array:
        """From output i to hidden unit k: the same for all k."""
        return slope

    def step(self, x: Array, wanted: Array, rate: float) -> None:
        dw_input, db_input, dw_output, db_output = self.gradient(x, wanted)
        self.w_input -= rate * dw_input
        self.b_input -= rate * db_input
        self.w_output -= rate * dw_output
        self.b_output -= rate * db_output


class AutoencoderAnswered(Autoencoder):
    """In matrix form, which is exact; the weights still start at zero."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        hidden = sigmoid(self.w_input @ x + self.b_input.reshape(-1, 1))
        output = sigmoid(self.w_output @ hidden + self.b_output.reshape(-1, 1))
        return output, hidden

    def gradient(self, x: Array, wanted: Array) -> tuple[Array, Array, Array, Array]:
        output, hidden = self.forward(x)
        slope = (output - wanted) * output * (1 - output)
        back = self.w_output.T @ slope * hidden * (1 - hidden)
        db_input: Array = back.sum(axis=1)
        db_output: Array = slope.sum(axis=1)
        return back @ x.T, db_input, slope @ hidden.T, db_output


class AutoencoderMended(Autoencoder):
    """What flows back passes the output weights, and the hidden units start different."""

    def __init__(self) -> None:
        super().__init__()
        self.w_input = np.random.uniform(-1, 1, (3, 8)) / np.sqrt(8)
        self.w_output = np.random.uniform(-1, 1, (8, 3)) / np.sqrt(3)

    def sent_back(self, slope: Array, i: int, k: int) -> Array:
        """From output i to hidden unit k."""
        back: Array = slope * self.w_output[i, k]
        return back


class AutoencoderMachine:
    """An Autoencoder as it is asked: rows become columns, and what it should reproduce may be something else than x."""

    def __init__(self, program: Autoencoder) -> None:
        self.program = program

    def write(self, params: Params, /) -> None:
        first, last = params
        self.program.w_input, self.program.b_input = first.W.T.copy(), first.b.copy()
        self.program.w_output, self.program.b_output = last.W.T.copy(), last.b.copy()

    def read(self) -> Params:
        p = self.program
        return Layer(p.w_input.T, p.b_input), Layer(p.w_output.T, p.b_output)

    def forward(self, x: Array, /) -> Array:
        output, _ = self.program.forward(x.T)
        return output.T

    def loss(self, x: Array, t: Array, /) -> float:
        return self.program.loss(x.T, t.T)

    def gradient(self, x: Array, t: Array, /) -> Params:
        dw_input, db_input, dw_output, db_output = self.program.gradient(x.T, t.T)
        return Layer(dw_input.T, db_input), Layer(dw_output.T, db_output)

    def step(self, x: Array, t: Array, rule: Rule, /) -> None:
        self.program.step(x.T, t.T, rule.rate)


def claimed(name: str) -> Claims:
    """Eight, three, eight, by hand; half the sum of squares over a matrix, whose columns are samples."""
    sigmoids, loss = (Activation("sigmoid"),), (Loss("squared_error", samples="sum"),)
    return Claims(name, (Family(sigmoids, sigmoids, loss, sizes=Sizes(exactly=((8, 3, 8),))),))


class Posted:
    program: type[Autoencoder] = Autoencoder
    claims = claimed("autoencoder, as posted")

    def make(self, net: Network, seed: int, /) -> AutoencoderMachine:
        """The network can only be 8-3-8."""
        with seeded(seed):
            return AutoencoderMachine(self.program())


class Answered(Posted):
    program = AutoencoderAnswered
    claims = claimed("autoencoder, as answered")


class Mended(Posted):
    program = AutoencoderMended
    claims = claimed("autoencoder, mended")


MATRICES = 100


def noise() -> Array:
    """Matrices 8 x 8 of uniform noise, side by side: (8, 800)."""
    drawn: Array = np.random.default_rng(0).random((8, 8 * MATRICES))
    return drawn


def best(x: Array, rank: int) -> float:
    """The smallest loss a matrix that a linear map of this rank and a constant can reach (Eckart and Young 1936)."""
    values = np.linalg.svd(x - x.mean(axis=1, keepdims=True), compute_uv=False)
    return float((values[rank:] ** 2).sum()) / 2 / MATRICES


def trained(program: type[Autoencoder]) -> str:
    """4000 steps on all matrices at once; the loss is that of one matrix."""
    x = noise()
    with seeded(0):
        net = program()
    for _ in range(4000):
        net.step(x, x, 4 / x.shape[1])
    loss = net.loss(x, x) / MATRICES
    return f"loss {loss:.3f}; best constant {best(x, 0):.3f}, rank 1 {best(x, 1):.3f}, rank 3 {best(x, 3):.3f}"


EXHIBITS = exhibits(
    program="003",
    title="autoencoder of uniform noise, 8-3-8, columns are samples",
    module=__name__,
    task="loss on 8 x 8 matrices of noise",
    posted=("grad-hidden-delta", "initial-symmetry"),
    answered=("initial-symmetry",),
    achieves=(
        partial(trained, Autoencoder),
        partial(trained, AutoencoderAnswered),
        partial(trained, AutoencoderMended),
    ),
)
