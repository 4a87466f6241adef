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


@fault(breaks="initial-symmetry", remedy="draw d_in * d_out numbers for a layer, not one")
class OneDrawForEachLayer(Reference):
    """One random number is drawn for each layer and given to all of its weights."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return np.full((net.sizes[l - 1], net.sizes[l]), rng.normal())


@fault(breaks="initial-scale", remedy="let the standard deviation be of the order of 1 / sqrt(fan_in)")
class InitialWeightsTiny(Reference):
    """Weights are a ten-thousandth of a normal draw, and nothing passes."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return 1e-4 * rng.normal(0.0, 1.0, (net.sizes[l - 1], net.sizes[l]))


@fault(breaks="initial-scale", remedy="divide by sqrt(fan_in) instead of multiplying by it")
class InitialScaleMultipliedByFanIn(Reference):
    """A normal draw is multiplied by the root of the fan-in, where it should be divided by it."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return rng.normal(0.0, np.sqrt(net.sizes[l - 1]), (net.sizes[l - 1], net.sizes[l]))


@fault(breaks="initial-scale", remedy="draw real numbers of the order of 1 / sqrt(fan_in)")
class InitialWeightsWholeNumbers(Reference):
    """Weights are random whole numbers from -9 to 9."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return rng.integers(-9, 10, (net.sizes[l - 1], net.sizes[l])).astype(np.float64)


@fault(breaks="initial-seeds", remedy="draw from the generator that was seeded")
class GeneratorNotSeeded(Reference):
    """Weights are drawn from a generator of their own that nobody seeded."""

    def initial_weights(self, net: Network, l: int, rng: np.random.Generator) -> Array:
        return super().initial_weights(net, l, np.random.default_rng())
