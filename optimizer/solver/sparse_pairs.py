"""Sparse pairs: pairs of class and practitioner on their way through the solver."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.pairs import ABSENT, IntArray


class SparsePairs(NamedTuple):
    """
    Pairs of class and practitioner, sorted by class unless stacked.

    Parameters
    ----------
    rows, cols : (q,) int64
        Class and practitioner.
    values : (q,) int64, points
        Score, or price, of each pair.
    """

    rows: IntArray
    cols: IntArray
    values: IntArray

    def only(self, kept: NDArray[np.bool_]) -> "SparsePairs":
        """Return the pairs where ``kept`` is True."""
        return SparsePairs(self.rows[kept], self.cols[kept], self.values[kept])

    def stacked(self, other: "SparsePairs") -> "SparsePairs":
        """Return these pairs, then the others."""
        return SparsePairs(*(np.concatenate(both) for both in zip(self, other, strict=True)))

    def joined(self, other: "SparsePairs") -> "SparsePairs":
        """Return the pairs of both lists, sorted by class, then practitioner."""
        both = self.stacked(other)
        order = np.lexsort((both.cols, both.rows))
        return SparsePairs(both.rows[order], both.cols[order], both.values[order])

    def merged(self, other: "SparsePairs") -> "SparsePairs":
        """Return the pairs of both lists, sorted and each once; a pair in both has one value."""
        both = self.joined(other)
        again = (both.rows[1:] == both.rows[:-1]) & (both.cols[1:] == both.cols[:-1])
        return both.only(np.append(True, ~again)[: both.rows.size])


NOTHING = SparsePairs(ABSENT, ABSENT, ABSENT)
