"""Faults of the start: hidden units that stay copies of each other, or weights of the wrong size."""

import numpy as np

from backproof_impl.faults.registry import fault
from backproof_impl.reference import Reference
from backproof_spec.values import Array, Network


@fault(breaks="initial-symmetry", remedy="draw the weights at random, each its own")
class AllEqualInitialWeights(Reference):
    """Every weight starts at the same value, so hidden units stay copies of each other."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return np.full((net.sizes[l - 1], net.sizes[l]), 0.5)


@fault(breaks="initial-symmetry", remedy="draw the weights at random; only biases may start at zero")
class ZeroInitialWeights(Reference):
    """Every weight starts at zero, so nothing flows back to a hidden layer."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return np.zeros((net.sizes[l - 1], net.sizes[l]))


@fault(breaks="initial-scale", remedy="divide the standard deviation by sqrt(fan_in)")
class InitialScaleIgnoresFanIn(Reference):
    """Weights are drawn with standard deviation 10 whatever the number of inputs, and saturate every unit."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, 10.0, (net.sizes[l - 1], net.sizes[l]))


@fault(breaks="initial-seeds", remedy="seed the generator with the seed that is given")
class SeedIgnored(Reference):
    """The generator is seeded with a constant, so every start is the same."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return super().initial_weights(net, l, np.random.default_rng(l))
