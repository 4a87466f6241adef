"""The error function in the widest format: a series of positive terms near 0, a continued fraction far out."""

import math

import numpy as np

from backproof.oracle.bounded import Wide, wide

SERIES = 80  # terms; for |x| <= 3 the last is below 1e-25 of the sum
LAST = 2.0**-84  # of the sum: a term so small, and all after it, change nothing
FRACTION = 120  # levels; for |x| > 3 more than enough for 64 bits
ROOT_PI = np.sqrt(wide(np.pi) + wide(1.2246467991473532e-16))

_PLAIN = np.frompyfunc(math.erf, 1, 1)


def _near(x: Wide) -> Wide:
    """erf x = 2/sqrt(pi) exp(-x**2) sum 2**n x**(2n+1) / (2n+1)!! (Abramowitz and Stegun 1964, 7.1.6)."""
    term = x.copy()
    total = x.copy()
    square = 2 * x * x
    for n in range(1, SERIES):
        term = term * square / (2 * n + 1)
        total = total + term
        if not (term > LAST * total).any():
            break
    return 2 / ROOT_PI * np.exp(-x * x) * total


def _far(x: Wide) -> Wide:
    """erfc x = exp(-x**2)/sqrt(pi) / (x + 1/2/(x + 1/(x + 3/2/(x + ...)))) for x > 0 (ibid., 7.1.14)."""
    tail = x.copy()
    for k in range(FRACTION if x.size else 0, 0, -1):
        tail = x + wide(k) / 2 / tail
    return 1 - np.exp(-x * x) / ROOT_PI / tail


def erf(x: Wide) -> Wide:
    """2/sqrt(pi) times the integral of exp(-s**2) from 0 to x, elementwise; in float64 as the platform has it."""
    if x.dtype == np.float64 != np.dtype(np.longdouble):
        return np.asarray(_PLAIN(x), dtype=np.float64)
    size = np.abs(x)
    value, near = np.empty_like(size), size <= 3
    value[near], value[~near] = _near(size[near]), _far(size[~near])  # a NaN stays one
    return np.sign(x) * value
