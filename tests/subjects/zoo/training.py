"""A right step with a loop around it: some loops are right, some are not, and of some nothing can be said."""
# mypy: ignore-errors
# ruff: noqa: NPY002, N801

import numpy as np


class Stepping:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden) / n_in**0.5, np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out) / n_hidden**0.5, np.zeros(n_out)

    def forward(self, x):
        self.a1 = np.tanh(x @ self.W1 + self.b1)
        return self.a1 @ self.W2 + self.b2

    def loss(self, x, t):
        return 0.5 * np.sum((self.forward(x) - t) ** 2) / len(x)

    def gradients(self, x, t):
        d2 = (self.forward(x) - t) / len(x)
        d1 = d2 @ self.W2.T * (1 - self.a1**2)
        return x.T @ d1, d1.sum(0), self.a1.T @ d2, d2.sum(0)

    def step(self, x, t, lr):
        for p, g in zip((self.W1, self.b1, self.W2, self.b2), self.gradients(x, t), strict=True):
            p -= lr * g


class Batches(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1, batch_size=32):
        for _ in range(epochs):
            order = np.random.permutation(len(X))
            for s in range(0, len(X), batch_size):
                i = order[s : s + batch_size]
                self.step(X[i], Y[i], lr)
        return self


class OneByOne(Stepping):
    def train(self, samples, targets, epochs, lr):
        for _ in range(epochs):
            for i in np.random.permutation(len(samples)):
                self.step(samples[[i]], targets[[i]], lr)


class Pairs(Stepping):
    """As in a well-known book."""

    def SGD(self, training_data, epochs, mini_batch_size, eta):  # noqa: N802
        for _ in range(epochs):
            np.random.shuffle(training_data)
            for k in range(0, len(training_data), mini_batch_size):
                x, t = (np.array(part) for part in zip(*training_data[k : k + mini_batch_size], strict=True))
                self.step(x, t, eta)


class HeldEpochs(Stepping):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__(n_in, n_hidden, n_out)
        self.epochs, self.learning_rate = 100, 0.1

    def fit(self, X, y):
        for _ in range(self.epochs):
            self.step(X, y, self.learning_rate)


class OneEpochOnly(Stepping):
    """It holds a number of epochs, and makes one."""

    step = property()

    def __init__(self, n_in, n_hidden, n_out):
        super().__init__(n_in, n_hidden, n_out)
        self.epochs = 100

    def fit(self, X, y, lr):
        Stepping.step(self, X, y, lr)


class ShufflesInputsAlone(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1, batch_size=32):
        for _ in range(epochs):
            order = np.random.permutation(len(X))
            for s in range(0, len(X), batch_size):
                self.step(X[order[s : s + batch_size]], Y[s : s + batch_size], lr)


class LeavesTheLastOut(Stepping):
    """Its batches are of 32, and what is left is never used."""

    def fit(self, X, Y, epochs=100, lr=0.1):
        for _ in range(epochs):
            for s in range(0, max(1, len(X) - 31), 32):
                self.step(X[s : s + 32], Y[s : s + 32], lr)


class UpdatesBeforeItSendsBack(Stepping):
    """The step is right, and the loop does not use it."""

    def train(self, X, Y, epochs, lr):
        for _ in range(epochs):
            d2 = (self.forward(X) - Y) / len(X)
            self.W2 -= lr * self.a1.T @ d2
            self.b2 -= lr * d2.sum(0)
            d1 = d2 @ self.W2.T * (1 - self.a1**2)
            self.W1 -= lr * X.T @ d1
            self.b1 -= lr * d1.sum(0)


class AddsUp(Stepping):
    """The gradient is added to the last one."""

    def fit(self, X, Y, epochs=100, lr=0.1):
        held = [0, 0, 0, 0]
        for _ in range(epochs):
            held = [h + g for h, g in zip(held, self.gradients(X, Y), strict=True)]
            for p, h in zip((self.W1, self.b1, self.W2, self.b2), held, strict=True):
                p -= lr * h


class Velocity(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        held = [0, 0, 0, 0]
        for _ in range(epochs):
            held = [0.9 * h + g for h, g in zip(held, self.gradients(X, Y), strict=True)]
            for p, h in zip((self.W1, self.b1, self.W2, self.b2), held, strict=True):
                p -= lr * h


class FallingRate(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1, decay=0.95):
        for epoch in range(epochs):
            self.step(X, Y, lr * decay**epoch)


class OnlyFallingRate(FallingRate):
    """Its loop is its step."""

    step = property()

    def _move(self, x, t, lr):
        Stepping.step(self, x, t, lr)

    def fit(self, X, Y, epochs=100, lr=0.1, decay=0.95):
        for epoch in range(epochs):
            self._move(X, Y, lr * decay**epoch)


class WarmingUp(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        for epoch in range(epochs):
            self.step(X, Y, lr * min(1, (epoch + 1) / 10))


class TakesNumbers(Stepping):
    def fit(self, X, y, epochs=100, lr=0.1):
        Y = np.eye(len(self.b2))[np.asarray(y, dtype=int).reshape(len(X), -1)[:, 0]]
        for _ in range(epochs):
            self.step(X, Y, lr)


class TenTimes(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        for _ in range(epochs):
            for _ in range(10):
                i = np.random.randint(len(X), size=min(4, len(X)))
                self.step(X[i], Y[i], lr)


class Standardising(Stepping):
    mean = 0

    def forward(self, x):
        return super().forward(x - self.mean)

    def fit(self, X, Y, epochs=100, lr=0.1):
        self.mean = X.mean(0)
        for _ in range(epochs):
            self.step(X, Y, lr)


class DividingByDeviation(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        X = (X - X.mean(0)) / X.std(0)
        for _ in range(epochs):
            self.step(X, Y, lr)


class WantsTwo(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        if len(X) < 2:
            raise ValueError("too few samples")
        for _ in range(epochs):
            self.step(X, Y, lr)


class DrawsOne(Stepping):
    def train(self, X, Y, epochs, lr):
        for _ in range(epochs):
            i = np.random.randint(len(X))
            self.step(X[[i]], Y[[i]], lr)


class Noisy(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        for _ in range(epochs):
            self.step(X + np.random.normal(0, 0.1, X.shape), Y, lr)


class Anew(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1):
        self.__init__(X.shape[1], len(self.b1), Y.shape[1])
        for _ in range(epochs):
            self.step(X, Y, lr)


class StopsEarly(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1, tol=1e-4):
        last = np.inf
        for _ in range(epochs):
            self.step(X, Y, lr)
            now = self.loss(X, Y)
            if last - now < tol:
                return
            last = now


class HoldsOut(Stepping):
    def fit(self, X, Y, epochs=100, lr=0.1, validation_split=0.2):
        n = len(X) - round(len(X) * validation_split)
        for _ in range(epochs):
            self.step(X[:n], Y[:n], lr)


class NoRate(Stepping):
    def fit(self, X, Y, epochs):
        for _ in range(epochs):
            self.step(X, Y, 0.1)


class Raises(Stepping):
    def train(self, X, Y, epochs):
        raise KeyError("loader")


class Options(Stepping):
    def __init__(self, n_in, n_hidden, n_out, keep=0.5, momentum=0.0, lr=0.1, verbose=False):
        super().__init__(n_in, n_hidden, n_out)
