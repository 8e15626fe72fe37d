"""Intervals of figures that are made of few units, such as weeks: each left out once, and Student's quantile.

Source: Miller, "The jackknife - a review", *Biometrika* 61(1), 1974, sec. 2 and 3; Efron and Tibshirani,
*An Introduction to the Bootstrap*, ch. 11.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MIDDLE = 0.95
"""What of all periods like this one the interval is to hold."""

FEWEST = 4
"""Units below which a figure has no interval: two or three tell hardly anything of how much units differ."""


def jackknife(estimate: float, left_out: NDArray[np.float64]) -> tuple[float, float] | None:
    """
    Return the ends of the interval of a figure.

    Parameters
    ----------
    estimate : float
        The figure of the whole.
    left_out : ndarray of float64, shape (u,)
        The same figure without each unit; NaN where nothing is left to count.

    Returns
    -------
    tuple of (float, float) or None
        None below ``FEWEST`` units, or where a single unit holds everything that counts.
    """
    units = len(left_out)
    if units < FEWEST or np.isnan(left_out).any():
        return None
    from scipy.special import stdtrit

    error = np.sqrt((units - 1) / units * np.square(left_out - left_out.mean()).sum())
    half = float(stdtrit(units - 1, (1 + MIDDLE) / 2) * error)
    return estimate - half, estimate + half


def chance_of(low: float, high: float, units: int) -> float:
    """Return how often a figure lies as far from nothing as this one although there is nothing, 0 to 1.

    ``low`` and ``high`` are the ends of its interval, ``units`` how many units that was made of.
    """
    middle, half = abs(low + high) / 2, (high - low) / 2
    if half == 0:
        return 1.0 if middle == 0 else 0.0
    from scipy.special import stdtr, stdtrit

    return float(2 * stdtr(units - 1, -middle / half * stdtrit(units - 1, (1 + MIDDLE) / 2)))


def hold(chances: Sequence[float]) -> set[int]:
    """
    Return which of several figures can be told from nothing, all of them together.

    That even one of them is named although nothing differs happens no more often than for a single figure.
    Source: Holm, "A simple sequentially rejective multiple test procedure", *Scand. J. Statist.* 6(2), 1979.
    """
    named = set()
    for rank, k in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if chances[k] > (1 - MIDDLE) / (len(chances) - rank):
            break
        named.add(k)
    return named
