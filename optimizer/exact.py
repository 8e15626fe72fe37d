"""Sums of whole numbers that neither wrap nor round, and the limit that keeps every index below them."""

from operator import mul

import numpy as np
from numpy.typing import NDArray

SIZE_LIMIT = 2**31
"""No array has so many entries, and no row or column is so large: row times width plus column stays below 2**62."""

HALF = 32
LOW = 2**HALF - 1


def halves(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Split int64 values into ``high * 2**32 + low``.

    Notes
    -----
    High is at least -2**31 and below 2**31, low at least 0 and below 2**32. Fewer than ``SIZE_LIMIT`` of either sum to
    less than 2**63 in size, so neither sum can wrap.
    """
    return values >> HALF, values & LOW


def exact_sum(values: NDArray[np.int64]) -> int:
    """Return the sum of fewer than ``SIZE_LIMIT`` values."""
    high, low = halves(values)
    return (int(high.sum()) << HALF) + int(low.sum())


def exact_dot(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Return the sum of the products of two lists, in Python's integers."""
    both = (one != 0) & (other != 0)
    return sum(map(mul, one[both].tolist(), other[both].tolist()))


def largest(values: NDArray[np.int64]) -> int:
    """Return the size of the value furthest from zero, 0 for none; the smallest int64 has one too."""
    return max(int(values.max(initial=0)), -int(values.min(initial=0)))
