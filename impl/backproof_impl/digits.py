"""The 1797 handwritten digits that the test part of a classical data set holds, as numbers."""

import gzip
from importlib.resources import files
from io import BytesIO

import numpy as np

from backproof_spec.values import Array, Labels


def load_digits() -> tuple[Array, Labels]:
    """Pixels (1797, 64), grey values 0 to 16 in rows of an 8 x 8 image, and class numbers (1797,), 0 to 9.

    Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", test part; see data/ATTRIBUTION.md.
    """
    packed = files("backproof_impl").joinpath("data", "digits.csv.gz").read_bytes()
    table = np.loadtxt(BytesIO(gzip.decompress(packed)), delimiter=",", dtype=np.int64)
    return table[:, :-1].astype(np.float64), table[:, -1]
