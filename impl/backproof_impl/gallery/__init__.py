"""Five home-made programs that started this project: as posted, as answered, and mended."""

from backproof_impl.gallery import autoencoder, digits_per_sample, frozen_first_layer, mnist_rmsprop, or_gate
from backproof_spec.exhibit import Exhibit

EXHIBITS: tuple[Exhibit, ...] = (
    *digits_per_sample.EXHIBITS,
    *or_gate.EXHIBITS,
    *mnist_rmsprop.EXHIBITS,
    *autoencoder.EXHIBITS,
    *frozen_first_layer.EXHIBITS,
)
