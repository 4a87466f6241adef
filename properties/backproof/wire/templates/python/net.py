"""A multilayer perceptron in plain Python: yours goes in its place."""

import math
import random


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))


class Net:
    def __init__(self, sizes, seed=0):
        draw = random.Random(seed)
        self.weights = [[[draw.gauss(0, i**-0.5) for _ in range(o)] for _ in range(i)] for i, o in zip(sizes, sizes[1:])]
        self.biases = [[0.0] * o for o in sizes[1:]]

    def activations(self, x):
        a = [x]
        for W, b in zip(self.weights, self.biases):
            a.append([sigmoid(sum(v * row[j] for v, row in zip(a[-1], W)) + b[j]) for j in range(len(b))])
        return a

    def forward(self, xs):
        return [self.activations(x)[-1] for x in xs]

    def loss(self, xs, ts):
        return sum((y - t) ** 2 / 2 for ys, row in zip(self.forward(xs), ts) for y, t in zip(ys, row)) / len(xs)

    def gradient(self, xs, ts):
        dW = [[[0.0] * len(row) for row in W] for W in self.weights]
        db = [[0.0] * len(b) for b in self.biases]
        for x, t in zip(xs, ts):
            a = self.activations(x)
            delta = [(y - want) * y * (1 - y) / len(xs) for y, want in zip(a[-1], t)]
            for l in range(len(dW) - 1, -1, -1):
                for i, v in enumerate(a[l]):
                    for j, d in enumerate(delta):
                        dW[l][i][j] += v * d
                for j, d in enumerate(delta):
                    db[l][j] += d
                delta = [sum(w * d for w, d in zip(row, delta)) * v * (1 - v) for v, row in zip(a[l], self.weights[l])]
        return dW, db

    def step(self, xs, ts, rate):
        dW, db = self.gradient(xs, ts)
        for l in range(len(dW)):
            self.weights[l] = [[w - rate * d for w, d in zip(*rows)] for rows in zip(self.weights[l], dW[l])]
            self.biases[l] = [b - rate * d for b, d in zip(self.biases[l], db[l])]
