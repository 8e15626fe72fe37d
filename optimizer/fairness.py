"""How evenly loads lie over practitioners."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import IntArray


class Evenness(NamedTuple):
    """
    How evenly loads lie.

    Parameters
    ----------
    gini : float
        0 if all have the same, towards 1 if one has all.
    peak : float
        Greatest load over the mean; 1 if all have the same.
    lorenz : (m + 1,) float64
        Share of all load held by the least loaded 0, 1, ..., m.
    """

    gini: float
    peak: float
    lorenz: NDArray[np.float64]


def evenness(load: IntArray) -> Evenness:
    """
    Return how evenly loads lie; no load at all is perfectly even.

    Parameters
    ----------
    load : (m,) int64, cases, >= 0
        What each practitioner has.

    Notes
    -----
    Sources: M. O. Lorenz, *Methods of measuring the concentration of wealth*, 1905; C. Gini, 1912.

    >>> import numpy as np
    >>> evenness(np.array([1, 1, 1, 1])).gini
    0.0
    >>> round(evenness(np.array([0, 0, 0, 4])).gini, 2)
    0.75
    """
    total = int(load.sum())
    if total == 0:
        return Evenness(0.0, 1.0, np.linspace(0.0, 1.0, load.size + 1))
    lorenz = np.append(0.0, np.cumsum(np.sort(load)) / total)
    gini = 1.0 - float((lorenz[1:] + lorenz[:-1]).sum()) / load.size
    return Evenness(gini, float(load.max() * load.size / total), lorenz)
